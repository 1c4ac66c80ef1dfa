//! What a weighing comes to, in one line of words.

use fieldmark_analysis::lines::{Headline, Range, Rule, Weighing};
use fieldmark_rdf::vocab::{EDGES, FM};
use fieldmark_store::read::{CLAIMED, Note, Scale, feature_families};
use fieldmark_store::sparql::Cut;

/// The name of a rule in addresses and answers.
pub(crate) fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::Ledger => "ledger",
        Rule::SingleBest => "single-best",
        Rule::FullIndependence => "full-independence",
    }
}

/// The rule of that name.
pub(crate) fn rule(name: &str) -> Result<Rule, String> {
    Rule::ALL
        .into_iter()
        .find(|rule| rule_name(*rule) == name)
        .ok_or_else(|| {
            let name: String = name.chars().take(60).collect();
            format!(
                "no rule is named \"{name}\": there are {}",
                Rule::ALL.map(rule_name).join(", ")
            )
        })
}

/// How great an impact a proposition says: without it "likely" would be said of nothing.
#[derive(Clone)]
pub(crate) struct Degree {
    /// Of what, in words.
    pub(crate) of: String,
    /// The level's IRI.
    pub(crate) level: String,
}

impl Degree {
    /// That of a proposition, when it has a level.
    pub(crate) fn new(of: impl Into<String>, level: Option<&str>) -> Option<Self> {
        let level = level?.to_owned();
        Some(Self {
            of: of.into(),
            level,
        })
    }

    /// As the end of a sentence.
    fn that(&self, lang: &str) -> String {
        let level = fieldmark_rdf::ontology::label(&self.level, lang);
        let level = level.unwrap_or_else(|| self.level.clone());
        match lang {
            "fr" => format!(" : {}, niveau « {level} »", self.of),
            _ => format!(
                " that the {} is {level}",
                self.of.trim_start_matches("the ")
            ),
        }
    }
}

/// The headline of a weighing: `likely (55–80 %), 2 lines`; of an impact also how great it is said
/// to be: `likely (55–80 %) that the impact on parliamentarians is low, 1 line`.
pub(crate) fn headline(
    weighing: &Weighing,
    scale: &Scale,
    lang: &str,
    degree: Option<&Degree>,
) -> String {
    let that = degree.map_or_else(String::new, |degree| degree.that(lang));
    let french = lang == "fr";
    let say = |en: &str, fr: &str| if french { fr } else { en }.to_owned();
    let lines = |n: usize| match (french, n) {
        (false, 1) => "1 line".to_owned(),
        (false, n) => format!("{n} lines"),
        (true, n @ (0 | 1)) => format!("{n} ligne"),
        (true, n) => format!("{n} lignes"),
    };
    match &weighing.headline {
        Headline::Silent => say("nothing is claimed", "rien n’est affirmé"),
        Headline::Unscaled { lines: n } => format!(
            "{} {}{that}",
            lines(*n),
            say(
                "in favour, none with a likelihood",
                "pour, sans degré de probabilité"
            )
        ),
        Headline::Likelihood {
            range,
            probability,
            term,
            lines: n,
        } => {
            let word = term
                .as_deref()
                .and_then(|band| scale.word(band, lang))
                .map_or_else(|| percent(*probability), str::to_owned);
            format!("{word} ({}){that}, {}", span(*range), lines(*n))
        }
        Headline::Contested { for_: 0, against } => format!(
            "{} {}{that}",
            say("denied on", "nié sur"),
            format_args!(
                "{}{}",
                lines(*against),
                say(", none in favour", ", aucune pour")
            ),
        ),
        Headline::Contested { for_, against } => format!(
            "{}{} {}, {against} {}{that}",
            say("contested: ", "contesté : "),
            lines(*for_),
            say("for", "pour"),
            say("against", "contre"),
        ),
    }
}

/// A probability in per cent, to the nearest whole.
fn percent(probability: f64) -> String {
    format!("{:.0} %", probability * 100.0)
}

fn span(range: Range) -> String {
    let (low, high) = (range.low() * 100.0, range.high() * 100.0);
    format!("{low:.0}–{high:.0} %")
}

/// What a kind of claim, a relationship's type or a derivation is called, as the ontology has it; a
/// word that the ontology does not have is called by itself.
pub(crate) fn called(term: &str, lang: &str) -> String {
    let edge = EDGES.iter().find(|(kind, _)| *kind == term);
    let iri = edge.map_or_else(|| format!("{FM}{term}"), |(_, edge)| edge.as_str().into());
    fieldmark_rdf::ontology::label(&iri, lang).unwrap_or_else(|| term.to_owned())
}

/// Where the rows of an answer end before its end.
pub fn cut(cut: &Cut, lang: &str) -> String {
    match (cut, lang) {
        (Cut::Rows(most), "fr") => {
            format!("seules les {most} premières lignes sont données")
        }
        (Cut::Bytes(most), "fr") => {
            format!("seul ce qui tient en {most} octets est donné")
        }
        (Cut::Dates(all, records), "fr") => format!(
            "sur {all} dates, celles des {records} fiches qui viennent d’abord : dites from= et to=, ou de quelle fiche"
        ),
        _ => cut.to_string(),
    }
}

/// That only the latest campaigns are put side by side.
pub(crate) fn latest(most: usize, lang: &str) -> String {
    match lang {
        "fr" => format!("les {most} campagnes les plus récentes ; choisissez-en d’autres"),
        _ => format!("the {most} latest campaigns; pick others by among="),
    }
}

/// What leads from one thing to another, in a line: what something that has no name of its own is called.
pub(crate) fn tie(from: &str, called: &str, to: &str) -> String {
    format!("{from} · {called} → {to}")
}

/// A family of features, as the ontology names it; what assessors claim is none.
pub fn family(name: &str, lang: &str) -> String {
    let term = feature_families().iter().find(|family| family.name == name);
    if let Some(term) = term {
        return fieldmark_rdf::ontology::label(&term.iri, lang).unwrap_or_else(|| name.to_owned());
    }
    match (name, lang) {
        (CLAIMED, "fr") => "affirmé".to_owned(),
        _ => name.to_owned(),
    }
}

/// A label as the beginning of a heading.
pub fn capital(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A colon as a language sets it.
pub fn colon(lang: &str) -> &'static str {
    if lang == "fr" { "\u{202f}:" } else { ":" }
}

/// What a reader must know of a shared feature.
pub(crate) fn note(note: Note, lang: &str) -> &'static str {
    let (en, fr) = match note {
        Note::UnderBoth => (
            "each has something under it",
            "chacun a quelque chose qui en relève",
        ),
        Note::UnderOne => (
            "one has it, the other something under it",
            "l’un l’a, l’autre quelque chose qui en relève",
        ),
        Note::Through => ("through a network or medium", "par un réseau ou un média"),
        Note::SameClaimed => (
            "assessors claim the same of both",
            "des évaluateurs affirment la même chose des deux",
        ),
        Note::OneNetwork => (
            "claimed to be one network",
            "on affirme qu’il s’agit d’un seul réseau",
        ),
        Note::Tied => ("a claim ties the two", "une affirmation lie les deux"),
    };
    if lang == "fr" { fr } else { en }
}

/// A number of bits to two places, as a language writes it.
pub(crate) fn bits(bits: f64, lang: &str) -> String {
    decimal(&format!("{bits:.2}"), lang)
}

/// A decimal number as a language writes it.
pub(crate) fn decimal(number: &str, lang: &str) -> String {
    let text = number.replace('-', "−");
    if lang == "fr" {
        text.replace('.', ",")
    } else {
        text
    }
}
