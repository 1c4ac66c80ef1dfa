//! How many ties records have (the degree of each), without reading what they lead to.

use super::fixed::Fixed;
use super::{ReadError, record, terms};
use crate::view::View;
use fieldmark_model::RecordId;
use oxrdf::Term;
use std::collections::HashMap;

// An object of a claim may be a term or words, which are nothing that a record is tied to.
static TIED: Fixed = Fixed::new(
    "SELECT ?near (COUNT(?tie) AS ?count) WHERE {
       { VALUES ?near { UNDEF } ?tie stix:source_ref ?near }
       UNION { VALUES ?near { UNDEF } ?tie stix:target_ref ?near }
       UNION { VALUES ?near { UNDEF } ?tie fm:object ?near ; fm:subject ?far }
       UNION { VALUES ?near { UNDEF } ?tie fm:subject ?near ; fm:object ?far
               FILTER(isIRI(?far) && STRSTARTS(STR(?far), STR(id:))) }
     } GROUP BY ?near",
);

impl View {
    /// How many ends of relationships, and of claims that tie two records, each record stands at;
    /// aligned with `of`. One query, whose cost grows with the sum of the counts.
    pub fn degrees(&self, of: &[RecordId]) -> Result<Vec<usize>, ReadError> {
        let mut counts: HashMap<RecordId, usize> = HashMap::new();
        TIED.run(self, &[("near", terms(of))], |row| {
            let [near, count] = row else {
                return;
            };
            let count = match count {
                Some(Term::Literal(count)) => count.value().parse().ok(),
                _ => None,
            };
            if let (Some(near), Some(count)) = (record(near.as_ref()), count) {
                counts.insert(near, count);
            }
        })?;
        let count = |id| counts.get(id).copied().unwrap_or(0);
        Ok(of.iter().map(count).collect())
    }
}
