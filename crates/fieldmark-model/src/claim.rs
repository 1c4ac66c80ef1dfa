//! What one assessor said about one thing, kept in the assessor's words.

use crate::{ClaimKind, Derivation, Edtf, RecordId};

/// Whether the assessor affirms or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Polarity {
    /// Says it is so.
    Affirms,
    /// Says it is not so.
    Denies,
}

/// How likely the assessor said it is: the words, and what they mean on which scale.
///
/// The words are evidence; a band is a reading of them. When the source printed no yardstick the
/// band is our reading and [`assumed`](Self::assumed) says so; words on no scale have no band.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Likelihood {
    /// The scale the assessor stated, by IRI; `None` when unstated.
    pub scale: Option<String>,
    /// The band, by IRI.
    pub band: Option<String>,
    /// The band's label, such as `likely`.
    pub term: Option<String>,
    /// The band's probability range, each 0 to 1.
    pub range: Option<(f64, f64)>,
    /// Whether scale and band are our assumption.
    pub assumed: bool,
}

/// Words of a source, to the letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quotation {
    /// The words.
    pub text: String,
    /// Their language, as a BCP 47 tag; empty when not stated.
    pub lang: String,
    /// The document they stand in, where it is said of these words.
    pub source: Option<RecordId>,
    /// The place in that document, such as `L38`.
    pub locator: Option<String>,
    /// The part of the record that holds them; none for words on the record itself.
    pub part: Option<String>,
}

/// One claim, as one audience may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The claim's record.
    pub id: RecordId,
    /// The number it goes by in its case, such as `C27`.
    pub number: Option<String>,
    /// What it is about.
    pub kind: ClaimKind,
    /// The record it speaks of.
    pub subject: RecordId,
    /// What it says of the subject: an IRI, or the assessor's own words when there is no record.
    pub object: Option<String>,
    /// The same words in every language they are given in, by tag.
    pub object_words: Vec<(String, String)>,
    /// How great an impact it says, by the level's IRI.
    pub level: Option<String>,
    /// How it says two names to relate, by the SKOS relation's IRI.
    pub relation: Option<String>,
    /// Who says so, by record; never empty.
    pub assessors: Vec<RecordId>,
    /// The exact words, one by one, as they follow one another in the source.
    pub verbatim: Vec<Quotation>,
    /// Affirmed or denied.
    pub polarity: Polarity,
    /// The likelihood said.
    pub likelihood: Likelihood,
    /// Analytic confidence, only when stated.
    pub confidence: Option<String>,
    /// When the assessor said it.
    pub asserted_at: Option<Edtf>,
    /// When it was made public.
    pub published_at: Option<Edtf>,
    /// On what the assessor says it stands, by the basis's local name (`ownCollection`).
    pub basis: Vec<String>,
    /// The evidence it cites, by record.
    pub evidence: Vec<RecordId>,
    /// Where it stands with its assessor, by the status's local name (`preliminary`).
    pub status: Option<String>,
    /// How it stands to other claims.
    pub derivation: Vec<(Derivation, RecordId)>,
    /// The relations by which it leads to claims that this audience may not see.
    pub withheld: Vec<Derivation>,
    /// The documents it stands in.
    pub sources: Vec<RecordId>,
    /// The place in that document, such as `L38`.
    pub locator: Option<String>,
}

impl Claim {
    /// The date it counts from: when it was said, else when it was made public.
    pub fn dated(&self) -> Option<&Edtf> {
        self.asserted_at.as_ref().or(self.published_at.as_ref())
    }
}
