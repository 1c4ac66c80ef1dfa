//! A view's statements as a property graph, for programs that draw and measure networks.
//!
//! Records are nodes. A relationship is an edge, and so is each thing a claim says: two assessors
//! who say the same are two edges, each with its assessor and words. What a claim names in words
//! alone becomes a node of kind `Words`, so that a free-text actor is drawn and merged with nobody.
//! Any other reference from record to record is an edge named after its property. That one claim
//! rests on another cannot be drawn, since an edge has no place for an edge's end.

mod table;
mod xml;

use crate::ontology::local;
use crate::record::noun_of;
use crate::vocab::{classes, properties, values};
use fieldmark_model::{ClaimKind, Noun, RecordId};
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// A form in which a graph is written for other programs.
#[derive(Debug)]
pub struct Form {
    /// What it is called on the command line and in addresses.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Writes a graph in it.
    pub write: fn(&Graph) -> String,
}

/// The forms there are.
pub static FORMS: [Form; 4] = [
    Form {
        name: "gexf",
        media_type: "application/gexf+xml",
        write: xml::gexf,
    },
    Form {
        name: "graphml",
        media_type: "application/graphml+xml",
        write: xml::graphml,
    },
    Form {
        name: "csv",
        media_type: CSV,
        write: table::edges_csv,
    },
    Form {
        name: "csv-nodes",
        media_type: CSV,
        write: table::nodes_csv,
    },
];

const CSV: &str = "text/csv; charset=utf-8; header=present";

/// What a node states beside its id and label, in the order written.
pub const NODE_KEYS: [&str; 6] = ["kind", "stix_type", "code", "first", "last", MARKING];

/// What an edge states beside its ends and kind, in the order written.
pub const EDGE_KEYS: [&str; 11] = [
    "polarity",
    "likelihood",
    "confidence",
    "assessors",
    "asserted",
    "from",
    "to",
    "sources",
    "locator",
    "verbatim",
    MARKING,
];

/// The marking of what is shown of a node or an edge: the last of what either states, because the
/// statements of a view do not say it. See [`Graph::mark`].
const MARKING: &str = "marking";

/// A record, or words that stand for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The record's id; for words, the claim's id and `#object`.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Values aligned with [`NODE_KEYS`]; an empty one is not stated.
    pub values: [String; NODE_KEYS.len()],
}

/// One thing said of two nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The id of the relationship or claim; unique among the edges.
    pub id: String,
    /// Where it begins.
    pub source: String,
    /// Where it leads.
    pub target: String,
    /// The relationship's type, the claim's kind, or the property's name.
    pub kind: String,
    /// Values aligned with [`EDGE_KEYS`]; an empty one is not stated.
    pub values: [String; EDGE_KEYS.len()],
}

/// Nodes and edges, each in the order of ids. Every end of an edge is among the nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
}

impl Graph {
    /// Draws the statements of one view, with names in `lang` where there are such.
    pub fn of(triples: &[Triple], lang: &str) -> Self {
        let mut about: BTreeMap<RecordId, Vec<&Triple>> = BTreeMap::new();
        for triple in triples {
            if let NamedOrBlankNode::NamedNode(subject) = &triple.subject
                && let Some(id) = RecordId::from_iri(subject.as_str())
            {
                about.entry(id).or_default().push(triple);
            }
        }
        let mut drawing = Drawing {
            quoted: quoted(triples),
            about: &about,
            lang,
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
        };
        for id in about.keys() {
            drawing.draw(id);
        }
        Self {
            nodes: drawing.nodes.into_values().collect(),
            edges: drawing.edges.into_values().collect(),
        }
    }

    /// Says of each node and edge under which marking stands what is shown of its record.
    pub fn mark(&mut self, marking: impl Fn(&RecordId) -> Option<String>) {
        let of = |id: &str| {
            let record = id.split('#').next().unwrap_or_default();
            marking(&RecordId::parse(record).ok()?)
        };
        let nodes = self
            .nodes
            .iter_mut()
            .map(|node| (&node.id, node.values.last_mut()));
        let edges = self
            .edges
            .iter_mut()
            .map(|edge| (&edge.id, edge.values.last_mut()));
        for (id, value) in nodes.chain(edges) {
            if let Some(value) = value {
                *value = of(id).unwrap_or_default();
            }
        }
    }
}

/// The words of quotations, which are parts of what quotes them, by position.
fn quoted(triples: &[Triple]) -> BTreeMap<RecordId, BTreeSet<(u64, &str)>> {
    let mut parts: BTreeMap<&str, (u64, Option<&str>)> = BTreeMap::new();
    for triple in triples {
        let (NamedOrBlankNode::NamedNode(part), Term::Literal(value)) =
            (&triple.subject, &triple.object)
        else {
            continue;
        };
        if RecordId::from_iri(part.as_str()).is_some() {
            continue;
        }
        let one = parts.entry(part.as_str()).or_default();
        match triple.predicate.as_ref() {
            properties::FM_VERBATIM => one.1 = Some(value.value()),
            properties::FM_POSITION => one.0 = value.value().parse().unwrap_or(0),
            _ => {}
        }
    }
    let mut out: BTreeMap<RecordId, BTreeSet<(u64, &str)>> = BTreeMap::new();
    for (part, (position, words)) in parts {
        if let (Some(of), Some(words)) = (RecordId::owner_of(part), words) {
            out.entry(of).or_default().insert((position, words));
        }
    }
    out
}

struct Drawing<'a> {
    about: &'a BTreeMap<RecordId, Vec<&'a Triple>>,
    /// The words of each record's quotations, by position.
    quoted: BTreeMap<RecordId, BTreeSet<(u64, &'a str)>>,
    lang: &'a str,
    nodes: BTreeMap<String, Node>,
    edges: BTreeMap<String, Edge>,
}

impl Drawing<'_> {
    fn draw(&mut self, id: &RecordId) {
        match self.noun(id) {
            Noun::Relationship => {
                let kind = self.word(id, properties::STIX_RELATIONSHIP_TYPE);
                let ends = |property| self.records(id, property);
                let pairs = product(
                    &ends(properties::STIX_SOURCE_REF),
                    &ends(properties::STIX_TARGET_REF),
                );
                self.connect(id, &kind, pairs);
            }
            Noun::Claim => {
                let kind = self
                    .objects(id, properties::RDF_TYPE)
                    .find_map(|term| match term {
                        Term::NamedNode(class) if class.as_ref() != classes::FM_CLAIM => {
                            ClaimKind::from_name(local(class.as_str()))
                        }
                        _ => None,
                    });
                let kind = kind.map_or("Claim", ClaimKind::name);
                let subjects = self.records(id, properties::FM_SUBJECT);
                let mut objects = self.records(id, properties::FM_OBJECT);
                objects.extend(self.words(id));
                self.connect(id, kind, product(&subjects, &objects));
            }
            _ => {
                self.node(id);
                self.references(id);
            }
        }
    }

    fn references(&mut self, id: &RecordId) {
        let mut edges = Vec::new();
        for triple in self.about.get(id).into_iter().flatten() {
            if let Term::NamedNode(object) = &triple.object
                && let Some(target) = RecordId::from_iri(object.as_str())
            {
                edges.push((local(triple.predicate.as_str()).to_owned(), target));
            }
        }
        for (kind, target) in edges {
            let edge = Edge {
                id: format!("{id}#{kind}#{target}"),
                source: id.to_string(),
                target: self.node(&target),
                kind,
                values: Default::default(),
            };
            self.edges.insert(edge.id.clone(), edge);
        }
    }

    /// A record that is only referred to is a node too: its type and id are all that is known.
    fn node(&mut self, id: &RecordId) -> String {
        let name = id.to_string();
        if self.nodes.contains_key(&name) {
            return name;
        }
        let known = self.about.contains_key(id);
        let node = Node {
            id: name.clone(),
            label: self.label(id),
            values: [
                match known {
                    true => self.noun(id).name().to_owned(),
                    false => String::new(),
                },
                id.stix_type().to_owned(),
                self.word(id, properties::SKOS_NOTATION),
                self.word(id, properties::STIX_FIRST_SEEN),
                self.word(id, properties::STIX_LAST_SEEN),
                String::new(),
            ],
        };
        self.nodes.insert(name.clone(), node);
        name
    }

    /// What a claim says of its subject in words, or by a term of the ontology.
    fn words(&mut self, id: &RecordId) -> Vec<String> {
        let mut said = BTreeSet::new();
        for term in self.objects(id, properties::FM_OBJECT) {
            if let Term::NamedNode(node) = term
                && RecordId::owner_of(node.as_str()).is_none()
            {
                said.insert((
                    node.as_str().to_owned(),
                    local(node.as_str()).to_owned(),
                    "Term",
                ));
            }
        }
        let text = self.text(id, properties::FM_OBJECT_TEXT);
        said.extend(text.map(|text| (format!("{id}#object"), text, "Words")));
        let mut names = Vec::new();
        for (name, label, kind) in said {
            let node = Node {
                id: name.clone(),
                label,
                values: [
                    kind.to_owned(),
                    String::new(),
                    String::new(),
                    String::new(),
                    String::new(),
                    String::new(),
                ],
            };
            self.nodes.entry(name.clone()).or_insert(node);
            names.push(name);
        }
        names
    }

    fn connect(&mut self, id: &RecordId, kind: &str, pairs: Vec<(String, String)>) {
        let list = |property| {
            let names: Vec<String> = self
                .records(id, property)
                .iter()
                .map(|name| {
                    RecordId::parse(name).map_or_else(|_| name.clone(), |id| self.label(&id))
                })
                .collect();
            names.join("; ")
        };
        let first_of = |properties: [NamedNodeRef<'_>; 2]| {
            properties
                .into_iter()
                .map(|property| self.word(id, property))
                .find(|word| !word.is_empty())
                .unwrap_or_default()
        };
        let denies = self.objects(id, properties::FM_POLARITY).any(
            |term| matches!(term, Term::NamedNode(node) if node.as_ref() == values::FM_DENIES),
        );
        let claims = self.noun(id) == Noun::Claim;
        let polarity = match (claims, denies) {
            (true, true) => "denies",
            (true, false) => "affirms",
            (false, _) => "",
        };
        let values = [
            polarity.to_owned(),
            first_of([properties::FM_BAND, properties::FM_ASSUMED_BAND]),
            self.word(id, properties::FM_CONFIDENCE),
            list(properties::FM_ASSESSOR),
            self.word(id, properties::FM_ASSERTED_AT),
            self.word(id, properties::FM_VALID_FROM),
            self.word(id, properties::FM_VALID_TO),
            list(properties::DCTERMS_SOURCE),
            self.word(id, properties::FM_LOCATOR),
            self.quoted(id),
            String::new(),
        ];
        for (at, (source, target)) in pairs.into_iter().enumerate() {
            for end in [&source, &target] {
                if let Ok(end) = RecordId::parse(end) {
                    self.node(&end);
                }
            }
            let edge = Edge {
                id: match at {
                    0 => id.to_string(),
                    _ => format!("{id}#{at}"),
                },
                source,
                target,
                kind: kind.to_owned(),
                values: values.clone(),
            };
            self.edges.insert(edge.id.clone(), edge);
        }
    }

    fn objects<'b>(
        &'b self,
        id: &RecordId,
        property: NamedNodeRef<'b>,
    ) -> impl Iterator<Item = &'b Term> {
        self.about
            .get(id)
            .into_iter()
            .flatten()
            .filter(move |triple| triple.predicate.as_ref() == property)
            .map(|triple| &triple.object)
    }

    fn noun(&self, id: &RecordId) -> Noun {
        noun_of(
            self.objects(id, properties::RDF_TYPE)
                .filter_map(|term| match term {
                    Term::NamedNode(class) => Some(class.as_ref()),
                    _ => None,
                }),
        )
    }

    fn records(&self, id: &RecordId, property: NamedNodeRef<'_>) -> Vec<String> {
        let found: BTreeSet<String> = self
            .objects(id, property)
            .filter_map(|term| match term {
                Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
                _ => None,
            })
            .map(|id| id.to_string())
            .collect();
        found.into_iter().collect()
    }

    /// The first value in order, so that the same statements always give the same word.
    fn word(&self, id: &RecordId, property: NamedNodeRef<'_>) -> String {
        self.objects(id, property)
            .map(|term| match term {
                Term::Literal(literal) => literal.value(),
                Term::NamedNode(node) => local(node.as_str()),
                _ => "",
            })
            .min()
            .unwrap_or_default()
            .to_owned()
    }

    fn text(&self, id: &RecordId, property: NamedNodeRef<'_>) -> Option<String> {
        let rank = |tag: Option<&str>| match tag {
            Some(tag) if tag.split('-').next() == Some(self.lang) => 0,
            Some(tag) if tag.split('-').next() == Some("en") => 1,
            _ => 2,
        };
        self.objects(id, property)
            .filter_map(|term| match term {
                Term::Literal(literal) => Some((rank(literal.language()), literal.value())),
                _ => None,
            })
            .min()
            .map(|(_, value)| value.to_owned())
    }

    /// Every quotation, one behind the other in marks of its own.
    fn quoted(&self, id: &RecordId) -> String {
        let own = self.objects(id, properties::FM_VERBATIM);
        let own = own.filter_map(|term| match term {
            Term::Literal(words) => Some((0, words.value())),
            _ => None,
        });
        let parts = self.quoted.get(id).into_iter().flatten().copied();
        let all: BTreeSet<(u64, &str)> = own.chain(parts).collect();
        let marked: Vec<String> = all.iter().map(|(_, words)| format!("“{words}”")).collect();
        marked.join(" ")
    }

    fn label(&self, id: &RecordId) -> String {
        [
            properties::SKOS_PREF_LABEL,
            properties::DCTERMS_TITLE,
            properties::SKOSXL_LITERAL_FORM,
        ]
        .into_iter()
        .find_map(|property| self.text(id, property))
        .unwrap_or_else(|| id.to_string())
    }
}

fn product(sources: &[String], targets: &[String]) -> Vec<(String, String)> {
    sources
        .iter()
        .flat_map(|source| {
            targets
                .iter()
                .map(|target| (source.clone(), target.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests;
