//! DISARM's matrix, and who uses what of it.

use super::fixed::Fixed;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
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
    /// When that began, as far as it is said: a day, a month or a year.
    pub since: Option<String>,
}

static MATRIX: Fixed = Fixed::new(
    "SELECT ?technique ?number ?label ?tacticNumber ?tacticLabel WHERE {
       ?technique skos:inScheme <https://w3id.org/fieldmark/scheme/disarm> ; a stix:AttackPattern ;
         skos:notation ?number ; skos:prefLabel ?label ; fm:tactic ?tactic .
       ?tactic skos:notation ?tacticNumber ; skos:prefLabel ?tacticLabel . }",
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

    /// Who uses which technique, in order: of these, or of all that are compared where none are named.
    /// Of all it is read from the index of features, which costs what there is in memory.
    pub fn technique_uses(&self, by: &[RecordId]) -> Result<Vec<TechniqueUse>, ReadError> {
        let mut uses = match by.is_empty() {
            true => self.all_uses()?,
            false => self.uses_by(by)?,
        };
        uses.sort();
        uses.dedup_by(|a, b| (&a.technique, &a.by) == (&b.technique, &b.by));
        Ok(uses)
    }

    fn all_uses(&self) -> Result<Vec<TechniqueUse>, ReadError> {
        let features = self.feature_index()?;
        let since = self.earliest(properties::STIX_FIRST_SEEN)?;
        let mut uses = Vec::new();
        for (feature, (_, name)) in (0..).zip(&*features.features) {
            let technique = RecordId::from_iri(name);
            let Some(technique) = technique.filter(|id| id.stix_type() == "attack-pattern") else {
                continue;
            };
            for holder in features.index.direct_holders(feature) {
                let by = features.holders[holder as usize].clone();
                uses.push(TechniqueUse {
                    technique: technique.clone(),
                    since: since.get(&by).cloned(),
                    by,
                });
            }
        }
        Ok(uses)
    }

    fn uses_by(&self, by: &[RecordId]) -> Result<Vec<TechniqueUse>, ReadError> {
        let mut uses = Vec::new();
        USES_BY.run(self, &[("by", terms(by))], |row| {
            let [technique, by, since] = row else { return };
            if let (Some(technique), Some(by)) = (record(technique.as_ref()), record(by.as_ref())) {
                uses.push(TechniqueUse {
                    technique,
                    by,
                    since: text(since.as_ref()).map(|date| exactly(&date).to_owned()),
                });
            }
        })?;
        Ok(uses)
    }
}

/// A date without its time of day and without how doubtful it is.
fn exactly(date: &str) -> &str {
    let day = date.split('T').next().unwrap_or(date);
    day.trim_end_matches(['?', '~', '%'])
}
