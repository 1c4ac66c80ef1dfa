//! Record ids: STIX 2.1 identifiers (clause 2.9) and the IRIs that stand for them.

use std::fmt;
use uuid::Uuid;

/// Every record's IRI starts with this, on every installation, so that partners' graphs merge.
pub const ID_BASE: &str = "https://w3id.org/fieldmark/id/";

/// The namespace (UUIDv5) in which Fieldmark derives ids that must come out the same everywhere.
pub const DERIVED: Uuid = Uuid::from_u128(0x8b1c_5d2e_7a40_4c6f_9e13_5f1e_1d3a_42c7);

/// A STIX identifier `type--uuid`, held in its one canonical spelling (lower-case UUID).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(Box<str>);

/// Why a text is not a record id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// There is no `--` between type and UUID.
    #[error(
        "\"{0}\" is not a STIX id: expected type--uuid, such as campaign--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c10"
    )]
    Shape(String),
    /// The type part has characters outside a-z, 0-9 and `-`, or a bad length.
    #[error(
        "\"{0}\" is not a STIX id: the type before -- must be 1 to 250 of a-z, 0-9 and -, starting with a letter"
    )]
    Type(String),
    /// The UUID part is not an RFC 9562 UUID in its hyphenated form.
    #[error("\"{0}\" is not a STIX id: what follows -- must be a UUID of 8-4-4-4-12 hex digits")]
    Uuid(String),
}

impl RecordId {
    /// Reads `type--uuid`. Upper-case hex digits are accepted and lowered, as RFC 9562 asks.
    ///
    /// ```
    /// use fieldmark_model::RecordId;
    /// let id = RecordId::parse("campaign--83422C77-904C-4DC1-AFF5-5C38F3A2C55C")?;
    /// assert_eq!(id.as_str(), "campaign--83422c77-904c-4dc1-aff5-5c38f3a2c55c");
    /// assert!(RecordId::parse("Spamouflage").is_err());
    /// # Ok::<(), fieldmark_model::id::IdError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let shown = || text.chars().take(120).collect::<String>();
        let (kind, uuid) = text
            .split_once("--")
            .ok_or_else(|| IdError::Shape(shown()))?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if kind.is_empty()
            || kind.len() > 250
            || !kind.starts_with(|c: char| c.is_ascii_lowercase())
            || !kind.chars().all(plain)
        {
            return Err(IdError::Type(shown()));
        }
        if uuid.len() != 36 {
            return Err(IdError::Uuid(shown()));
        }
        let uuid = Uuid::try_parse(uuid).map_err(|_| IdError::Uuid(shown()))?;
        Ok(Self(format!("{kind}--{uuid}").into()))
    }

    /// Reads a record's own IRI. A child's IRI (with a fragment) is not one.
    pub fn from_iri(iri: &str) -> Option<Self> {
        Self::parse(iri.strip_prefix(ID_BASE)?).ok()
    }

    /// The record that an IRI belongs to: its own, or a child's (`…#name`).
    ///
    /// ```
    /// use fieldmark_model::RecordId;
    /// let id = RecordId::derived("campaign", "Alces Lake");
    /// assert_eq!(RecordId::owner_of(&format!("{}#quotation", id.iri())), Some(id));
    /// ```
    pub fn owner_of(iri: &str) -> Option<Self> {
        let local = iri.strip_prefix(ID_BASE)?;
        Self::parse(local.split('#').next()?).ok()
    }

    /// An id that is the same wherever the same type and name are given (UUIDv5).
    ///
    /// ```
    /// use fieldmark_model::RecordId;
    /// let once = RecordId::derived("campaign", "Alces Lake");
    /// assert_eq!(once, RecordId::derived("campaign", "Alces Lake"));
    /// assert_ne!(once, RecordId::derived("identity", "Alces Lake"));
    /// ```
    pub fn derived(kind: &str, name: &str) -> Self {
        let uuid = Uuid::new_v5(&DERIVED, format!("{kind}:{name}").as_bytes());
        Self(format!("{kind}--{uuid}").into())
    }

    /// The STIX type before the `--`.
    pub fn stix_type(&self) -> &str {
        self.0.split_once("--").map_or("", |(kind, _)| kind)
    }

    /// The record's IRI.
    pub fn iri(&self) -> String {
        format!("{ID_BASE}{}", self.0)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_type_and_uuid() {
        let id = RecordId::parse("campaign--3F2B1C9E-0d5a-4b7e-9c1d-2a6f8e4b7c10").unwrap();
        assert_eq!(
            id.as_str(),
            "campaign--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c10"
        );
        assert_eq!(id.stix_type(), "campaign");
        assert_eq!(RecordId::from_iri(&id.iri()), Some(id.clone()));
        assert_eq!(RecordId::owner_of(&format!("{}#e1", id.iri())), Some(id));
    }

    #[test]
    fn what_is_not_an_id_says_which_part_is_wrong() {
        for (text, part) in [
            ("campaign-3f2b1c9e", "expected type--uuid"),
            (
                "Campaign--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c10",
                "the type before --",
            ),
            ("campaign--3f2b1c9e", "8-4-4-4-12"),
            ("campaign--3f2b1c9e0d5a4b7e9c1d2a6f8e4b7c10", "8-4-4-4-12"),
            (
                "--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c10",
                "the type before --",
            ),
        ] {
            let error = RecordId::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused_and_parsing_is_idempotent(text in ".{0,80}") {
            if let Ok(id) = RecordId::parse(&text) {
                prop_assert_eq!(RecordId::parse(id.as_str()).unwrap(), id);
            }
        }
    }
}
