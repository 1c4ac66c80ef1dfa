//! The nouns as GraphQL types: one row a field, from which types, resolvers and the committed
//! schema are all made. To serve a new property or relationship, add a row.
//!
//! Long because it is one table, a row a field.

use fieldmark_model::Noun as N;
use fieldmark_rdf::ontology::{definition, label};
use fieldmark_rdf::vocab::{NOUNS, properties as p};
use fieldmark_store::read::Direction;
use oxrdf::NamedNodeRef;

type Property = NamedNodeRef<'static>;

/// What a field is made of.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Language-tagged text: one, in the language asked for.
    Text(Property),
    /// A plain string.
    Word(Property),
    /// Plain strings, and about how many.
    Words(Property, usize),
    /// An EDTF date.
    Date(Property),
    /// A decimal number.
    Number(Property),
    /// A whole number.
    Whole(Property),
    /// Yes or no; absent is no.
    Flag(Property),
    /// A term of one of the ontology's closed lists.
    Concept(Property),
    /// Terms of the ontology among the values, and about how many.
    Concepts(Property, usize),
    /// Records named by a property, of one noun or of any, and about how many.
    Records(Property, Option<N>, usize),
    /// The far ends of relationships.
    Edges(Direction, &'static str, Option<N>),
}

/// One field of a noun.
pub(super) struct Row {
    /// The GraphQL name.
    pub(super) name: &'static str,
    /// Where its value comes from.
    pub(super) kind: Kind,
    /// What a client reads in the schema.
    pub(super) about: &'static str,
}

/// The GraphQL type of a noun. The interface is called `Record`, so the noun of that name, any
/// other STIX object, is `GeneralRecord`.
pub(super) fn type_name(noun: N) -> &'static str {
    match noun {
        N::Record => "GeneralRecord",
        other => other.name(),
    }
}

const fn row(name: &'static str, kind: Kind, about: &'static str) -> Row {
    Row { name, kind, about }
}

const fn out(name: &'static str, kind: &'static str, far: N, about: &'static str) -> Row {
    row(name, Kind::Edges(Direction::Out, kind, Some(far)), about)
}

const fn out_any(name: &'static str, kind: &'static str, about: &'static str) -> Row {
    row(name, Kind::Edges(Direction::Out, kind, None), about)
}

const fn back(name: &'static str, kind: &'static str, far: N, about: &'static str) -> Row {
    row(name, Kind::Edges(Direction::In, kind, Some(far)), about)
}

const fn back_any(name: &'static str, kind: &'static str, about: &'static str) -> Row {
    row(name, Kind::Edges(Direction::In, kind, None), about)
}

const SEEN: &[Row] = &[
    row(
        "firstSeen",
        Kind::Date(p::STIX_FIRST_SEEN),
        "When it was first seen, as precisely as known.",
    ),
    row(
        "lastSeen",
        Kind::Date(p::STIX_LAST_SEEN),
        "When it was last seen, as precisely as known.",
    ),
    row(
        "dateText",
        Kind::Text(p::FM_DATE_TEXT),
        "The source's own words for the date.",
    ),
];

const LANGUAGES: &[Row] = &[row(
    "languages",
    Kind::Words(p::DCTERMS_LANGUAGE, 5),
    "Languages used, as BCP 47 tags.",
)];

const CONDUCT: &[Row] = &[
    out(
        "platforms",
        "operates-on",
        N::Platform,
        "Platforms it operates on.",
    ),
    out("techniques", "uses", N::Technique, "Techniques it uses."),
    out_any(
        "uses",
        "uses",
        "Everything it uses: techniques, networks, accounts, tools.",
    ),
    out_any("targets", "targets", "Whom or what it targets."),
    out(
        "narratives",
        "conveys",
        N::Narrative,
        "Narratives it conveys.",
    ),
    out("media", "publishes", N::Media, "Media it publishes."),
    out(
        "amplifiedMedia",
        "amplifies",
        N::Media,
        "Media it amplifies.",
    ),
    out_any("impersonates", "impersonates", "Whom it impersonates."),
    out(
        "locations",
        "located-at",
        N::Location,
        "Where it is located or takes place.",
    ),
    out("events", "exploits-event", N::Event, "Events it exploits."),
    out_any(
        "relatedTo",
        "related-to",
        "What it is related to, in no closer sense.",
    ),
];

const OPERATION: &[Row] = &[
    out(
        "networks",
        "carried-out-by",
        N::BotNetwork,
        "Networks observed carrying it out. Observed conduct: who is behind it is a claim.",
    ),
    out(
        "activitySets",
        "carried-out-by",
        N::ActivitySet,
        "Activity sets observed carrying it out. Observed conduct: who is behind it is a claim.",
    ),
    out(
        "campaigns",
        "part-of",
        N::Campaign,
        "Campaigns it is part of.",
    ),
    back(
        "incidents",
        "part-of",
        N::Incident,
        "Incidents that are part of it.",
    ),
];

const BODY: &[Row] = &[
    out(
        "locations",
        "located-at",
        N::Location,
        "Where it is located.",
    ),
    out_any("memberOf", "member-of", "What it is a member of."),
    back_any("members", "member-of", "Its members."),
    out_any("partOf", "part-of", "The larger body it is part of."),
    back_any("parts", "part-of", "The bodies that are part of it."),
    out_any("owns", "owns", "What it owns."),
    back_any("targetedBy", "targets", "What has targeted it."),
];

const TAXON: &[Row] = &[
    row(
        "notation",
        Kind::Word(p::SKOS_NOTATION),
        "Its number in the framework, such as T0087.001.",
    ),
    row(
        "deprecated",
        Kind::Flag(p::OWL_DEPRECATED),
        "Whether the framework has retired it.",
    ),
    row(
        "retiredIn",
        Kind::Word(p::FM_RETIRED_IN),
        "The framework's version that retired it.",
    ),
];

/// Every noun that has a type in this table, which are all but claims and relationships.
pub(super) fn nouns() -> impl Iterator<Item = N> {
    let apart = [N::Claim, N::Relationship];
    N::ALL.into_iter().filter(move |noun| !apart.contains(noun))
}

/// The fields of a noun, beside those of the `Record` interface.
pub(super) fn rows(noun: N) -> impl Iterator<Item = &'static Row> {
    let listed = TABLE.iter().find(|(listed, _)| *listed == noun);
    let rows: &'static [&'static [Row]] = listed.map_or(&[], |(_, rows)| rows);
    rows.iter().copied().flatten()
}

/// What a noun is, with the French term; both as the ontology has them.
pub(super) fn about(noun: N) -> String {
    let class = NOUNS.iter().find(|(name, ..)| *name == noun.name());
    let Some((_, class, _)) = class else {
        return "Any other STIX object: kept whole, served by its id (objet).".to_owned();
    };
    let about = definition(class.as_str(), "en").unwrap_or_default();
    let french = label(class.as_str(), "fr").unwrap_or_default();
    format!("{} ({french}).", about.trim_end_matches('.'))
}

/// The fields of each noun, beside those of the `Record` interface; a noun that is not listed has
/// those alone. Claims and relationships have types of their own.
const TABLE: &[(N, &[&[Row]])] = &[
    (
        N::Report,
        &[
            &[
                row("title", Kind::Text(p::DCTERMS_TITLE), "Its title."),
                row(
                    "issued",
                    Kind::Date(p::DCTERMS_ISSUED),
                    "When it was issued.",
                ),
                row(
                    "creators",
                    Kind::Records(p::DCTERMS_CREATOR, None, 3),
                    "Who wrote it.",
                ),
                row(
                    "references",
                    Kind::Records(p::DCTERMS_REFERENCES, Some(N::Report), 50),
                    "Reports it cites.",
                ),
                row(
                    "accessRights",
                    Kind::Word(p::DCTERMS_ACCESS_RIGHTS),
                    "How it can be had.",
                ),
                row(
                    "releaseStatement",
                    Kind::Text(p::FM_RELEASE_STATEMENT),
                    "What it says of its own release.",
                ),
                out_any("mentions", "mentions", "What it mentions."),
            ],
            LANGUAGES,
        ],
    ),
    (N::Incident, &[SEEN, LANGUAGES, CONDUCT, OPERATION]),
    (N::Campaign, &[SEEN, LANGUAGES, CONDUCT, OPERATION]),
    (
        N::ActivitySet,
        &[
            SEEN,
            LANGUAGES,
            CONDUCT,
            &[
                out(
                    "networks",
                    "consists-of",
                    N::BotNetwork,
                    "Networks it consists of.",
                ),
                back(
                    "incidents",
                    "carried-out-by",
                    N::Incident,
                    "Incidents it was observed carrying out.",
                ),
                back(
                    "campaigns",
                    "carried-out-by",
                    N::Campaign,
                    "Campaigns it was observed carrying out.",
                ),
            ],
        ],
    ),
    (N::Actor, &[SEEN, BODY]),
    (N::Organization, &[BODY]),
    (
        N::Person,
        &[
            &[out(
                "offices",
                "holds-office",
                N::Office,
                "Offices this person holds or held.",
            )],
            BODY,
        ],
    ),
    (
        N::Office,
        &[
            &[back(
                "holders",
                "holds-office",
                N::Person,
                "People who hold or held it.",
            )],
            BODY,
        ],
    ),
    (N::Group, &[BODY]),
    (
        N::Platform,
        &[&[
            back("incidents", "operates-on", N::Incident, "Incidents on it."),
            back("campaigns", "operates-on", N::Campaign, "Campaigns on it."),
            back("networks", "operates-on", N::BotNetwork, "Networks on it."),
            back("accounts", "operates-on", N::Account, "Accounts on it."),
            out_any("partOf", "part-of", "The body it belongs to."),
        ]],
    ),
    (
        N::RedactedAssessor,
        &[&[
            row(
                "redactedAtSource",
                Kind::Flag(p::FM_REDACTED_AT_SOURCE),
                "True: the source hides the name.",
            ),
            row(
                "spanIndex",
                Kind::Whole(p::FM_SPAN_INDEX),
                "Which of the source's redacted spans it is, from 1.",
            ),
        ]],
    ),
    (
        N::BotNetwork,
        &[
            SEEN,
            LANGUAGES,
            CONDUCT,
            &[
                out(
                    "accounts",
                    "consists-of",
                    N::Account,
                    "Accounts it consists of.",
                ),
                out(
                    "personas",
                    "consists-of",
                    N::Persona,
                    "Personas it consists of.",
                ),
                out_any("domains", "has-domain", "Domain names it uses."),
                out_any("amplifies", "amplifies", "Everything it amplifies."),
                back(
                    "incidents",
                    "carried-out-by",
                    N::Incident,
                    "Incidents it was observed carrying out.",
                ),
                back(
                    "campaigns",
                    "carried-out-by",
                    N::Campaign,
                    "Campaigns it was observed carrying out.",
                ),
            ],
        ],
    ),
    (
        N::Persona,
        &[
            SEEN,
            CONDUCT,
            &[
                back(
                    "networks",
                    "consists-of",
                    N::BotNetwork,
                    "Networks it belongs to.",
                ),
                back_any("owners", "owns", "Who owns it."),
            ],
        ],
    ),
    (
        N::Account,
        &[
            SEEN,
            CONDUCT,
            &[
                back(
                    "networks",
                    "consists-of",
                    N::BotNetwork,
                    "Networks it belongs to.",
                ),
                back_any("owners", "owns", "Who owns it."),
            ],
        ],
    ),
    (
        N::Channel,
        &[
            LANGUAGES,
            CONDUCT,
            &[back_any("owners", "owns", "Who owns it.")],
        ],
    ),
    (
        N::Technique,
        &[
            TAXON,
            &[
                row(
                    "broader",
                    Kind::Records(p::SKOS_BROADER, Some(N::Technique), 5),
                    "The technique it is a kind of.",
                ),
                row(
                    "tactics",
                    Kind::Records(p::FM_TACTIC, Some(N::Tactic), 3),
                    "Tactics it serves.",
                ),
                back("incidents", "uses", N::Incident, "Incidents that use it."),
                back("campaigns", "uses", N::Campaign, "Campaigns that use it."),
                back(
                    "activitySets",
                    "uses",
                    N::ActivitySet,
                    "Activity sets that use it.",
                ),
                back("networks", "uses", N::BotNetwork, "Networks that use it."),
            ],
        ],
    ),
    (N::Tactic, &[TAXON]),
    (
        N::Narrative,
        &[&[
            out(
                "partOf",
                "subnarrative-of",
                N::Narrative,
                "The narrative it is part of.",
            ),
            back(
                "subnarratives",
                "subnarrative-of",
                N::Narrative,
                "Narratives that are part of it.",
            ),
            back(
                "incidents",
                "conveys",
                N::Incident,
                "Incidents that convey it.",
            ),
            back(
                "campaigns",
                "conveys",
                N::Campaign,
                "Campaigns that convey it.",
            ),
            back("media", "conveys", N::Media, "Media that convey it."),
            out_any("targets", "targets", "Whom it is aimed at."),
        ]],
    ),
    (
        N::Media,
        &[
            &[
                row(
                    "mediaType",
                    Kind::Word(p::FM_MEDIA_TYPE),
                    "What sort it is, such as video.",
                ),
                out(
                    "narratives",
                    "conveys",
                    N::Narrative,
                    "Narratives it conveys.",
                ),
                out_any("depicts", "depicts", "Whom or what it depicts."),
                out_any("mentions", "mentions", "Whom or what it mentions."),
                out(
                    "platforms",
                    "operates-on",
                    N::Platform,
                    "Platforms it stands on.",
                ),
                back_any("publishedBy", "publishes", "Who or what published it."),
                back_any("amplifiedBy", "amplifies", "Who or what amplified it."),
            ],
            LANGUAGES,
        ],
    ),
    (
        N::Location,
        &[&[
            row(
                "country",
                Kind::Word(p::STIX_COUNTRY),
                "ISO 3166-1 alpha-2 code.",
            ),
            row(
                "region",
                Kind::Word(p::STIX_REGION),
                "Region of the world, in STIX's list.",
            ),
            back_any("located", "located-at", "What is located there."),
            back_any("targetedBy", "targets", "What has targeted it."),
        ]],
    ),
    (
        N::Event,
        &[
            SEEN,
            &[
                back_any("exploitedBy", "exploits-event", "What exploited it."),
                out("locations", "located-at", N::Location, "Where it happened."),
            ],
        ],
    ),
    (
        N::Evidence,
        &[&[
            row(
                "category",
                Kind::Concept(p::FM_CATEGORY),
                "Technical, behavioural or contextual.",
            ),
            row(
                "access",
                Kind::Concept(p::FM_ACCESS),
                "Open, proprietary, classified or undisclosed.",
            ),
            row(
                "collectedBy",
                Kind::Records(p::FM_COLLECTED_BY, None, 3),
                "Who collected it.",
            ),
        ]],
    ),
    (
        N::Label,
        &[&[
            row(
                "literalForm",
                Kind::Text(p::SKOSXL_LITERAL_FORM),
                "The name as it is written.",
            ),
            row(
                "senses",
                Kind::Records(p::FM_SENSE, None, 5),
                "The records it is used for.",
            ),
            row(
                "conceptSenses",
                Kind::Concepts(p::FM_SENSE, 5),
                "The sorts of thing it is used for.",
            ),
        ]],
    ),
    (
        N::Metric,
        &[&[
            row(
                "measures",
                Kind::Records(p::FM_MEASURES, None, 3),
                "What is measured.",
            ),
            row(
                "metricKind",
                Kind::Text(p::FM_METRIC_KIND),
                "What is counted, such as subscribers.",
            ),
            row(
                "value",
                Kind::Number(p::FM_VALUE),
                "The number, when the source gives one.",
            ),
            row(
                "valueLow",
                Kind::Number(p::FM_VALUE_LOW),
                "The least it may be.",
            ),
            row(
                "valueHigh",
                Kind::Number(p::FM_VALUE_HIGH),
                "The most it may be.",
            ),
            row("unit", Kind::Text(p::FM_UNIT), "The unit."),
            row("asOf", Kind::Date(p::FM_AS_OF), "The date it holds for."),
            row(
                "assessors",
                Kind::Records(p::FM_ASSESSOR, None, 3),
                "Who gave the number.",
            ),
        ]],
    ),
    (
        N::Marking,
        &[&[
            row("tlp", Kind::Word(p::FM_TLP), "Its TLP 2.0 level."),
            row(
                "releasableTo",
                Kind::Words(p::FM_RELEASABLE_TO, 5),
                "Communities it may be released to; none named: any under the level.",
            ),
        ]],
    ),
    (N::Record, &[CONDUCT]),
];
