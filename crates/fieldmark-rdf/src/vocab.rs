//! Temporary until codegen.
use oxrdf::NamedNodeRef;
/// Classes.
pub mod classes {
    use oxrdf::NamedNodeRef;
/// Identity
pub const STIX_IDENTITY: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Identity");
    /// Report
    pub const STIX_REPORT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Report");
    /// Incident
    pub const STIX_INCIDENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Incident");
    /// Campaign
    pub const STIX_CAMPAIGN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Campaign");
    /// IntrusionSet
    pub const STIX_INTRUSION_SET: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#IntrusionSet");
    /// ThreatActor
    pub const STIX_THREAT_ACTOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#ThreatActor");
    /// Organization
    pub const PROV_ORGANIZATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#Organization");
    /// Person
    pub const PROV_PERSON: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#Person");
    /// Office
    pub const FM_OFFICE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Office");
    /// Group
    pub const FM_GROUP: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Group");
    /// Platform
    pub const FM_PLATFORM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Platform");
    /// RedactedAssessor
    pub const FM_REDACTED_ASSESSOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#RedactedAssessor");
    /// WithheldAssessor
    pub const FM_WITHHELD_ASSESSOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#WithheldAssessor");
    /// BotNetwork
    pub const FM_BOT_NETWORK: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#BotNetwork");
    /// Persona
    pub const FM_PERSONA: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Persona");
    /// UserAccount
    pub const STIX_USER_ACCOUNT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#UserAccount");
    /// Channel
    pub const FM_CHANNEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Channel");
    /// AttackPattern
    pub const STIX_ATTACK_PATTERN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#AttackPattern");
    /// Tactic
    pub const FM_TACTIC: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Tactic");
    /// Narrative
    pub const FM_NARRATIVE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Narrative");
    /// Media
    pub const FM_MEDIA: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Media");
    /// Location
    pub const STIX_LOCATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Location");
    /// Event
    pub const FM_EVENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Event");
    /// Evidence
    pub const FM_EVIDENCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Evidence");
    /// Label
    pub const FM_LABEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Label");
    /// Metric
    pub const FM_METRIC: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Metric");
    /// MarkingDefinition
    pub const STIX_MARKING_DEFINITION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#MarkingDefinition");
    /// Claim
    pub const FM_CLAIM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Claim");
    /// Relationship
    pub const STIX_RELATIONSHIP: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Relationship");
}
/// Properties.
pub mod properties {
    /// value
    pub const FM_VALUE: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#value");
    use oxrdf::NamedNodeRef;
/// derivationWithheld
pub const FM_DERIVATION_WITHHELD: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#derivationWithheld");
/// concursWith
pub const FM_CONCURS_WITH: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#concursWith");
/// restates
pub const FM_RESTATES: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#restates");
/// reviews
pub const FM_REVIEWS: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#reviews");
/// derivedFrom
pub const FM_DERIVED_FROM: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#derivedFrom");
    /// rdf:type
    pub const RDF_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#type");
    /// stix:source_ref
    pub const STIX_SOURCE_REF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#source_ref");
    /// stix:target_ref
    pub const STIX_TARGET_REF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#target_ref");
    /// stix:relationship_type
    pub const STIX_RELATIONSHIP_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#relationship_type");
    /// fm:subject
    pub const FM_SUBJECT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#subject");
    /// fm:object
    pub const FM_OBJECT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#object");
    /// fm:assessor
    pub const FM_ASSESSOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#assessor");
    /// fm:tlp
    pub const FM_TLP: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#tlp");
    /// fm:releasableTo
    pub const FM_RELEASABLE_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#releasableTo");
    /// fm:reportedBy
    pub const FM_REPORTED_BY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#reportedBy");
    /// fm:validFrom
    pub const FM_VALID_FROM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#validFrom");
    /// fm:validTo
    pub const FM_VALID_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#validTo");
    /// stix:first_seen
    pub const STIX_FIRST_SEEN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#first_seen");
    /// stix:last_seen
    pub const STIX_LAST_SEEN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#last_seen");
    /// skos:prefLabel
    pub const SKOS_PREF_LABEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel");
    /// stix:uses
    pub const STIX_USES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#uses");
    /// stix:targets
    pub const STIX_TARGETS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#targets");
    /// fm:operatesOn
    pub const FM_OPERATES_ON: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#operatesOn");
    /// fm:carriedOutBy
    pub const FM_CARRIED_OUT_BY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#carriedOutBy");
    /// stix:consists-of
    pub const STIX_CONSISTS_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#consists-of");
    /// fm:publishes
    pub const FM_PUBLISHES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#publishes");
    /// fm:amplifies
    pub const FM_AMPLIFIES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#amplifies");
    /// fm:conveys
    pub const FM_CONVEYS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#conveys");
    /// fm:depicts
    pub const FM_DEPICTS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#depicts");
    /// stix:located-at
    pub const STIX_LOCATED_AT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#located-at");
    /// dcterms:isPartOf
    pub const DCTERMS_IS_PART_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isPartOf");
    /// fm:relatedTo
    pub const FM_RELATED_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#relatedTo");
}
/// Nouns.
pub const NOUNS: &[(&str, NamedNodeRef<'static>, &[&str])] = &[
    ("Report", classes::STIX_REPORT, &["report"]),
    ("Incident", classes::STIX_INCIDENT, &["incident"]),
    ("Campaign", classes::STIX_CAMPAIGN, &["campaign"]),
    (
        "ActivitySet",
        classes::STIX_INTRUSION_SET,
        &["intrusion-set"],
    ),
    ("Actor", classes::STIX_THREAT_ACTOR, &["threat-actor"]),
    ("Organization", classes::PROV_ORGANIZATION, &["identity"]),
    ("Person", classes::PROV_PERSON, &["identity"]),
    ("Office", classes::FM_OFFICE, &["identity"]),
    ("Group", classes::FM_GROUP, &["identity"]),
    ("Platform", classes::FM_PLATFORM, &["identity"]),
    (
        "RedactedAssessor",
        classes::FM_REDACTED_ASSESSOR,
        &["identity"],
    ),
    (
        "WithheldAssessor",
        classes::FM_WITHHELD_ASSESSOR,
        &["identity"],
    ),
    ("BotNetwork", classes::FM_BOT_NETWORK, &["infrastructure"]),
    ("Persona", classes::FM_PERSONA, &["user-account"]),
    ("Account", classes::STIX_USER_ACCOUNT, &["user-account"]),
    ("Channel", classes::FM_CHANNEL, &["channel"]),
    (
        "Technique",
        classes::STIX_ATTACK_PATTERN,
        &["attack-pattern"],
    ),
    ("Tactic", classes::FM_TACTIC, &["x-mitre-tactic"]),
    ("Narrative", classes::FM_NARRATIVE, &["narrative"]),
    ("Media", classes::FM_MEDIA, &["media-content"]),
    ("Location", classes::STIX_LOCATION, &["location"]),
    ("Event", classes::FM_EVENT, &["event"]),
    ("Evidence", classes::FM_EVIDENCE, &["evidence"]),
    ("Label", classes::FM_LABEL, &["label"]),
    ("Metric", classes::FM_METRIC, &["metric"]),
    (
        "Marking",
        classes::STIX_MARKING_DEFINITION,
        &["marking-definition"],
    ),
    ("Claim", classes::FM_CLAIM, &["note"]),
    (
        "Relationship",
        classes::STIX_RELATIONSHIP,
        &["relationship"],
    ),
];
/// Edges.
pub const EDGES: &[(&str, NamedNodeRef<'static>)] = &[
    ("uses", properties::STIX_USES),
    ("targets", properties::STIX_TARGETS),
    ("operates-on", properties::FM_OPERATES_ON),
    ("carried-out-by", properties::FM_CARRIED_OUT_BY),
    ("consists-of", properties::STIX_CONSISTS_OF),
    ("publishes", properties::FM_PUBLISHES),
    ("amplifies", properties::FM_AMPLIFIES),
    ("conveys", properties::FM_CONVEYS),
    ("depicts", properties::FM_DEPICTS),
    ("located-at", properties::STIX_LOCATED_AT),
    ("part-of", properties::DCTERMS_IS_PART_OF),
    ("related-to", properties::FM_RELATED_TO),
];
