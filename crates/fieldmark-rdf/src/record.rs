//! A record: one object or relationship as an RDF dataset whose graph names are release policies.

use crate::canon::{self, CanonError};
use crate::vocab;
use fieldmark_model::{Noun, RecordId};
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef};
use oxttl::NQuadsParser;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// One record. Every statement's subject is the record's IRI or a child's (`…#name`), every graph
/// name is a policy's IRI, and no blank node is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    id: RecordId,
    quads: Vec<Quad>,
    canonical: String,
}

/// Why statements do not make a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The record says nothing, or not what it is.
    #[error("{0} has no rdf:type: say what it is, such as `a stix:Campaign`")]
    Untyped(RecordId),
    /// A statement about something that is not this record.
    #[error("<{subject}> is not {id} or a part of it")]
    Foreign {
        /// The record being made.
        id: RecordId,
        /// The subject that does not belong.
        subject: String,
    },
    /// A statement in no graph.
    #[error(
        "{0} has a statement without a release policy: put it in the graph of a marking definition, or import with --marking tlp:clear (or green, amber, amber+strict, red)"
    )]
    NoPolicy(RecordId),
    /// A blank node that is not part of this record.
    #[error(
        "{0} mentions a blank node that nothing ties to one record; give it an IRI under its record"
    )]
    LooseBlank(RecordId),
    /// No canonical form.
    #[error("{0}: {1}")]
    Canon(RecordId, CanonError),
    /// The stored text is not N-Quads.
    #[error("{0}: its stored statements cannot be read: {1}")]
    Unreadable(RecordId, String),
}

impl Record {
    /// Makes a record of `quads`. Blank nodes become children named by their canonical label, so
    /// the same statements always give the same record.
    ///
    /// ```
    /// use fieldmark_model::{RecordId, Tlp};
    /// use fieldmark_rdf::{Record, vocab::{classes, properties}};
    /// use oxrdf::{NamedNode, Quad};
    /// let id = RecordId::derived("campaign", "Alces Lake");
    /// let clear = NamedNode::new(RecordId::parse(Tlp::Clear.marking_id())?.iri())?;
    /// let campaign = Quad::new(
    ///     NamedNode::new(id.iri())?,
    ///     properties::RDF_TYPE,
    ///     classes::STIX_CAMPAIGN,
    ///     clear,
    /// );
    /// let record = Record::new(id.clone(), vec![campaign])?;
    /// assert_eq!(Record::from_canonical(id, record.canonical())?.hash(), record.hash());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(id: RecordId, mut quads: Vec<Quad>) -> Result<Self, RecordError> {
        if quads.iter().any(has_blank) {
            name_blanks(&id, &mut quads)?;
        }
        for quad in &quads {
            match &quad.subject {
                NamedOrBlankNode::NamedNode(node)
                    if RecordId::owner_of(node.as_str()).as_ref() == Some(&id) => {}
                other => {
                    return Err(RecordError::Foreign {
                        id,
                        subject: other.to_string(),
                    });
                }
            }
            if !matches!(quad.graph_name, GraphName::NamedNode(_)) {
                return Err(RecordError::NoPolicy(id));
            }
        }
        let (quads, canonical) =
            canon::ordered(quads).map_err(|error| RecordError::Canon(id.clone(), error))?;
        let record = Self {
            id,
            quads,
            canonical,
        };
        if record.types().next().is_none() {
            return Err(RecordError::Untyped(record.id));
        }
        Ok(record)
    }

    /// Reads a record back from its canonical N-Quads, as the ledger holds them. Its IRIs were held
    /// against the grammar when they came in, and are not again: that took a tenth of an import.
    pub fn from_canonical(id: RecordId, canonical: &str) -> Result<Self, RecordError> {
        let quads = NQuadsParser::new()
            .lenient()
            .for_slice(canonical.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| RecordError::Unreadable(id.clone(), error.to_string()))?;
        Ok(Self {
            id,
            quads,
            canonical: canonical.to_owned(),
        })
    }

    /// The same said under another id, without the values of some properties.
    pub fn renamed(&self, to: RecordId, without: &[NamedNodeRef<'_>]) -> Result<Self, RecordError> {
        let (was, is) = (self.id.iri(), to.iri());
        let named = |node: &NamedNode| {
            let rest = node.as_str().strip_prefix(&was)?;
            (rest.is_empty() || rest.starts_with('#'))
                .then(|| NamedNode::new_unchecked(format!("{is}{rest}")))
        };
        let quads = self.quads.iter();
        let quads = quads.filter(|quad| !without.contains(&quad.predicate.as_ref()));
        let quads = quads.cloned().map(|mut quad| {
            if let NamedOrBlankNode::NamedNode(node) = &quad.subject
                && let Some(node) = named(node)
            {
                quad.subject = node.into();
            }
            if let Term::NamedNode(node) = &quad.object
                && let Some(node) = named(node)
            {
                quad.object = node.into();
            }
            quad
        });
        Self::new(to, quads.collect())
    }

    /// Its id.
    pub fn id(&self) -> &RecordId {
        &self.id
    }

    /// Its IRI.
    pub fn iri(&self) -> NamedNode {
        NamedNode::new_unchecked(self.id.iri())
    }

    /// Its statements; the graph name is the release policy.
    pub fn quads(&self) -> &[Quad] {
        &self.quads
    }

    /// Canonical N-Quads (RDFC-1.0).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// SHA-256 of the canonical N-Quads.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.canonical.as_bytes()).into()
    }

    /// The classes it states for itself.
    pub fn types(&self) -> impl Iterator<Item = &NamedNode> {
        self.objects(vocab::properties::RDF_TYPE)
            .filter_map(|term| match term {
                Term::NamedNode(node) => Some(node),
                _ => None,
            })
    }

    /// The values of one of its own properties.
    pub fn objects(&self, predicate: NamedNodeRef<'_>) -> impl Iterator<Item = &Term> {
        let iri = self.iri();
        self.quads.iter().filter_map(move |quad| {
            (quad.predicate.as_ref() == predicate
                && matches!(&quad.subject, NamedOrBlankNode::NamedNode(s) if *s == iri))
            .then_some(&quad.object)
        })
    }

    /// The records that one of its own properties names.
    pub fn records(&self, predicate: NamedNodeRef<'_>) -> impl Iterator<Item = RecordId> {
        self.objects(predicate).filter_map(|term| match term {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
            _ => None,
        })
    }

    /// Every other record it mentions.
    pub fn references(&self) -> BTreeSet<RecordId> {
        self.quads
            .iter()
            .filter_map(|quad| match &quad.object {
                Term::NamedNode(node) => RecordId::owner_of(node.as_str()),
                _ => None,
            })
            .filter(|id| *id != self.id)
            .collect()
    }

    /// The policies its statements stand under.
    pub fn policies(&self) -> BTreeSet<&str> {
        self.quads
            .iter()
            .filter_map(|quad| match &quad.graph_name {
                GraphName::NamedNode(node) => Some(node.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The same, of a record's canonical N-Quads, without reading its statements: a line ends with its
    /// graph.
    ///
    /// ```
    /// use fieldmark_rdf::Record;
    /// let line = "<https://e.org/s> <https://e.org/p> \"a <b> .\" <https://e.org/g> .\n";
    /// assert_eq!(Record::policies_in(line).into_iter().collect::<Vec<_>>(), ["https://e.org/g"]);
    /// ```
    pub fn policies_in(canonical: &str) -> BTreeSet<&str> {
        let lines = canonical.lines();
        let graphs = lines.filter_map(|line| line.strip_suffix("> .")?.rsplit_once('<'));
        graphs.map(|(_, graph)| graph).collect()
    }

    /// What it is, by the first noun whose class it states.
    pub fn noun(&self) -> Noun {
        noun_of(self.types().map(NamedNode::as_ref))
    }
}

/// The most specific noun among stated classes; [`Noun::Record`] when none is ours.
pub fn noun_of<'a>(types: impl IntoIterator<Item = NamedNodeRef<'a>>) -> Noun {
    let stated: BTreeSet<&str> = types.into_iter().map(NamedNodeRef::as_str).collect();
    Noun::ALL
        .into_iter()
        .find(|noun| class_of(*noun).is_some_and(|class| stated.contains(class.as_str())))
        .unwrap_or(Noun::Record)
}

/// The class that makes a record this noun; none for [`Noun::Record`].
pub fn class_of(noun: Noun) -> Option<NamedNodeRef<'static>> {
    vocab::NOUNS
        .iter()
        .find(|(name, ..)| *name == noun.name())
        .map(|(_, class, _)| *class)
}

/// The classes that a record of a noun states, and the type its ids begin with.
pub fn stated_by(noun: Noun) -> (Vec<NamedNodeRef<'static>>, &'static str) {
    let kind = vocab::NOUNS
        .iter()
        .find(|(name, ..)| *name == noun.name())
        .and_then(|(.., types)| types.first())
        .copied()
        .unwrap_or("x-record");
    let mut types: Vec<NamedNodeRef<'static>> = class_of(noun).into_iter().collect();
    // Classes are never inferred, so the wider one is stated too.
    let wider = match kind {
        "identity" => Some(vocab::classes::STIX_IDENTITY),
        "infrastructure" => Some(vocab::classes::STIX_INFRASTRUCTURE),
        "user-account" => Some(vocab::classes::STIX_USER_ACCOUNT),
        _ => None,
    };
    types.extend(wider.filter(|class| !types.contains(class)));
    (types, kind)
}

fn has_blank(quad: &Quad) -> bool {
    quad.subject.is_blank_node() || quad.object.is_blank_node() || quad.graph_name.is_blank_node()
}

fn name_blanks(id: &RecordId, quads: &mut [Quad]) -> Result<(), RecordError> {
    let labels = canon::labels(&*quads).map_err(|error| RecordError::Canon(id.clone(), error))?;
    let named = |label: &str| {
        labels
            .get(label)
            .map(|canonical| NamedNode::new_unchecked(format!("{}#{canonical}", id.iri())))
            .ok_or_else(|| RecordError::LooseBlank(id.clone()))
    };
    for quad in quads {
        if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
            quad.subject = named(node.as_str())?.into();
        }
        if let TermRef::BlankNode(node) = quad.object.as_ref() {
            quad.object = named(node.as_str())?.into();
        }
        if quad.graph_name.is_blank_node() {
            return Err(RecordError::NoPolicy(id.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
