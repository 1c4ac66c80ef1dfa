//! What an overlap comes to: lines, chance, verdict.

use super::args::in_language;
use super::choices::{CHANCE_BY, TIE_KIND, VERDICT, tie_kind_value};
use super::field::{plain, reading};
use super::simple::{closed, flag, inner, leads, number, word};
use super::size::full_list;
use crate::answer::verdict;
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, Object, TypeRef};
use fieldmark_analysis::overlap::{Bits, Significance};
use fieldmark_model::RecordId;
use fieldmark_store::read::{Lacked, Tally, Tie, Trait, WeighedLine};
use std::collections::HashMap;

type Chance = (String, Bits);

/// The field that leads from an overlap to what it comes to.
pub(super) fn tally<P: Send + Sync + 'static>(read: fn(&P) -> &Tally) -> Field {
    plain(
        "weighing",
        TypeRef::named_nn("OverlapWeighing"),
        "What it comes to.",
        move |parent: &P| Some(FieldValue::borrowed_any(read(parent))),
    )
}

fn amount<P: Send + Sync + 'static>(name: &str, about: &str, read: fn(&P) -> f64) -> Field {
    plain(
        name,
        TypeRef::named_nn("Float"),
        about,
        move |parent: &P| Some(Value::from(read(parent)).into()),
    )
}

fn perhaps<P: Send + Sync + 'static>(
    name: &str,
    about: &str,
    read: fn(&P) -> Option<f64>,
) -> Field {
    plain(name, TypeRef::named("Float"), about, move |parent: &P| {
        read(parent).map(|value| Value::from(value).into())
    })
}

fn words<P: Send + Sync + 'static>(
    name: &str,
    size: usize,
    about: &str,
    read: fn(&P) -> &[String],
) -> Field {
    plain(name, full_list("String", size), about, move |parent: &P| {
        let each = read(parent).iter();
        Some(FieldValue::list(
            each.map(|word| FieldValue::from(Value::from(word.as_str()))),
        ))
    })
}

/// The types.
pub(super) fn types() -> Vec<Object> {
    vec![
        whole(),
        Object::new("WeighedFeature")
            .description("A shared soft feature and what it counts for, in bits (trait pesé).")
            .field(feature(|l: &WeighedLine| &l.feature))
            .field(number("df", "How many have it or one under it.", |l: &WeighedLine| {
                u64::from(l.df)
            }))
            .field(amount(
                "information",
                "−log₂((df+½)/(N+1)): what it tells to find it.",
                |l: &WeighedLine| l.information.get(),
            ))
            .field(amount(
                "weight",
                "What it tells beyond what is broader.",
                |l: &WeighedLine| l.weight.get(),
            ))
            .field(amount(
                "confidence",
                "The lesser of both confidences, 0 to 1.",
                |l: &WeighedLine| f64::from(l.sure) / 100.0,
            ))
            .field(amount("bits", "What it contributes.", |l: &WeighedLine| {
                l.bits.get()
            })),
        Object::new("OverlapFeature")
            .description("A feature by name (trait).")
            .field(word("family", "Its family.", |t: &Trait| &t.family))
            .field(word("key", "Its IRI, or its value.", |t: &Trait| &t.key))
            .field(leads("record", "Node", "Its record, when it is one.", |t: &Trait| {
                t.record.clone()
            })),
        Object::new("FamilyChance")
            .description("What chance gives in a family, in bits (hasard).")
            .field(word("family", "The family.", |c: &Chance| &c.0))
            .field(amount("bits", "What would be shared by chance.", |c: &Chance| {
                c.1.get()
            })),
        Object::new("LackedFeature")
            .description("A feature of one that the other lacks (trait absent).")
            .field(feature(|l: &Lacked| &l.feature))
            .field(amount("information", "What it would have told, in bits.", |l: &Lacked| {
                l.information.get()
            }))
            .field(flag(
                "contradicts",
                "Whether the other is so well observed in that family that the lack speaks against a link.",
                |l: &Lacked| l.speaks,
            )),
        Object::new("OverlapTie")
            .description("A claim that ties two, or the networks behind them (attache).")
            .field(leads("claim", "Claim", "The claim.", |t: &Tie| {
                Some(t.claim.clone())
            }))
            .field(plain(
                "kind",
                TypeRef::named_nn(TIE_KIND),
                "How it ties them.",
                |t: &Tie| Some(tie_kind_value(t.kind).into()),
            ))
            .field(plain(
                "restates",
                full_list("ID", 2),
                "The claims among the ties that it only says again.",
                |t: &Tie| {
                    let each = t.restates.iter().map(|id| Value::from(id.to_string()));
                    Some(FieldValue::list(each.map(FieldValue::from)))
                },
            )),
        Object::new("OverlapSignificance")
            .description(
                "How often shuffled populations share as much: Curveball shuffles, Benjamini and Hochberg's rates (signification).",
            )
            .field(number("shuffles", "How many were made.", |s: &Significance| {
                u64::from(s.times)
            }))
            .field(amount("p", "(1 + how many shared as much) / (shuffles + 1).", |s: &Significance| s.p))
            .field(amount("q", "The false discovery rate over all pairs shown.", |s: &Significance| s.q)),
    ]
}

fn feature<P: Send + Sync + 'static>(read: fn(&P) -> &Trait) -> Field {
    plain(
        "feature",
        TypeRef::named_nn("OverlapFeature"),
        "The feature.",
        move |parent: &P| Some(FieldValue::borrowed_any(read(parent))),
    )
}

fn whole() -> Object {
    Object::new("OverlapWeighing")
        .description(
            "What an overlap comes to. Parts add up exactly: Σ lines = sum, sum − Σ chance = excess (pesée).",
        )
        .field(closed(
            "verdict",
            &VERDICT,
            "The strongest thing that may be said. None says that two are one.",
            |w: &Tally| verdict::verdict(w),
        ))
        .field(
            reading(
                "says",
                TypeRef::named_nn("String"),
                "Everything that may be said, in one line.",
                |request| {
                    Box::pin(async move {
                        let lang = request.args().language();
                        let tally = request.parent::<Tally>()?;
                        let who = tally.ties.iter().flat_map(|tie| &tie.assessors);
                        let who: Vec<RecordId> = who.cloned().collect();
                        let nodes = request.loader().nodes(&who).await?;
                        let names: HashMap<RecordId, String> = who
                            .into_iter()
                            .zip(nodes)
                            .filter_map(|(id, node)| Some((id, node?.label(&lang))))
                            .collect();
                        let name = |id: &RecordId| {
                            names.get(id).cloned().unwrap_or_else(|| id.to_string())
                        };
                        let line = verdict::line(tally, &lang, &name);
                        Ok(Some(Value::from(line).into()))
                    })
                },
            )
            .argument(in_language()),
        )
        .field(closed("soft", &VERDICT, "What the soft features say by themselves.", |w: &Tally| {
            verdict::soft(w.soft)
        }))
        .field(number("hard", "How many hard features both have.", |w: &Tally| w.hard))
        .field(inner("ties", "OverlapTie", 10, "Claims that tie them, those that say they are one network first.", |w: &Tally| &w.ties))
        .field(number("population", "How many in this view have any feature.", |w: &Tally| {
            u64::from(w.population)
        }))
        .field(number("observedLeft", "How many soft features the left one has.", |w: &Tally| {
            u64::from(w.found.observed.0)
        }))
        .field(number("observedRight", "How many soft features the right one has.", |w: &Tally| {
            u64::from(w.found.observed.1)
        }))
        .field(inner("lines", "WeighedFeature", 50, "Shared soft features, most telling first.", |w: &Tally| &w.lines))
        .field(amount("sum", "What the lines add up to, in bits.", |w: &Tally| w.found.sum.get()))
        .field(inner("chance", "FamilyChance", 16, "What chance gives, by family: what shuffled pairs shared on average, or the closed form where nothing was shuffled.", |w: &Tally| &w.chance))
        .field(closed("chanceBy", &CHANCE_BY, "How chance was found.", |w: &Tally| verdict::chance_by(w)))
        .field(amount("excess", "The sum less chance, in bits.", |w: &Tally| w.found.excess.get()))
        .field(amount("low", "About 90 % of the excess, were the features met anew: from here.", |w: &Tally| w.found.interval.0.get()))
        .field(amount("high", "To here.", |w: &Tally| w.found.interval.1.get()))
        .field(perhaps("jaccard", "Weighted Jaccard, 0 to 1.", |w: &Tally| w.found.jaccard))
        .field(perhaps("containment", "Share of the lesser of the two, 0 to 1.", |w: &Tally| w.found.containment))
        .field(plain(
            "significance",
            TypeRef::named("OverlapSignificance"),
            "What shuffling says; null when the population is too small or too large to shuffle.",
            |w: &Tally| w.significance.as_ref().map(|s| FieldValue::borrowed_any(s)),
        ))
        .field(inner("onlyLeft", "LackedFeature", 50, "What the left one has and the right one lacks, most telling first.", |w: &Tally| &w.only_left))
        .field(inner("onlyRight", "LackedFeature", 50, "What the right one has and the left one lacks.", |w: &Tally| &w.only_right))
        .field(words("notJudged", 10, "Families nothing can be said of: one of the two has no feature in them.", |w: &Tally| &w.not_judged))
        .field(words("rings", 5, "Features that are broader than themselves in the data.", |w: &Tally| &w.rings))
}

/// A number of shuffles, as an argument.
pub(super) const SHUFFLES: &str = "How often to shuffle the population to see what chance gives; 999 unless said, 0 for not at all, at most 99,999.";
