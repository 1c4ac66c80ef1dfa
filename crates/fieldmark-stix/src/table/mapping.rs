//! The mapping file: which columns are what.

use fieldmark_model::{ClaimKind, Noun, RecordId};
use fieldmark_rdf::name;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the columns of a table become records. Users write it in TOML, which the binary turns
/// into JSON of the same shape; an unknown key is an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// An encoding label of the WHATWG standard; detected when not given.
    pub encoding: Option<String>,
    delimiter: Option<char>,
    language: Option<String>,
    /// How dates with slashes or dots are ordered.
    #[serde(default)]
    pub dates: Order,
    /// The document every row stands in: a report's id, or a title, of which a report is made.
    pub source: Option<String>,
    /// When that document was issued.
    pub issued: Option<String>,
    /// Words that mean nothing wherever they stand for a whole cell or one of several in it, such
    /// as `Unknown`, whatever their case.
    #[serde(default)]
    pub empty: Vec<String>,
    /// The records of a row.
    #[serde(default)]
    pub record: Vec<Rows>,
    /// The relationships between them.
    #[serde(default)]
    pub relationship: Vec<Link>,
    /// What the row claims of them.
    #[serde(default)]
    pub claim: Vec<Claim>,
}

/// One kind of record that rows give.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// What relationships and claims of the mapping call it.
    pub name: String,
    noun: String,
    /// The column of its name.
    pub label: String,
    /// Whether the records come from another table: they are linked to, and nothing is said of
    /// them here.
    #[serde(default)]
    pub elsewhere: bool,
    /// The column that tells one from another; its name when not given.
    pub key: Option<String>,
    /// What keys are unique within, so that number 1 of two tables is two records; `name` when
    /// not given.
    pub scope: Option<String>,
    /// What separates several in one cell.
    #[serde(default)]
    pub split: Vec<String>,
    /// Whether a row without one is refused.
    #[serde(default)]
    pub required: bool,
    /// Columns of dates and words.
    pub first_seen: Option<String>,
    /// The last date.
    pub last_seen: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// Keys or names that mean a record that is here already, by id.
    #[serde(default)]
    pub known: BTreeMap<String, String>,
}

impl Rows {
    /// What the records are.
    pub fn noun(&self) -> Noun {
        Noun::from_name(&self.noun).unwrap_or(Noun::Record)
    }
}

/// A relationship between two kinds of record of one row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The source.
    pub from: String,
    /// Its type, such as `uses`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The target.
    pub to: String,
}

/// A claim a row makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    kind: String,
    /// The kind of record it speaks of.
    pub subject: String,
    /// The column of what it says of the subject.
    pub object: String,
    /// What separates several in one cell; each is a claim of its own.
    #[serde(default)]
    pub split: Vec<String>,
    /// Names that mean a record that is here already, by id; all others stay words.
    #[serde(default)]
    pub known: BTreeMap<String, String>,
    /// Who says so in every row: a record's id, or a name, of which an identity is made.
    pub assessor: Option<String>,
    /// The column of who says so.
    pub assessor_column: Option<String>,
    /// The column of when it was said.
    pub asserted: Option<String>,
    /// The column of the exact words; the object's cell when not given.
    pub verbatim: Option<String>,
    /// The column that says `yes` where the claim is a denial.
    pub denies: Option<String>,
}

impl Claim {
    /// What it is about.
    pub fn kind(&self) -> ClaimKind {
        ClaimKind::from_name(&self.kind).unwrap_or(ClaimKind::Attribution)
    }
}

/// How the parts of a date with slashes, dots or dashes are ordered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Year first, as EDTF has it.
    #[default]
    Ymd,
    /// Day first.
    Dmy,
    /// Month first.
    Mdy,
}

impl Order {
    /// Its name in a mapping; none for the order that goes without saying.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Ymd => None,
            Self::Dmy => Some("dmy"),
            Self::Mdy => Some("mdy"),
        }
    }

    /// Day, month and year as `2023-12-31`; `None` when they are not three numbers in this order.
    pub fn read(self, text: &str) -> Option<String> {
        let parts: Vec<u32> = text
            .split(['/', '.', '-'])
            .map(|part| part.trim().parse().ok())
            .collect::<Option<_>>()?;
        let [first, second, year] = parts[..] else {
            return None;
        };
        let (day, month) = match self {
            Self::Ymd => return None,
            Self::Dmy => (first, second),
            Self::Mdy => (second, first),
        };
        (year > 31).then(|| format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// What tells one name from another in `known`.
fn known_key(name: &str) -> String {
    name::key(name).to_ascii_lowercase()
}

/// The records that names mean, by what tells the names apart; the first of one counts.
fn keyed(names: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut keyed = BTreeMap::new();
    for (name, id) in names {
        keyed.entry(known_key(&name)).or_insert(id);
    }
    keyed
}

/// The record that a mapping says a name means, however it is spelt.
pub fn known<'a>(known: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    known.get(&known_key(name))
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mapping: {0}")]
pub struct MappingError(String);

impl Mapping {
    /// Reads a mapping from JSON and checks that its parts fit together.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mut mapping: Self =
            serde_json::from_str(text).map_err(|error| MappingError(error.to_string()))?;
        let bad = |why: String| Err(MappingError(why));
        let known = |name: &str| mapping.record.iter().any(|rows| rows.name == name);
        let ids = mapping.record.iter().flat_map(|rows| rows.known.values());
        let ids = ids.chain(mapping.claim.iter().flat_map(|claim| claim.known.values()));
        for id in ids {
            RecordId::parse(id).map_err(|error| MappingError(error.to_string()))?;
        }
        for rows in &mapping.record {
            let noun = Noun::from_name(&rows.noun);
            if noun.is_none_or(|n| {
                matches!(
                    n,
                    Noun::Claim | Noun::Relationship | Noun::Marking | Noun::Record
                )
            }) {
                return bad(format!(
                    "record \"{}\": \"{}\" is no noun a row can give, such as Incident, Campaign, Location",
                    rows.name, rows.noun
                ));
            }
        }
        for link in &mapping.relationship {
            if let Some(name) = [&link.from, &link.to].into_iter().find(|name| !known(name)) {
                return bad(format!(
                    "a relationship names \"{name}\", which no [[record]] is called"
                ));
            }
        }
        for claim in &mapping.claim {
            if !known(&claim.subject) {
                return bad(format!(
                    "a claim speaks of \"{}\", which no [[record]] is called",
                    claim.subject
                ));
            }
            if ClaimKind::from_name(&claim.kind).is_none() {
                let kinds = ClaimKind::ALL.map(ClaimKind::name).join(", ");
                return bad(format!("\"{}\" is no kind of claim: {kinds}", claim.kind));
            }
            if claim.assessor.is_none() == claim.assessor_column.is_none() {
                return bad("say who makes the claim: assessor = \"a name\" or an id, or assessor_column = \"…\"".into());
            }
            if mapping.source.is_none() {
                return bad("say in which document the claims stand: source = \"its title\", or a report’s id".into());
            }
        }
        if mapping.delimiter.is_some_and(|c| !c.is_ascii()) {
            return bad("delimiter: one ASCII character, such as \";\"".into());
        }
        // Cells are looked up in these row by row.
        for word in &mut mapping.empty {
            *word = name::key(word).to_lowercase();
        }
        let of_records = mapping.record.iter_mut().map(|rows| &mut rows.known);
        let of_claims = mapping.claim.iter_mut().map(|claim| &mut claim.known);
        for names in of_records.chain(of_claims) {
            *names = keyed(std::mem::take(names));
        }
        Ok(mapping)
    }

    /// What separates cells; a comma when not given.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
            .and_then(|c| u8::try_from(c).ok())
            .unwrap_or(b',')
    }

    /// The same mapping for a table that says itself what separates its cells, which counts where
    /// the mapping does not say.
    pub fn delimited(&self, by: char) -> Self {
        Self {
            delimiter: self.delimiter.or(Some(by)),
            ..self.clone()
        }
    }

    /// Whether a text is a word for nothing.
    pub fn is_empty(&self, text: &str) -> bool {
        text.is_empty()
            || !self.empty.is_empty() && self.empty.contains(&name::key(text).to_lowercase())
    }

    /// The language of names and quoted words; `und` when not given.
    pub fn language(&self) -> &str {
        self.language.as_deref().unwrap_or("und")
    }

    /// Every column it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let rows = self.record.iter().flat_map(|rows| {
            std::iter::once(&rows.label)
                .chain(&rows.key)
                .chain(&rows.first_seen)
                .chain(&rows.last_seen)
                .chain(&rows.description)
        });
        let claims = self.claim.iter().flat_map(|claim| {
            std::iter::once(&claim.object)
                .chain(&claim.assessor_column)
                .chain(&claim.asserted)
                .chain(&claim.verbatim)
                .chain(&claim.denies)
        });
        rows.chain(claims).map(String::as_str)
    }
}
