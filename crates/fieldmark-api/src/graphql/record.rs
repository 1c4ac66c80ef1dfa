//! Records as GraphQL objects: what every record answers, and the fields of its own noun.
//!
//! Long because every noun shares these fields, and their resolvers share one loader.

use super::args::{in_language, may};
use super::choices::{claim_kind, polarity};
use super::connection::{Connection, Entry};
use super::field::{Answer, Request, plain, reading};
use super::item::{Item, items, listed, of_node, quotations};
use super::load::Along;
use super::nouns::{Kind, Row, about, rows, type_name};
use super::paging::{Paging, paging};
use super::simple::marking;
use super::size::{Shape, full_list, list, page};
use super::terms;
use async_graphql::Value;
use async_graphql::dynamic::{
    Field, FieldValue, InputValue, Interface, InterfaceField, Object, TypeRef,
};
use fieldmark_model::{Claim, ClaimKind, Noun, RecordId};
use fieldmark_rdf::vocab::properties as p;
use fieldmark_store::read::{Direction, Edge, Node};
use futures_util::future::try_join_all;
use std::sync::Arc;

const ABOUT_ID: &str = "The STIX id.";
const ABOUT_IRI: &str = "The IRI, the same on every installation.";
const ABOUT_MARKING: &str = "The strictest marking of what the caller sees of it, such as TLP:AMBER, and \
     other policies.";
const ABOUT_SOURCES: &str = "The documents that say so.";
const ABOUT_LOCATOR: &str = "The place in that document, such as L38.";
const ABOUT_VERBATIM: &str = "The source's exact words, one by one as they follow there.";

/// The label a record goes by; its id when it has none.
pub(super) fn label(node: &Node, lang: &str) -> String {
    terms::text(node, p::SKOS_PREF_LABEL, lang)
        .or_else(|| terms::text(node, p::SKOSXL_LITERAL_FORM, lang))
        .or_else(|| terms::text(node, p::DCTERMS_TITLE, lang))
        .map_or_else(|| node.id.to_string(), str::to_owned)
}

/// The interface every object with an id implements.
pub(super) fn node_interface() -> Interface {
    Interface::new("Node")
        .description(
            "Anything with an id. The global id is the STIX id, type--uuid, the same on every \
             installation (nœud).",
        )
        .field(InterfaceField::new("id", TypeRef::named_nn("ID")).description(ABOUT_ID))
}

/// `id` and `iri`, which need no reading, and the marking of the whole.
pub(super) fn identity() -> [Field; 3] {
    [
        plain("id", TypeRef::named_nn("ID"), ABOUT_ID, |item: &Item| {
            Some(Value::from(item.id.as_str()).into())
        }),
        plain("iri", TypeRef::named_nn("Iri"), ABOUT_IRI, |item: &Item| {
            Some(Value::from(item.id.iri()).into())
        }),
        marking(ABOUT_MARKING, |item: &Item| &item.id),
    ]
}

/// Source, place and words, which records, claims and relationships share.
pub(super) fn provenance() -> [Field; 3] {
    [
        reading("sources", list("Report", 3), ABOUT_SOURCES, |request| {
            Box::pin(records_of(request, p::DCTERMS_SOURCE, Some(Noun::Report)))
        }),
        of_node(
            "locator",
            TypeRef::named("String"),
            ABOUT_LOCATOR,
            |node, _| terms::word(node, p::FM_LOCATOR).map(|text| Value::from(text).into()),
        ),
        reading(
            "verbatim",
            list("Quotation", 2),
            ABOUT_VERBATIM,
            |request| {
                Box::pin(async move {
                    let item = request.parent::<Item>()?;
                    quotations(request.loader(), &item.id).await
                })
            },
        ),
    ]
}

/// A field that every record has, from which both the interface's and the objects' are made.
struct Common {
    name: &'static str,
    ty: Shape,
    about: &'static str,
    arguments: fn() -> Vec<InputValue>,
    resolve: fn(&str, Shape, &str) -> Field,
}

fn common() -> Vec<Common> {
    let nothing: fn() -> Vec<InputValue> = Vec::new;
    let language: fn() -> Vec<InputValue> = || vec![in_language()];
    vec![
        Common {
            name: "label",
            ty: TypeRef::named_nn("String").into(),
            about: "The name it goes by, in one language.",
            arguments: language,
            resolve: |name, ty, about| {
                of_node(name, ty, about, |node, args| {
                    Some(Value::from(label(node, &args.language())).into())
                })
            },
        },
        Common {
            name: "labels",
            ty: full_list("Text", 3),
            about: "The name in every language it has one.",
            arguments: nothing,
            resolve: |name, ty, about| {
                of_node(name, ty, about, |node, _| {
                    Some(terms::parents(terms::texts(node, p::SKOS_PREF_LABEL)))
                })
            },
        },
        Common {
            name: "altLabels",
            ty: full_list("Text", 3),
            about: "Other names it goes by.",
            arguments: nothing,
            resolve: |name, ty, about| {
                of_node(name, ty, about, |node, _| {
                    Some(terms::parents(terms::texts(node, p::SKOS_ALT_LABEL)))
                })
            },
        },
        Common {
            name: "description",
            ty: TypeRef::named("String").into(),
            about: "What it is, in this knowledge base's words.",
            arguments: language,
            resolve: |name, ty, about| {
                of_node(name, ty, about, |node, args| {
                    terms::text(node, p::DCTERMS_DESCRIPTION, &args.language())
                        .map(|text| Value::from(text).into())
                })
            },
        },
        Common {
            name: "url",
            ty: TypeRef::named("Iri").into(),
            about: "Its web address.",
            arguments: nothing,
            resolve: |name, ty, about| {
                of_node(name, ty, about, |node, _| {
                    terms::url(node, p::STIX_URL).map(|url| Value::from(url).into())
                })
            },
        },
        Common {
            name: "claims",
            ty: page("ClaimConnection"),
            about: "What is claimed of it, as subject or object: by date asserted, undated first.",
            arguments: || {
                let mut arguments = which_claims();
                arguments.push(may(
                    "assessor",
                    "String",
                    "Only claims by this assessor: id, IRI or name.",
                ));
                arguments.extend(paging());
                arguments
            },
            resolve: |name, ty, about| {
                reading(name, ty, about, |request| Box::pin(claims(request, false)))
            },
        },
        Common {
            name: "claimsMade",
            ty: page("ClaimConnection"),
            about: "What it claims itself, as an assessor: by date asserted, undated first.",
            arguments: || {
                let mut arguments = which_claims();
                arguments.extend(paging());
                arguments
            },
            resolve: |name, ty, about| {
                reading(name, ty, about, |request| Box::pin(claims(request, true)))
            },
        },
        Common {
            name: "metrics",
            ty: full_list("Metric", 10),
            about: "What was counted of it.",
            arguments: nothing,
            resolve: |name, ty, about| {
                reading(name, ty, about, |request| Box::pin(metrics(request)))
            },
        },
        Common {
            name: "relationships",
            ty: page("RelationshipConnection"),
            about: "Every relationship it stands in.",
            arguments: || {
                let types = InputValue::new("type", TypeRef::named_nn_list("String"));
                let both = Value::Enum(async_graphql::Name::new("BOTH"));
                let mut arguments = vec![
                    types.description("Only these relationship types, such as uses."),
                    may(
                        "direction",
                        "Direction",
                        "Only where it is the source, or the target.",
                    )
                    .default_value(both),
                ];
                arguments.extend(paging());
                arguments
            },
            resolve: |name, ty, about| {
                reading(name, ty, about, |request| Box::pin(relationships(request)))
            },
        },
    ]
}

/// Which of a record's claims are asked for.
fn which_claims() -> Vec<InputValue> {
    let kinds = InputValue::new("kind", TypeRef::named_nn_list("ClaimKind"));
    vec![
        kinds.description("Only claims of these kinds."),
        may(
            "polarity",
            "Polarity",
            "Only affirmations, or only denials.",
        ),
    ]
}

/// The interface of everything that can be spoken about.
pub(super) fn record_interface() -> Interface {
    let interface = Interface::new("Record")
        .description("Anything that can be spoken about: claimed of, related, sourced (objet).")
        .implement("Node");
    // `id`, `iri` and provenance take no arguments, so their names and types say it all.
    let interface = [
        ("id", TypeRef::named_nn("ID").into(), ABOUT_ID),
        ("iri", TypeRef::named_nn("Iri").into(), ABOUT_IRI),
        ("marking", TypeRef::named("String").into(), ABOUT_MARKING),
        ("sources", list("Report", 3), ABOUT_SOURCES),
        ("locator", TypeRef::named("String").into(), ABOUT_LOCATOR),
        ("verbatim", list("Quotation", 2), ABOUT_VERBATIM),
    ]
    .into_iter()
    .fold(interface, |built, (name, ty, about)| {
        built.field(Shape::of_interface(ty, name).description(about))
    });
    common().into_iter().fold(interface, |built, common| {
        let field = common
            .ty
            .of_interface(common.name)
            .description(common.about);
        built.field(
            (common.arguments)()
                .into_iter()
                .fold(field, InterfaceField::argument),
        )
    })
}

/// The object type of one noun.
pub(super) fn object(noun: Noun) -> Object {
    let mut object = Object::new(type_name(noun))
        .description(about(noun))
        .implement("Node")
        .implement("Record");
    for field in identity().into_iter().chain(provenance()) {
        object = object.field(field);
    }
    for common in common() {
        let field = (common.resolve)(common.name, common.ty, common.about);
        object = object.field(
            (common.arguments)()
                .into_iter()
                .fold(field, Field::argument),
        );
    }
    rows(noun).fold(object, |built, row| built.field(own(row)))
}

/// The field of one row of the table.
fn own(row: &'static Row) -> Field {
    let (name, about) = (row.name, row.about);
    let named = TypeRef::named;
    let text = |text: &str| FieldValue::from(Value::from(text));
    match row.kind {
        Kind::Text(property) => of_node(name, named("String"), about, move |node, args| {
            terms::text(node, property, &args.language()).map(text)
        })
        .argument(in_language()),
        Kind::Word(property) => of_node(name, named("String"), about, move |node, _| {
            terms::word(node, property).map(text)
        }),
        Kind::Words(property, about_many) => of_node(
            name,
            full_list("String", about_many),
            about,
            move |node, _| Some(terms::words(node, property).into()),
        ),
        Kind::Date(property) => of_node(name, named("Date"), about, move |node, _| {
            terms::word(node, property).map(text)
        }),
        Kind::Number(property) => of_node(name, named("Float"), about, move |node, _| {
            terms::number(node, property).map(FieldValue::from)
        }),
        Kind::Whole(property) => of_node(name, named("Int"), about, move |node, _| {
            terms::whole(node, property).map(FieldValue::from)
        }),
        Kind::Flag(property) => {
            of_node(name, TypeRef::named_nn("Boolean"), about, move |node, _| {
                Some(Value::from(terms::flag(node, property)).into())
            })
        }
        Kind::Concept(property) => of_node(name, named("Concept"), about, move |node, _| {
            terms::concepts(node, property)
                .into_iter()
                .next()
                .map(FieldValue::owned_any)
        }),
        Kind::Concepts(property, about_many) => of_node(
            name,
            full_list("Concept", about_many),
            about,
            move |node, _| Some(terms::parents(terms::concepts(node, property))),
        ),
        Kind::Records(property, far, about_many) => {
            let ty = list(far.map_or("Record", type_name), about_many);
            reading(name, ty, about, move |request| {
                Box::pin(records_of(request, property, far))
            })
        }
        Kind::Edges(direction, kind, far) => {
            let along = Along {
                direction,
                kind: Some(kind),
                far,
            };
            let ty = page(format!("{}Connection", related(far)));
            paging().into_iter().fold(
                reading(name, ty, about, move |request| {
                    Box::pin(far_ends(request, along))
                }),
                Field::argument,
            )
        }
    }
}

/// The prefix of the connection to far ends of one noun, or of any.
pub(super) fn related(far: Option<Noun>) -> String {
    format!("Related{}", far.map_or("Record", type_name))
}

/// The records that a property of the parent names.
pub(super) async fn records_of<'a>(
    request: Request<'a>,
    property: oxrdf::NamedNodeRef<'static>,
    far: Option<Noun>,
) -> Answer<'a> {
    let loader = request.loader();
    let Some(node) = request.parent::<Item>()?.node(loader).await? else {
        return Ok(None);
    };
    let found = items(loader, &terms::records(&node, property), far).await?;
    Ok(Some(listed(found, far.is_none())))
}

async fn far_ends(request: Request<'_>, along: Along) -> Answer<'_> {
    let page = Paging::read(request.args())?;
    let loader = request.loader();
    let id = &request.parent::<Item>()?.id;
    let edges = loader.edges(id, along).await?;
    let mut far: Vec<(&RecordId, &Arc<Edge>)> = edges
        .iter()
        .map(|edge| match along.direction {
            Direction::Out => (&edge.to, edge),
            Direction::In => (&edge.from, edge),
        })
        .collect();
    far.sort_by_key(|(id, edge)| (*id, &edge.relationship));
    let ends: Vec<_> = far.chunk_by(|a, b| a.0 == b.0).collect();
    let total = ends.len() as u64;
    let (ends, previous, next) = page.cut(ends, |end| end[0].0.as_str());
    let ids: Vec<RecordId> = ends.iter().map(|end| end[0].0.clone()).collect();
    // The far noun is known from the relationship, so a page of bare ids reads no record.
    let found: Vec<Item> = match along.far {
        Some(noun) if !wants_properties(&request, noun) => {
            ids.into_iter().map(|id| Item::of(id, noun)).collect()
        }
        far => items(loader, &ids, far).await?,
    };
    let mut through = ends.into_iter().peekable();
    let rows = found.into_iter().map(|item| {
        // Both are in the order of ids, and every item found is the far end of some edge.
        while through.next_if(|end| *end[0].0 < item.id).is_some() {}
        let edges = through
            .next_if(|end| *end[0].0 == item.id)
            .unwrap_or_default();
        let through = edges
            .iter()
            .map(|(_, edge)| Item::with_edge(Arc::clone(edge)))
            .collect();
        Entry {
            cursor: item.id.to_string(),
            item,
            certainty: None,
            through,
        }
    });
    Ok(Some(FieldValue::owned_any(Connection {
        rows: rows.collect(),
        total,
        previous,
        next,
    })))
}

/// Whether what is selected of the far ends is more than ids and further lists.
fn wants_properties(request: &Request<'_>, noun: Noun) -> bool {
    let light = |name: &str| {
        matches!(
            name,
            "id" | "iri" | "__typename" | "claims" | "claimsMade" | "metrics" | "relationships"
        ) || rows(noun).any(|row| row.name == name && matches!(row.kind, Kind::Edges(..)))
    };
    let page = request.ctx.ctx.field();
    page.selection_set().any(|field| match field.name() {
        "nodes" => field.selection_set().any(|field| !light(field.name())),
        "edges" => field
            .selection_set()
            .filter(|field| field.name() == "node")
            .any(|node| node.selection_set().any(|field| !light(field.name()))),
        _ => false,
    })
}

async fn metrics(request: Request<'_>) -> Answer<'_> {
    let loader = request.loader();
    let ids = loader.measured(&request.parent::<Item>()?.id).await?;
    let found = items(loader, &ids, Some(Noun::Metric)).await?;
    Ok(Some(FieldValue::list(
        found.into_iter().map(|item| item.owned(false)),
    )))
}

async fn claims(request: Request<'_>, made: bool) -> Answer<'_> {
    let args = request.args();
    let page = Paging::read(args)?;
    let loader = request.loader();
    let kinds: Option<Vec<Option<ClaimKind>>> = args
        .texts("kind")
        .map(|names| names.into_iter().map(claim_kind).collect());
    let sign = args.text("polarity").map(polarity);
    let assessor = match args.text("assessor") {
        Some(text) => Some(loader.resolve(text).await?),
        None => None,
    };
    let id = &request.parent::<Item>()?.id;
    let claims = match made {
        true => loader.claims_by(id).await?,
        false => loader.claims_of(id).await?,
    };
    let mut rows: Vec<(String, &Arc<Claim>)> = claims
        .iter()
        .filter(|claim| {
            kinds
                .as_ref()
                .is_none_or(|kinds| kinds.contains(&Some(claim.kind)))
                && sign.is_none_or(|sign| claim.polarity == sign)
                && assessor
                    .as_ref()
                    .is_none_or(|id| claim.assessors.contains(id))
        })
        .map(|claim| {
            let date = claim.asserted_at.as_ref().map_or("", |date| date.as_str());
            (format!("{date}|{}", claim.id), claim)
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let total = rows.len() as u64;
    let (rows, previous, next) = page.cut(rows, |(key, _)| key);
    let rows = rows.into_iter().map(|(cursor, claim)| Entry {
        cursor,
        item: Item::with_claim(Arc::clone(claim)),
        certainty: None,
        through: Vec::new(),
    });
    Ok(Some(FieldValue::owned_any(Connection {
        rows: rows.collect(),
        total,
        previous,
        next,
    })))
}

async fn relationships(request: Request<'_>) -> Answer<'_> {
    let args = request.args();
    let page = Paging::read(args)?;
    let types = args.texts("type");
    let id = &request.parent::<Item>()?.id;
    let sides: &[Direction] = match args.text("direction") {
        Some("OUT") => &[Direction::Out],
        Some("IN") => &[Direction::In],
        _ => &[Direction::Out, Direction::In],
    };
    let along = |direction| Along {
        direction,
        kind: None,
        far: None,
    };
    let found = try_join_all(
        sides
            .iter()
            .map(|side| request.loader().edges(id, along(*side))),
    )
    .await?;
    let mut edges: Vec<&Arc<Edge>> = found
        .iter()
        .flat_map(|edges| edges.iter())
        .filter(|edge| {
            types
                .as_ref()
                .is_none_or(|types| types.contains(&edge.kind.as_str()))
        })
        .collect();
    edges.sort_by_key(|edge| &edge.relationship);
    // A relationship of a record with itself is found from both sides.
    edges.dedup_by_key(|edge| &edge.relationship);
    let total = edges.len() as u64;
    let (edges, previous, next) = page.cut(edges, |edge| edge.relationship.as_str());
    let rows = edges.into_iter().map(|edge| Entry {
        cursor: edge.relationship.to_string(),
        item: Item::with_edge(Arc::clone(edge)),
        certainty: None,
        through: Vec::new(),
    });
    Ok(Some(FieldValue::owned_any(Connection {
        rows: rows.collect(),
        total,
        previous,
        next,
    })))
}
