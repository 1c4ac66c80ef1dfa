//! Scalars and enums, and the way between an enum's names and what the store calls them.

use crate::answer::list::ORDERS;
use async_graphql::dynamic::{Enum, EnumItem, Scalar};
use async_graphql::{Name, Value};
use fieldmark_model::{Certainty, ClaimKind, Derivation, Noun, Polarity};
use fieldmark_rdf::ontology::definition;
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::vocab::FM;
use fieldmark_store::read::TieKind;

/// A closed list of the ontology, as an enum.
pub(super) struct Choice {
    /// The GraphQL type.
    pub(super) name: &'static str,
    about: &'static str,
    /// Local names in the ontology, with what each means.
    values: &'static [(&'static str, &'static str)],
}

pub(super) const STATUS: Choice = Choice {
    name: "ClaimStatus",
    about: "How settled the assessor says a claim is (statut de l'affirmation).",
    values: &[
        ("preliminary", "The assessor calls it preliminary."),
        ("final", "The assessor calls it final."),
        ("withdrawn", "The assessor has taken it back."),
    ],
};

pub(super) const BASIS: Choice = Choice {
    name: "ClaimBasis",
    about: "What the assessor worked from (fondement).",
    values: &[
        ("ownCollection", "Data the assessor collected."),
        (
            "ownAnalysis",
            "The assessor's analysis of data of any origin.",
        ),
        ("review", "A review of another's analysis."),
        ("reported", "Another's word, passed on."),
        ("undisclosed", "Not said."),
    ],
};

pub(super) const DATE_BASIS: Choice = Choice {
    name: "DateBasis",
    about: "Where a claim's date comes from (origine de la date).",
    values: &[
        ("stated", "The source gives it."),
        ("inferred", "Worked out from the source."),
        ("undated", "The source gives none."),
    ],
};

pub(super) const LEVEL: Choice = Choice {
    name: "ImpactLevel",
    about: "How great an impact is claimed to be (ampleur).",
    values: &[
        ("veryLow", "Very low."),
        ("low", "Low."),
        ("medium", "Medium."),
        ("high", "High."),
        ("veryHigh", "Very high."),
    ],
};

const CHOICES: [&Choice; 4] = [&STATUS, &BASIS, &DATE_BASIS, &LEVEL];

impl Choice {
    /// The enum value an ontology term stands for; `None` for a term that is not on the list.
    pub(super) fn value(&self, iri: &str) -> Option<Value> {
        let local = local(iri);
        let known = self.values.iter().any(|(name, _)| *name == local);
        known.then(|| Value::Enum(Name::new(screaming(local))))
    }

    fn build(&self) -> Enum {
        self.values.iter().fold(
            Enum::new(self.name).description(self.about),
            |built, (local, about)| built.item(EnumItem::new(screaming(local)).description(*about)),
        )
    }
}

/// The languages `label` and `description` may be asked for: Canada's two and the other official
/// languages of the United Nations.
const LANGUAGES: [(&str, &str); 6] = [
    ("EN", "English."),
    ("FR", "French."),
    ("AR", "Arabic."),
    ("ES", "Spanish."),
    ("RU", "Russian."),
    ("ZH", "Chinese."),
];

/// The language tag behind an enum name.
pub(super) fn language_tag(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The claim kind behind an enum name (`SAME_NETWORK`).
pub(super) fn claim_kind(name: &str) -> Option<ClaimKind> {
    ClaimKind::ALL
        .into_iter()
        .find(|kind| screaming(kind.name()) == name)
}

/// The enum value of a claim kind.
pub(super) fn claim_kind_value(kind: ClaimKind) -> Value {
    Value::Enum(Name::new(screaming(kind.name())))
}

/// The polarity behind an enum name.
pub(super) fn polarity(name: &str) -> Polarity {
    if name == "DENIES" {
        Polarity::Denies
    } else {
        Polarity::Affirms
    }
}

/// The enum value of a polarity.
pub(super) fn polarity_value(polarity: Polarity) -> Value {
    Value::Enum(Name::new(match polarity {
        Polarity::Affirms => "AFFIRMS",
        Polarity::Denies => "DENIES",
    }))
}

/// The enum of ties.
pub(super) const TIE_KIND: &str = "TieKind";

/// The enum value of a tie.
pub(super) fn tie_kind_value(kind: TieKind) -> Value {
    Value::Enum(Name::new(match kind {
        TieKind::OneNetwork => "ONE_NETWORK",
        TieKind::Linked => "LINKED",
        TieKind::SameOfBoth => "SAME_OF_BOTH",
    }))
}

/// A closed list of words that answers of every desk use, as an enum.
pub(super) struct Words {
    /// The GraphQL type.
    pub(super) name: &'static str,
    about: &'static str,
    values: &'static [(&'static str, &'static str)],
}

impl Words {
    /// The enum value of a word: `hard-link` is `HARD_LINK`.
    pub(super) fn value(word: &str) -> Value {
        Value::Enum(Name::new(word.to_ascii_uppercase().replace('-', "_")))
    }
}

pub(super) const PLACE: Words = Words {
    name: "DossierPlace",
    about: "Under which heading of a dossier something stands (place).",
    values: &[
        ("OWN", "About the subject itself."),
        ("LABEL", "About a name it goes by."),
        ("SAME", "About what passes for the same under the lens."),
        ("PART", "About what it consists of."),
        ("HOP", "One hop on: who is behind what it is claimed to be."),
    ],
};

pub(super) const FINDING: Words = Words {
    name: "Finding",
    about: "What claims come to (constat).",
    values: &[
        ("SILENT", "Nothing is claimed."),
        ("UNSCALED", "It is affirmed, and nobody says how likely."),
        ("LIKELIHOOD", "A likelihood."),
        (
            "CONTESTED",
            "Lines of evidence speak for it and against it.",
        ),
    ],
};

pub(super) const VERDICT: Words = Words {
    name: "OverlapVerdict",
    about: "The strongest thing that may be said of an overlap; none says that two are one (verdict).",
    values: &[
        (
            "IDENTITY_ASSERTED",
            "An assessor says that they are one network.",
        ),
        (
            "HARD_LINK",
            "Both have something that is hard to share by chance.",
        ),
        (
            "DISTINCTIVE",
            "They share more than chance gives, over several families.",
        ),
        ("COMPATIBLE", "They fit together as many others would."),
        ("INSUFFICIENT", "Nothing can be said."),
    ],
};

pub(super) const CHANCE_BY: Words = Words {
    name: "ChanceBy",
    about: "How chance was found (mesure du hasard).",
    values: &[
        ("SHUFFLES", "Measured, in shuffles of the population."),
        (
            "CLOSED_FORM",
            "Worked out; it errs high in families that few have.",
        ),
    ],
};

pub(super) const PROFILE: Words = Words {
    name: "ExportFormat",
    about: "For whom an export is written (format d'exportation).",
    values: &[
        ("STIX", "Any reader of STIX 2.1."),
        ("STIX_OPENCTI", "OpenCTI, as STIX 2.1."),
        ("MISP", "MISP, as an event of its own format."),
    ],
};

/// The enum of nouns.
pub(super) const NOUN: &str = "Noun";

/// The noun behind an enum name (`BOT_NETWORK`).
pub(super) fn noun(name: &str) -> Option<Noun> {
    Noun::ALL
        .into_iter()
        .find(|noun| screaming(noun.name()) == name)
}

/// The enum of certainties.
pub(super) const CERTAINTY: &str = "Certainty";

/// The enum value of a certainty.
pub(super) fn certainty_value(certainty: Certainty) -> Value {
    Value::Enum(Name::new(match certainty {
        Certainty::Certain => "CERTAIN",
        Certainty::Possible => "POSSIBLE",
    }))
}

/// `sameNetwork` and `SameNetwork` as `SAME_NETWORK`; `concursWith` as `CONCURS_WITH`.
pub(super) fn screaming(local: &str) -> String {
    let mut out = String::with_capacity(local.len() + 4);
    for (place, letter) in local.chars().enumerate() {
        if letter.is_ascii_uppercase() && place > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

/// The lenses, which the ontology holds.
pub(super) const LENS: &str = "Lens";

/// How lines of evidence may be combined, with γ, the share of their sum.
pub(super) const COMBINATIONS: [(&str, &str); 3] = [
    (
        "LEDGER",
        "Further lines help, each half as much as if independent: γ = ½.",
    ),
    ("SINGLE_BEST", "Only the best line counts: γ = 0."),
    ("FULL_INDEPENDENCE", "Every line counts in full: γ = 1."),
];

/// Every enum.
pub(super) fn enums() -> Vec<Enum> {
    let plain = |name: &str, about: &str, items: &[(&str, &str)]| {
        items.iter().fold(
            Enum::new(name).description(about),
            |built, (item, about)| built.item(EnumItem::new(*item).description(*about)),
        )
    };
    let ours = |name: &str, about: &str, locals: Vec<&str>| {
        locals
            .into_iter()
            .fold(Enum::new(name).description(about), |built, local| {
                let about = definition(&format!("{FM}{local}"), "en").unwrap_or_default();
                built.item(EnumItem::new(screaming(local)).description(about))
            })
    };
    let kinds = ours(
        "ClaimKind",
        "What a claim is about (objet de l'affirmation).",
        ClaimKind::ALL.map(ClaimKind::name).into(),
    );
    let derivations = ours(
        "DerivationRelation",
        "How one claim stands to another (lien entre affirmations).",
        Derivation::ALL.map(Derivation::name).into(),
    );
    let mut enums = vec![
        kinds,
        derivations,
        plain(
            "Polarity",
            "Whether a claim affirms or denies (sens de l'affirmation).",
            &[
                ("AFFIRMS", "The assessor says it is so."),
                ("DENIES", "The assessor says it is not so."),
            ],
        ),
        plain(
            "Language",
            "A language to be answered in (langue).",
            &LANGUAGES,
        ),
        plain(
            "Direction",
            "Which end of a relationship a record stands at (sens de la relation).",
            &[
                ("OUT", "The record is the relationship's source."),
                ("IN", "The record is the relationship's target."),
                ("BOTH", "Either."),
            ],
        ),
        plain(
            "CombinationRule",
            "How lines of evidence are combined (règle de combinaison).",
            &COMBINATIONS,
        ),
        plain(
            TIE_KIND,
            "How a claim ties two (sorte d'attache).",
            &[
                (
                    "ONE_NETWORK",
                    "It says that they, or the networks behind them, are one network.",
                ),
                ("LINKED", "It speaks of one and names the other."),
                (
                    "SAME_OF_BOTH",
                    "It says of one what another claim says of the other.",
                ),
            ],
        ),
        plain(
            CERTAINTY,
            "How surely something falls within a period (certitude).",
            &[
                ("CERTAIN", "Whichever days its dates mean."),
                (
                    "POSSIBLE",
                    "Only on some of the days its dates may mean: 2023-08 from the 15th on.",
                ),
            ],
        ),
        plain(
            "RecordOrder",
            "The order of a list (ordre).",
            &ORDERS.map(|(name, about, ..)| (name, about)),
        ),
    ];
    enums.push(super::lens::choices());
    enums.extend(CHOICES.into_iter().map(Choice::build));
    enums.extend(
        [PLACE, FINDING, VERDICT, CHANCE_BY, PROFILE]
            .into_iter()
            .map(|words| plain(words.name, words.about, words.values)),
    );
    let nouns = Enum::new(NOUN).description("What a record is (nature d'une fiche).");
    enums.push(Noun::ALL.into_iter().fold(nouns, |built, noun| {
        built.item(EnumItem::new(screaming(noun.name())))
    }));
    enums
}

/// Every scalar beyond GraphQL's own.
pub(super) fn scalars() -> Vec<Scalar> {
    let text = |value: &Value| matches!(value, Value::String(_));
    vec![
        Scalar::new("Date")
            .description(
                "A date that keeps its precision, in the Extended Date/Time Format: 2023, 2023-08 or \
                 2023-08-29, with ? or ~ after it when uncertain (date à précision variable).",
            )
            .specified_by_url("https://www.loc.gov/standards/datetime/")
            .validator(text),
        Scalar::new("Iri")
            .description("An absolute IRI (RFC 3987), also used for web addresses.")
            .specified_by_url("https://www.rfc-editor.org/rfc/rfc3987")
            .validator(text),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ontology_names_become_enum_names() {
        for (local, name) in [
            ("SameNetwork", "SAME_NETWORK"),
            ("ownCollection", "OWN_COLLECTION"),
            ("final", "FINAL"),
        ] {
            assert_eq!(screaming(local), name);
        }
        assert_eq!(claim_kind("SAME_NETWORK"), Some(ClaimKind::SameNetwork));
        assert_eq!(
            LEVEL.value("https://w3id.org/fieldmark/ns#veryHigh"),
            Some(Value::Enum(Name::new("VERY_HIGH")))
        );
        assert_eq!(LEVEL.value("https://w3id.org/fieldmark/ns#colossal"), None);
    }
}
