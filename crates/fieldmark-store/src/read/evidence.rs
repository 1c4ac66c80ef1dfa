//! From claims as a view shows them to the inputs of the evidence-line ledger.

use super::fixed::Fixed;
use super::{ReadError, text};
use crate::view::View;
use fieldmark_analysis::lines::{
    Band, Category, Ground, Input, Range, Stance, UNDISCLOSED, Yardstick,
};
use fieldmark_model::{Claim, Derivation, Polarity, RecordId};
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// An estimative scale: the words a headline is put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Its IRI.
    pub iri: String,
    /// Its name, by language.
    pub names: BTreeMap<String, String>,
    /// Its bands, from the least likely upward.
    pub bands: Vec<ScaleBand>,
}

/// One band of a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBand {
    /// Its IRI.
    pub iri: String,
    /// Its word, by language.
    pub words: BTreeMap<String, String>,
    /// What it stands for.
    pub range: Range,
}

impl Scale {
    /// The scale as the ledger takes it: terms are the IRIs of bands.
    pub fn yardstick(&self) -> Yardstick {
        let band = |band: &ScaleBand| Band {
            term: band.iri.clone(),
            range: band.range,
        };
        Yardstick::new(self.bands.iter().map(band).collect())
    }

    /// The word for a band, in a language or else in English.
    pub fn word(&self, band: &str, lang: &str) -> Option<&str> {
        let words = &self.bands.iter().find(|one| one.iri == band)?.words;
        words
            .get(lang)
            .or_else(|| words.get("en"))
            .map(String::as_str)
    }
}

static SCALE: Fixed = Fixed::new(
    "SELECT ?scale ?name ?band ?word ?low ?high WHERE {
       VALUES ?scale { UNDEF } ?scale a fm:EstimativeScale ; skos:prefLabel ?name .
       ?band skos:inScheme ?scale ; skos:prefLabel ?word ; fm:rangeLow ?low ; fm:rangeHigh ?high }",
);

static SCALES_KNOWN: Fixed = Fixed::new(
    "SELECT DISTINCT ?scale WHERE { ?band fm:rangeLow ?low ; skos:inScheme ?scale . ?scale a fm:EstimativeScale }",
);

/// Where the scales are named.
const SCALES: &str = "https://w3id.org/fieldmark/scale/";

impl View {
    /// An estimative scale, by its short name (`icd203`) or its IRI.
    ///
    /// # Errors
    /// [`ReadError::NoScale`] when this view has no scale of that name with ranges.
    pub fn scale(&self, name: &str) -> Result<Scale, ReadError> {
        let iri = if name.starts_with(SCALES) {
            name.to_owned()
        } else {
            format!("{SCALES}{}", name.to_lowercase())
        };
        let Ok(scale) = NamedNode::new(&iri) else {
            return Err(self.no_scale(name));
        };
        let mut names = BTreeMap::new();
        let mut bands: BTreeMap<String, ScaleBand> = BTreeMap::new();
        SCALE.run(self, &[("scale", vec![scale.into()])], |row| {
            if let [
                _,
                Some(Term::Literal(name)),
                Some(Term::NamedNode(band)),
                Some(Term::Literal(word)),
                low,
                high,
            ] = row
            {
                let number = |term: &Option<Term>| text(term.as_ref())?.parse::<f64>().ok();
                let range = number(low)
                    .zip(number(high))
                    .and_then(|(low, high)| Range::new(low, high).ok());
                let tag = |tag: Option<&str>| tag.unwrap_or_default().to_owned();
                names.insert(tag(name.language()), name.value().to_owned());
                if let Some(range) = range {
                    bands
                        .entry(band.as_str().to_owned())
                        .or_insert_with(|| ScaleBand {
                            iri: band.as_str().to_owned(),
                            words: BTreeMap::new(),
                            range,
                        })
                        .words
                        .insert(tag(word.language()), word.value().to_owned());
                }
            }
        })?;
        if bands.is_empty() {
            return Err(self.no_scale(name));
        }
        let mut bands: Vec<ScaleBand> = bands.into_values().collect();
        bands.sort_by(|a, b| a.range.low().total_cmp(&b.range.low()));
        Ok(Scale { iri, names, bands })
    }

    fn no_scale(&self, name: &str) -> ReadError {
        let mut known = BTreeSet::new();
        let listed = SCALES_KNOWN.run(self, &[], |row| {
            if let [Some(Term::NamedNode(scale))] = row {
                known.insert(local(scale.as_str()).to_owned());
            }
        });
        match listed {
            Ok(()) => ReadError::NoScale {
                name: name.chars().take(60).collect(),
                known: known.into_iter().collect(),
            },
            Err(error) => error,
        }
    }

    /// What is needed to weigh claims: every claim they stand on, at any remove, and the kinds of
    /// evidence they cite. As many queries as the longest chain of derivation has hops, and one.
    pub(super) fn behind(&self, claims: &[Arc<Claim>]) -> Result<Behind, ReadError> {
        let mut known: HashMap<RecordId, Arc<Claim>> =
            claims.iter().map(|c| (c.id.clone(), c.clone())).collect();
        let mut asked: HashSet<RecordId> = known.keys().cloned().collect();
        let mut next: Vec<RecordId> = claims
            .iter()
            .flat_map(|claim| rests(claim))
            .cloned()
            .collect();
        loop {
            next.retain(|id| asked.insert(id.clone()));
            if next.is_empty() {
                break;
            }
            let found = self.claims(&next)?;
            next = Vec::new();
            for claim in found.into_iter().flatten() {
                next.extend(rests(&claim).cloned());
                known.insert(claim.id.clone(), claim);
            }
        }
        let evidence: BTreeSet<RecordId> = claims
            .iter()
            .flat_map(|claim| claim.evidence.iter().cloned())
            .collect();
        let evidence: Vec<RecordId> = evidence.into_iter().collect();
        let categories = evidence
            .iter()
            .cloned()
            .zip(self.nodes(&evidence)?)
            .filter_map(|(id, node)| {
                let kinds = node?
                    .values(properties::FM_CATEGORY)
                    .iter()
                    .filter_map(|term| match term {
                        Term::NamedNode(kind) => category(local(kind.as_str())),
                        _ => None,
                    })
                    .collect();
                Some((id, kinds))
            })
            .collect();
        Ok(Behind { known, categories })
    }
}

/// What stands behind some claims.
pub(super) struct Behind {
    known: HashMap<RecordId, Arc<Claim>>,
    categories: HashMap<RecordId, BTreeSet<Category>>,
}

impl Behind {
    /// The claims about one proposition, as inputs. A withdrawn claim has no say.
    pub(super) fn inputs(&self, proposition: &[Arc<Claim>]) -> Vec<Input> {
        let among: HashSet<&RecordId> = proposition.iter().map(|claim| &claim.id).collect();
        proposition
            .iter()
            .filter(|claim| claim.status.as_deref() != Some("withdrawn"))
            .map(|claim| {
                let denies = claim.polarity == Polarity::Denies;
                let said = claim
                    .likelihood
                    .range
                    .and_then(|(low, high)| Range::new(low, high).ok());
                Input {
                    key: claim.id.to_string(),
                    stance: if denies { Stance::Against } else { Stance::For },
                    range: if denies {
                        said.map(Range::complement)
                    } else {
                        said
                    },
                    ground: self.ground(claim, &among),
                    categories: claim
                        .evidence
                        .iter()
                        .filter_map(|id| self.categories.get(id))
                        .flatten()
                        .copied()
                        .collect(),
                }
            })
            .collect()
    }

    fn ground(&self, claim: &Claim, among: &HashSet<&RecordId>) -> Ground {
        let own = own_evidence(claim);
        if !own.is_empty() {
            return Ground::Primary(own);
        }
        let (mut seen_here, mut elsewhere) = (BTreeSet::new(), false);
        for source in rests(claim) {
            if among.contains(source) {
                seen_here.insert(source.to_string());
            } else {
                elsewhere |= self.known.contains_key(source);
            }
        }
        if !seen_here.is_empty() {
            return Ground::Derivative(seen_here);
        }
        if elsewhere {
            // It follows from claims about something else ("the operation is Spamouflage, hence
            // China"): here it speaks first, but on their ground and not on one of its own.
            return Ground::Primary(self.roots(claim, &mut HashSet::new()));
        }
        if leans(claim) || claim.basis.iter().any(|basis| basis == "review") {
            // Whatever it leans on is not to be seen.
            return Ground::Derivative(BTreeSet::new());
        }
        Ground::Primary(self.first_hand(claim))
    }

    /// The ground of a claim that leans on nothing.
    fn first_hand(&self, claim: &Claim) -> BTreeSet<String> {
        let mut roots: BTreeSet<String> = BTreeSet::new();
        if is_own(claim) {
            // It names no evidence, but it is its assessor's own.
            roots.extend(claim.assessors.iter().map(ToString::to_string));
        }
        // What was said jointly may rest on one look at one thing.
        for (relation, other) in &claim.derivation {
            if *relation == Derivation::JointWith {
                let (a, b) = if claim.id < *other {
                    (&claim.id, other)
                } else {
                    (other, &claim.id)
                };
                roots.insert(format!("{JOINT}{a} {b}"));
            }
        }
        roots
    }

    /// The roots a claim reaches, at any remove.
    fn roots(&self, claim: &Claim, seen: &mut HashSet<RecordId>) -> BTreeSet<String> {
        let own = own_evidence(claim);
        if !own.is_empty() {
            return own;
        }
        let mut roots: BTreeSet<String> = BTreeSet::new();
        for source in rests(claim) {
            if let Some(source) = self.known.get(source)
                && seen.insert(source.id.clone())
            {
                roots.extend(self.roots(source, seen));
            }
        }
        if !leans(claim) {
            roots = self.first_hand(claim);
        }
        if roots.is_empty() {
            roots.insert(UNDISCLOSED.to_owned());
        }
        roots
    }
}

/// How the root of claims made jointly begins; their ids follow.
pub const JOINT: &str = "joint ";

fn rests(claim: &Claim) -> impl Iterator<Item = &RecordId> {
    claim
        .derivation
        .iter()
        .filter(|(relation, _)| relation.rests())
        .map(|(_, source)| source)
}

/// Whether a claim stands on others, those that are not to be seen among them. Two of which that is
/// all that is known share a ground: nobody can tell that they have one each.
fn leans(claim: &Claim) -> bool {
    rests(claim).next().is_some() || claim.withheld.iter().any(|relation| relation.rests())
}

fn is_own(claim: &Claim) -> bool {
    claim
        .basis
        .iter()
        .any(|basis| basis == "ownCollection" || basis == "ownAnalysis")
}

/// The evidence a claim brings itself. What a reviewer looked at is somebody else's.
fn own_evidence(claim: &Claim) -> BTreeSet<String> {
    if is_own(claim) || claim.basis.is_empty() {
        claim.evidence.iter().map(ToString::to_string).collect()
    } else {
        BTreeSet::new()
    }
}

fn category(name: &str) -> Option<Category> {
    match name {
        "technical" => Some(Category::Technical),
        "behavioural" => Some(Category::Behavioural),
        "contextual" => Some(Category::Contextual),
        _ => None,
    }
}
