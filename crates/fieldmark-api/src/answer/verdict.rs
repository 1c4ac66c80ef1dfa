//! What may be said of an overlap, in a word and in a line of words.

use super::words::decimal;
use fieldmark_analysis::overlap::{Bits, Lacking, Shuffles, Soft};
use fieldmark_model::RecordId;
use fieldmark_store::read::{Tally, Tie, TieKind};
use std::collections::{BTreeMap, BTreeSet};

/// Shuffles unless asked otherwise, and at most.
const SHUFFLES: u32 = 999;
const MOST_SHUFFLES: usize = 99_999;

/// How to shuffle, as a caller asks for it.
pub(crate) fn shuffles(times: Option<usize>) -> Result<Shuffles, String> {
    match times {
        Some(times) if times > MOST_SHUFFLES => Err(format!(
            "shuffles is at most {MOST_SHUFFLES}, {times} were asked for"
        )),
        times => Ok(Shuffles {
            times: times.map_or(SHUFFLES, |times| times as u32),
            ..Shuffles::default()
        }),
    }
}

/// The verdict in a word: the strongest thing that may be said. None of them says that two are one.
pub(crate) fn verdict(tally: &Tally) -> &'static str {
    let mut ties = tally.ties.iter();
    if ties.any(|tie| tie.kind == TieKind::OneNetwork) {
        "identity-asserted"
    } else if tally.hard > 0 {
        "hard-link"
    } else {
        soft(tally.soft)
    }
}

/// How chance was found, in a word.
pub(crate) fn chance_by(tally: &Tally) -> &'static str {
    match tally.significance {
        Some(_) => "shuffles",
        None => "closed-form",
    }
}

/// What the soft features say, in a word.
pub(crate) fn soft(soft: Soft) -> &'static str {
    match soft {
        Soft::Insufficient(_) => "insufficient",
        Soft::Compatible => "compatible",
        Soft::Distinctive => "distinctive",
    }
}

/// How a claim ties two, in a word.
pub(crate) fn tie(kind: TieKind) -> &'static str {
    match kind {
        TieKind::OneNetwork => "one-network",
        TieKind::Linked => "linked",
        TieKind::SameOfBoth => "same-of-both",
    }
}

/// Everything that may be said, in one line; what is hard, what is claimed and what is soft stay
/// apart in it. `name` names who says so.
pub(crate) fn line(tally: &Tally, lang: &str, name: &dyn Fn(&RecordId) -> String) -> String {
    let french = lang == "fr";
    let say = |en: String, fr: String| if french { fr } else { en };
    let bits = |bits: Bits| decimal(&bits.to_string(), lang);
    let mut parts = Vec::new();
    let by = |kind| said(&tally.ties, kind, french, name);
    if let Some((who, _)) = by(TieKind::OneNetwork) {
        parts.push(say(
            format!("asserted to be one network by {who}"),
            format!("dits d’un même réseau par {who}"),
        ));
    }
    if tally.hard > 0 {
        parts.push(say(
            format!(
                "hard link observed: {} in common",
                features(tally.hard, false)
            ),
            format!(
                "lien probant observé : {} en commun",
                features(tally.hard, true)
            ),
        ));
    }
    if let Some((who, _)) = by(TieKind::Linked) {
        parts.push(say(
            format!("linked in a claim by {who}"),
            format!("reliés dans une affirmation de {who}"),
        ));
    }
    if let Some((who, count)) = by(TieKind::SameOfBoth) {
        parts.push(say(
            format!(
                "the same is claimed of both, in {} by {who}",
                claims(count, false)
            ),
            format!(
                "on affirme la même chose des deux, dans {} de {who}",
                claims(count, true)
            ),
        ));
    }
    let (excess, (low, high)) = (tally.found.excess, tally.found.interval);
    let beyond = say(
        format!(
            "{} bits beyond chance ({} to {})",
            bits(excess),
            bits(low),
            bits(high)
        ),
        format!(
            "{} bits de plus que le hasard ({} à {})",
            bits(excess),
            bits(low),
            bits(high)
        ),
    );
    let thresholds = &tally.thresholds;
    let (one, other) = tally.found.observed;
    parts.push(match tally.soft {
        Soft::Insufficient(Lacking::Population) => say(
            format!(
                "insufficient: {} campaigns and the like in view, {} are needed to tell what is rare",
                tally.population, thresholds.population
            ),
            format!(
                "insuffisant : {} campagnes et semblables en vue, il en faut {} pour dire ce qui est rare",
                tally.population, thresholds.population
            ),
        ),
        Soft::Insufficient(Lacking::Features) => say(
            format!(
                "insufficient: {one} and {other} soft features, each side needs {}",
                thresholds.features
            ),
            format!(
                "insuffisant : {one} et {other} traits faibles, il en faut {} de chaque côté",
                thresholds.features
            ),
        ),
        Soft::Compatible => say(
            format!("compatible, not distinctive: {beyond}"),
            format!("compatible, non distinctif : {beyond}"),
        ),
        Soft::Distinctive => say(
            format!("distinctive: {beyond}"),
            format!("distinctif : {beyond}"),
        ),
    });
    parts.join("; ")
}

/// Who ties the two in this way, and in how many claims; one that only says another again is
/// counted with it. Few claims are named by number: `RRM Canada (C4, restated in C3)`.
fn said(
    ties: &[Tie],
    kind: TieKind,
    french: bool,
    name: &dyn Fn(&RecordId) -> String,
) -> Option<(String, usize)> {
    let of: Vec<&Tie> = ties.iter().filter(|tie| tie.kind == kind).collect();
    let first: Vec<&&Tie> = of.iter().filter(|tie| tie.restates.is_empty()).collect();
    // Claims that restate each other have no first: all of them are then named.
    let first = if first.is_empty() {
        of.iter().collect()
    } else {
        first
    };
    let mut by: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for tie in &first {
        let who: BTreeSet<String> = tie.assessors.iter().map(name).collect();
        let who = match who.is_empty() {
            true if french => "(évaluateur non divulgué)".to_owned(),
            true => "(assessor withheld)".to_owned(),
            false => who.into_iter().collect::<Vec<_>>().join(" / "),
        };
        let again = of
            .iter()
            .filter(|other| other.restates.contains(&tie.claim));
        let again: Vec<&str> = again.filter_map(|other| other.number.as_deref()).collect();
        let numbers = by.entry(who).or_default();
        numbers.extend(tie.number.as_ref().map(|number| {
            let mut out = number.clone();
            if !again.is_empty() {
                out.push_str(if french {
                    ", redit dans "
                } else {
                    ", restated in "
                });
                out.push_str(&again.join(", "));
            }
            out
        }));
    }
    let numbered = first.len() <= 3;
    let each = by
        .into_iter()
        .map(|(who, numbers)| match numbers.is_empty() || !numbered {
            true => who,
            false => format!("{who} ({})", numbers.join("; ")),
        });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| (each.join(", "), first.len()))
}

fn claims(count: usize, french: bool) -> String {
    match (count, french) {
        (1, false) => "1 claim".to_owned(),
        (count, false) => format!("{count} claims"),
        (1, true) => "1 affirmation".to_owned(),
        (count, true) => format!("{count} affirmations"),
    }
}

fn features(count: u64, french: bool) -> String {
    match (count, french) {
        (1, false) => "1 feature".to_owned(),
        (count, false) => format!("{count} features"),
        (1, true) => "1 trait".to_owned(),
        (count, true) => format!("{count} traits"),
    }
}
