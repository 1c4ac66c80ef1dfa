//! Records as STIX 2.1 objects, from what one view states of them.
//!
//! An object that came in as STIX is rebuilt from its statements, and so holds nothing that its
//! reader may not see (`emit/rebuild.rs`). What was written here is projected onto the STIX type of
//! its id, or onto a note where STIX has none, and carries its statements whole in Fieldmark's
//! property extension (`emit/project.rs`, `extension.rs`).

mod project;
mod rebuild;

use fieldmark_model::{Edtf, Instant, RecordId};
use fieldmark_rdf::vocab::{STIX, properties};
use oxrdf::{NamedOrBlankNode, Triple};
use serde_json::{Map, Value};

pub use crate::statements::Statements;
pub use project::id_of;

/// What is told of a record beside its statements.
#[derive(Clone, Debug)]
pub struct Told {
    /// When it was first and last changed, as far as its reader sees (RFC 3339, UTC).
    pub created: String,
    /// The last change.
    pub modified: String,
    /// The marking definitions it stands under.
    pub markings: Vec<RecordId>,
}

/// Where other records are found in an export.
pub trait Others {
    /// The statements of another record; none where it is not shown.
    fn statements(&self, id: &RecordId) -> Option<&Statements>;
    /// The records whose statements lead to one, in order.
    fn leading_to(&self, id: &RecordId) -> Vec<RecordId>;
}

/// The object of a record, none where what is shown of it makes no object of its type.
pub fn object(
    id: &RecordId,
    said: &Statements,
    told: &Told,
    others: &dyn Others,
) -> Option<Map<String, Value>> {
    let came_as_stix = said.literal(&format!("{STIX}spec_version")).is_some()
        || said
            .literal(properties::FM_OTHER_PROPERTIES.as_str())
            .is_some();
    match came_as_stix {
        true => rebuild::object(id, said, told),
        false => Some(project::object(id, said, told, others)),
    }
}

/// Whether a record came in as a STIX object.
fn came_as_stix(said: &Statements) -> bool {
    said.literal(&format!("{STIX}spec_version")).is_some()
        || said
            .literal(properties::FM_OTHER_PROPERTIES.as_str())
            .is_some()
}

/// A date as a timestamp of STIX: the first moment it may mean.
pub(crate) fn timestamp(date: &str) -> Option<String> {
    if Instant::parse(date).is_some() {
        return Some(date.to_owned());
    }
    let plain = date.trim_end_matches(['?', '~', '%']);
    Edtf::parse(plain).ok()?;
    let day = match plain.len() {
        4 => format!("{plain}-01-01"),
        7 => format!("{plain}-01"),
        _ => plain.get(..10)?.to_owned(),
    };
    Some(format!("{day}T00:00:00Z"))
}

/// The statements of records, by record.
pub fn by_record(triples: impl IntoIterator<Item = Triple>) -> Vec<(RecordId, Statements)> {
    let mut out: std::collections::BTreeMap<RecordId, Statements> = Default::default();
    for triple in triples {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            continue;
        };
        if let Some(id) = RecordId::owner_of(subject.as_str()) {
            let statements = out
                .entry(id.clone())
                .or_insert_with(|| Statements::of(id.iri()));
            statements.push(triple);
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests;
