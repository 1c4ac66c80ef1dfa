//! The lists and look-ups at the root: every noun by id or name, and page by page.

use super::args::{Fields, may, must};
use super::choices::{claim_kind, polarity};
use super::connection::{Connection, Entry};
use super::fault::Fault;
use super::field::{Answer, Request, root};
use super::item::{Item, items};
use super::load::Loader;
use super::nouns::{nouns, type_name};
use super::paging::{Paging, paging};
use super::size;
use crate::answer::list;
use async_graphql::dynamic::{Field, FieldValue, InputObject, InputValue, Object, TypeRef};
use async_graphql::{Name, Value};
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::read::Filter;
use std::sync::Arc;

/// How many ids `nodes` takes.
const MAX_IDS: usize = 500;

/// A noun's two fields at the root: name of the look-up, name of the list.
fn roots() -> impl Iterator<Item = (Noun, String, String)> {
    let all = nouns().chain([Noun::Claim, Noun::Relationship]);
    all.map(|noun| {
        let (single, plural) = list::names(noun);
        (noun, single, plural)
    })
}

/// Adds the look-ups and lists to the root.
pub(super) fn add(mut query: Object) -> Object {
    query = query
        .field(
            root(
                "node",
                TypeRef::named("Node"),
                "Anything by its global id, the STIX id; null when there is nothing the caller may see.",
                |request| Box::pin(node(request)),
            )
            .argument(must("id", "ID", "The STIX id, type--uuid.")),
        )
        .field(
            root(
                "nodes",
                size::by_ids("Node"),
                "Several at once, in the order of ids; null where there is nothing the caller may see.",
                |request| Box::pin(nodes(request)),
            )
            .argument(
                InputValue::new("ids", TypeRef::named_nn_list_nn("ID"))
                    .description("STIX ids, at most 500."),
            ),
        )
        .field(
            root(
                "record",
                TypeRef::named("Node"),
                "Anything by id, IRI, DISARM number or name, in any script; a name that several \
                 records bear is an error that lists them.",
                |request| Box::pin(record(request)),
            )
            .argument(must("of", "String", "An id, an IRI, a number or a name.")),
        );
    for (noun, single, plural) in roots() {
        query = query
            .field(lookup(noun, &single))
            .field(connection(noun, &plural));
    }
    query
}

fn lookup(noun: Noun, name: &str) -> Field {
    let ty = type_name(noun);
    let about = format!(
        "One {ty} by id or by name; null when there is none the caller may see. Give one of the two."
    );
    let field = root(name, TypeRef::named(ty), &about, move |request| {
        Box::pin(async move {
            let args = request.args();
            let text = match (args.text("id"), args.text("name")) {
                (Some(text), None) | (None, Some(text)) => text,
                _ => return Err(Fault::BadInput("give id or name, one of the two".into())),
            };
            let found = match request.loader().resolve_as(text, noun).await {
                Err(Fault::NotFound { .. }) => return Ok(None),
                found => found?,
            };
            let found = items(request.loader(), &[found], Some(noun)).await?;
            Ok(found.into_iter().next().map(|item| item.owned(false)))
        })
    })
    .argument(may("id", "ID", "Its STIX id, or its IRI."));
    match noun {
        // Neither has a name to be found by.
        Noun::Claim | Noun::Relationship => field,
        _ => field.argument(may(
            "name",
            "String",
            "Its name, in any script, or its number.",
        )),
    }
}

fn connection(noun: Noun, name: &str) -> Field {
    let ty = format!("{}Connection", type_name(noun));
    let about = format!("All {name} the caller may see, page by page.");
    let filter = if noun == Noun::Claim {
        "ClaimFilter"
    } else {
        "RecordFilter"
    };
    let field = root(name, size::page(ty), &about, move |request| {
        Box::pin(page(request, noun))
    });
    let field = paging().into_iter().fold(field, Field::argument);
    field
        .argument(may("filter", filter, "Only those that meet all of this."))
        .argument(
            may("orderBy", "RecordOrder", "The order of the rows.").default_value(Value::Enum(
                Name::new(if noun == Noun::Claim {
                    "FIRST_SEEN_ASC"
                } else {
                    "LABEL_ASC"
                }),
            )),
        )
}

/// The input types of filters.
pub(super) fn inputs() -> Vec<InputObject> {
    let shared = |object: InputObject| {
        object
            .field(may(
                "actor",
                "String",
                "Only where a claim names this actor (or body, or network): id, IRI or name.",
            ))
            .field(may(
                "assessor",
                "String",
                "Only where a claim of this assessor speaks of it: id, IRI or name.",
            ))
            .field(may(
                "likely",
                "Float",
                "Only where a claim affirms of it that something is at least this likely, by the lower end of its range: 0 to 1.",
            ))
            .field(may(
                "tlp",
                "String",
                "Only where the strictest marking of what the caller sees of it is this: TLP:CLEAR, GREEN, AMBER, AMBER+STRICT or RED.",
            ))
            .field(may(
                "date",
                "DateRange",
                "Only what falls within these dates, certainly or possibly: certainty of the edge says which.",
            ))
            .field(may(
                "text",
                "String",
                "Only where these words occur in a name.",
            ))
    };
    vec![
        InputObject::new("DateRange")
            .description(
                "A period. A date less precise than the bounds counts when any day it may mean falls \
                 within (période).",
            )
            .field(may("from", "Date", "The first day, month or year."))
            .field(may("to", "Date", "The last day, month or year, to its end.")),
        shared(
            InputObject::new("RecordFilter")
                .description("What a listed record must meet, all together (filtre).")
                .field(may("platform", "String", "Only what operates on this platform: id, IRI or name."))
                .field(may("technique", "String", "Only what uses this technique or one of its kinds: number, id, IRI or name."))
                .field(may("target", "String", "Only what targets this: id, IRI or name.")),
        ),
        shared(
            InputObject::new("ClaimFilter")
                .description("What a listed claim must meet, all together (filtre).")
                .field(may("kind", "ClaimKind", "Only claims of this kind."))
                .field(may("polarity", "Polarity", "Only affirmations, or only denials."))
                .field(may("subject", "String", "Only claims that speak of this record, as their subject: id, IRI or name.")),
        ),
    ]
}

async fn node(request: Request<'_>) -> Answer<'_> {
    let id = request.args().needed("id")?;
    Ok(by_ids(request.loader(), &[id]).await?.pop().flatten())
}

async fn nodes(request: Request<'_>) -> Answer<'_> {
    let ids = request.args().texts("ids").unwrap_or_default();
    if ids.len() > MAX_IDS {
        let asked = ids.len();
        return Err(Fault::Limit(format!(
            "nodes takes at most {MAX_IDS} ids, {asked} were given"
        )));
    }
    let found = by_ids(request.loader(), &ids).await?;
    Ok(Some(FieldValue::list(
        found
            .into_iter()
            .map(|item| item.unwrap_or(FieldValue::NULL)),
    )))
}

/// What is no id, what is not there and what may not be seen are the same null.
async fn by_ids(
    loader: &Arc<Loader>,
    ids: &[&str],
) -> Result<Vec<Option<FieldValue<'static>>>, Fault> {
    let ids: Vec<Option<RecordId>> = ids.iter().map(|id| RecordId::parse(id).ok()).collect();
    let known: Vec<RecordId> = ids.iter().flatten().cloned().collect();
    let mut found = loader.nodes(&known).await?.into_iter();
    let item = |id: Option<RecordId>| {
        id.and_then(|_| found.next().flatten())
            .map(|node| Item::with_node(node).owned(true))
    };
    Ok(ids.into_iter().map(item).collect())
}

async fn record(request: Request<'_>) -> Answer<'_> {
    let loader = request.loader();
    let id = match loader.resolve(request.args().needed("of")?).await {
        Err(Fault::NotFound { .. }) => return Ok(None),
        found => found?,
    };
    let found = items(loader, &[id], None).await?;
    Ok(found.into_iter().next().map(|item| item.owned(true)))
}

async fn page(request: Request<'_>, noun: Noun) -> Answer<'_> {
    let args = request.args();
    let page = Paging::read(args)?;
    let loader = request.loader();
    let filter = filter(loader, args.object("filter"), noun).await?;
    let order = args.text("orderBy").unwrap_or("ID_ASC");
    let found = loader.page(filter, order, page).await?;
    let ids: Vec<RecordId> = found
        .rows
        .iter()
        .map(|(listed, _)| listed.id.clone())
        .collect();
    let mut rows = Vec::with_capacity(ids.len());
    if noun == Noun::Claim {
        let claims = loader.claims(&ids).await?;
        for ((listed, cursor), claim) in found.rows.into_iter().zip(claims) {
            rows.extend(claim.map(|claim| Entry {
                cursor,
                item: Item::with_claim(claim),
                certainty: listed.certainty,
                through: Vec::new(),
            }));
        }
    } else {
        let nodes = loader.nodes(&ids).await?;
        for ((listed, cursor), node) in found.rows.into_iter().zip(nodes) {
            rows.extend(node.map(|node| Entry {
                cursor,
                item: Item::with_node(node),
                certainty: listed.certainty,
                through: Vec::new(),
            }));
        }
    }
    let (total, previous, next) = (found.total, found.previous, found.next);
    Ok(Some(FieldValue::owned_any(Connection {
        rows,
        total,
        previous,
        next,
    })))
}

/// The filter as the store takes it, every name resolved.
async fn filter(loader: &Loader, given: Option<Fields<'_>>, noun: Noun) -> Result<Filter, Fault> {
    let mut filter = Filter {
        noun: Some(noun),
        ..Filter::default()
    };
    let Some(given) = given else {
        return Ok(filter);
    };
    let find = async |name: &str| match given.text(name) {
        Some(text) => loader.resolve(text).await.map(Some),
        None => Ok(None),
    };
    filter.platform = find("platform").await?;
    filter.technique = find("technique").await?;
    filter.target = find("target").await?;
    let likely = given.number("likely").map(list::likely).transpose();
    filter.likely = likely.map_err(Fault::BadInput)?;
    let tlp = given.text("tlp").map(list::tlp).transpose();
    filter.tlp = tlp.map_err(Fault::BadInput)?;
    filter.subject = find("subject").await?;
    filter.actor = find("actor").await?;
    filter.assessor = find("assessor").await?;
    if let Some(dates) = given.object("date") {
        filter.date = Some((dates.date("from")?, dates.date("to")?));
    }
    filter.text = given.text("text").map(str::to_owned);
    filter.claim_kind = given.text("kind").and_then(claim_kind);
    filter.polarity = given.text("polarity").map(polarity);
    Ok(filter)
}
