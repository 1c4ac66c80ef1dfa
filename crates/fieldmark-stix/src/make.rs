//! Making statements about records, all from one line of a source.

use fieldmark_model::{ClaimKind, RecordId};
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{EDTF, FM, classes, properties, values};
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};

/// Collects statements in no graph: the import's marking says who may see them.
pub struct Maker {
    line: Option<u64>,
    placed: Vec<Placed>,
}

impl Maker {
    /// Statements that stand on this line.
    pub fn at(line: Option<u64>) -> Self {
        Self {
            line,
            placed: Vec::new(),
        }
    }

    /// What was stated.
    pub fn finish(self) -> Vec<Placed> {
        self.placed
    }

    fn push(&mut self, id: &RecordId, property: NamedNodeRef<'_>, object: impl Into<Term>) {
        let subject = NamedNode::new_unchecked(id.iri());
        let quad = Quad::new(
            subject,
            property.into_owned(),
            object,
            GraphName::DefaultGraph,
        );
        self.placed.push(Placed {
            quad,
            line: self.line,
        });
    }

    /// A record with its classes and a name.
    pub fn thing(&mut self, id: &RecordId, types: &[NamedNodeRef<'_>], name: &str, lang: &str) {
        for class in types {
            self.state(id, properties::RDF_TYPE, *class);
        }
        self.text(id, properties::SKOS_PREF_LABEL, name, lang);
    }

    /// A relationship between records.
    pub fn relationship(&mut self, id: &RecordId, from: &RecordId, kind: &str, to: &RecordId) {
        self.state(id, properties::RDF_TYPE, classes::STIX_RELATIONSHIP);
        self.link(id, properties::STIX_SOURCE_REF, from);
        self.plain(id, properties::STIX_RELATIONSHIP_TYPE, kind);
        self.link(id, properties::STIX_TARGET_REF, to);
    }

    /// A claim with no likelihood stated.
    pub fn claim(&mut self, id: &RecordId, kind: ClaimKind, subject: &RecordId, denies: bool) {
        let class = NamedNode::new_unchecked(format!("{FM}{}", kind.name()));
        self.state(id, properties::RDF_TYPE, classes::FM_CLAIM);
        self.state(id, properties::RDF_TYPE, class.as_ref());
        self.link(id, properties::FM_SUBJECT, subject);
        self.state(id, properties::FM_SCALE, values::FM_UNSTATED);
        if denies {
            self.state(id, properties::RDF_TYPE, classes::FM_DENIAL);
        }
        let polarity = match denies {
            true => values::FM_DENIES,
            false => values::FM_AFFIRMS,
        };
        self.state(id, properties::FM_POLARITY, polarity);
    }

    /// A property that leads to another record.
    pub fn link(&mut self, id: &RecordId, property: NamedNodeRef<'_>, to: &RecordId) {
        self.push(id, property, NamedNode::new_unchecked(to.iri()));
    }

    /// A property whose value is a term.
    pub fn state(&mut self, id: &RecordId, property: NamedNodeRef<'_>, term: NamedNodeRef<'_>) {
        self.push(id, property, term.into_owned());
    }

    /// Words in a language; empty words are not stated.
    pub fn text(&mut self, id: &RecordId, property: NamedNodeRef<'_>, text: &str, lang: &str) {
        if !text.trim().is_empty() {
            let literal = Literal::new_language_tagged_literal_unchecked(text, lang);
            self.push(id, property, literal);
        }
    }

    /// A plain string; an empty one is not stated.
    pub fn plain(&mut self, id: &RecordId, property: NamedNodeRef<'_>, text: &str) {
        if !text.is_empty() {
            self.push(id, property, Literal::new_simple_literal(text));
        }
    }

    /// A date as written.
    pub fn date(&mut self, id: &RecordId, property: NamedNodeRef<'_>, date: &str) {
        let datatype = NamedNode::new_unchecked(format!("{EDTF}EDTF"));
        self.push(id, property, Literal::new_typed_literal(date, datatype));
    }
}
