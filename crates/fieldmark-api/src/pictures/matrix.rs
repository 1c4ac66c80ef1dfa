//! DISARM's matrix, coloured by who uses what.

use super::Picture;
use super::frame::{frame, label, px};
use fieldmark_model::RecordId;
use fieldmark_store::read::{Tactic, TechniqueUse};
use maud::html;
use std::collections::{BTreeMap, BTreeSet};

const WIDE: f64 = 92.0;
const ROW: f64 = 15.0;

/// What the colours say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// What one uses.
    One,
    /// What both use.
    Intersection,
    /// What either uses and the other does not.
    Difference,
    /// How many use it.
    Frequency,
    /// When it was first seen.
    FirstSeen,
}

impl Show {
    /// Every mode by the name it has in addresses.
    pub const NAMED: [(&'static str, Self); 5] = [
        ("one", Self::One),
        ("intersection", Self::Intersection),
        ("difference", Self::Difference),
        ("frequency", Self::Frequency),
        ("first-seen", Self::FirstSeen),
    ];

    /// The mode of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::NAMED.iter().find(|(known, _)| *known == name);
        found.map(|(_, show)| *show)
    }
}

/// How a cell is drawn: its class, how strongly, and what is said of it.
struct Mark {
    class: &'static str,
    strength: f64,
    says: String,
    /// What stands in the cell, so that it does not speak by colour alone.
    sign: String,
}

/// Who uses what, since when, as the colours need it.
struct Uses<'a> {
    by: BTreeMap<&'a RecordId, BTreeSet<&'a RecordId>>,
    first: BTreeMap<&'a RecordId, &'a str>,
    /// Every date of those, in order.
    dates: Vec<&'a str>,
    /// By how many the most used technique is used.
    most: f64,
    of: &'a [(RecordId, String)],
}

impl<'a> Uses<'a> {
    fn new(uses: &'a [TechniqueUse], of: &'a [(RecordId, String)]) -> Self {
        let mut by: BTreeMap<&RecordId, BTreeSet<&RecordId>> = BTreeMap::new();
        let mut first: BTreeMap<&RecordId, &str> = BTreeMap::new();
        for one in uses {
            by.entry(&one.technique).or_default().insert(&one.by);
            if let Some(since) = one.since.as_deref() {
                let known = first.entry(&one.technique).or_insert(since);
                *known = since.min(known);
            }
        }
        let dates: BTreeSet<&str> = first.values().copied().collect();
        Self {
            most: by.values().map(BTreeSet::len).max().unwrap_or(1) as f64,
            dates: dates.into_iter().collect(),
            by,
            first,
            of,
        }
    }

    /// Whether the one at that place uses a technique.
    fn has(&self, technique: &RecordId, at: usize) -> bool {
        let users = self.by.get(technique);
        let of = self.of.get(at);
        of.is_some_and(|(id, _)| users.is_some_and(|users| users.contains(id)))
    }

    fn mark(&self, technique: &RecordId, show: Show) -> Option<Mark> {
        let on = |class, sign: &str, says: &str| Mark {
            class,
            strength: 1.0,
            says: says.to_owned(),
            sign: sign.to_owned(),
        };
        let (one, other) = (self.has(technique, 0), self.has(technique, 1));
        let name = |at: usize| self.of.get(at).map_or("", |(_, name)| name.as_str());
        match show {
            Show::One => one.then(|| on("gain", "●", name(0))),
            Show::Intersection => {
                (one && other).then(|| on("gain", "A∩B", &format!("{}, {}", name(0), name(1))))
            }
            Show::Difference => match (one, other) {
                (true, false) => Some(on("gain", "A", name(0))),
                (false, true) => Some(on("loss", "B", name(1))),
                _ => None,
            },
            Show::Frequency => self.by.get(technique).map(|users| Mark {
                class: "gain",
                strength: 0.25 + 0.75 * users.len() as f64 / self.most,
                says: users.len().to_string(),
                sign: users.len().to_string(),
            }),
            Show::FirstSeen => self.first.get(technique).map(|since| {
                let place = self.dates.binary_search(since).unwrap_or(0);
                Mark {
                    class: "gain",
                    strength: 0.25 + 0.75 * (place + 1) as f64 / self.dates.len() as f64,
                    says: (*since).to_owned(),
                    sign: since.chars().take(7).collect(),
                }
            }),
        }
    }
}

fn heading(show: Show, of: &[(RecordId, String)], lang: &str) -> String {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let names: Vec<&str> = of.iter().map(|(_, name)| name.as_str()).collect();
    let of_names = |what: String| format!("{what} {}", names.join(", "));
    match show {
        Show::One => of_names(say("Techniques of", "Techniques de")),
        Show::Intersection => of_names(say("Techniques that both use:", "Techniques communes :")),
        Show::Difference => of_names(say(
            "Techniques that one uses and the other does not (blue and orange):",
            "Techniques de l’une et non de l’autre (bleu et orange) :",
        )),
        Show::Frequency => say(
            "How many use each technique",
            "Combien emploient chaque technique",
        ),
        Show::FirstSeen => say(
            "When each technique was first seen; the darker, the later",
            "Quand chaque technique fut d’abord vue ; plus foncé, plus tard",
        ),
    }
}

/// Draws it, for one or two records by id and name.
pub(crate) fn matrix(
    tactics: &[Tactic],
    uses: &[TechniqueUse],
    of: &[(RecordId, String)],
    show: Show,
    lang: &str,
) -> Picture {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let uses = Uses::new(uses, of);
    let mark = |technique: &RecordId| uses.mark(technique, show);
    let title = heading(show, of, lang);
    let marked: Vec<(&Tactic, &fieldmark_store::read::MatrixTechnique, Mark)> = tactics
        .iter()
        .flat_map(|tactic| {
            tactic
                .techniques
                .iter()
                .filter_map(|technique| Some((tactic, technique, mark(&technique.id)?)))
                .collect::<Vec<_>>()
        })
        .collect();
    let about = format!(
        "{}: {}",
        say("Techniques marked", "Techniques marquées"),
        marked.len()
    );
    let deepest = tactics
        .iter()
        .map(|t| t.techniques.len())
        .max()
        .unwrap_or(0);
    let top = 70.0;
    let width = 16.0 + WIDE * tactics.len() as f64;
    let height = top + ROW * deepest as f64 + 16.0;
    let svg = frame(
        width as u32,
        height as u32,
        &title,
        &about,
        html! {
            (label(8.0, 24.0, "ink", "start", 160, &title))
            @for (column, tactic) in (0_u32..).zip(tactics) {
                @let x = 8.0 + WIDE * f64::from(column);
                (label(x + 2.0, 46.0, "ink", "start", 13, &tactic.number))
                (label(x + 2.0, 60.0, "soft", "start", 12, &tactic.label))
                @for (row, technique) in (0_u32..).zip(&tactic.techniques) {
                    @let y = top + ROW * f64::from(row);
                    @let found = mark(&technique.id);
                    g {
                        title {
                            (technique.number) " " (technique.label)
                            @if let Some(found) = &found { ": " (found.says) }
                        }
                        rect.cell x=(px(x)) y=(px(y)) width=(px(WIDE - 4.0)) height=(px(ROW - 2.0)) {}
                        @if let Some(found) = &found {
                            rect class=(found.class) fill-opacity=(px(found.strength)) x=(px(x)) y=(px(y))
                                width=(px(WIDE - 4.0)) height=(px(ROW - 2.0)) {}
                        }
                        @if let Some(found) = &found {
                            text class=(if found.strength > 0.6 { "on-gain" } else { "ink" }) text-anchor="end"
                                x=(px(x + WIDE - 8.0)) y=(px(y + 10.0)) font-size="10" { (found.sign) }
                        }
                        text class=(if found.as_ref().is_some_and(|f| f.strength > 0.6) { "on-gain" } else { "ink" })
                            x=(px(x + 4.0)) y=(px(y + 10.0)) font-size="10" { (technique.number) }
                    }
                }
            }
        },
    );
    let table = html! {
        table {
            caption { (title) }
            thead { tr {
                th scope="col" { (say("tactic", "tactique")) }
                th scope="col" { (say("technique", "technique")) }
                th scope="col" { (say("mark", "marque")) }
            } }
            tbody { @for (tactic, technique, mark) in &marked { tr {
                td { (tactic.number) " " (tactic.label) }
                th scope="row" { (technique.number) " " (technique.label) }
                td { (mark.says) }
            } } }
        }
    };
    Picture { title, svg, table }
}
