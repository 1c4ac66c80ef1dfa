//! The nouns of the domain: what a record is, in the analyst's words.

/// What kind of thing a record states. Each is a GraphQL type of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each noun is defined, in two languages, in the ontology"
)]
pub enum Noun {
    Report,
    Incident,
    Campaign,
    ActivitySet,
    Actor,
    Organization,
    Person,
    Office,
    Group,
    Platform,
    RedactedAssessor,
    WithheldAssessor,
    BotNetwork,
    Persona,
    Account,
    Channel,
    Technique,
    Tactic,
    Narrative,
    Media,
    Location,
    Event,
    Evidence,
    Label,
    Metric,
    Marking,
    Claim,
    Relationship,
    /// Any other STIX object: kept whole and served under its id.
    Record,
}

impl Noun {
    /// Every noun, the more specific before the more general: the first whose class a record
    /// states is what it is (a persona is also a user account).
    pub const ALL: [Self; 29] = [
        Self::Claim,
        Self::Relationship,
        Self::Report,
        Self::Incident,
        Self::Campaign,
        Self::ActivitySet,
        Self::Actor,
        Self::RedactedAssessor,
        Self::WithheldAssessor,
        Self::Platform,
        Self::Office,
        Self::Group,
        Self::Organization,
        Self::Person,
        Self::BotNetwork,
        Self::Persona,
        Self::Account,
        Self::Channel,
        Self::Technique,
        Self::Tactic,
        Self::Narrative,
        Self::Media,
        Self::Location,
        Self::Event,
        Self::Evidence,
        Self::Label,
        Self::Metric,
        Self::Marking,
        Self::Record,
    ];

    /// The noun's name, which is its GraphQL type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "Report",
            Self::Incident => "Incident",
            Self::Campaign => "Campaign",
            Self::ActivitySet => "ActivitySet",
            Self::Actor => "Actor",
            Self::Organization => "Organization",
            Self::Person => "Person",
            Self::Office => "Office",
            Self::Group => "Group",
            Self::Platform => "Platform",
            Self::RedactedAssessor => "RedactedAssessor",
            Self::WithheldAssessor => "WithheldAssessor",
            Self::BotNetwork => "BotNetwork",
            Self::Persona => "Persona",
            Self::Account => "Account",
            Self::Channel => "Channel",
            Self::Technique => "Technique",
            Self::Tactic => "Tactic",
            Self::Narrative => "Narrative",
            Self::Media => "Media",
            Self::Location => "Location",
            Self::Event => "Event",
            Self::Evidence => "Evidence",
            Self::Label => "Label",
            Self::Metric => "Metric",
            Self::Marking => "Marking",
            Self::Claim => "Claim",
            Self::Relationship => "Relationship",
            Self::Record => "Record",
        }
    }

    /// The noun of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|noun| noun.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_nouns() {
        for noun in Noun::ALL {
            assert_eq!(Noun::from_name(noun.name()), Some(noun));
        }
        let distinct: std::collections::BTreeSet<_> = Noun::ALL.into_iter().collect();
        assert_eq!(distinct.len(), Noun::ALL.len());
    }
}
