//! Which records have to do with a record: the claims that speak of it, its parts, and what cites it.

use super::ReadError;
use super::fixed::Fixed;
use crate::index::recent::Beside;
use crate::view::View;
use fieldmark_model::RecordId;
use std::collections::HashMap;
use std::sync::Arc;

static SPEAKING_OF: Fixed = Fixed::new(
    "SELECT ?of ?claim WHERE {
       { VALUES ?of { UNDEF } ?claim fm:subject ?of } UNION { VALUES ?of { UNDEF } ?claim fm:object ?of }
       UNION { VALUES ?of { UNDEF } ?claim fm:concerns ?of }
     }",
);

static SPEAKING_ON: Fixed =
    Fixed::new("SELECT ?of ?claim WHERE { VALUES ?of { UNDEF } ?claim fm:subject ?of }");

static MADE_BY: Fixed =
    Fixed::new("SELECT ?of ?claim WHERE { VALUES ?of { UNDEF } ?claim fm:assessor ?of }");

// Which relationships lead from a whole to its parts is said in the ontology.
static PARTS: Fixed = Fixed::new(
    "SELECT DISTINCT ?of ?part WHERE {
       { ?edge fm:wholeAt \"source\" . VALUES ?of { UNDEF } ?of ?edge ?part }
       UNION { ?edge fm:wholeAt \"target\" . VALUES ?of { UNDEF } ?part ?edge ?of } }",
);

static CITING: Fixed =
    Fixed::new("SELECT ?of ?cites WHERE { VALUES ?of { UNDEF } ?cites dcterms:source ?of }");

impl View {
    /// What has to do with each of these records, aligned, each list in the order of ids; one query of
    /// those of which it was not lately asked.
    pub(crate) fn beside(
        &self,
        how: Beside,
        of: &[RecordId],
    ) -> Result<Vec<Arc<[RecordId]>>, ReadError> {
        let query = match how {
            Beside::Of => &SPEAKING_OF,
            Beside::On => &SPEAKING_ON,
            Beside::By => &MADE_BY,
            Beside::Part => &PARTS,
            Beside::Citing => &CITING,
        };
        let keys: Vec<(Beside, RecordId)> = of.iter().map(|id| (how, id.clone())).collect();
        let read = |keys: &[(Beside, RecordId)]| -> Result<HashMap<_, _>, ReadError> {
            let mut found = query.beside(self, keys.iter().map(|(_, id)| id))?;
            let list = |key: &(Beside, RecordId)| {
                let all = found.remove(&key.1).unwrap_or_default();
                (key.clone(), all.into_iter().collect::<Arc<[RecordId]>>())
            };
            Ok(keys.iter().map(list).collect())
        };
        let found = self.recent().read(|kept| &mut kept.beside, &keys, read)?;
        Ok(found.into_iter().map(Option::unwrap_or_default).collect())
    }
}
