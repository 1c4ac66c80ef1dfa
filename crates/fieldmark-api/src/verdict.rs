//! What may be said of an overlap, in a word and in a line of words.

use fieldmark_analysis::overlap::{Bits, Lacking, Shuffles, Soft};
use fieldmark_store::read::Weighing;

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
pub(crate) fn verdict(weighing: &Weighing) -> &'static str {
    if weighing.ties.iter().any(|tie| tie.identity) {
        "identity-asserted"
    } else if weighing.hard > 0 {
        "hard-link"
    } else {
        soft(weighing.soft)
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

/// Everything that may be said, in one line; what is hard, what is claimed and what is soft stay
/// apart in it.
pub(crate) fn line(weighing: &Weighing, lang: &str) -> String {
    let french = lang == "fr";
    let say = |en: String, fr: String| if french { fr } else { en };
    let bits = |bits: Bits| number(bits, french);
    let mut parts = Vec::new();
    let identity = weighing.ties.iter().filter(|tie| tie.identity).count();
    let tied = weighing.ties.len() - identity;
    if identity > 0 {
        parts.push(say(
            format!("asserted to be one network in {}", claims(identity, false)),
            format!("dits d’un même réseau dans {}", claims(identity, true)),
        ));
    }
    if weighing.hard > 0 {
        parts.push(say(
            format!(
                "hard link observed: {} in common",
                features(weighing.hard, false)
            ),
            format!(
                "lien probant observé : {} en commun",
                features(weighing.hard, true)
            ),
        ));
    }
    if tied > 0 {
        parts.push(say(
            format!("tied by {}", claims(tied, false)),
            format!("liés par {}", claims(tied, true)),
        ));
    }
    let (excess, (low, high)) = (weighing.excess, weighing.interval);
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
    let thresholds = &weighing.thresholds;
    let (one, other) = weighing.observed;
    parts.push(match weighing.soft {
        Soft::Insufficient(Lacking::Population) => say(
            format!(
                "insufficient: {} campaigns and the like in view, {} are needed to tell what is rare",
                weighing.population, thresholds.population
            ),
            format!(
                "insuffisant : {} campagnes et semblables en vue, il en faut {} pour dire ce qui est rare",
                weighing.population, thresholds.population
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

fn number(bits: Bits, french: bool) -> String {
    let text = bits.to_string().replace('-', "−");
    if french { text.replace('.', ",") } else { text }
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
