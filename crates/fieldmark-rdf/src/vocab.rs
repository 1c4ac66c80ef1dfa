//! The vocabulary: every term the ontology names, as a constant.
//!
//! Written by `cargo xtask codegen` from `ontology/fieldmark.ttl`; change that file, not this one.
//! Long because it is one constant a term.

use oxrdf::NamedNodeRef;

/// The namespace of `dcterms:`.
pub const DCTERMS: &str = "http://purl.org/dc/terms/";
/// The namespace of `edtf:`.
pub const EDTF: &str = "http://id.loc.gov/datatypes/edtf/";
/// The namespace of `fm:`.
pub const FM: &str = "https://w3id.org/fieldmark/ns#";
/// The namespace of `id:`.
pub const ID: &str = "https://w3id.org/fieldmark/id/";
/// The namespace of `owl:`.
pub const OWL: &str = "http://www.w3.org/2002/07/owl#";
/// The namespace of `prov:`.
pub const PROV: &str = "http://www.w3.org/ns/prov#";
/// The namespace of `rdf:`.
pub const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// The namespace of `rdfs:`.
pub const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
/// The namespace of `sh:`.
pub const SH: &str = "http://www.w3.org/ns/shacl#";
/// The namespace of `skos:`.
pub const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
/// The namespace of `skosxl:`.
pub const SKOSXL: &str = "http://www.w3.org/2008/05/skos-xl#";
/// The namespace of `stix:`.
pub const STIX: &str = "http://docs.oasis-open.org/cti/ns/stix#";
/// The namespace of `xsd:`.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// Every prefix and its namespace, by prefix.
pub const PREFIXES: &[(&str, &str)] = &[
    ("dcterms", DCTERMS),
    ("edtf", EDTF),
    ("fm", FM),
    ("id", ID),
    ("owl", OWL),
    ("prov", PROV),
    ("rdf", RDF),
    ("rdfs", RDFS),
    ("sh", SH),
    ("skos", SKOS),
    ("skosxl", SKOSXL),
    ("stix", STIX),
    ("xsd", XSD),
];

/// What a record or a term can be.
pub mod classes {
    use oxrdf::NamedNodeRef;

    /// `fm:Alias`: alias claim.
    pub const FM_ALIAS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Alias");

    /// `fm:Attribution`: attribution.
    pub const FM_ATTRIBUTION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Attribution");

    /// `fm:Authenticity`: authenticity claim.
    pub const FM_AUTHENTICITY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Authenticity");

    /// `fm:Band`: band.
    pub const FM_BAND: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Band");

    /// `fm:BotNetwork`: bot network.
    pub const FM_BOT_NETWORK: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#BotNetwork");

    /// `fm:Channel`: channel.
    pub const FM_CHANNEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Channel");

    /// `fm:Claim`: claim.
    pub const FM_CLAIM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Claim");

    /// `fm:Classification`: classification claim.
    pub const FM_CLASSIFICATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Classification");

    /// `fm:Concept`: value.
    pub const FM_CONCEPT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Concept");

    /// `fm:Control`: control claim.
    pub const FM_CONTROL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Control");

    /// `fm:Denial`: denial.
    pub const FM_DENIAL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Denial");

    /// `fm:EstimativeScale`: estimative scale.
    pub const FM_ESTIMATIVE_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#EstimativeScale");

    /// `fm:Event`: event.
    pub const FM_EVENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Event");

    /// `fm:Evidence`: evidence.
    pub const FM_EVIDENCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Evidence");

    /// `fm:FeatureFamily`: family of features.
    pub const FM_FEATURE_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#FeatureFamily");

    /// `fm:Group`: group of people.
    pub const FM_GROUP: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Group");

    /// `fm:Impact`: impact claim.
    pub const FM_IMPACT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Impact");

    /// `fm:Label`: label.
    pub const FM_LABEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Label");

    /// `fm:Lens`: lens.
    pub const FM_LENS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Lens");

    /// `fm:Media`: media.
    pub const FM_MEDIA: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Media");

    /// `fm:Metric`: metric.
    pub const FM_METRIC: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Metric");

    /// `fm:Narrative`: narrative.
    pub const FM_NARRATIVE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Narrative");

    /// `fm:Objective`: objective claim.
    pub const FM_OBJECTIVE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Objective");

    /// `fm:Office`: office.
    pub const FM_OFFICE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Office");

    /// `fm:Persona`: persona.
    pub const FM_PERSONA: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Persona");

    /// `fm:Platform`: platform.
    pub const FM_PLATFORM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Platform");

    /// `fm:Quotation`: quotation.
    pub const FM_QUOTATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Quotation");

    /// `fm:RedactedAssessor`: redacted assessor.
    pub const FM_REDACTED_ASSESSOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#RedactedAssessor");

    /// `fm:RedactedFinding`: redacted finding.
    pub const FM_REDACTED_FINDING: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#RedactedFinding");

    /// `fm:SameNetwork`: same-network claim.
    pub const FM_SAME_NETWORK: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#SameNetwork");

    /// `fm:Tactic`: tactic.
    pub const FM_TACTIC: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#Tactic");

    /// `fm:WithheldAssessor`: withheld assessor.
    pub const FM_WITHHELD_ASSESSOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#WithheldAssessor");

    /// `prov:Organization`: organization.
    pub const PROV_ORGANIZATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#Organization");

    /// `prov:Person`: person.
    pub const PROV_PERSON: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#Person");

    /// `skos:Concept`: concept.
    pub const SKOS_CONCEPT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#Concept");

    /// `skos:ConceptScheme`: concept scheme.
    pub const SKOS_CONCEPT_SCHEME: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#ConceptScheme");

    /// `stix:AttackPattern`: technique.
    pub const STIX_ATTACK_PATTERN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#AttackPattern");

    /// `stix:Campaign`: campaign.
    pub const STIX_CAMPAIGN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Campaign");

    /// `stix:Identity`: identity.
    pub const STIX_IDENTITY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Identity");

    /// `stix:Incident`: incident.
    pub const STIX_INCIDENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Incident");

    /// `stix:Infrastructure`: infrastructure.
    pub const STIX_INFRASTRUCTURE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Infrastructure");

    /// `stix:IntrusionSet`: activity set.
    pub const STIX_INTRUSION_SET: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#IntrusionSet");

    /// `stix:Location`: location.
    pub const STIX_LOCATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Location");

    /// `stix:MarkingDefinition`: marking.
    pub const STIX_MARKING_DEFINITION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#MarkingDefinition");

    /// `stix:Relationship`: relationship.
    pub const STIX_RELATIONSHIP: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Relationship");

    /// `stix:Report`: report.
    pub const STIX_REPORT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#Report");

    /// `stix:ThreatActor`: actor.
    pub const STIX_THREAT_ACTOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#ThreatActor");

    /// `stix:UserAccount`: account.
    pub const STIX_USER_ACCOUNT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#UserAccount");
}

/// What can be said of a record.
pub mod properties {
    use oxrdf::NamedNodeRef;

    /// `dcterms:accessRights`: access.
    pub const DCTERMS_ACCESS_RIGHTS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/accessRights");

    /// `dcterms:creator`: author.
    pub const DCTERMS_CREATOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/creator");

    /// `dcterms:description`: description.
    pub const DCTERMS_DESCRIPTION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/description");

    /// `dcterms:identifier`: number.
    pub const DCTERMS_IDENTIFIER: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/identifier");

    /// `dcterms:issued`: issued.
    pub const DCTERMS_ISSUED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/issued");

    /// `dcterms:isPartOf`: part of.
    pub const DCTERMS_IS_PART_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isPartOf");

    /// `dcterms:language`: language.
    pub const DCTERMS_LANGUAGE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/language");

    /// `dcterms:references`: cites.
    pub const DCTERMS_REFERENCES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/references");

    /// `dcterms:source`: source.
    pub const DCTERMS_SOURCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/source");

    /// `dcterms:title`: title.
    pub const DCTERMS_TITLE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/title");

    /// `fm:access`: evidence access.
    pub const FM_ACCESS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#access");

    /// `fm:aliasRelation`: alias relation.
    pub const FM_ALIAS_RELATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#aliasRelation");

    /// `fm:amplifies`: amplifies.
    pub const FM_AMPLIFIES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#amplifies");

    /// `fm:assertedAt`: asserted.
    pub const FM_ASSERTED_AT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#assertedAt");

    /// `fm:assessor`: assessor.
    pub const FM_ASSESSOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#assessor");

    /// `fm:assessorTakenFrom`: assessor taken from.
    pub const FM_ASSESSOR_TAKEN_FROM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#assessorTakenFrom");

    /// `fm:assumedBand`: assumed band.
    pub const FM_ASSUMED_BAND: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#assumedBand");

    /// `fm:assumedScale`: assumed scale.
    pub const FM_ASSUMED_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#assumedScale");

    /// `fm:asOf`: as of.
    pub const FM_AS_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#asOf");

    /// `fm:band`: band.
    pub const FM_BAND: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#band");

    /// `fm:basis`: basis.
    pub const FM_BASIS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#basis");

    /// `fm:bearsOn`: bears on.
    pub const FM_BEARS_ON: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#bearsOn");

    /// `fm:bothWays`: both ways.
    pub const FM_BOTH_WAYS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#bothWays");

    /// `fm:carriedOutBy`: carried out by.
    pub const FM_CARRIED_OUT_BY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#carriedOutBy");

    /// `fm:category`: evidence category.
    pub const FM_CATEGORY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#category");

    /// `fm:caveat`: caveat.
    pub const FM_CAVEAT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#caveat");

    /// `fm:chains`: chains.
    pub const FM_CHAINS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#chains");

    /// `fm:collectedBy`: collected by.
    pub const FM_COLLECTED_BY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#collectedBy");

    /// `fm:concerns`: concerns.
    pub const FM_CONCERNS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#concerns");

    /// `fm:concursWith`: concurs with.
    pub const FM_CONCURS_WITH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#concursWith");

    /// `fm:confidence`: stated confidence.
    pub const FM_CONFIDENCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#confidence");

    /// `fm:conveys`: conveys.
    pub const FM_CONVEYS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#conveys");

    /// `fm:corroborates`: corroborates.
    pub const FM_CORROBORATES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#corroborates");

    /// `fm:dateBasis`: basis of the date.
    pub const FM_DATE_BASIS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#dateBasis");

    /// `fm:dateText`: date in words.
    pub const FM_DATE_TEXT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#dateText");

    /// `fm:depicts`: depicts.
    pub const FM_DEPICTS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#depicts");

    /// `fm:derivationWithheld`: derivation withheld.
    pub const FM_DERIVATION_WITHHELD: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#derivationWithheld");

    /// `fm:derivedFrom`: derived from.
    pub const FM_DERIVED_FROM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#derivedFrom");

    /// `fm:disputes`: disputes.
    pub const FM_DISPUTES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#disputes");

    /// `fm:distinctFrom`: stated distinct from.
    pub const FM_DISTINCT_FROM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#distinctFrom");

    /// `fm:evidence`: evidence.
    pub const FM_EVIDENCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#evidence");

    /// `fm:exploitsEvent`: takes up event.
    pub const FM_EXPLOITS_EVENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#exploitsEvent");

    /// `fm:follows`: follows.
    pub const FM_FOLLOWS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#follows");

    /// `fm:formerId`: former STIX id.
    pub const FM_FORMER_ID: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#formerId");

    /// `fm:hardToShare`: hard to share.
    pub const FM_HARD_TO_SHARE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#hardToShare");

    /// `fm:hasDomain`: has domain.
    pub const FM_HAS_DOMAIN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#hasDomain");

    /// `fm:hedgedBy`: hedged by.
    pub const FM_HEDGED_BY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#hedgedBy");

    /// `fm:holdsOffice`: holds office.
    pub const FM_HOLDS_OFFICE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#holdsOffice");

    /// `fm:idType`: id type.
    pub const FM_ID_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#idType");

    /// `fm:jointWith`: joint with.
    pub const FM_JOINT_WITH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#jointWith");

    /// `fm:leadsToBroader`: leads to what is broader.
    pub const FM_LEADS_TO_BROADER: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#leadsToBroader");

    /// `fm:level`: level.
    pub const FM_LEVEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#level");

    /// `fm:locator`: place in the source.
    pub const FM_LOCATOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#locator");

    /// `fm:machineTag`: machine tag.
    pub const FM_MACHINE_TAG: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#machineTag");

    /// `fm:measures`: measures.
    pub const FM_MEASURES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#measures");

    /// `fm:mediaType`: media type.
    pub const FM_MEDIA_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#mediaType");

    /// `fm:memberOf`: member of.
    pub const FM_MEMBER_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#memberOf");

    /// `fm:mentions`: mentions.
    pub const FM_MENTIONS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#mentions");

    /// `fm:metricKind`: kind of metric.
    pub const FM_METRIC_KIND: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#metricKind");

    /// `fm:nested`: nested.
    pub const FM_NESTED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#nested");

    /// `fm:nounName`: noun.
    pub const FM_NOUN_NAME: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#nounName");

    /// `fm:object`: object.
    pub const FM_OBJECT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#object");

    /// `fm:objectText`: object in words.
    pub const FM_OBJECT_TEXT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#objectText");

    /// `fm:ofClass`: of class.
    pub const FM_OF_CLASS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#ofClass");

    /// `fm:openctiId`: OpenCTI's id.
    pub const FM_OPENCTI_ID: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#openctiId");

    /// `fm:operatesOn`: operates on.
    pub const FM_OPERATES_ON: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#operatesOn");

    /// `fm:otherProperties`: other properties.
    pub const FM_OTHER_PROPERTIES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#otherProperties");

    /// `fm:overEdge`: over edge.
    pub const FM_OVER_EDGE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#overEdge");

    /// `fm:polarity`: polarity.
    pub const FM_POLARITY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#polarity");

    /// `fm:position`: position.
    pub const FM_POSITION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#position");

    /// `fm:publishedAt`: published.
    pub const FM_PUBLISHED_AT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#publishedAt");

    /// `fm:publishes`: publishes.
    pub const FM_PUBLISHES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#publishes");

    /// `fm:quotation`: quotation.
    pub const FM_QUOTATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#quotation");

    /// `fm:rangeHigh`: range, high.
    pub const FM_RANGE_HIGH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#rangeHigh");

    /// `fm:rangeLow`: range, low.
    pub const FM_RANGE_LOW: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#rangeLow");

    /// `fm:rank`: rank.
    pub const FM_RANK: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#rank");

    /// `fm:redactedAtSource`: redacted at source.
    pub const FM_REDACTED_AT_SOURCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#redactedAtSource");

    /// `fm:refersTo`: refers to.
    pub const FM_REFERS_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#refersTo");

    /// `fm:relatedTo`: related to.
    pub const FM_RELATED_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#relatedTo");

    /// `fm:relationshipType`: relationship type.
    pub const FM_RELATIONSHIP_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#relationshipType");

    /// `fm:releasableTo`: releasable to.
    pub const FM_RELEASABLE_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#releasableTo");

    /// `fm:releaseStatement`: release statement.
    pub const FM_RELEASE_STATEMENT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#releaseStatement");

    /// `fm:reportedBy`: reported by.
    pub const FM_REPORTED_BY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#reportedBy");

    /// `fm:response`: response.
    pub const FM_RESPONSE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#response");

    /// `fm:restates`: restates.
    pub const FM_RESTATES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#restates");

    /// `fm:retiredIn`: retired in.
    pub const FM_RETIRED_IN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#retiredIn");

    /// `fm:reviews`: reviews.
    pub const FM_REVIEWS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#reviews");

    /// `fm:role`: role.
    pub const FM_ROLE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#role");

    /// `fm:scale`: scale.
    pub const FM_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#scale");

    /// `fm:scaleKind`: kind of scale.
    pub const FM_SCALE_KIND: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#scaleKind");

    /// `fm:sense`: sense.
    pub const FM_SENSE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#sense");

    /// `fm:spanCount`: redaction marks.
    pub const FM_SPAN_COUNT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#spanCount");

    /// `fm:spanIndex`: redaction number.
    pub const FM_SPAN_INDEX: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#spanIndex");

    /// `fm:standsFor`: stands for.
    pub const FM_STANDS_FOR: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#standsFor");

    /// `fm:status`: status.
    pub const FM_STATUS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#status");

    /// `fm:stixConfidence`: STIX confidence.
    pub const FM_STIX_CONFIDENCE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#stixConfidence");

    /// `fm:subject`: subject.
    pub const FM_SUBJECT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#subject");

    /// `fm:subnarrativeOf`: sub-narrative of.
    pub const FM_SUBNARRATIVE_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#subnarrativeOf");

    /// `fm:supports`: supports.
    pub const FM_SUPPORTS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#supports");

    /// `fm:tactic`: tactic.
    pub const FM_TACTIC: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#tactic");

    /// `fm:throughEdge`: through edge.
    pub const FM_THROUGH_EDGE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#throughEdge");

    /// `fm:tlp`: TLP level.
    pub const FM_TLP: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#tlp");

    /// `fm:tlpRank`: TLP rank.
    pub const FM_TLP_RANK: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#tlpRank");

    /// `fm:unit`: unit.
    pub const FM_UNIT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#unit");

    /// `fm:validFrom`: valid from.
    pub const FM_VALID_FROM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#validFrom");

    /// `fm:validTo`: valid to.
    pub const FM_VALID_TO: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#validTo");

    /// `fm:value`: value.
    pub const FM_VALUE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#value");

    /// `fm:valueHigh`: highest value.
    pub const FM_VALUE_HIGH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#valueHigh");

    /// `fm:valueLow`: lowest value.
    pub const FM_VALUE_LOW: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#valueLow");

    /// `fm:verbatim`: verbatim words.
    pub const FM_VERBATIM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#verbatim");

    /// `fm:verified`: verified.
    pub const FM_VERIFIED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#verified");

    /// `fm:wholeAt`: whole at.
    pub const FM_WHOLE_AT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#wholeAt");

    /// `fm:withdrawnVersion`: withdrawn version.
    pub const FM_WITHDRAWN_VERSION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#withdrawnVersion");

    /// `fm:withoutWords`: came without words.
    pub const FM_WITHOUT_WORDS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#withoutWords");

    /// `owl:deprecated`: deprecated.
    pub const OWL_DEPRECATED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2002/07/owl#deprecated");

    /// `prov:wasDerivedFrom`: taken from.
    pub const PROV_WAS_DERIVED_FROM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasDerivedFrom");

    /// `rdfs:label`: label.
    pub const RDFS_LABEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2000/01/rdf-schema#label");

    /// `rdf:type`: type.
    pub const RDF_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#type");

    /// `skosxl:literalForm`: wording.
    pub const SKOSXL_LITERAL_FORM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2008/05/skos-xl#literalForm");

    /// `skos:altLabel`: other name.
    pub const SKOS_ALT_LABEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");

    /// `skos:broader`: broader.
    pub const SKOS_BROADER: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#broader");

    /// `skos:broadMatch`: broader match.
    pub const SKOS_BROAD_MATCH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#broadMatch");

    /// `skos:closeMatch`: close match.
    pub const SKOS_CLOSE_MATCH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#closeMatch");

    /// `skos:definition`: definition.
    pub const SKOS_DEFINITION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#definition");

    /// `skos:exactMatch`: exact match.
    pub const SKOS_EXACT_MATCH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#exactMatch");

    /// `skos:inScheme`: scheme.
    pub const SKOS_IN_SCHEME: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#inScheme");

    /// `skos:narrowMatch`: narrower match.
    pub const SKOS_NARROW_MATCH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#narrowMatch");

    /// `skos:notation`: code.
    pub const SKOS_NOTATION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#notation");

    /// `skos:prefLabel`: name.
    pub const SKOS_PREF_LABEL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel");

    /// `skos:relatedMatch`: related match.
    pub const SKOS_RELATED_MATCH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#relatedMatch");

    /// `skos:topConceptOf`: top concept of.
    pub const SKOS_TOP_CONCEPT_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#topConceptOf");

    /// `stix:consists-of`: consists of.
    pub const STIX_CONSISTS_OF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#consists-of");

    /// `stix:country`: country code.
    pub const STIX_COUNTRY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#country");

    /// `stix:created`: created.
    pub const STIX_CREATED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#created");

    /// `stix:first_seen`: first seen.
    pub const STIX_FIRST_SEEN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#first_seen");

    /// `stix:impersonates`: impersonates.
    pub const STIX_IMPERSONATES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#impersonates");

    /// `stix:last_seen`: last seen.
    pub const STIX_LAST_SEEN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#last_seen");

    /// `stix:located-at`: located at.
    pub const STIX_LOCATED_AT: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#located-at");

    /// `stix:modified`: modified.
    pub const STIX_MODIFIED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#modified");

    /// `stix:owns`: owns.
    pub const STIX_OWNS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#owns");

    /// `stix:region`: region.
    pub const STIX_REGION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#region");

    /// `stix:relationship_type`: relationship type.
    pub const STIX_RELATIONSHIP_TYPE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#relationship_type");

    /// `stix:source_ref`: from.
    pub const STIX_SOURCE_REF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#source_ref");

    /// `stix:targets`: targets.
    pub const STIX_TARGETS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#targets");

    /// `stix:target_ref`: to.
    pub const STIX_TARGET_REF: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#target_ref");

    /// `stix:url`: address.
    pub const STIX_URL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#url");

    /// `stix:uses`: uses.
    pub const STIX_USES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#uses");
}

/// The members of closed lists, and the lists.
pub mod values {
    use oxrdf::NamedNodeRef;

    /// `fm:accesses`: evidence access.
    pub const FM_ACCESSES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#accesses");

    /// `fm:accountFamily`: accounts, personas and channels.
    pub const FM_ACCOUNT_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#accountFamily");

    /// `fm:affirms`: affirms.
    pub const FM_AFFIRMS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#affirms");

    /// `fm:agreementScale`: scale of agreement.
    pub const FM_AGREEMENT_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#agreementScale");

    /// `fm:bases`: bases of claims.
    pub const FM_BASES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#bases");

    /// `fm:behavioural`: behavioural.
    pub const FM_BEHAVIOURAL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#behavioural");

    /// `fm:categories`: evidence categories.
    pub const FM_CATEGORIES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#categories");

    /// `fm:charges`: charged.
    pub const FM_CHARGES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#charges");

    /// `fm:classified`: classified.
    pub const FM_CLASSIFIED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#classified");

    /// `fm:confidenceScale`: scale of confidence.
    pub const FM_CONFIDENCE_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#confidenceScale");

    /// `fm:contextual`: contextual.
    pub const FM_CONTEXTUAL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#contextual");

    /// `fm:credibilityScale`: scale of credibility.
    pub const FM_CREDIBILITY_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#credibilityScale");

    /// `fm:dateBases`: bases of dates.
    pub const FM_DATE_BASES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#dateBases");

    /// `fm:deepfake`: deepfake.
    pub const FM_DEEPFAKE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#deepfake");

    /// `fm:denies`: denies.
    pub const FM_DENIES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#denies");

    /// `fm:domainFamily`: domains.
    pub const FM_DOMAIN_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#domainFamily");

    /// `fm:entitySense`: sense: entity.
    pub const FM_ENTITY_SENSE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#entitySense");

    /// `fm:eventFamily`: events exploited.
    pub const FM_EVENT_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#eventFamily");

    /// `fm:final`: final.
    pub const FM_FINAL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#final");

    /// `fm:high`: high.
    pub const FM_HIGH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#high");

    /// `fm:inferred`: inferred.
    pub const FM_INFERRED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#inferred");

    /// `fm:languageFamily`: languages.
    pub const FM_LANGUAGE_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#languageFamily");

    /// `fm:levels`: levels of impact.
    pub const FM_LEVELS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#levels");

    /// `fm:likelihoodScale`: scale of likelihood.
    pub const FM_LIKELIHOOD_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#likelihoodScale");

    /// `fm:locationFamily`: places.
    pub const FM_LOCATION_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#locationFamily");

    /// `fm:low`: low.
    pub const FM_LOW: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#low");

    /// `fm:mediaFamily`: media.
    pub const FM_MEDIA_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#mediaFamily");

    /// `fm:medium`: medium.
    pub const FM_MEDIUM: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#medium");

    /// `fm:narrativeFamily`: narratives.
    pub const FM_NARRATIVE_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#narrativeFamily");

    /// `fm:nearLens`: the same or nearly.
    pub const FM_NEAR_LENS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#nearLens");

    /// `fm:networkFamily`: networks.
    pub const FM_NETWORK_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#networkFamily");

    /// `fm:newTactic`: new tactic.
    pub const FM_NEW_TACTIC: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#newTactic");

    /// `fm:open`: open.
    pub const FM_OPEN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#open");

    /// `fm:ownAnalysis`: own analysis.
    pub const FM_OWN_ANALYSIS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#ownAnalysis");

    /// `fm:ownCollection`: own collection.
    pub const FM_OWN_COLLECTION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#ownCollection");

    /// `fm:ownLens`: the record alone.
    pub const FM_OWN_LENS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#ownLens");

    /// `fm:personaFamily`: people imitated or shown.
    pub const FM_PERSONA_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#personaFamily");

    /// `fm:platformFamily`: platforms.
    pub const FM_PLATFORM_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#platformFamily");

    /// `fm:polarities`: polarities.
    pub const FM_POLARITIES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#polarities");

    /// `fm:preliminary`: preliminary.
    pub const FM_PRELIMINARY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#preliminary");

    /// `fm:proprietary`: proprietary.
    pub const FM_PROPRIETARY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#proprietary");

    /// `fm:reliabilityScale`: scale of reliability.
    pub const FM_RELIABILITY_SCALE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#reliabilityScale");

    /// `fm:reported`: reported.
    pub const FM_REPORTED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#reported");

    /// `fm:responses`: responses.
    pub const FM_RESPONSES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#responses");

    /// `fm:review`: review.
    pub const FM_REVIEW: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#review");

    /// `fm:sanctions`: sanctioned.
    pub const FM_SANCTIONS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#sanctions");

    /// `fm:scaleKinds`: kinds of scale.
    pub const FM_SCALE_KINDS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#scaleKinds");

    /// `fm:scaleStates`: scale states.
    pub const FM_SCALE_STATES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#scaleStates");

    /// `fm:sectorFamily`: sectors of targets.
    pub const FM_SECTOR_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#sectorFamily");

    /// `fm:senses`: things claims say of subjects.
    pub const FM_SENSES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#senses");

    /// `fm:softwareFamily`: tools and malware.
    pub const FM_SOFTWARE_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#softwareFamily");

    /// `fm:stated`: stated.
    pub const FM_STATED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#stated");

    /// `fm:statuses`: statuses.
    pub const FM_STATUSES: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#statuses");

    /// `fm:strictLens`: exactly the same.
    pub const FM_STRICT_LENS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#strictLens");

    /// `fm:takedown`: taken down.
    pub const FM_TAKEDOWN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#takedown");

    /// `fm:targetFamily`: targets.
    pub const FM_TARGET_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#targetFamily");

    /// `fm:technical`: technical.
    pub const FM_TECHNICAL: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#technical");

    /// `fm:techniqueFamily`: techniques.
    pub const FM_TECHNIQUE_FAMILY: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#techniqueFamily");

    /// `fm:techniqueSense`: sense: technique.
    pub const FM_TECHNIQUE_SENSE: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#techniqueSense");

    /// `fm:transnationalRepression`: transnational repression.
    pub const FM_TRANSNATIONAL_REPRESSION: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#transnationalRepression");

    /// `fm:undated`: undated.
    pub const FM_UNDATED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#undated");

    /// `fm:undisclosed`: undisclosed.
    pub const FM_UNDISCLOSED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#undisclosed");

    /// `fm:unstated`: unstated.
    pub const FM_UNSTATED: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#unstated");

    /// `fm:veryHigh`: very high.
    pub const FM_VERY_HIGH: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#veryHigh");

    /// `fm:veryLow`: very low.
    pub const FM_VERY_LOW: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#veryLow");

    /// `fm:wideLens`: whatever is claimed to be of it.
    pub const FM_WIDE_LENS: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#wideLens");

    /// `fm:withdrawn`: withdrawn.
    pub const FM_WITHDRAWN: NamedNodeRef<'static> =
        NamedNodeRef::new_unchecked("https://w3id.org/fieldmark/ns#withdrawn");
}

/// The nouns of the domain: name, the class that tells it from the others, and the
/// types its ids may have.
pub const NOUNS: &[(&str, NamedNodeRef<'static>, &[&str])] = &[
    ("Account", classes::STIX_USER_ACCOUNT, &["user-account"]),
    (
        "ActivitySet",
        classes::STIX_INTRUSION_SET,
        &["intrusion-set"],
    ),
    ("Actor", classes::STIX_THREAT_ACTOR, &["threat-actor"]),
    ("BotNetwork", classes::FM_BOT_NETWORK, &["infrastructure"]),
    ("Campaign", classes::STIX_CAMPAIGN, &["campaign"]),
    ("Channel", classes::FM_CHANNEL, &["channel"]),
    ("Claim", classes::FM_CLAIM, &["note", "relationship"]),
    ("Event", classes::FM_EVENT, &["event"]),
    ("Evidence", classes::FM_EVIDENCE, &["evidence"]),
    ("Group", classes::FM_GROUP, &["identity"]),
    ("Incident", classes::STIX_INCIDENT, &["incident"]),
    ("Label", classes::FM_LABEL, &["label"]),
    ("Location", classes::STIX_LOCATION, &["location"]),
    (
        "Marking",
        classes::STIX_MARKING_DEFINITION,
        &["marking-definition"],
    ),
    ("Media", classes::FM_MEDIA, &["media-content"]),
    ("Metric", classes::FM_METRIC, &["metric"]),
    ("Narrative", classes::FM_NARRATIVE, &["narrative"]),
    ("Office", classes::FM_OFFICE, &["identity"]),
    ("Organization", classes::PROV_ORGANIZATION, &["identity"]),
    ("Person", classes::PROV_PERSON, &["identity"]),
    ("Persona", classes::FM_PERSONA, &["user-account"]),
    ("Platform", classes::FM_PLATFORM, &["identity"]),
    (
        "RedactedAssessor",
        classes::FM_REDACTED_ASSESSOR,
        &["identity"],
    ),
    (
        "Relationship",
        classes::STIX_RELATIONSHIP,
        &["relationship"],
    ),
    ("Report", classes::STIX_REPORT, &["report"]),
    ("Tactic", classes::FM_TACTIC, &["x-mitre-tactic"]),
    (
        "Technique",
        classes::STIX_ATTACK_PATTERN,
        &["attack-pattern"],
    ),
    (
        "WithheldAssessor",
        classes::FM_WITHHELD_ASSESSOR,
        &["identity"],
    ),
];

/// What a relationship's type means as a direct edge, by type.
pub const EDGES: &[(&str, NamedNodeRef<'static>)] = &[
    ("amplifies", properties::FM_AMPLIFIES),
    ("carried-out-by", properties::FM_CARRIED_OUT_BY),
    ("consists-of", properties::STIX_CONSISTS_OF),
    ("conveys", properties::FM_CONVEYS),
    ("depicts", properties::FM_DEPICTS),
    ("exploits-event", properties::FM_EXPLOITS_EVENT),
    ("has-domain", properties::FM_HAS_DOMAIN),
    ("holds-office", properties::FM_HOLDS_OFFICE),
    ("impersonates", properties::STIX_IMPERSONATES),
    ("located-at", properties::STIX_LOCATED_AT),
    ("member-of", properties::FM_MEMBER_OF),
    ("mentions", properties::FM_MENTIONS),
    ("operates-on", properties::FM_OPERATES_ON),
    ("owns", properties::STIX_OWNS),
    ("part-of", properties::DCTERMS_IS_PART_OF),
    ("publishes", properties::FM_PUBLISHES),
    ("related-to", properties::FM_RELATED_TO),
    ("subnarrative-of", properties::FM_SUBNARRATIVE_OF),
    ("targets", properties::STIX_TARGETS),
    ("uses", properties::STIX_USES),
];

/// How one claim stands to another.
pub const DERIVATIONS: &[NamedNodeRef<'static>] = &[
    properties::FM_CONCURS_WITH,
    properties::FM_RESTATES,
    properties::FM_REVIEWS,
    properties::FM_DERIVED_FROM,
    properties::FM_CORROBORATES,
    properties::FM_SUPPORTS,
    properties::FM_JOINT_WITH,
    properties::FM_DISPUTES,
];
