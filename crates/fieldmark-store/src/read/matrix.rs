//! DISARM's matrix, and who uses what of it.

use super::fixed::Fixed;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_model::RecordId;
use std::collections::BTreeMap;

/// A tactic with its techniques in order of number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tactic {
    /// Its number: `TA15`.
    pub number: String,
    /// Its name, in English as DISARM has it.
    pub label: String,
    /// Its techniques.
    pub techniques: Vec<MatrixTechnique>,
}

/// A technique's place in the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixTechnique {
    /// The technique.
    pub id: RecordId,
    /// Its number: `T0146.007`.
    pub number: String,
    /// Its name, in English as DISARM has it.
    pub label: String,
}

/// That somebody uses a technique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TechniqueUse {
    /// The technique.
    pub technique: RecordId,
    /// Who: a campaign, an incident, a network, an actor.
    pub by: RecordId,
    /// When that began, as far as it is said.
    pub since: Option<String>,
}

static MATRIX: Fixed = Fixed::new(
    "SELECT ?technique ?number ?label ?tacticNumber ?tacticLabel WHERE {
       ?technique skos:inScheme <https://w3id.org/fieldmark/scheme/disarm> ; a stix:AttackPattern ;
         skos:notation ?number ; skos:prefLabel ?label ; fm:tactic ?tactic .
       ?tactic skos:notation ?tacticNumber ; skos:prefLabel ?tacticLabel . }",
);

static USES: Fixed = Fixed::new(
    "SELECT ?technique ?by ?since WHERE {
       ?by stix:uses ?technique . ?technique a stix:AttackPattern .
       OPTIONAL { ?by stix:first_seen ?since } }",
);

static USES_BY: Fixed = Fixed::new(
    "SELECT ?technique ?by ?since WHERE {
       { SELECT ?technique ?by WHERE { VALUES ?by { UNDEF } ?by stix:uses ?technique } }
       ?technique a stix:AttackPattern .
       OPTIONAL { ?by stix:first_seen ?since } }",
);

impl View {
    /// DISARM's tactics and techniques as this view has them, in order of number. Retired ones stand
    /// under no tactic and are not there.
    pub fn matrix(&self) -> Result<Vec<Tactic>, ReadError> {
        let mut tactics: BTreeMap<String, (String, BTreeMap<String, MatrixTechnique>)> =
            BTreeMap::new();
        MATRIX.run(self, &[], |row| {
            let [technique, number, label, tactic, tactic_label] = row else {
                return;
            };
            let (Some(id), Some(number), Some(label), Some(tactic), Some(tactic_label)) = (
                record(technique.as_ref()),
                text(number.as_ref()),
                text(label.as_ref()),
                text(tactic.as_ref()),
                text(tactic_label.as_ref()),
            ) else {
                return;
            };
            let (_, techniques) = tactics
                .entry(tactic)
                .or_insert_with(|| (tactic_label, BTreeMap::new()));
            techniques.insert(number.clone(), MatrixTechnique { id, number, label });
        })?;
        Ok(tactics
            .into_iter()
            .map(|(number, (label, techniques))| Tactic {
                number,
                label,
                techniques: techniques.into_values().collect(),
            })
            .collect())
    }

    /// Who uses which technique, in order: of these, or of all where none are named.
    pub fn technique_uses(&self, by: &[RecordId]) -> Result<Vec<TechniqueUse>, ReadError> {
        let mut uses = Vec::new();
        let (query, bound) = match by.is_empty() {
            true => (&USES, Vec::new()),
            false => (&USES_BY, vec![("by", terms(by))]),
        };
        query.run(self, &bound, |row| {
            let [technique, by, since] = row else { return };
            if let (Some(technique), Some(by)) = (record(technique.as_ref()), record(by.as_ref())) {
                uses.push(TechniqueUse {
                    technique,
                    by,
                    since: text(since.as_ref()),
                });
            }
        })?;
        uses.sort();
        uses.dedup_by(|a, b| (&a.technique, &a.by) == (&b.technique, &b.by));
        Ok(uses)
    }
}
