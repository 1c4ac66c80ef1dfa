//! The types of the answers: what an overlap, a dossier, a path and a saved question are made of.

use super::answers::Told;
use super::args::in_language;
use super::field::{plain, reading};
use super::item::quotations;
use super::simple::{flag, inner, leads, marking, number, text, word};
use super::size::{full_list, list};
use async_graphql::Value;
use async_graphql::dynamic::{FieldValue, Object, TypeRef};
use fieldmark_store::question::{self, Question};
use fieldmark_store::read::{Hop, Overlap, Ranked, Shared, Support};
use oxrdf::Term;

type Count = (String, u64);

/// The types of the answers.
pub(super) fn types() -> Vec<Object> {
    let mut types = overlap_types();
    types.extend(super::dossier::types());
    types.extend(super::lens::types());
    types.extend(super::export::types());
    types.extend(super::tally::types());
    types.push(hop());
    types.extend(question_types());
    types
}

fn overlap_types() -> Vec<Object> {
    vec![
        Object::new("Overlap")
            .description("What two records share, feature by feature (recoupement).")
            .field(leads("left", "Record", "One.", |o: &Overlap| {
                Some(o.left.id.clone())
            }))
            .field(leads("right", "Record", "The other.", |o: &Overlap| {
                Some(o.right.id.clone())
            }))
            .field(inner(
                "shared",
                "SharedFeature",
                50,
                "Every shared feature, hard ones first.",
                |o: &Overlap| &o.shared,
            ))
            .field(inner(
                "onlyLeft",
                "FamilyCount",
                50,
                "What only the left one has.",
                |o: &Overlap| &o.only_left,
            ))
            .field(inner(
                "onlyRight",
                "FamilyCount",
                50,
                "What only the right one has.",
                |o: &Overlap| &o.only_right,
            ))
            .field(plain(
                "notShared",
                full_list("String", 16),
                "Families in which both have features and share none.",
                |o: &Overlap| {
                    Some(FieldValue::list(
                        o.not_shared
                            .iter()
                            .map(|name| FieldValue::from(Value::from(name.as_str()))),
                    ))
                },
            ))
            .field(super::tally::tally(|o: &Overlap| &o.tally)),
        Object::new("SharedFeature")
            .description("A feature that both have, with what says so on each side (trait commun).")
            .field(word("family", "What sort of feature.", |s: &Shared| {
                &s.family
            }))
            .field(word("key", "Its IRI, or its value.", |s: &Shared| &s.key))
            .field(word("label", "Its name in English.", |s: &Shared| &s.label))
            .field(leads(
                "feature",
                "Node",
                "Its record, when it is one.",
                |s: &Shared| s.feature.clone(),
            ))
            .field(flag(
                "hard",
                "Whether it is hard to share by chance: a network, an account, a domain, a medium.",
                |s: &Shared| s.hard,
            ))
            .field(text(
                "note",
                "What a reader must know of it.",
                |s: &Shared| s.note.map(|note| crate::answer::words::note(note, "en")),
            ))
            .field(inner(
                "left",
                "FeatureSupport",
                5,
                "What says that the left one has it.",
                |s: &Shared| &s.left,
            ))
            .field(inner(
                "right",
                "FeatureSupport",
                5,
                "What says that the right one has it.",
                |s: &Shared| &s.right,
            )),
        Object::new("FeatureSupport")
            .description("What says that a record has a feature, and where (appui).")
            .field(leads(
                "link",
                "Node",
                "The relationship or claim.",
                |s: &Support| Some(s.link.clone()),
            ))
            .field(flag("isClaim", "Whether it is a claim.", |s: &Support| {
                s.is_claim
            }))
            .field(marking("Its marking, such as TLP:AMBER.", |s: &Support| {
                &s.link
            }))
            .field(leads(
                "source",
                "Record",
                "The document it stands in.",
                |s: &Support| s.source.clone(),
            ))
            .field(text("locator", "The place there.", |s: &Support| {
                s.locator.as_deref()
            })),
        Object::new("FamilyCount")
            .description("How many features of a family (décompte).")
            .field(word("family", "The family.", |c: &Count| &c.0))
            .field(number("count", "How many.", |c: &Count| c.1)),
        Object::new("RankedOverlap")
            .description("Another record and how much it shares (rang).")
            .field(leads("other", "Record", "The other one.", |r: &Ranked| {
                Some(r.other.clone())
            }))
            .field(number(
                "features",
                "How many shared features.",
                |r: &Ranked| r.features,
            ))
            .field(number(
                "hard",
                "How many of them are hard.",
                |r: &Ranked| r.tally.hard,
            ))
            .field(inner(
                "families",
                "FamilyCount",
                16,
                "How many by family.",
                |r: &Ranked| &r.families,
            ))
            .field(plain(
                "score",
                TypeRef::named_nn("Float"),
                "What the order goes by among those with as many hard features.",
                |r: &Ranked| Some(Value::from(r.score).into()),
            ))
            .field(super::tally::tally(|r: &Ranked| &r.tally)),
    ]
}

fn hop() -> Object {
    Object::new("Hop")
        .description("One step of a path, with what says so (pas).")
        .field(leads("from", "Record", "Where it begins.", |h: &Hop| {
            Some(h.from.clone())
        }))
        .field(leads("to", "Record", "Where it leads.", |h: &Hop| {
            Some(h.to.clone())
        }))
        .field(word(
            "kind",
            "The relationship's type or the claim's kind.",
            |h: &Hop| &h.kind,
        ))
        .field(flag(
            "reversed",
            "Whether it is said the other way round.",
            |h: &Hop| h.reversed,
        ))
        .field(leads(
            "via",
            "Node",
            "The relationship or claim that says so.",
            |h: &Hop| Some(h.via.clone()),
        ))
        .field(flag("isClaim", "Whether that is a claim.", |h: &Hop| {
            h.is_claim
        }))
        .field(reading(
            "verbatim",
            list("Quotation", 2),
            "Its words, one by one.",
            |request| {
                Box::pin(async move {
                    let via = &request.parent::<Hop>()?.via;
                    quotations(request.loader(), via).await
                })
            },
        ))
        .field(marking(
            "The marking of what says so, such as TLP:AMBER.",
            |h: &Hop| &h.via,
        ))
        .field(leads(
            "source",
            "Record",
            "The document it stands in.",
            |h: &Hop| h.source.clone(),
        ))
        .field(text("locator", "The place there.", |h: &Hop| {
            h.locator.as_deref()
        }))
}

fn question_types() -> Vec<Object> {
    let cell = |term: &Term| match term {
        Term::Literal(literal) => literal.value().to_owned(),
        Term::NamedNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    };
    vec![
        Object::new("SavedQuestion")
            .description("A saved question (question enregistrée).")
            .field(word("name", "Its name.", |q: &Question| &q.name))
            .field(
                reading(
                    "summary",
                    TypeRef::named("String"),
                    "What it asks.",
                    |request| {
                        Box::pin(async move {
                            let question = request.parent::<Question>()?;
                            let french = request.args().language() == "fr";
                            let text = if french {
                                &question.summary_fr
                            } else {
                                &question.summary_en
                            };
                            Ok(Some(Value::from(text.as_str()).into()))
                        })
                    },
                )
                .argument(in_language()),
            )
            .field(plain(
                "parameters",
                full_list("String", 5),
                "What it takes, as name and kind; ! marks what must be given.",
                |q: &Question| {
                    let line = |p: &question::Param| {
                        let must = if p.need == question::Need::Required {
                            "!"
                        } else {
                            ""
                        };
                        format!("{}: {}{must}", p.name, p.kind.name())
                    };
                    Some(FieldValue::list(
                        q.params
                            .iter()
                            .map(|p| FieldValue::from(Value::from(line(p)))),
                    ))
                },
            ))
            .field(word(
                "sparql",
                "Its file, which any SPARQL tool runs.",
                |q: &Question| &q.text,
            )),
        Object::new("QuestionAnswer")
            .description("Rows and columns (réponse).")
            .field(plain(
                "variables",
                full_list("String", 10),
                "The columns.",
                |t: &Told| {
                    Some(FieldValue::list(
                        t.rows
                            .variables
                            .iter()
                            .map(|v| FieldValue::from(Value::from(v.as_str()))),
                    ))
                },
            ))
            .field(plain(
                "rows",
                TypeRef::NonNull(Box::new(TypeRef::List(Box::new(TypeRef::named_list_nn(
                    "String",
                ))))),
                "The rows, aligned with the columns: words, or IRIs.",
                move |t: &Told| {
                    let value = |value: &Option<Term>| {
                        value
                            .as_ref()
                            .map_or(Value::Null, |term| Value::from(cell(term)))
                    };
                    let row = |row: &Vec<Option<Term>>| {
                        FieldValue::list(row.iter().map(|v| FieldValue::from(value(v))))
                    };
                    Some(FieldValue::list(t.rows.rows.iter().take(t.first).map(row)))
                },
            ))
            .field(number(
                "totalCount",
                "How many rows there are.",
                |t: &Told| t.rows.rows.len() as u64,
            ))
            .field(text(
                "cut",
                "Why there are no more rows, when there would be.",
                |t: &Told| t.cut.as_deref(),
            )),
    ]
}
