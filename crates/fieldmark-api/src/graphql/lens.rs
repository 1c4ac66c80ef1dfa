//! What a dossier takes for its subject, and why.

use super::args::{Args, may};
use super::choices::LENS;
use super::fault::Fault;
use super::field::plain;
use super::item::Item;
use super::load::Loader;
use super::simple::{flag, inner, leads, text};
use super::size::full_list;
use super::terms::Concept;
use async_graphql::dynamic::{Enum, EnumItem, Field, FieldValue, InputValue, Object, TypeRef};
use async_graphql::{Name, Value};
use fieldmark_model::{Claim, RecordId};
use fieldmark_rdf::ontology;
use fieldmark_store::read::{Lens, Same, Sames, Step, Thing};
use std::sync::Arc;

/// The arguments that choose a lens.
pub(super) fn arguments() -> [InputValue; 2] {
    [
        may(
            "lens",
            LENS,
            "What else is taken for the subject; OWN, which is nothing, unless said.",
        ),
        InputValue::new("lensBy", TypeRef::named_nn_list("String"))
            .description("Whose claims the lens follows, by id or name; everybody's unless said."),
    ]
}

/// The lens that is asked for.
pub(super) async fn lens(args: Args<'_>, loader: &Arc<Loader>) -> Result<Lens, Fault> {
    let lens = args.text("lens").map_or_else(
        || Some(Lens::default()),
        |name| Lens::named(&name.to_ascii_lowercase()),
    );
    let mut lens = lens.ok_or_else(|| Fault::BadInput("there is no such lens".to_owned()))?;
    for who in args.texts("lensBy").unwrap_or_default() {
        lens.by.push(loader.resolve(who).await?);
    }
    Ok(lens)
}

/// A lens and what passes for the same under it.
pub(super) struct Through {
    pub(super) lens: Lens,
    pub(super) sames: Sames,
}

/// The lenses there are, as the ontology has them.
pub(super) fn choices() -> Enum {
    let lenses = Enum::new(LENS)
        .description("What passes for the same in answer to one question (optique).");
    ontology::lenses().iter().fold(lenses, |built, lens| {
        let about = ontology::definition(&lens.iri, "en").unwrap_or_default();
        built.item(EnumItem::new(lens.name.to_ascii_uppercase()).description(about))
    })
}

fn words(thing: &Thing) -> Option<&str> {
    match thing {
        Thing::Words(words) => Some(words),
        Thing::Record(_) => None,
    }
}

fn record(thing: &Thing) -> Option<RecordId> {
    match thing {
        Thing::Record(id) => Some(id.clone()),
        Thing::Words(_) => None,
    }
}

fn claims(name: &str, about: &str, read: fn(&Step) -> &[Arc<Claim>]) -> Field {
    plain(name, full_list("Claim", 3), about, move |step: &Step| {
        let claim = |claim: &Arc<Claim>| Item::with_claim(Arc::clone(claim)).owned(false);
        Some(FieldValue::list(read(step).iter().map(claim)))
    })
}

/// The types of it.
pub(super) fn types() -> Vec<Object> {
    vec![
        Object::new("Through")
            .description("A lens, and what passes for the same under it (optique).")
            .field(plain(
                "lens",
                TypeRef::named_nn(LENS),
                "Which lens.",
                |through: &Through| {
                    let name = through.lens.of.name.to_ascii_uppercase();
                    Some(Value::Enum(Name::new(name)).into())
                },
            ))
            .field(inner(
                "same",
                "TakenForSame",
                10,
                "What passes for the same, nearest first.",
                |through: &Through| &through.sames.all,
            ))
            .field(flag(
                "cut",
                "Whether there is more than is told.",
                |through: &Through| through.sames.cut,
            )),
        Object::new("TakenForSame")
            .description("Something that passes for the same, with the way there (même).")
            .field(leads("record", "Record", "What does.", |same: &Same| {
                record(&same.thing)
            }))
            .field(text(
                "words",
                "What does, when it is a name of no one record here.",
                |same: &Same| words(&same.thing),
            ))
            .field(inner(
                "way",
                "SameStep",
                3,
                "The shortest way there, from the subject.",
                |same: &Same| &same.way,
            )),
        Object::new("SameStep")
            .description("A step to what somebody claims to be the same (pas).")
            .field(leads(
                "from",
                "Record",
                "Where it begins.",
                |step: &Step| record(&step.from),
            ))
            .field(text("fromWords", "The same, in words.", |step: &Step| {
                words(&step.from)
            }))
            .field(leads("to", "Record", "Where it leads.", |step: &Step| {
                record(&step.to)
            }))
            .field(text("toWords", "The same, in words.", |step: &Step| {
                words(&step.to)
            }))
            .field(plain(
                "relation",
                TypeRef::named("Concept"),
                "How they are said to relate.",
                |step: &Step| {
                    let iri = step.relation.clone();
                    Some(FieldValue::owned_any(Concept { iri }))
                },
            ))
            .field(flag(
                "chains",
                "Whether the relation chains: of those that do not, a way has one at most.",
                |step: &Step| step.chains,
            ))
            .field(flag(
                "backwards",
                "Whether the claims say it of what it leads to, in relation to where it begins.",
                |step: &Step| step.backwards,
            ))
            .field(claims("claims", "Who says so.", |step| &step.claims))
            .field(claims("denied", "Who denies it.", |step| &step.denied)),
    ]
}
