//! An overlap as a paper, and the sentences of it that a page says as well.

use super::paper::{Block, Column, Paper, Text};
use super::{names, say};
use crate::answer::overlap::{Comparison, FamilyCount, SupportRow};
use crate::answer::tally::LackedRow;
use crate::answer::words::{bits, colon, decimal, family};
use crate::pictures;

/// What two records share, and what it comes to.
pub(crate) fn paper(found: &Comparison, lang: &str) -> Paper {
    let title = title(found);
    let mut paper = Paper {
        lang: lang.to_owned(),
        title: title.clone(),
        head: vec![found.shown.clone().now().line(lang)],
        blocks: Vec::new(),
    };
    paper.heading(1, title);
    for side in [&found.left, &found.right] {
        let side = Text::from(format!("{} ", side.label)).code(&side.id);
        paper.text(side);
    }
    paper.text(beware(lang));
    paper.text(Text::default().strong(&found.tally.says));
    shared(&mut paper, found, lang);
    weighed(&mut paper, found, lang);
    paper
}

/// What a comparison is called.
pub(crate) fn title(found: &Comparison) -> String {
    format!("{} × {}", found.left.label, found.right.label)
}

/// What every reader of an overlap must know.
pub(crate) fn beware(lang: &str) -> &'static str {
    say(
        lang,
        "Overlap is not attribution: it says what two share, not who runs them.",
        "Un recoupement n’est pas une attribution : il dit ce que deux partagent, pas qui les mène.",
    )
}

/// That nothing is shared which is hard to share by chance, where that is so.
pub(crate) fn nothing_hard(found: &Comparison, lang: &str) -> Option<&'static str> {
    let hard = found.shared.iter().any(|row| row.hard);
    (!hard).then(|| {
        say(
            lang,
            "Nothing hard is shared: no network, account, domain or medium is asserted of both.",
            "Rien de probant n’est partagé : aucun réseau, compte, domaine ou média n’est affirmé des deux.",
        )
    })
}

/// What is not shared: families in which both have something, and how much each has alone.
pub(crate) fn apart(found: &Comparison, lang: &str) -> Vec<String> {
    let mut out = Vec::new();
    if !found.not_shared.is_empty() {
        let both = say(
            lang,
            "Both have these and share none",
            "Les deux en ont et n’en partagent aucun",
        );
        let families = families(&found.not_shared, lang);
        out.push(format!("{both}{} {families}.", colon(lang)));
    }
    for (one, only) in [
        (&found.left, &found.only_left),
        (&found.right, &found.only_right),
    ] {
        if !only.is_empty() {
            let counted =
                |row: &FamilyCount| format!("{} {}", family(&row.family, lang), row.count);
            let counted: Vec<String> = only.iter().map(counted).collect();
            let word = say(lang, "Only", "Seulement");
            let counted = counted.join(", ");
            out.push(format!("{word} {}{} {counted}.", one.label, colon(lang)));
        }
    }
    out
}

/// What was taken off for chance, and how that was found.
pub(crate) fn by_chance(found: &Comparison, lang: &str) -> &'static str {
    match found.tally.chance_by {
        "closed-form" => say(lang, "by chance, in closed form", "par hasard, forme close"),
        _ => say(lang, "by chance", "par hasard"),
    }
}

/// What else must be known of what it comes to: how often chance gives as much, what speaks against
/// a link, and what nothing can be said of.
pub(crate) fn remarks(found: &Comparison, lang: &str) -> Vec<String> {
    let tally = &found.tally;
    let mut out = Vec::new();
    if let Some(found) = &tally.significance {
        let p = decimal(&format!("{:.4}", found.p), lang);
        let shuffles = say(
            lang,
            "shuffles of the population",
            "mélanges de la population",
        );
        out.push(format!("p = {p} ({} {shuffles})", found.shuffles));
    }
    for (lacked, one, other) in [
        (&tally.only_left, &found.left, &found.right),
        (&tally.only_right, &found.right, &found.left),
    ] {
        let against = against(lacked);
        if !against.is_empty() {
            let (one, other) = (&one.label, &other.label);
            out.push(match lang {
                "fr" => format!(
                    "Contre un lien : {other}, bien observé, n’a pas, de {one} : {against}."
                ),
                _ => format!("Against a link: {other}, well observed, lacks of {one}: {against}."),
            });
        }
    }
    if !tally.not_judged.is_empty() {
        let judged = say(
            lang,
            "Cannot be judged for lack of data",
            "Impossible à juger, faute de données",
        );
        let families = families(&tally.not_judged, lang);
        out.push(format!("{judged}{} {families}.", colon(lang)));
    }
    out
}

/// The most telling features whose lack speaks against a link.
fn against(lacked: &[LackedRow]) -> String {
    let telling = lacked.iter().filter(|lacked| lacked.contradicts).take(5);
    let names: Vec<&str> = telling
        .map(|lacked| lacked.feature.label.as_str())
        .collect();
    names.join(", ")
}

fn families(names: &[String], lang: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| family(name, lang)).collect();
    names.join(", ")
}

/// What they share, and what says so on each side.
fn shared(paper: &mut Paper, found: &Comparison, lang: &str) {
    let above = say(lang, "What they share", "Ce qu’elles partagent");
    paper.heading(2, format!("{above} ({})", found.shared.len()));
    if let Some(nothing) = nothing_hard(found, lang) {
        paper.text(nothing);
    }
    let columns = [
        (say(lang, "feature", "trait"), 6),
        (say(lang, "said of the first", "dit de la première"), 9),
        (say(lang, "said of the second", "dit de la seconde"), 9),
    ];
    let rows = found.shared.iter().map(|row| {
        let mut what = format!(" — {}", family(&row.family, lang));
        if row.hard {
            what.push_str(say(lang, ", hard", ", probant"));
        }
        if let Some(note) = row.note {
            what.push_str(&format!(" ({note})"));
        }
        let feature = Text::default().strong(&row.feature.label).plain(what);
        vec![feature, side(&row.left, lang), side(&row.right, lang)]
    });
    let rows: Vec<Vec<Text>> = rows.collect();
    if !rows.is_empty() {
        paper.blocks.push(Block::Table {
            columns: columns.map(|(head, share)| Column { head, share }).into(),
            rows,
        });
    }
    for sentence in apart(found, lang) {
        paper.text(sentence);
    }
}

/// What says that one side has a feature.
fn side(supports: &[SupportRow], lang: &str) -> Text {
    let mut out = Text::default();
    for (at, support) in supports.iter().enumerate() {
        if at > 0 {
            out = out.plain(say(lang, "; ", " ; "));
        }
        if let Some(marking) = &support.marking {
            out = out.plain(format!("[{marking}] "));
        }
        if support.is_claim {
            let who = names(&support.assessors);
            let claim = say(lang, "claim of", "affirmation de");
            out = out.plain(format!("{claim} {who}{} ", colon(lang)));
        }
        out = out.words(&support.verbatim);
        let source = support.source.as_ref().map(|source| source.label.as_str());
        let place: Vec<&str> = source
            .into_iter()
            .chain(support.locator.as_deref())
            .collect();
        out = match place.as_slice() {
            [] => out.plain(" ").code(&support.link),
            place => out.plain(format!(" ({})", place.join(", "))),
        };
    }
    out
}

/// What the soft features come to.
fn weighed(paper: &mut Paper, found: &Comparison, lang: &str) {
    let tally = &found.tally;
    let drawn = pictures::waterfall(found, lang, None);
    let above = say(
        lang,
        "What the soft features come to, in bits",
        "Ce que donnent les traits faibles, en bits",
    );
    paper.heading(2, above);
    paper.blocks.push(Block::Drawing {
        svg: drawn.svg.inline().into_string(),
        style: pictures::STYLE,
        about: drawn.title,
    });
    let columns = [
        (say(lang, "shared soft feature", "trait faible commun"), 8),
        (say(lang, "family", "famille"), 5),
        (say(lang, "held by", "chez"), 3),
        ("bits", 2),
    ];
    let number = |value: f64| Text::from(bits(value, lang));
    let mut rows: Vec<Vec<Text>> = Vec::new();
    for line in &tally.lines {
        rows.push(vec![
            Text::from(&line.feature.label),
            family(&line.feature.family, lang).into(),
            format!("{} / {}", line.df, tally.population).into(),
            number(line.bits),
        ]);
    }
    for chance in &tally.chance {
        rows.push(vec![
            by_chance(found, lang).into(),
            family(&chance.family, lang).into(),
            Text::default(),
            number(-chance.bits),
        ]);
    }
    rows.push(vec![
        Text::default().strong(say(lang, "beyond chance", "au-delà du hasard")),
        Text::default(),
        Text::default(),
        Text::default().strong(bits(tally.excess, lang)),
    ]);
    paper.blocks.push(Block::Table {
        columns: columns.map(|(head, share)| Column { head, share }).into(),
        rows,
    });
    for remark in remarks(found, lang) {
        paper.text(remark);
    }
}
