//! The dossier: what is claimed of a subject, by whom, and what it comes to line by line.

use super::args::{in_language, may, must};
use super::choices::{FINDING, PLACE, claim_kind_value};
use super::fault::Fault;
use super::field::{Answer, Request, plain, reading, root};
use super::item::Item;
use super::lens::Through;
use super::simple::{closed, flag, inner, leads, number, text, word};
use super::size::{full_list, heavy};
use super::terms::Concept;
use crate::answer::dossier::place;
use crate::answer::evidence::{finding, kind};
use crate::answer::words;
use async_graphql::dynamic::{Field, FieldValue, Object, TypeRef};
use async_graphql::{Name, Value};
use fieldmark_analysis::lines::{Headline, Line, Rule, Side, Voice, Weighing};
use fieldmark_model::{Claim, Edtf, RecordId};
use fieldmark_store::read::{Dossier, Lens, Proposition, Reading, Scale};
use std::collections::HashMap;
use std::sync::Arc;

/// The field at the root.
pub(super) fn field() -> Field {
    let field = root(
        "dossier",
        TypeRef::named("Dossier"),
        "Every claim about a subject, by what is claimed, and what the claims come to.",
        |request| Box::pin(dossier(request)),
    );
    read_as(heavy(field, 1_000))
}

/// The field at the root that tells of each thing a name stands for.
pub(super) fn of_each_sense() -> Field {
    let field = root(
        "dossiers",
        full_list("Dossier", 3),
        "The dossier of what an id or a name means; of a name that several things bear, of each.",
        |request| Box::pin(dossiers(request)),
    );
    read_as(heavy(field, 3_000))
}

/// Of what, and how it is to be read.
fn read_as(field: Field) -> Field {
    let field = field
        .argument(must("of", "String", "An id, an IRI, a number or a name."))
        .argument(may(
            "rule",
            "CombinationRule",
            "How lines of evidence are combined; LEDGER unless said.",
        ))
        .argument(may(
            "scale",
            "String",
            "The scale whose words the headlines use; icd203 unless said.",
        ))
        .argument(may(
            "assertedBy",
            "Date",
            "Only what had certainly been asserted by the end of this date.",
        ));
    super::lens::arguments()
        .into_iter()
        .fold(field, Field::argument)
}

async fn reading_of(request: &Request<'_>) -> Result<Reading, Fault> {
    let args = request.args();
    let default = Reading::default();
    Ok(Reading {
        rule: match args.text("rule") {
            Some("SINGLE_BEST") => Rule::SingleBest,
            Some("FULL_INDEPENDENCE") => Rule::FullIndependence,
            _ => default.rule,
        },
        scale: args.text("scale").map_or(default.scale, str::to_owned),
        asserted_by: args
            .text("assertedBy")
            .map(|text| Edtf::parse(text).map_err(|error| Fault::BadInput(error.to_string())))
            .transpose()?,
        lens: super::lens::lens(args, request.loader()).await?,
    })
}

async fn dossier(request: Request<'_>) -> Answer<'_> {
    let loader = request.loader();
    let of = loader.resolve(request.args().needed("of")?).await?;
    let how = reading_of(&request).await?;
    let lens = how.lens.clone();
    let found = loader.ask(move |view| Ok(view.dossier(&of, &how)?)).await?;
    Ok(Some(FieldValue::owned_any(Opened::of(found, lens))))
}

async fn dossiers(request: Request<'_>) -> Answer<'_> {
    let loader = request.loader();
    let name = request.args().needed("of")?.to_owned();
    let asked = name.clone();
    let mut senses = loader.ask(move |view| Ok(view.senses(&asked)?)).await?;
    if senses.is_empty() {
        senses = vec![loader.resolve(&name).await?];
    }
    let how = reading_of(&request).await?;
    let lens = how.lens.clone();
    let found = loader.ask(move |view| {
        let each = senses.iter().map(|of| view.dossier(of, &how));
        Ok(each.collect::<Result<Vec<_>, _>>()?)
    });
    let each = found.await?.into_iter();
    let opened = each.map(|one| FieldValue::owned_any(Opened::of(one, lens.clone())));
    Ok(Some(FieldValue::list(opened)))
}

/// A dossier with its propositions ready to be looked into.
struct Opened {
    through: Through,
    dossier: Dossier,
    propositions: Vec<Weighed>,
    possible: Vec<Arc<Claim>>,
    undated: Vec<Arc<Claim>>,
}

/// A proposition with what its weighing speaks of.
struct Weighed {
    proposition: Proposition,
    weighing: InWords,
}

/// A weighing, the scale it is put in words with, and the claims it names.
struct InWords {
    degree: Option<words::Degree>,
    weighing: Weighing,
    scale: Arc<Scale>,
    lines: Vec<LineOf>,
    support: SideOf,
    dissent: SideOf,
    claims: Claims,
}

struct LineOf {
    line: Line,
    claims: Claims,
}

struct SideOf {
    side: Side,
    claims: Claims,
}

type Claims = Arc<HashMap<String, Arc<Claim>>>;

impl Opened {
    fn of(mut dossier: Dossier, lens: Lens) -> Self {
        let scale = Arc::new(dossier.scale.clone());
        let propositions = std::mem::take(&mut dossier.propositions)
            .into_iter()
            .map(|proposition| {
                let claims: Claims = Arc::new(
                    proposition
                        .claims
                        .iter()
                        .map(|claim| (claim.id.to_string(), Arc::clone(claim)))
                        .collect(),
                );
                let weighing = &proposition.weighing;
                let side = |side: &Side| SideOf {
                    side: side.clone(),
                    claims: Arc::clone(&claims),
                };
                let line = |line: &Line| LineOf {
                    line: line.clone(),
                    claims: Arc::clone(&claims),
                };
                Weighed {
                    weighing: InWords {
                        degree: words::Degree::new(
                            proposition.object.clone().unwrap_or_default(),
                            proposition.level.as_deref(),
                        ),
                        lines: weighing.lines.iter().map(line).collect(),
                        support: side(&weighing.support),
                        dissent: side(&weighing.dissent),
                        weighing: weighing.clone(),
                        scale: Arc::clone(&scale),
                        claims: Arc::clone(&claims),
                    },
                    proposition,
                }
            })
            .collect();
        Self {
            through: Through {
                lens,
                sames: std::mem::take(&mut dossier.same),
            },
            possible: std::mem::take(&mut dossier.possible),
            undated: std::mem::take(&mut dossier.undated),
            dossier,
            propositions,
        }
    }
}

/// Claims by the keys a weighing names them with.
fn named<'a>(claims: &Claims, keys: &[String]) -> FieldValue<'a> {
    FieldValue::list(
        keys.iter()
            .filter_map(|key| claims.get(key))
            .map(|claim| Item::with_claim(Arc::clone(claim)).owned(false)),
    )
}

/// All of these claims.
fn all<'a>(claims: &[Arc<Claim>]) -> FieldValue<'a> {
    let item = |claim: &Arc<Claim>| Item::with_claim(Arc::clone(claim)).owned(false);
    FieldValue::list(claims.iter().map(item))
}

fn claims<P: Send + Sync + 'static>(
    name: &str,
    size: usize,
    about: &str,
    read: fn(&P) -> (&Claims, &[String]),
) -> Field {
    plain(name, full_list("Claim", size), about, move |parent: &P| {
        let (claims, keys) = read(parent);
        Some(named(claims, keys))
    })
}

fn float<P: Send + Sync + 'static>(name: &str, about: &str, read: fn(&P) -> Option<f64>) -> Field {
    plain(name, TypeRef::named("Float"), about, move |parent: &P| {
        read(parent).map(|number| Value::from(number).into())
    })
}

/// The types of a dossier.
pub(super) fn types() -> Vec<Object> {
    vec![
        opened(),
        proposition(),
        weighing(),
        line(),
        side(),
        Object::new("EvidenceVoice")
            .description("What one line says for a side, once (voix).")
            .field(word(
                "claim",
                "The id of the claim that is counted.",
                |v: &Voice| &v.claim,
            ))
            .field(float(
                "weight",
                "Log-odds in favour of the side, in nats.",
                |v: &Voice| Some(v.weight),
            )),
    ]
}

fn opened() -> Object {
    Object::new("Dossier")
        .description("Every claim about a subject, by what is claimed (dossier).")
        .field(leads("subject", "Record", "The subject.", |d: &Opened| {
            Some(d.dossier.subject.id.clone())
        }))
        .field(plain(
            "through",
            TypeRef::named_nn("Through"),
            "What else is taken for the subject, and why.",
            |d: &Opened| Some(FieldValue::borrowed_any(&d.through)),
        ))
        .field(inner(
            "propositions",
            "Proposition",
            20,
            "What is claimed of it.",
            |d: &Opened| &d.propositions,
        ))
        .field(word(
            "scale",
            "The IRI of the scale whose words the headlines use.",
            |d: &Opened| &d.dossier.scale.iri,
        ))
        .field(number(
            "later",
            "How many claims came after the date asked about.",
            |d: &Opened| d.dossier.later as u64,
        ))
        .field(plain(
            "possible",
            full_list("Claim", 5),
            "The claims left out because their date is too coarse to tell whether they came by then.",
            |d: &Opened| Some(all(&d.possible)),
        ))
        .field(plain(
            "undated",
            full_list("Claim", 5),
            "The claims left out because they have no date.",
            |d: &Opened| Some(all(&d.undated)),
        ))
}

fn proposition() -> Object {
    Object::new("Proposition")
        .description(
            "One thing that is claimed, with everyone who affirms or denies it (proposition).",
        )
        .field(closed(
            "place",
            &PLACE,
            "Under which heading it stands.",
            |p: &Weighed| place(p.proposition.place),
        ))
        .field(leads(
            "about",
            "Record",
            "The record it stands there for.",
            |p: &Weighed| Some(p.proposition.about.clone()),
        ))
        .field(plain(
            "kind",
            TypeRef::named_nn("ClaimKind"),
            "What it is about.",
            |p: &Weighed| Some(claim_kind_value(p.proposition.kind).into()),
        ))
        .field(leads(
            "subject",
            "Record",
            "The record it speaks of.",
            |p: &Weighed| Some(p.proposition.subject.clone()),
        ))
        .field(leads(
            "object",
            "Record",
            "The record it says of it.",
            |p: &Weighed| RecordId::from_iri(p.proposition.object.as_deref()?),
        ))
        .field(text(
            "objectText",
            "What it says of it, when that is no record: a term's IRI, or words.",
            |p: &Weighed| {
                let object = p.proposition.object.as_deref();
                object.filter(|object| RecordId::from_iri(object).is_none())
            },
        ))
        .field(plain(
            "level",
            TypeRef::named("Concept"),
            "How great an impact it says.",
            |p: &Weighed| {
                let iri = p.proposition.level.clone()?;
                Some(FieldValue::owned_any(Concept { iri }))
            },
        ))
        .field(plain(
            "relation",
            TypeRef::named("Concept"),
            "How it says two names to relate.",
            |p: &Weighed| {
                let iri = p.proposition.relation.clone()?;
                Some(FieldValue::owned_any(Concept { iri }))
            },
        ))
        .field(number("affirmed", "How many affirm it.", |p: &Weighed| {
            p.proposition.affirmed as u64
        }))
        .field(number("denied", "How many deny it.", |p: &Weighed| {
            p.proposition.denied as u64
        }))
        .field(number(
            "sourceCount",
            "How many documents the claims stand in.",
            |p: &Weighed| p.proposition.sources as u64,
        ))
        .field(plain(
            "weighing",
            TypeRef::named_nn("Weighing"),
            "What the claims come to, and the working.",
            |p: &Weighed| Some(FieldValue::borrowed_any(&p.weighing)),
        ))
        .field(plain(
            "claims",
            full_list("Claim", 50),
            "The claims, by date.",
            |p: &Weighed| Some(all(&p.proposition.claims)),
        ))
}

fn likelihood(weighing: &InWords) -> Option<(f64, f64, f64, Option<&str>)> {
    match &weighing.weighing.headline {
        Headline::Likelihood {
            range,
            probability,
            term,
            ..
        } => Some((range.low(), *probability, range.high(), term.as_deref())),
        _ => None,
    }
}

fn weighing() -> Object {
    Object::new("Weighing")
        .description(
            "What the claims about one proposition come to, by the lines of evidence they stand on (pesée).",
        )
        .field(
            reading(
                "headline",
                TypeRef::named("String"),
                "In one line.",
                |request| {
                    Box::pin(async move {
                        let parent = request.parent::<InWords>()?;
                        let lang = request.args().language();
                        let text = words::headline(
                            &parent.weighing,
                            &parent.scale,
                            &lang,
                            parent.degree.as_ref(),
                        );
                        Ok(Some(Value::from(text).into()))
                    })
                },
            )
            .argument(in_language()),
        )
        .field(closed(
            "finding",
            &FINDING,
            "What the claims come to.",
            |w: &InWords| finding(&w.weighing.headline),
        ))
        .field(text(
            "band",
            "The IRI of the scale's band for the middle.",
            |w: &InWords| likelihood(w)?.3,
        ))
        .field(float("low", "The lower end, 0 to 1.", |w: &InWords| {
            Some(likelihood(w)?.0)
        }))
        .field(float("probability", "The middle, 0 to 1.", |w: &InWords| {
            Some(likelihood(w)?.1)
        }))
        .field(float("high", "The upper end, 0 to 1.", |w: &InWords| {
            Some(likelihood(w)?.2)
        }))
        .field(plain(
            "rule",
            TypeRef::named_nn("CombinationRule"),
            "The rule in force.",
            |w: &InWords| {
                let name = words::rule_name(w.weighing.rule).replace('-', "_");
                Some(Value::Enum(Name::new(name.to_ascii_uppercase())).into())
            },
        ))
        .field(float(
            "gamma",
            "Its γ: support is (1−γ)·best line + γ·sum of lines.",
            |w: &InWords| Some(w.weighing.rule.gamma()),
        ))
        .field(inner("lines", "EvidenceLine", 50, "The lines.", |w: &InWords| {
            &w.lines
        }))
        .field(plain(
            "support",
            TypeRef::named_nn("EvidenceSide"),
            "Everything in favour.",
            |w: &InWords| Some(FieldValue::borrowed_any(&w.support)),
        ))
        .field(plain(
            "dissent",
            TypeRef::named_nn("EvidenceSide"),
            "Everything against.",
            |w: &InWords| Some(FieldValue::borrowed_any(&w.dissent)),
        ))
        .field(claims(
            "even",
            5,
            "Claims whose range is exactly even.",
            |w: &InWords| (&w.claims, &w.weighing.even),
        ))
        .field(claims(
            "unscaled",
            20,
            "Claims in favour without a likelihood: counted, never given a number.",
            |w: &InWords| (&w.claims, &w.weighing.unscaled),
        ))
        .field(claims(
            "countedOnce",
            20,
            "Claims that lean on several lines and are counted at most once.",
            |w: &InWords| (&w.claims, &w.weighing.counted_once),
        ))
        .field(claims(
            "sourceHidden",
            20,
            "Claims none of whose sources is to be seen.",
            |w: &InWords| (&w.claims, &w.weighing.source_hidden),
        ))
        .field(plain(
            "categories",
            full_list("String", 3),
            "The kinds of evidence cited in favour: technical, behavioural, contextual.",
            |w: &InWords| {
                let kinds = w.weighing.categories.iter().copied().map(kind);
                Some(FieldValue::list(
                    kinds.map(|kind| FieldValue::from(Value::from(kind))),
                ))
            },
        ))
        .field(flag(
            "wantsSecondCategory",
            "Whether \"very likely\" or more stands on fewer than two kinds of evidence.",
            |w: &InWords| w.weighing.wants_second_category,
        ))
}

fn line() -> Object {
    let voice = |name: &str, about: &str, read: fn(&LineOf) -> Option<&Voice>| {
        plain(
            name,
            TypeRef::named("EvidenceVoice"),
            about,
            move |l: &LineOf| read(l).map(|voice| FieldValue::borrowed_any(voice)),
        )
    };
    Object::new("EvidenceLine")
        .description("Claims that stand on one ground (ligne de preuve).")
        .field(plain(
            "roots",
            full_list("String", 10),
            "What they stand on: ids of evidence or of assessors who collected it, undisclosed, or a joint look.",
            |l: &LineOf| {
                let root = |root: &String| FieldValue::from(Value::from(root.as_str()));
                Some(FieldValue::list(l.line.roots.iter().map(root)))
            },
        ))
        .field(claims("primaries", 20, "The claims that found it.", |l: &LineOf| {
            (&l.claims, &l.line.primaries)
        }))
        .field(claims(
            "derivatives",
            20,
            "The claims that lean on it; they may lean on others too.",
            |l: &LineOf| (&l.claims, &l.line.derivatives),
        ))
        .field(voice("support", "What counts in favour.", |l| {
            l.line.support.as_ref()
        }))
        .field(voice("dissent", "What counts against.", |l| {
            l.line.dissent.as_ref()
        }))
}

fn side() -> Object {
    Object::new("EvidenceSide")
        .description("One side of a weighing (partie).")
        .field(claims("claims", 50, "Its claims.", |s: &SideOf| {
            (&s.claims, &s.side.claims)
        }))
        .field(number(
            "lines",
            "On how many lines they stand.",
            |s: &SideOf| s.side.lines as u64,
        ))
        .field(float(
            "logOdds",
            "Combined log-odds from the middles, in nats; never negative.",
            |s: &SideOf| Some(s.side.odds.middle),
        ))
}
