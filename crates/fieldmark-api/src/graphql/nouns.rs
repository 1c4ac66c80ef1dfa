//! The nouns as GraphQL types: one row a field, from which types, resolvers and the committed
//! schema are all made. To serve a new property or relationship, add a row.
//!
//! Long because it is one table, a row a field.

use fieldmark_model::Noun as N;
use fieldmark_rdf::vocab::properties as p;
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

/// One noun.
pub(super) struct Entry {
    /// The noun.
    pub(super) noun: N,
    /// The field that finds one.
    pub(super) single: &'static str,
    /// The field that lists them.
    pub(super) plural: &'static str,
    /// The French term, for the type's description.
    pub(super) french: &'static str,
    /// What a client reads in the schema.
    pub(super) about: &'static str,
    /// Its own fields, beside those of the `Record` interface.
    pub(super) rows: &'static [&'static [Row]],
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

/// Every noun with its fields. Claims and relationships have types of their own.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        noun: N::Report,
        single: "report",
        plural: "reports",
        french: "rapport",
        about: "A document that says something: the source of claims and facts.",
        rows: &[
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
    },
    Entry {
        noun: N::Incident,
        single: "incident",
        plural: "incidents",
        french: "incident",
        about: "One occurrence of information manipulation, bounded in time.",
        rows: &[SEEN, LANGUAGES, CONDUCT, OPERATION],
    },
    Entry {
        noun: N::Campaign,
        single: "campaign",
        plural: "campaigns",
        french: "campagne",
        about: "A series of activities toward one end over a period.",
        rows: &[SEEN, LANGUAGES, CONDUCT, OPERATION],
    },
    Entry {
        noun: N::ActivitySet,
        single: "activitySet",
        plural: "activitySets",
        french: "ensemble d'activités",
        about: "Activity that someone tracks under one name. Two names are two sets until someone claims otherwise.",
        rows: &[
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
    },
    Entry {
        noun: N::Actor,
        single: "actor",
        plural: "actors",
        french: "auteur de menace",
        about: "One who is said to act: a state, a service, a company.",
        rows: &[SEEN, BODY],
    },
    Entry {
        noun: N::Organization,
        single: "organization",
        plural: "organizations",
        french: "organisation",
        about: "A body with a name of its own: an agency, a company, a newsroom.",
        rows: &[BODY],
    },
    Entry {
        noun: N::Person,
        single: "person",
        plural: "people",
        french: "personne",
        about: "A human being.",
        rows: &[
            &[out(
                "offices",
                "holds-office",
                N::Office,
                "Offices this person holds or held.",
            )],
            BODY,
        ],
    },
    Entry {
        noun: N::Office,
        single: "office",
        plural: "offices",
        french: "charge publique",
        about: "A post that people hold one after another, such as Prime Minister of Canada.",
        rows: &[
            &[back(
                "holders",
                "holds-office",
                N::Person,
                "People who hold or held it.",
            )],
            BODY,
        ],
    },
    Entry {
        noun: N::Group,
        single: "group",
        plural: "groups",
        french: "groupe",
        about: "People taken together, such as members of Parliament.",
        rows: &[BODY],
    },
    Entry {
        noun: N::Platform,
        single: "platform",
        plural: "platforms",
        french: "plateforme",
        about: "A service on which content is published, such as YouTube.",
        rows: &[&[
            back("incidents", "operates-on", N::Incident, "Incidents on it."),
            back("campaigns", "operates-on", N::Campaign, "Campaigns on it."),
            back("networks", "operates-on", N::BotNetwork, "Networks on it."),
            back("accounts", "operates-on", N::Account, "Accounts on it."),
            out_any("partOf", "part-of", "The body it belongs to."),
        ]],
    },
    Entry {
        noun: N::RedactedAssessor,
        single: "redactedAssessor",
        plural: "redactedAssessors",
        french: "évaluateur caviardé",
        about: "An assessor whose name the source itself blacked out: nobody here knows it. Each span is a record of its own; that two are the same is a claim.",
        rows: &[&[
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
    },
    Entry {
        noun: N::WithheldAssessor,
        single: "withheldAssessor",
        plural: "withheldAssessors",
        french: "évaluateur non communiqué",
        about: "An assessor this knowledge base knows and this audience may not. The id is stable within the audience and means nothing outside it.",
        rows: &[],
    },
    Entry {
        noun: N::BotNetwork,
        single: "botNetwork",
        plural: "botNetworks",
        french: "réseau de robots",
        about: "Accounts that act together without authentic people behind them.",
        rows: &[
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
    },
    Entry {
        noun: N::Persona,
        single: "persona",
        plural: "personas",
        french: "faux profil",
        about: "An invented person under whose name accounts post.",
        rows: &[
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
    },
    Entry {
        noun: N::Account,
        single: "account",
        plural: "accounts",
        french: "compte",
        about: "An account on a platform.",
        rows: &[
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
    },
    Entry {
        noun: N::Channel,
        single: "channel",
        plural: "channels",
        french: "canal",
        about: "A place where one voice publishes: a video channel, a page, a site.",
        rows: &[
            LANGUAGES,
            CONDUCT,
            &[back_any("owners", "owns", "Who owns it.")],
        ],
    },
    Entry {
        noun: N::Technique,
        single: "technique",
        plural: "techniques",
        french: "technique",
        about: "A way of acting, most often one of DISARM's.",
        rows: &[
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
    },
    Entry {
        noun: N::Tactic,
        single: "tactic",
        plural: "tactics",
        french: "tactique",
        about: "What a technique is for: a phase of an operation.",
        rows: &[TAXON],
    },
    Entry {
        noun: N::Narrative,
        single: "narrative",
        plural: "narratives",
        french: "récit",
        about: "A story that is pushed.",
        rows: &[&[
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
    },
    Entry {
        noun: N::Media,
        single: "medium",
        plural: "media",
        french: "média",
        about: "A video, an image, a post, an article.",
        rows: &[
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
    },
    Entry {
        noun: N::Location,
        single: "location",
        plural: "locations",
        french: "lieu",
        about: "A place.",
        rows: &[&[
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
    },
    Entry {
        noun: N::Event,
        single: "event",
        plural: "events",
        french: "événement",
        about: "Something that happened in the world and that others made use of.",
        rows: &[
            SEEN,
            &[
                back_any("exploitedBy", "exploits-event", "What exploited it."),
                out("locations", "located-at", N::Location, "Where it happened."),
            ],
        ],
    },
    Entry {
        noun: N::Evidence,
        single: "evidence",
        plural: "evidenceItems",
        french: "élément de preuve",
        about: "What a claim rests on.",
        rows: &[&[
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
    },
    Entry {
        noun: N::Label,
        single: "labelRecord",
        plural: "labelRecords",
        french: "étiquette",
        about: "A name in use, apart from what it names: one label may have several senses.",
        rows: &[&[
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
    },
    Entry {
        noun: N::Metric,
        single: "metric",
        plural: "metrics",
        french: "mesure",
        about: "A number a source gives, with what it counts and the words it was given in.",
        rows: &[&[
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
    },
    Entry {
        noun: N::Marking,
        single: "marking",
        plural: "markings",
        french: "marque de diffusion",
        about: "A release policy: who may see what stands under it.",
        rows: &[&[
            row("tlp", Kind::Word(p::FM_TLP), "Its TLP 2.0 level."),
            row(
                "releasableTo",
                Kind::Words(p::FM_RELEASABLE_TO, 5),
                "Communities it may be released to; none named: any under the level.",
            ),
        ]],
    },
    Entry {
        noun: N::Record,
        single: "generalRecord",
        plural: "generalRecords",
        french: "objet",
        about: "Any other STIX object: kept whole, served by its id.",
        rows: &[CONDUCT],
    },
];
