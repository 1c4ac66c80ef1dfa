//! A TAXII collection: an audience and a question.

use fieldmark_model::{RecordId, Tlp};
use fieldmark_stix::extension::is_its_own;
use fieldmark_store::collection::Version;

/// A collection: an audience and a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Its id, a UUID.
    pub id: String,
    /// Another name for addresses.
    pub alias: Option<String>,
    /// Its title.
    pub title: String,
    /// What is in it.
    pub description: Option<String>,
    /// Whose view it shows.
    pub audience: String,
    /// Only these types; all when empty.
    pub types: Vec<String>,
    /// Only objects with one of these labels; all when empty.
    pub labels: Vec<String>,
    /// Only this record and what refers to it.
    pub subject: Option<RecordId>,
    /// The names of the steward's tokens whose posts are accepted at once.
    pub trusted: Vec<String>,
    /// What is posted is marked at least so.
    pub floor: Tlp,
}

impl Collection {
    /// Whether a version is an answer to its question.
    pub fn holds(&self, version: &Version) -> bool {
        let any = |wanted: &[String], found: &dyn Fn(&String) -> bool| {
            wanted.is_empty() || wanted.iter().any(found)
        };
        let is_of = |subject: &RecordId| *subject == version.id || version.refers.contains(subject);
        any(&self.types, &|kind| kind == version.id.stix_type())
            // What explains the others goes with them.
            && (is_its_own(&version.id)
                || any(&self.labels, &|label| version.labels.contains(label))
                    && self.subject.as_ref().is_none_or(is_of))
    }
}
