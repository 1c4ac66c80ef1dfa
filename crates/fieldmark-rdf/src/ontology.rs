//! The ontology as it ships inside the program: what every view states, and the records a fresh
//! installation starts with.

use crate::vocab::{classes, properties};
use oxrdf::vocab::rdfs;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

/// The terms: classes, properties and closed value lists, with labels in English and French.
pub const TERMS: &str = include_str!("../../../ontology/fieldmark.ttl");
/// The estimative scales and their bands.
pub const SCALES: &str = include_str!("../../../ontology/scales.ttl");
/// The SHACL shapes that records are checked against.
pub const SHAPES: &str = include_str!("../../../ontology/shapes.ttl");
/// The five TLP 2.0 marking definitions, as records.
pub const POLICIES: &str = include_str!("../../../ontology/policies.ttl");
/// What a verdict on an overlap needs: a proposal, to be calibrated on cases of one's own.
pub const THRESHOLDS: &str = include_str!("../../../ontology/thresholds.json");
/// DISARM's tactics and techniques, as records.
pub const DISARM: &str = include_str!("../../../ontology/disarm.ttl");

/// The public parts that every audience's view states, so that labels and bands can be asked for.
pub const IN_EVERY_VIEW: [&str; 2] = [TERMS, SCALES];

/// The files whose subjects are records: a fresh ledger begins with them.
pub const RECORDS: [(&str, &str); 2] = [("policies.ttl", POLICIES), ("disarm.ttl", DISARM)];

/// The triples of [`IN_EVERY_VIEW`].
///
/// # Panics
/// When an embedded file is not Turtle, which a test rules out.
pub fn shared_triples() -> impl Iterator<Item = Triple> {
    IN_EVERY_VIEW.into_iter().flat_map(|text| {
        TurtleParser::new()
            .for_slice(text.as_bytes())
            .map(|triple| triple.expect("the embedded ontology is Turtle"))
    })
}

/// Whether every view states something of a term or a scale, so that no file needs to.
///
/// ```
/// use fieldmark_rdf::ontology::is_in_every_view;
/// assert!(is_in_every_view("https://w3id.org/fieldmark/ns#affirms"));
/// assert!(!is_in_every_view("https://w3id.org/fieldmark/ns#mine"));
/// ```
pub fn is_in_every_view(subject: &str) -> bool {
    in_every_view().contains(subject)
}

/// The IRIs of every term and scale that every view states something of.
pub fn in_every_view() -> &'static HashSet<String> {
    static SUBJECTS: OnceLock<HashSet<String>> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let named = shared_triples().filter_map(|triple| match triple.subject {
            NamedOrBlankNode::NamedNode(subject) => Some(subject.into_string()),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        named.collect()
    })
}

/// Texts by term and language.
type Texts = HashMap<(String, String), String>;

/// The part of an IRI after its last `#` or `/`: a term's own name.
///
/// ```
/// assert_eq!(fieldmark_rdf::ontology::local("https://w3id.org/fieldmark/ns#affirms"), "affirms");
/// ```
pub fn local(iri: &str) -> &str {
    iri.rsplit(['#', '/']).next().unwrap_or(iri)
}

/// The name of a term, a band or a scale in a language; failing that in English.
pub fn label(iri: &str, lang: &str) -> Option<String> {
    static LABELS: OnceLock<Texts> = OnceLock::new();
    let properties = [rdfs::LABEL, properties::SKOS_PREF_LABEL];
    text(LABELS.get_or_init(|| texts(&properties)), iri, lang)
}

/// What a term means, in a language; failing that in English.
pub fn definition(iri: &str, lang: &str) -> Option<String> {
    static DEFINITIONS: OnceLock<Texts> = OnceLock::new();
    let properties = [properties::SKOS_DEFINITION];
    text(DEFINITIONS.get_or_init(|| texts(&properties)), iri, lang)
}

/// A family of features: one sort of what campaigns are compared by, as the ontology has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name in addresses and answers.
    pub name: String,
    /// Its term; [`label`] says what it is called.
    pub iri: String,
    /// Whether its features are hard to share by chance.
    pub hard: bool,
    /// Whether its features stand under broader ones, over [`broadening`] properties.
    pub nested: bool,
    /// The edges that lead to its features.
    pub edges: Vec<NamedNode>,
    /// The classes its features have; without any, whatever an edge leads to is one.
    pub classes: Vec<NamedNode>,
    /// The edges to what carries features for another.
    pub through: Vec<NamedNode>,
}

/// Every family of features, by name.
pub fn families() -> Vec<Family> {
    let mut families: Vec<Family> =
        terms_of(properties::RDF_TYPE, &classes::FM_FEATURE_FAMILY.into())
            .into_iter()
            .filter_map(|(iri, stated)| {
                let values = |property: NamedNodeRef<'_>| {
                    let of = stated.iter().filter(|(one, _)| one.as_ref() == property);
                    of.map(|(_, object)| object.clone()).collect::<Vec<Term>>()
                };
                let text = |property| match values(property).into_iter().next() {
                    Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
                    _ => None,
                };
                let nodes = |property| {
                    let each = values(property).into_iter().filter_map(|term| match term {
                        Term::NamedNode(node) => Some(node),
                        _ => None,
                    });
                    each.collect()
                };
                let is = |property| text(property).as_deref() == Some("true");
                Some(Family {
                    name: text(properties::SKOS_NOTATION)?,
                    hard: is(properties::FM_HARD_TO_SHARE),
                    nested: is(properties::FM_NESTED),
                    edges: nodes(properties::FM_OVER_EDGE),
                    classes: nodes(properties::FM_OF_CLASS),
                    through: nodes(properties::FM_THROUGH_EDGE),
                    iri,
                })
            })
            .collect();
    families.sort_by(|a, b| a.name.cmp(&b.name));
    families
}

/// The properties that lead from a feature to a broader one.
pub fn broadening() -> Vec<NamedNode> {
    let truth = Literal::from(true).into();
    let terms = terms_of(properties::FM_LEADS_TO_BROADER, &truth).into_keys();
    terms.map(NamedNode::new_unchecked).collect()
}

/// The properties that stand between a whole and its parts, with the whole at that end: `source` or
/// `target`.
pub fn wholes(end: &str) -> Vec<NamedNode> {
    let end = Literal::from(end).into();
    let terms = terms_of(properties::FM_WHOLE_AT, &end).into_keys();
    terms.map(NamedNode::new_unchecked).collect()
}

/// The estimative scales, by IRI.
pub fn scales() -> Vec<String> {
    let scale = classes::FM_ESTIMATIVE_SCALE.into();
    terms_of(properties::RDF_TYPE, &scale).into_keys().collect()
}

/// The bands of a scale, by IRI, the lowest first.
pub fn bands(scale: &str) -> Vec<String> {
    let scale = NamedNode::new_unchecked(scale).into();
    let low = |stated: &[(NamedNode, Term)]| {
        let mut stated = stated.iter();
        let low = stated.find(|(property, _)| property.as_ref() == properties::FM_RANGE_LOW);
        match low {
            Some((_, Term::Literal(low))) => low.value().parse::<f64>().unwrap_or_default(),
            _ => 0.0,
        }
    };
    let bands = terms_of(properties::SKOS_IN_SCHEME, &scale).into_iter();
    let mut bands: Vec<(f64, String)> = bands.map(|(iri, stated)| (low(&stated), iri)).collect();
    bands.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    bands.into_iter().map(|(_, iri)| iri).collect()
}

/// A step of a scale that a MISP taxonomy also has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// The band, by IRI.
    pub band: String,
    /// Its scale, by IRI.
    pub scale: String,
    /// What the scale measures, by IRI, such as `fm:likelihoodScale`.
    pub measures: String,
}

/// The step that a machine tag of a MISP taxonomy means, in whatever case it is written.
///
/// ```
/// use fieldmark_rdf::ontology::{local, tagged};
/// let likely = tagged("estimative-language:likelihood-probability=\"likely\"").unwrap();
/// assert_eq!((local(&likely.scale), local(&likely.band)), ("icd203", "likely"));
/// assert_eq!(tagged("tlp:amber"), None);
/// ```
pub fn tagged(tag: &str) -> Option<Tagged> {
    static TAGS: OnceLock<HashMap<String, Tagged>> = OnceLock::new();
    let tags = TAGS.get_or_init(|| {
        let scale = classes::FM_ESTIMATIVE_SCALE.into();
        let scales = terms_of(properties::RDF_TYPE, &scale);
        let measures = |iri: &str| one_of(scales.get(iri)?, properties::FM_SCALE_KIND);
        let bands = terms_of(properties::RDF_TYPE, &classes::FM_BAND.into());
        let tag = |(band, stated): (String, About)| {
            let tag = one_of(&stated, properties::FM_MACHINE_TAG)?;
            let scale = one_of(&stated, properties::SKOS_IN_SCHEME)?;
            let measures = measures(&scale)?;
            let tagged = Tagged {
                band,
                scale,
                measures,
            };
            Some((tag.to_lowercase(), tagged))
        };
        bands.into_iter().filter_map(tag).collect()
    });
    tags.get(&tag.trim().to_lowercase()).cloned()
}

/// A term's one value of a property: an IRI or the text.
fn one_of(stated: &About, property: NamedNodeRef<'_>) -> Option<String> {
    let (_, value) = stated.iter().find(|(one, _)| one.as_ref() == property)?;
    match value {
        Term::NamedNode(node) => Some(node.as_str().to_owned()),
        Term::Literal(literal) => Some(literal.value().to_owned()),
        Term::BlankNode(_) | Term::Triple(_) => None,
    }
}

/// What is taken for the same in answer to one question, as the ontology has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// Its name in addresses and answers.
    pub name: String,
    /// Its term; [`label`] says what it is called, [`definition`] what it takes for the same.
    pub iri: String,
    /// By what it goes on.
    pub follows: Vec<Followed>,
}

/// A relation of alias claims, or a class of claims, by which a lens goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The relation or the class, by IRI.
    pub iri: String,
    /// Whether what is the same as the same is the same.
    pub chains: bool,
    /// Whether it holds as much of the other in relation to the one.
    pub both_ways: bool,
}

/// The lenses, the one that follows least first.
///
/// ```
/// let lenses = fieldmark_rdf::ontology::lenses();
/// assert_eq!(lenses[0].name, "own");
/// assert!(lenses[0].follows.is_empty());
/// ```
pub fn lenses() -> &'static [Lens] {
    static LENSES: OnceLock<Vec<Lens>> = OnceLock::new();
    LENSES.get_or_init(read_lenses)
}

fn read_lenses() -> Vec<Lens> {
    let truth = Literal::from(true).into();
    let chains = terms_of(properties::FM_CHAINS, &truth);
    let both_ways = terms_of(properties::FM_BOTH_WAYS, &truth);
    let lenses = terms_of(properties::RDF_TYPE, &classes::FM_LENS.into());
    let lens = |(iri, stated): (String, About)| {
        let values = |property: NamedNodeRef<'static>| {
            let of = stated.iter();
            of.filter_map(move |(one, object)| (one.as_ref() == property).then_some(object))
        };
        let name = values(properties::SKOS_NOTATION).find_map(|term| match term {
            Term::Literal(name) => Some(name.value().to_owned()),
            _ => None,
        })?;
        let follows = values(properties::FM_FOLLOWS).filter_map(|term| match term {
            Term::NamedNode(by) => Some(Followed {
                iri: by.as_str().to_owned(),
                chains: chains.contains_key(by.as_str()),
                both_ways: both_ways.contains_key(by.as_str()),
            }),
            _ => None,
        });
        let follows = follows.collect();
        Some(Lens { name, iri, follows })
    };
    let mut lenses: Vec<Lens> = lenses.into_iter().filter_map(lens).collect();
    lenses.sort_by_key(|lens| lens.follows.len());
    lenses
}

/// What is stated of a term.
type About = Vec<(NamedNode, Term)>;

/// What is stated of the terms that have a property's value.
fn terms_of(property: NamedNodeRef<'_>, value: &Term) -> BTreeMap<String, About> {
    static ABOUT: OnceLock<BTreeMap<String, About>> = OnceLock::new();
    let about = ABOUT.get_or_init(|| {
        let mut about: BTreeMap<String, About> = BTreeMap::new();
        for triple in shared_triples() {
            if let NamedOrBlankNode::NamedNode(subject) = triple.subject {
                let stated = about.entry(subject.into_string()).or_default();
                stated.push((triple.predicate, triple.object));
            }
        }
        about
    });
    let has = |stated: &About| {
        let mut stated = stated.iter();
        stated.any(|(one, object)| one.as_ref() == property && object == value)
    };
    let found = about.iter().filter(|(_, stated)| has(stated));
    found
        .map(|(term, stated)| (term.clone(), stated.clone()))
        .collect()
}

fn texts(properties: &[NamedNodeRef<'_>]) -> Texts {
    shared_triples()
        .filter(|triple| properties.contains(&triple.predicate.as_ref()))
        .filter_map(|triple| match (triple.subject, triple.object) {
            (NamedOrBlankNode::NamedNode(subject), Term::Literal(literal)) => {
                let lang = literal.language()?.to_owned();
                Some(((subject.into_string(), lang), literal.value().to_owned()))
            }
            _ => None,
        })
        .collect()
}

fn text(texts: &Texts, iri: &str, lang: &str) -> Option<String> {
    [lang, "en"]
        .into_iter()
        .find_map(|lang| texts.get(&(iri.to_owned(), lang.to_owned())).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_turtle_without_blank_nodes_in_views() {
        for text in [SHAPES, POLICIES, DISARM] {
            assert!(
                TurtleParser::new()
                    .for_slice(text.as_bytes())
                    .all(|t| t.is_ok())
            );
        }
        assert!(shared_triples().all(|t| !t.subject.is_blank_node() && !t.object.is_blank_node()));
    }
}
