//! Claims and relationships: who says what, and what is stated, each with its source.

use super::args::in_language;
use super::choices::{
    BASIS, Choice, DATE_BASIS, LEVEL, STATUS, claim_kind_value, polarity_value, screaming,
};
use super::fault::Fault;
use super::field::{Answer, Request, field, plain, reading};
use super::item::{Item, items, listed, of_node};
use super::load::Loader;
use super::record::{identity, provenance, records_of};
use super::simple::{leads, text};
use super::size::{Shape, full_list, list};
use super::terms::{self, Concept, Quoted, Words};
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};
use async_graphql::{Name, Value};
use fieldmark_model::{Claim, Derivation, Noun, RecordId};
use fieldmark_rdf::ontology;
use fieldmark_rdf::vocab::properties as p;
use oxrdf::NamedNodeRef;
use std::sync::Arc;

type Property = NamedNodeRef<'static>;

/// How a claim stands to another: the parent of type `Derivation`.
struct Step {
    relation: Derivation,
    claim: Item,
}

/// A probability range: the parent of type `ProbabilityRange`.
struct Range(f64, f64);

/// The claim's content, read if it is not in hand.
async fn content(item: &Item, loader: &Loader) -> Result<Arc<Claim>, Fault> {
    if let Some(claim) = &item.claim {
        return Ok(Arc::clone(claim));
    }
    let found = loader
        .claims(std::slice::from_ref(&item.id))
        .await?
        .pop()
        .flatten();
    found.ok_or_else(|| Fault::internal(format_args!("{} is a claim without content", item.id)))
}

/// A field computed from the claim, at once when it is in hand.
fn of_claim<F>(name: &str, ty: impl Into<Shape>, about: &str, read: F) -> Field
where
    F: Fn(&Claim) -> Option<FieldValue<'static>> + Send + Sync + Copy + 'static,
{
    field(name, ty, move |ctx| {
        if let Some(claim) = ctx
            .parent_value
            .downcast_ref::<Item>()
            .and_then(|i| i.claim.as_ref())
        {
            return FieldFuture::Value(read(claim));
        }
        FieldFuture::new(async move {
            let (query, place) = (ctx.ctx, ctx.ctx.item.pos);
            let request = Request { ctx };
            let found = async { content(request.parent::<Item>()?, request.loader()).await }.await;
            match found {
                Ok(claim) => Ok(read(&claim)),
                Err(fault) => {
                    query.add_error(query.set_error_path(fault.at(Some(place))));
                    Ok(None)
                }
            }
        })
    })
    .description(about)
}

/// `Claim`.
pub(super) fn claim() -> Object {
    let object = Object::new("Claim").implement("Node").description(
        "What someone says of something, in their words, with likelihood and confidence kept \
         apart. Two who disagree make two claims (affirmation).",
    );
    let fields = identity().into_iter().chain(provenance());
    let fields = fields.chain(what()).chain(likelihood());
    let fields = fields.chain(grounds()).chain(dates());
    fields.fold(object, Object::field)
}

/// What it says of what.
fn what() -> [Field; 8] {
    let named = TypeRef::named;
    [
        of_claim(
            "number",
            named("String"),
            "The number it goes by in its case, such as C27.",
            |claim| claim.number.as_deref().map(|n| Value::from(n).into()),
        ),
        of_node(
            "description",
            named("String"),
            "What is to be known of it, in this knowledge base's words.",
            |node, args| {
                terms::text(node, p::DCTERMS_DESCRIPTION, &args.language())
                    .map(|text| Value::from(text).into())
            },
        )
        .argument(in_language()),
        of_claim(
            "kind",
            TypeRef::named_nn("ClaimKind"),
            "What it is about.",
            |claim| Some(claim_kind_value(claim.kind).into()),
        ),
        of_claim(
            "polarity",
            TypeRef::named_nn("Polarity"),
            "Whether it affirms or denies.",
            |claim| Some(polarity_value(claim.polarity).into()),
        ),
        reading(
            "subject",
            named("Record"),
            "The record it speaks of.",
            |request| Box::pin(end(request, |claim| Some(claim.subject.clone()))),
        ),
        reading(
            "object",
            named("Record"),
            "The record it says of the subject; null when the object is a term or free words.",
            |request| {
                Box::pin(end(request, |claim| {
                    RecordId::from_iri(claim.object.as_deref()?)
                }))
            },
        ),
        of_node(
            "objectConcept",
            named("Concept"),
            "The ontology's term it says of the subject, when the object is not a record.",
            |node, _| {
                terms::concepts(node, p::FM_OBJECT)
                    .into_iter()
                    .next()
                    .map(FieldValue::owned_any)
            },
        ),
        of_node(
            "objectText",
            full_list("Text", 2),
            "The words it says of the subject, when they name no record and no term.",
            |node, _| Some(terms::parents(terms::texts(node, p::FM_OBJECT_TEXT))),
        ),
    ]
}

/// Who says so, and how surely.
fn likelihood() -> [Field; 7] {
    let named = TypeRef::named;
    [
        reading(
            "assessors",
            list("Record", 3),
            "Who says so; never empty.",
            |request| Box::pin(assessors(request)),
        ),
        reading(
            "reportedBy",
            list("Record", 3),
            "Who passed it on, when not the assessor.",
            |request| Box::pin(records_of(request, p::FM_REPORTED_BY, None)),
        ),
        of_claim(
            "scale",
            named("Concept"),
            "The scale of the words: the assessor's, or ours when scaleAssumed; null when the \
             assessor stated none and none is assumed.",
            |claim| {
                let iri = claim.likelihood.scale.clone()?;
                Some(FieldValue::owned_any(Concept { iri }))
            },
        ),
        of_claim(
            "term",
            named("String"),
            "The band of the scale, such as likely; null when the words are on no scale.",
            |claim| {
                claim
                    .likelihood
                    .term
                    .as_deref()
                    .map(|term| Value::from(term).into())
            },
        ),
        of_claim(
            "range",
            named("ProbabilityRange"),
            "What the band means as a probability.",
            |claim| {
                claim
                    .likelihood
                    .range
                    .map(|(low, high)| FieldValue::owned_any(Range(low, high)))
            },
        ),
        of_claim(
            "scaleAssumed",
            TypeRef::named_nn("Boolean"),
            "Whether scale, term and range are this knowledge base's reading of the words, the \
             assessor having stated no scale.",
            |claim| Some(Value::from(claim.likelihood.assumed).into()),
        ),
        of_claim(
            "confidence",
            named("String"),
            "Analytic confidence, only when stated; it is not likelihood.",
            |claim| {
                claim
                    .confidence
                    .as_deref()
                    .map(|text| Value::from(text).into())
            },
        ),
    ]
}

/// What it rests on.
fn grounds() -> [Field; 6] {
    [
        of_claim(
            "relation",
            TypeRef::named("Concept"),
            "How it says two names to relate.",
            |claim| {
                let iri = claim.relation.clone()?;
                Some(FieldValue::owned_any(Concept { iri }))
            },
        ),
        chosen(
            "status",
            p::FM_STATUS,
            &STATUS,
            "How settled the assessor says it is.",
        ),
        chosen(
            "basis",
            p::FM_BASIS,
            &BASIS,
            "What the assessor worked from.",
        ),
        chosen(
            "level",
            p::FM_LEVEL,
            &LEVEL,
            "How great an impact is claimed.",
        ),
        reading(
            "evidence",
            list("Evidence", 3),
            "What it rests on.",
            |request| Box::pin(records_of(request, p::FM_EVIDENCE, Some(Noun::Evidence))),
        ),
        of_claim(
            "derivation",
            full_list("Derivation", 3),
            "The claims it rests on, and how.",
            |claim| {
                Some(terms::parents(claim.derivation.iter().map(
                    |(relation, id)| Step {
                        relation: *relation,
                        claim: Item::of(id.clone(), Noun::Claim),
                    },
                )))
            },
        ),
    ]
}

/// When it was said, and of when it speaks.
fn dates() -> [Field; 6] {
    let named = TypeRef::named;
    [
        of_claim(
            "assertedAt",
            named("Date"),
            "When the assessor said it.",
            |claim| {
                claim
                    .asserted_at
                    .as_ref()
                    .map(|date| Value::from(date.as_str()).into())
            },
        ),
        date("publishedAt", p::FM_PUBLISHED_AT, "When it was published."),
        chosen(
            "dateBasis",
            p::FM_DATE_BASIS,
            &DATE_BASIS,
            "Where its date comes from.",
        ),
        date(
            "validFrom",
            p::FM_VALID_FROM,
            "From when what it says holds in the world.",
        ),
        date(
            "validTo",
            p::FM_VALID_TO,
            "Until when what it says holds in the world.",
        ),
        of_node(
            "dateText",
            named("String"),
            "The source's own words for the date.",
            |node, args| {
                terms::text(node, p::FM_DATE_TEXT, &args.language())
                    .map(|text| Value::from(text).into())
            },
        )
        .argument(in_language()),
    ]
}

fn date(name: &'static str, property: Property, about: &'static str) -> Field {
    of_node(name, TypeRef::named("Date"), about, move |node, _| {
        terms::word(node, property).map(|text| Value::from(text).into())
    })
}

fn chosen(
    name: &'static str,
    property: Property,
    list: &'static Choice,
    about: &'static str,
) -> Field {
    of_node(name, TypeRef::named(list.name), about, move |node, _| {
        terms::choice(node, property, list).map(FieldValue::from)
    })
}

async fn end(request: Request<'_>, which: fn(&Claim) -> Option<RecordId>) -> Answer<'_> {
    let loader = request.loader();
    let claim = content(request.parent()?, loader).await?;
    let Some(id) = which(&claim) else {
        return Ok(None);
    };
    let found = items(loader, &[id], None).await?;
    Ok(found.into_iter().next().map(|item| item.owned(true)))
}

async fn assessors(request: Request<'_>) -> Answer<'_> {
    let loader = request.loader();
    let claim = content(request.parent()?, loader).await?;
    Ok(Some(listed(
        items(loader, &claim.assessors, None).await?,
        true,
    )))
}

/// `Relationship`.
pub(super) fn relationship() -> Object {
    let named = TypeRef::named;
    let date = |name, property: Property, about| {
        of_node(name, named("Date"), about, move |node, _| {
            terms::word(node, property).map(|text| Value::from(text).into())
        })
    };
    let mut object = Object::new("Relationship").implement("Node").description(
        "A stated tie between two records, with its source. Who is behind an operation is never \
         one of these, but a claim (relation).",
    );
    let fields = identity().into_iter().chain(provenance()).chain([
        Field::new("type", TypeRef::named_nn("String"), |ctx| {
            FieldFuture::new(async move {
                let request = Request { ctx };
                let item = request.parent::<Item>()?;
                if let Some(edge) = &item.edge {
                    return Ok(Some(Value::from(edge.kind.as_str())));
                }
                let node = item.node(request.loader()).await?;
                Ok(node.as_deref().map(|node| {
                    Value::from(
                        terms::word(node, p::STIX_RELATIONSHIP_TYPE).unwrap_or("related-to"),
                    )
                }))
            })
        })
        .description("What the tie is, such as uses."),
        reading(
            "from",
            named("Record"),
            "The record it starts from.",
            |request| {
                Box::pin(side(request, p::STIX_SOURCE_REF, |item| {
                    Some(item.edge.as_ref()?.from.clone())
                }))
            },
        ),
        reading(
            "to",
            named("Record"),
            "The record it leads to.",
            |request| {
                Box::pin(side(request, p::STIX_TARGET_REF, |item| {
                    Some(item.edge.as_ref()?.to.clone())
                }))
            },
        ),
        of_node(
            "role",
            named("String"),
            "The part played, where the source says.",
            |node, args| {
                let role = terms::text(node, p::FM_ROLE, &args.language());
                role.map(|text| Value::from(text).into())
            },
        )
        .argument(in_language()),
        date("firstSeen", p::STIX_FIRST_SEEN, "When it was first seen."),
        date("validFrom", p::FM_VALID_FROM, "From when it holds."),
        date("validTo", p::FM_VALID_TO, "Until when it holds."),
    ]);
    for field in fields {
        object = object.field(field);
    }
    object
}

async fn side(
    request: Request<'_>,
    property: Property,
    in_hand: fn(&Item) -> Option<RecordId>,
) -> Answer<'_> {
    let loader = request.loader();
    let item = request.parent::<Item>()?;
    let id = match in_hand(item) {
        Some(id) => Some(id),
        None => item
            .node(loader)
            .await?
            .and_then(|node| terms::records(&node, property).into_iter().next()),
    };
    let found = items(loader, id.as_slice(), None).await?;
    Ok(found.into_iter().next().map(|item| item.owned(true)))
}

/// What all words have: themselves, and their language.
fn worded<P: Send + Sync + 'static>(object: Object, words: fn(&P) -> &Words) -> Object {
    object
        .field(plain(
            "text",
            TypeRef::named_nn("String"),
            "The words.",
            move |parent: &P| Some(Value::from(words(parent).text.as_str()).into()),
        ))
        .field(plain(
            "lang",
            TypeRef::named("String"),
            "The language, as a BCP 47 tag; null when it is not stated.",
            move |parent: &P| {
                let lang = words(parent).lang.as_str();
                (!lang.is_empty()).then(|| Value::from(lang).into())
            },
        ))
}

/// The marking of words.
fn marked<P: Send + Sync + 'static>(words: fn(&P) -> &Words) -> Field {
    reading(
        "marking",
        TypeRef::named("String"),
        "The marking they stand under, such as TLP:AMBER.",
        move |request| {
            Box::pin(async move {
                let marking = words(request.parent::<P>()?).marking(request.loader());
                Ok(marking.await?.map(|name| Value::from(name).into()))
            })
        },
    )
}

/// The small types claims are made of.
pub(super) fn parts() -> Vec<Object> {
    let decimal = || TypeRef::named_nn("Float");
    vec![
        worded(
            Object::new("Text")
                .description("Words with their language; never translated or tidied (texte)."),
            |words: &Words| words,
        )
        .field(marked(|words: &Words| words)),
        worded(
            Object::new("Quotation")
                .description("Words of a source, to the letter, with their place (citation)."),
            |quoted: &Quoted| &quoted.words,
        )
        .field(leads(
            "source",
            "Report",
            "The document they stand in, where that is said of these words and not of all.",
            |quoted: &Quoted| quoted.source.clone(),
        ))
        .field(text(
            "locator",
            "The place there, where that is said of these words and not of all.",
            |quoted: &Quoted| quoted.locator.as_deref(),
        ))
        .field(marked(|quoted: &Quoted| &quoted.words)),
        Object::new("Concept")
            .description("A term of the ontology (notion).")
            .field(plain(
                "iri",
                TypeRef::named_nn("Iri"),
                "Its IRI.",
                |concept: &Concept| Some(Value::from(concept.iri.as_str()).into()),
            ))
            .field(plain(
                "name",
                TypeRef::named_nn("String"),
                "Its local name.",
                |concept: &Concept| Some(Value::from(concept.name()).into()),
            ))
            .field(
                reading(
                    "label",
                    TypeRef::named("String"),
                    "What it is called.",
                    |request| {
                        Box::pin(async move {
                            let concept = request.parent::<Concept>()?;
                            let label = ontology::label(&concept.iri, &request.args().language());
                            Ok(label.map(|label| Value::from(label).into()))
                        })
                    },
                )
                .argument(in_language()),
            ),
        Object::new("ProbabilityRange")
            .description("A probability range, each end from 0 to 1 (intervalle).")
            .field(plain(
                "low",
                decimal(),
                "The lower end.",
                |range: &Range| Some(Value::from(range.0).into()),
            ))
            .field(plain(
                "high",
                decimal(),
                "The upper end.",
                |range: &Range| Some(Value::from(range.1).into()),
            )),
        Object::new("Derivation")
            .description("How one claim rests on another (dérivation).")
            .field(plain(
                "relation",
                TypeRef::named_nn("DerivationRelation"),
                "The way it rests on it.",
                |step: &Step| Some(Value::Enum(Name::new(screaming(step.relation.name()))).into()),
            ))
            .field(plain(
                "claim",
                TypeRef::named_nn("Claim"),
                "The claim rested on.",
                |step: &Step| Some(step.claim.value(false)),
            )),
    ]
}
