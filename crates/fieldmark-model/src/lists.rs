//! The closed lists of the domain.
//!
//! Written by `cargo xtask codegen` from `ontology/fieldmark.ttl`; change that file, not this one.

/// What kind of thing a record states. Each is a GraphQL type of the same name.
///
/// The more specific come before the more general: the first whose class a record states
/// is what it is (a persona is also a user account).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// One assessor saying something about a subject, in quoted words, at a time.
    Claim,
    /// What ties one record to another, with the source that says so.
    Relationship,
    /// A document that says something: the source of claims and facts.
    Report,
    /// One occurrence of information manipulation, bounded in time.
    Incident,
    /// A series of activities toward one end over a period.
    Campaign,
    /// Activity that someone tracks under one name. Two names are two sets until someone claims otherwise.
    ActivitySet,
    /// One who is said to act: a state, a service, a company.
    Actor,
    /// Somebody a source speaks of under a redaction mark: who it is, is not known here.
    RedactedAssessor,
    /// Stands in a view for an assessor whom this audience may not see; made by release, never stated in data.
    WithheldAssessor,
    /// An online service on which accounts publish and meet an audience; the service, not its company.
    Platform,
    /// A public position that persons hold one after another, such as head of government.
    Office,
    /// People named together because they share a trait or a role.
    Group,
    /// A body with a name of its own: an agency, a company, a newsroom.
    Organization,
    /// A human being.
    Person,
    /// Accounts run together to publish or amplify as if they were unrelated people.
    BotNetwork,
    /// A made-up or borrowed person that accounts speak as.
    Persona,
    /// An account on a platform.
    Account,
    /// A page, profile or feed by which content reaches an audience, apart from the platform that carries it.
    Channel,
    /// A way of acting, most often one of DISARM's.
    Technique,
    /// What a group of techniques is meant to bring about in one phase of an operation.
    Tactic,
    /// A storyline that an operation spreads or feeds.
    Narrative,
    /// A video, image, recording or text that was published.
    Media,
    /// A place.
    Location,
    /// Something that happened in the world and that an operation took up or took place around.
    Event,
    /// What a claim rests on: observations, samples or data, with who collected them.
    Evidence,
    /// A name that assessors use. It is not the thing it names, and may have several senses.
    Label,
    /// A number that a source gives about something, in the source's words.
    Metric,
    /// A release policy: who may see what stands under it.
    Marking,
    /// Any other STIX object: kept whole and served under its id.
    Record,
}

impl Noun {
    /// Every one.
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

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claim => "Claim",
            Self::Relationship => "Relationship",
            Self::Report => "Report",
            Self::Incident => "Incident",
            Self::Campaign => "Campaign",
            Self::ActivitySet => "ActivitySet",
            Self::Actor => "Actor",
            Self::RedactedAssessor => "RedactedAssessor",
            Self::WithheldAssessor => "WithheldAssessor",
            Self::Platform => "Platform",
            Self::Office => "Office",
            Self::Group => "Group",
            Self::Organization => "Organization",
            Self::Person => "Person",
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
            Self::Record => "Record",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a claim is about. The name is the local name of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// A claim about who ran or stands behind something.
    Attribution,
    /// A claim about who controls an activity set or network.
    Control,
    /// A claim about how two names or clusters relate.
    Alias,
    /// A claim that two networks are one.
    SameNetwork,
    /// A claim about what sort of thing something is.
    Classification,
    /// A claim about what an operation was meant to achieve.
    Objective,
    /// A claim about how far an operation reached its target.
    Impact,
    /// A claim about whether a medium is genuine.
    Authenticity,
}

impl ClaimKind {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Attribution,
        Self::Control,
        Self::Alias,
        Self::SameNetwork,
        Self::Classification,
        Self::Objective,
        Self::Impact,
        Self::Authenticity,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attribution => "Attribution",
            Self::Control => "Control",
            Self::Alias => "Alias",
            Self::SameNetwork => "SameNetwork",
            Self::Classification => "Classification",
            Self::Objective => "Objective",
            Self::Impact => "Impact",
            Self::Authenticity => "Authenticity",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// How one claim stands to another. The name is the local name of its property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Derivation {
    /// The claim agrees with another and leans on it.
    ConcursWith,
    /// The claim repeats another.
    Restates,
    /// The claim comes from examining another's material.
    Reviews,
    /// The claim rests on another.
    DerivedFrom,
    /// The claim reaches the same from data of its own.
    Corroborates,
    /// The claim or evidence speaks for another.
    Supports,
    /// The claim was made together with another.
    JointWith,
    /// The claim contradicts another.
    Disputes,
}

impl Derivation {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::ConcursWith,
        Self::Restates,
        Self::Reviews,
        Self::DerivedFrom,
        Self::Corroborates,
        Self::Supports,
        Self::JointWith,
        Self::Disputes,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConcursWith => "concursWith",
            Self::Restates => "restates",
            Self::Reviews => "reviews",
            Self::DerivedFrom => "derivedFrom",
            Self::Corroborates => "corroborates",
            Self::Supports => "supports",
            Self::JointWith => "jointWith",
            Self::Disputes => "disputes",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Derivation {
    /// Whether the claim rests on the other (`prov:wasDerivedFrom`).
    pub fn rests(self) -> bool {
        matches!(
            self,
            Self::ConcursWith | Self::Restates | Self::Reviews | Self::DerivedFrom
        )
    }
}
