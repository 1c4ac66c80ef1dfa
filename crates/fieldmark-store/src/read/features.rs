//! Which features there are in a view, and who has them: the files in `features/` asked of the
//! view, and an index of what they find.
//!
//! The index is made on the first question after a change and kept until the next. Numbers in it
//! follow the order of names, so that it depends on what is in the view and not on how it came
//! there.

use super::{ReadError, record};
use crate::view::View;
use fieldmark_analysis::overlap::{
    Bits, Cycle, Family, FamilyId, Feature, Holder, Index, SURE, Terms, Thresholds,
};
use fieldmark_model::RecordId;
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxrdf::Term;
use rust_embed::RustEmbed;
use serde::Deserialize;
use spargebra::{Query, SparqlParser};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What has features: the STIX types of campaigns, incidents, activity sets, actors and networks.
pub(super) const HOLDERS: [&str; 5] = [
    "campaign",
    "incident",
    "infrastructure",
    "intrusion-set",
    "threat-actor",
];

/// A family of features, as its file says.
#[derive(Clone, Debug)]
pub struct FeatureFamily {
    /// Its name, which is the file's.
    pub name: String,
    /// What it holds, in English.
    pub label_en: String,
    /// The same in French.
    pub label_fr: String,
    /// Whether its features are hard to share by chance.
    pub hard: bool,
    /// λ in hundredths.
    pub lambda: u32,
    query: Query,
}

#[derive(RustEmbed)]
#[folder = "../../features"]
struct Files;

/// What `features/` defines.
struct Definitions {
    families: Vec<FeatureFamily>,
    broader: Query,
    thresholds: Thresholds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdsFile {
    population: u32,
    features: u32,
    excess: f64,
    rate: f64,
    families: u32,
}

/// Every family of features this program ships, by name.
pub fn feature_families() -> &'static [FeatureFamily] {
    &definitions().families
}

/// What a verdict needs.
pub(super) fn thresholds() -> &'static Thresholds {
    &definitions().thresholds
}

/// # Panics
/// When an embedded file is no definition, which a test rules out.
fn definitions() -> &'static Definitions {
    static DEFINITIONS: OnceLock<Definitions> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        let read = |name: &str| {
            let bytes = Files::get(name).expect("a listed file is embedded").data;
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let mut families: Vec<FeatureFamily> = Files::iter()
            .filter_map(|file| Some((file.strip_suffix(".rq")?.to_owned(), read(&file))))
            .filter(|(name, _)| name != "broader")
            .map(|(name, text)| family(&name, &text).unwrap_or_else(|why| panic!("{why}")))
            .collect();
        families.sort_by(|a, b| a.name.cmp(&b.name));
        let file: ThresholdsFile =
            serde_json::from_str(&read("thresholds.json")).expect("the thresholds are complete");
        Definitions {
            families,
            broader: SparqlParser::new()
                .parse_query(&read("broader.rq"))
                .expect("broader.rq is SPARQL"),
            thresholds: Thresholds {
                population: file.population,
                features: file.features,
                excess: Bits::of(file.excess),
                rate: file.rate,
                families: file.families,
            },
        }
    })
}

fn family(name: &str, text: &str) -> Result<FeatureFamily, String> {
    let header: BTreeMap<&str, &str> = text
        .lines()
        .map_while(|line| line.strip_prefix("#+"))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect();
    let say = |key: &str| {
        header
            .get(key)
            .map(|value| (*value).to_owned())
            .ok_or_else(|| format!("features/{name}.rq: the header has no {key}"))
    };
    let query = SparqlParser::new()
        .parse_query(text)
        .map_err(|error| format!("features/{name}.rq: {error}"))?;
    Ok(FeatureFamily {
        name: name.to_owned(),
        label_en: say("summary")?,
        label_fr: say("summary-fr")?,
        hard: say("hard")?
            .parse()
            .map_err(|_| format!("features/{name}.rq: hard is true or false"))?,
        lambda: header
            .get("weight")
            .map_or(Ok(100), |weight| weight.parse())
            .map_err(|_| format!("features/{name}.rq: weight is in hundredths"))?,
        query,
    })
}

/// A feature by name: its family, and its IRI or value.
pub(super) type Key = (FamilyId, String);

/// The features of a view at one moment.
pub struct Features {
    pub(super) index: Index,
    /// Who has any, in order.
    pub(super) holders: Vec<RecordId>,
    /// What they have, with all that is broader, in order.
    pub(super) features: Vec<Key>,
    /// What anybody may share, by IRI: soft features, and what is broader than another thing.
    commonplaces: HashSet<String>,
    /// Features that are broader than themselves; what is broader than these is left out.
    pub(super) rings: Vec<String>,
}

/// Holds the features until the view changes.
#[derive(Default)]
pub struct FeatureSlot(Mutex<Option<Arc<Features>>>);

impl Features {
    fn read(view: &View) -> Result<Self, ReadError> {
        let mut edges: BTreeMap<RecordId, BTreeSet<Key>> = BTreeMap::new();
        for (id, family) in (0..).zip(&definitions().families) {
            each(view, &family.query, &mut |of, feature| {
                let holder = record(Some(of));
                if let Some(of) = holder.filter(|of| HOLDERS.contains(&of.stix_type())) {
                    edges.entry(of).or_default().insert((id, key(feature)));
                }
            })?;
        }
        let mut broader: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        each(view, &definitions().broader, &mut |feature, more| {
            broader.entry(key(feature)).or_default().insert(key(more));
        })?;
        Ok(Self::build(&edges, &broader))
    }

    fn build(
        edges: &BTreeMap<RecordId, BTreeSet<Key>>,
        broader: &BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        let mut known: BTreeSet<Key> = edges.values().flatten().cloned().collect();
        let mut open: Vec<Key> = known.iter().cloned().collect();
        while let Some((family, feature)) = open.pop() {
            for more in broader.get(&feature).into_iter().flatten() {
                let more = (family, more.clone());
                if known.insert(more.clone()) {
                    open.push(more);
                }
            }
        }
        let features: Vec<Key> = known.into_iter().collect();
        let number = |key: &Key| features.binary_search(key).ok().map(|at| at as Feature);
        let mut parents: Vec<(FamilyId, Vec<Feature>)> = features
            .iter()
            .map(|(family, feature)| {
                let more = broader.get(feature).into_iter().flatten();
                let parents = more.filter_map(|more| number(&(*family, more.clone())));
                (*family, parents.collect())
            })
            .collect();
        let mut rings = Vec::new();
        let terms = loop {
            let families = definitions().families.iter().map(|family| Family {
                name: family.name.clone(),
                hard: family.hard,
                lambda: family.lambda,
            });
            match Terms::new(families.collect(), &parents) {
                Ok(terms) => break terms,
                Err(Cycle(ring)) => {
                    for feature in ring {
                        parents[feature as usize].1.clear();
                        rings.push(features[feature as usize].1.clone());
                    }
                }
            }
        };
        let lists: Vec<Vec<(Feature, u8)>> = edges
            .values()
            .map(|of| {
                of.iter()
                    .filter_map(|key| Some((number(key)?, SURE)))
                    .collect()
            })
            .collect();
        let soft = features
            .iter()
            .filter(|(family, _)| !definitions().families[usize::from(*family)].hard)
            .map(|(_, feature)| feature);
        let commonplaces = soft.chain(broader.values().flatten()).cloned().collect();
        Self {
            commonplaces,
            index: Index::build(terms, lists.len() as Holder, |holder| {
                lists[holder as usize].clone()
            }),
            holders: edges.keys().cloned().collect(),
            features,
            rings,
        }
    }

    /// Whether anybody may share it; a technique is anybody's to use, whether or not one is seen to.
    pub(super) fn is_commonplace(&self, id: &RecordId) -> bool {
        id.stix_type() == "attack-pattern" || self.commonplaces.contains(&id.iri())
    }

    pub(super) fn holder(&self, id: &RecordId) -> Option<Holder> {
        self.holders.binary_search(id).ok().map(|at| at as Holder)
    }
}

/// The IRI or the value, with a literal's language left aside.
fn key(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

fn each(view: &View, query: &Query, with: &mut dyn FnMut(&Term, &Term)) -> Result<(), ReadError> {
    let results = SparqlEvaluator::new()
        .without_default_http_service_handler()
        .for_query(query.clone())
        .on_store(view.engine())
        .execute()
        .map_err(ReadError::engine)?;
    let QueryResults::Solutions(solutions) = results else {
        return Err(ReadError::engine("a feature's query is no SELECT"));
    };
    for solution in solutions {
        let solution = solution.map_err(ReadError::engine)?;
        if let [Some(of), Some(feature), ..] = solution.values() {
            with(of, feature);
        }
    }
    Ok(())
}

impl View {
    /// The features of this view, read now if they are not in hand.
    pub(super) fn feature_index(&self) -> Result<Arc<Features>, ReadError> {
        let mut held = self
            .feature_slot()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(features) = &*held {
            return Ok(features.clone());
        }
        let features = Arc::new(Features::read(self)?);
        *held = Some(features.clone());
        Ok(features)
    }
}
