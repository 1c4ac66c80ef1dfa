//! The questions at the root that are more than lists: search, overlap, dossier, path, and the
//! saved questions.

use super::args::{may, must};
use super::choices;
use super::connection::{Connection, Entry};
use super::fault::Fault;
use super::field::{Answer, Request, reading, root};
use super::item::Item;
use super::paging::{Paging, paging};
use super::size::{heavy, list, page, rows};
use super::terms::parents;
use crate::answer::overlap::RANKED;
use crate::answer::verdict::shuffles;
use async_graphql::dynamic::{Field, FieldValue, InputObject, InputValue, Object, TypeRef};
use fieldmark_store::question;
use fieldmark_store::read::Cursor;
use fieldmark_store::sparql::Rows;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Adds the questions to the root.
pub(super) fn add(query: Object) -> Object {
    let named = TypeRef::named;
    let of = || must("of", "String", "An id, an IRI, a number or a name.");
    let search = heavy(root(
        "search",
        page("SearchConnection"),
        "Whatever has these words in its names or quoted words, in any script; better fits first.",
        |request| Box::pin(search(request)),
    ), 2_000)
    .argument(must("text", "String", "The words; all of them must occur."))
    .argument(
        InputValue::new("nouns", TypeRef::named_nn_list(choices::NOUN))
            .description("Only these nouns, such as CAMPAIGN."),
    );
    query
        .field(paging().into_iter().take(2).fold(search, Field::argument))
        .field(
            heavy(root(
                "overlap",
                named("Overlap"),
                "What two records share, feature by feature, each with what says so, and what it comes to.",
                |request| Box::pin(overlap(request)),
            ), 2_000)
            .argument(of())
            .argument(must("with", "String", "The other one."))
            .argument(may("shuffles", "Int", super::tally::SHUFFLES)),
        )
        .field(
            heavy(root(
                "overlaps",
                list("RankedOverlap", 10).sliced(&["top"]),
                "The records that share most with one: those claimed to be one network with it first, \
                 then by hard features, then by score.",
                |request| Box::pin(overlaps(request)),
            ), 20_000)
            .argument(of())
            .argument(may("top", "Int", "How many at most; 10 unless said, at most 100."))
            .argument(
                InputValue::new("types", TypeRef::named_nn_list("String"))
                    .description("Of these STIX types; campaign and incident unless said."),
            )
            .argument(may("shuffles", "Int", super::tally::SHUFFLES)),
        )
        .field(super::dossier::field())
        .field(super::dossier::of_each_sense())
        .field(super::export::field())
        .field(
            heavy(root(
                "path",
                list("Hop", 6),
                "A shortest path over relationships and affirmed claims, each hop with what says so; \
                 null when there is none of that length.",
                |request| Box::pin(path(request)),
            ), 10_000)
            .argument(must("from", "String", "Where it begins."))
            .argument(must("to", "String", "Where it leads."))
            .argument(may("maxHops", "Int", "How many hops at most; 6 unless said, at most 12.")),
        )
        .field(reading("questions", list("SavedQuestion", 40), "Every saved question.", |_| {
            Box::pin(async { Ok(Some(FieldValue::list(question::catalogue().iter().map(|question| FieldValue::borrowed_any(question))))) })
        }))
        .field(
            heavy(root("question", rows("QuestionAnswer"), "Asks a saved question.", |request| {
                Box::pin(ask(request))
            }), 20_000)
            .argument(must("name", "String", "Its name."))
            .argument(
                InputValue::new("args", TypeRef::named_nn_list("QuestionArgument"))
                    .description("Its parameters; what is optional and left out means all."),
            )
            .argument(may("first", "Int", "How many rows at most; 50 unless said, at most 500.")),
        )
}

async fn search(request: Request<'_>) -> Answer<'_> {
    let args = request.args();
    let paging = Paging::read(args)?;
    let text = args.needed("text")?.to_owned();
    let nouns = args
        .texts("nouns")
        .unwrap_or_default()
        .into_iter()
        .filter_map(choices::noun)
        .collect::<Vec<_>>();
    let page = request
        .loader()
        .ask(move |view| {
            let after = paging.cursor.map(Cursor);
            Ok(view.search(&text, &nouns, paging.size, after.as_ref())?)
        })
        .await?;
    let rows = page
        .items
        .into_iter()
        .zip(page.cursors)
        .map(|(found, cursor)| Entry {
            cursor: cursor.0,
            item: Item::of(found.id, found.noun),
            certainty: None,
            through: Vec::new(),
        })
        .collect();
    let (total, previous, next) = (page.total, page.has_previous, page.has_next);
    Ok(Some(FieldValue::owned_any(Connection {
        rows,
        total,
        previous,
        next,
    })))
}

async fn overlap(request: Request<'_>) -> Answer<'_> {
    let (args, loader) = (request.args(), request.loader());
    let left = loader.resolve_compared(args.needed("of")?).await?;
    let right = loader.resolve_compared(args.needed("with")?).await?;
    let how = shuffles(args.count("shuffles")?).map_err(Fault::Limit)?;
    let found = loader
        .ask(move |view| Ok(view.overlap(&left, &right, how)?))
        .await?;
    Ok(Some(FieldValue::owned_any(found)))
}

async fn overlaps(request: Request<'_>) -> Answer<'_> {
    let (args, loader) = (request.args(), request.loader());
    let of = loader.resolve_compared(args.needed("of")?).await?;
    let top = args.count("top")?.unwrap_or(10);
    if top > 100 {
        return Err(Fault::Limit(format!(
            "top is at most 100, {top} were asked for"
        )));
    }
    let how = shuffles(args.count("shuffles")?).map_err(Fault::Limit)?;
    let types: Vec<String> = match args.texts("types") {
        Some(types) => types.into_iter().map(str::to_owned).collect(),
        None => RANKED.split(',').map(str::to_owned).collect(),
    };
    let found = loader
        .ask(move |view| {
            let types: Vec<&str> = types.iter().map(String::as_str).collect();
            Ok(view.overlaps(&of, &types, top, how)?)
        })
        .await?;
    Ok(Some(parents(found)))
}

async fn path(request: Request<'_>) -> Answer<'_> {
    let (args, loader) = (request.args(), request.loader());
    let from = loader.resolve(args.needed("from")?).await?;
    let to = loader.resolve(args.needed("to")?).await?;
    let most = args.count("maxHops")?.unwrap_or(6);
    if most > 12 {
        return Err(Fault::Limit(format!(
            "maxHops is at most 12, {most} were asked for"
        )));
    }
    let found = loader
        .ask(move |view| Ok(view.path(&from, &to, most)?))
        .await?;
    Ok(found.map(parents))
}

async fn ask(request: Request<'_>) -> Answer<'_> {
    let args = request.args();
    let name = args.needed("name")?;
    let question = question::find(name).ok_or_else(|| {
        Fault::BadInput(format!(
            "no question is named \"{name}\": questions lists them"
        ))
    })?;
    let first = args.count("first")?.unwrap_or(50);
    if first > 500 {
        return Err(Fault::Limit(format!(
            "first is at most 500, {first} were asked for"
        )));
    }
    let mut given = BTreeMap::new();
    for argument in args.objects("args") {
        if let (Some(name), Some(value)) = (argument.text("name"), argument.text("value")) {
            given.insert(name.to_owned(), value.to_owned());
        }
    }
    let rows = request
        .loader()
        .ask(move |view| Ok(view.ask(question, &given)?))
        .await?;
    Ok(Some(FieldValue::owned_any(Told {
        cut: rows.cut.as_ref().map(ToString::to_string),
        rows,
        first,
    })))
}

/// An answer and how much of it is wanted.
pub(super) struct Told {
    pub(super) rows: Arc<Rows>,
    pub(super) first: usize,
    /// Why there are no more rows, when there would be.
    pub(super) cut: Option<String>,
}

/// The input type of a question's parameters.
pub(super) fn inputs() -> Vec<InputObject> {
    vec![
        InputObject::new("QuestionArgument")
            .description("One parameter of a saved question (paramètre).")
            .field(must("name", "String", "Its name."))
            .field(must("value", "String", "Its value.")),
    ]
}
