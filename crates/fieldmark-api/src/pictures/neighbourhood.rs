//! What stands around a record: rings of what it is tied to, each beside the one it was met through.

use super::Picture;
use super::frame::{cut, frame, label, px};
use crate::answer::around::{Around, Claimed, Tie};
use crate::answer::words::called;
use crate::problem::Problem;
use fieldmark_model::RecordId;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

impl Tie {
    /// What it is and who says so, in one line.
    fn says(&self, lang: &str) -> String {
        let kind = called(&self.kind, lang);
        match &self.claimed {
            None => kind,
            Some(Claimed { by, denied: false }) => format!("{kind} — {by}"),
            Some(Claimed { by, denied: true }) => {
                let denied = if lang == "fr" {
                    "nié par"
                } else {
                    "denied by"
                };
                format!("{kind} — {denied} {by}")
            }
        }
    }
}

/// Where a record leads to, for a picture on a page.
#[derive(Clone, Copy)]
pub(crate) struct Leads<'a> {
    /// To its own page.
    pub to: &'a dyn Fn(&str) -> String,
    /// To the same picture with the record opened, or folded.
    pub with: &'a dyn Fn(&str, bool) -> String,
}

/// Where records stand that somebody moved: how far right of the middle and below it, in pixels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins(BTreeMap<String, (f64, f64)>);

/// How many characters of a name there is room for; the whole of it stands in the dot's tooltip.
const NAME: usize = 26;

/// What such a name takes beside its dot, with the number of ties that are not drawn, in pixels.
const BESIDE: f64 = 235.0;

/// A line of names, in pixels.
const LINE: f64 = 15.0;

/// As far as a record may be moved, in pixels.
const FURTHEST: f64 = 4_000.0;

impl Pins {
    /// As it is asked for: `id:right:below` between commas.
    ///
    /// # Errors
    /// When one is not so.
    pub fn asked(text: Option<&str>) -> Result<Self, Problem> {
        let pins = text.unwrap_or_default().split(',').map(str::trim);
        let pins = pins.filter(|pin| !pin.is_empty()).map(|pin| {
            let mut parts = pin.splitn(3, ':');
            let id = parts.next().and_then(|id| RecordId::parse(id).ok());
            let mut length = || -> Option<f64> { parts.next()?.parse().ok() };
            match (id, length(), length()) {
                (Some(id), Some(x), Some(y)) if x.abs() <= FURTHEST && y.abs() <= FURTHEST => {
                    Ok((id.to_string(), (x, y)))
                }
                _ => Err(Problem::bad_request(format!(
                    "pin: id:right:below between commas, in pixels from the middle, at most {FURTHEST}; \"{pin}\" is not"
                ))),
            }
        });
        pins.collect::<Result<_, _>>().map(Self)
    }

    /// Whether anything was moved.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Draws it. The layout follows from the ids alone, so the same view gives the same picture. With
/// `leads`, every record is a link, from the middle outward, and beside it stands what opens or
/// folds it.
pub(crate) fn neighbourhood(
    around: &Around,
    lang: &str,
    pins: &Pins,
    leads: Option<Leads<'_>>,
) -> Picture {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let mut near: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for tie in &around.ties {
        near.entry(&tie.from).or_default().insert(&tie.to);
        near.entry(&tie.to).or_default().insert(&tie.from);
    }
    // Breadth first; each record belongs to the one it was met through.
    let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut seen: BTreeSet<&str> = BTreeSet::from([around.centre.as_str()]);
    let mut ring = vec![around.centre.as_str()];
    while !ring.is_empty() {
        let mut next = Vec::new();
        for id in ring {
            for other in near.get(id).into_iter().flatten() {
                if seen.insert(other) {
                    children.entry(id).or_default().push(other);
                    next.push(*other);
                }
            }
        }
        ring = next;
    }
    let mut places: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    place(&children, around.centre.as_str(), (0.0, 1.0), &mut places);
    let step = step(&children, &places);
    let seen_at = |id: &str| -> (f64, f64) {
        if let Some(moved) = pins.0.get(id).filter(|_| id != around.centre) {
            return *moved;
        }
        let (share, ring) = places.get(id).copied().unwrap_or_default();
        on_ring(share, ring * step)
    };
    // Room beside the outermost ones for a name, above and below for a line.
    let reach = |of: fn((f64, f64)) -> f64| {
        let all = seen.iter().map(|id| of(seen_at(id)));
        all.fold(0.0_f64, f64::max)
    };
    let (left, right) = (reach(|(x, _)| -x) + BESIDE, reach(|(x, _)| x) + BESIDE);
    let (above, below) = (reach(|(_, y)| -y) + 60.0, reach(|(_, y)| y) + 30.0);
    let at = |id: &str| {
        let (x, y) = seen_at(id);
        (left + x, above + y)
    };
    let name = |id: &str| around.names.get(id).map_or(id, String::as_str).to_owned();
    let title = format!("{} {}", say("Around", "Autour de"), name(&around.centre));
    let about = format!(
        "{} {}, {} {}",
        seen.len(),
        say("records", "fiches"),
        around.ties.len(),
        say(
            "ties; dashed: claimed, by whom",
            "liens ; en tirets : affirmé, et par qui"
        )
    );
    let more = |id: &str| around.left_out.get(id).copied().unwrap_or(0);
    let parents: BTreeMap<&str, &str> = children
        .iter()
        .flat_map(|(id, below)| below.iter().map(|child| (*child, *id)))
        .collect();
    // What a click beside a record does, in short and in full: it is opened, or folded.
    let change = |id: &str| -> Option<(String, String, bool)> {
        let (n, name) = (more(id), name(id));
        if !around.opened.contains(id) {
            let whole = format!("+{n}: {} {name}", say("open", "déplier"));
            return (n > 0).then(|| (format!("+{n}"), whole, true));
        }
        (id != around.centre && children.contains_key(id)).then(|| {
            let word = say("fold", "replier");
            ("−".to_owned(), format!("−: {word} {name}"), false)
        })
    };
    let svg = frame(
        (left + right) as u32,
        (above + below) as u32,
        &title,
        &about,
        html! {
            (label(16.0, 24.0, "ink", "start", 112, &format!("{title} ({about})")))
            @for (tie, (bend, share)) in around.ties.iter().zip(bends(&around.ties)) {
                @let ((ax, ay), (bx, by)) = (at(&tie.from), at(&tie.to));
                @let (cx, cy) = bent((ax, ay), (bx, by), bend, 0.5);
                @let curve = html! {
                    path.rule.claim[tie.claimed.is_some()] d=(format!("M{} {}Q{} {} {} {}", px(ax), px(ay), px(cx), px(cy), px(bx), px(by))) {
                        title { (name(&tie.from)) " " (tie.says(lang)) " " (name(&tie.to)) }
                    }
                    @if let Some(claimed) = &tie.claimed {
                        @let (x, y) = bent((ax, ay), (bx, by), bend / 2.0, share);
                        (label(x, y, "soft over", "middle", 26,
                            &if claimed.denied { format!("{} {}", say("denied:", "nié :"), claimed.by) } else { claimed.by.clone() }))
                    }
                };
                @match leads {
                    Some(_) => g data-from=(tie.from) data-to=(tie.to) { (curve) },
                    None => (curve),
                }
            }
            @for id in &seen {
                @let (x, y) = at(id);
                // A name stands on the outer side of its dot, that of the one in the middle below it.
                @let (out, anchor) = match *id == around.centre {
                    true => ((0.0, 24.0), "middle"),
                    false if x < left - 1.0 => ((-9.0, 4.0), "end"),
                    false => ((9.0, 4.0), "start"),
                };
                @let beside = |words: Markup| html! { text.ink.over x=(px(x + out.0)) y=(px(y + out.1)) text-anchor=(anchor) { (words) } };
                @let dot = dot(id, *id == around.centre, (x, y), &name(id));
                @match leads {
                    Some(leads) => g.node data-id=(id) data-through=[parents.get(id)] data-at=(format!("{} {}", px(x), px(y))) {
                        a href=((leads.to)(id)) tabindex="-1" aria-hidden="true" { (dot) }
                        (beside(html! {
                            a href=((leads.to)(id)) { (cut(&name(id), NAME)) }
                            @if let Some((words, whole, opens)) = change(id) {
                                " " a.fold href=((leads.with)(id, opens)) aria-label=(whole) { tspan.soft { (words) } }
                            }
                        }))
                    },
                    None => {
                        (dot)
                        (beside(html! {
                            (cut(&name(id), NAME))
                            @if more(id) > 0 { " " tspan.soft { "+" (more(id)) } }
                        }))
                    }
                }
            }
        },
    );
    let table = html! {
        table {
            caption { (title) " (" (about) ")" }
            thead { tr {
                th scope="col" { (say("from", "de")) }
                th scope="col" { (say("tie", "lien")) }
                th scope="col" { (say("to", "vers")) }
            } }
            tbody { @for tie in &around.ties { tr {
                td { (name(&tie.from)) } td { (tie.says(lang)) } td { (name(&tie.to)) }
            } } }
        }
    };
    Picture { title, svg, table }
}

/// A record as a dot.
fn dot(id: &str, is_middle: bool, (x, y): (f64, f64), name: &str) -> Markup {
    let class = match (is_middle, id.starts_with("relationship--")) {
        (true, _) => "loss",
        (false, true) => "hard",
        (false, false) => "gain",
    };
    html! { circle class=(class) cx=(px(x)) cy=(px(y)) r=(if is_middle { "8" } else { "5" }) { title { (name) } } }
}

/// How far each tie is bent, in pixels, and at which share of its way its words stand. Claims bend
/// to either side, each further than the one before between the same two, and the words of one
/// stand further out than those of the next, so that they lie apart; relationships are straight.
fn bends(ties: &BTreeSet<Tie>) -> Vec<(f64, f64)> {
    let mut between: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut claims = 0_usize;
    let each = ties.iter().map(|tie| {
        if tie.claimed.is_none() {
            return (0.0, 0.5);
        }
        claims += 1;
        let (from, to) = (tie.from.as_str(), tie.to.as_str());
        let nth = between.entry((from.min(to), from.max(to))).or_default();
        *nth += 1;
        let side = if *nth % 2 == 1 { 1.0 } else { -1.0 };
        let beside = side * 30.0 * nth.div_ceil(2) as f64;
        (beside, [0.45, 0.8, 0.62][claims % 3])
    });
    each.collect()
}

/// The point at a share of the way from one place to another, as far beside it.
fn bent((ax, ay): (f64, f64), (bx, by): (f64, f64), beside: f64, share: f64) -> (f64, f64) {
    let (x, y) = (bx - ax, by - ay);
    let long = x.hypot(y).max(1.0);
    (
        ax + x * share - y / long * beside,
        ay + y * share + x / long * beside,
    )
}

/// How far one ring is from the next, in pixels: so far that names on the narrowest one stand under one
/// another, up to what can still be looked at.
fn step(children: &BTreeMap<&str, Vec<&str>>, places: &BTreeMap<&str, (f64, f64)>) -> f64 {
    let ends = places.iter().filter(|(id, _)| !children.contains_key(*id));
    let rings: Vec<f64> = ends.map(|(_, (_, ring))| *ring).collect();
    let narrowest = rings.iter().copied().fold(f64::INFINITY, f64::min);
    // Each that nothing stands behind has the same share; half of them stand on each side, over twice
    // the radius of their ring.
    let wanted = LINE * rings.len() as f64 / 4.0 / narrowest;
    wanted.clamp(190.0, 450.0)
}

/// A place on a ring, by its share of it: down the right side and up the left. Equal shares are equal
/// heights, so that no name lies on the next.
fn on_ring(share: f64, radius: f64) -> (f64, f64) {
    let height = match share < 0.5 {
        true => 4.0 * share - 1.0,
        false => 3.0 - 4.0 * share,
    };
    let beside = (1.0 - height * height).max(0.0).sqrt();
    let side = if share < 0.5 { 1.0 } else { -1.0 };
    (side * beside * radius, height * radius)
}

/// Gives each record a share of the circle by how many stand behind it, and a ring by distance.
fn place<'a>(
    children: &BTreeMap<&'a str, Vec<&'a str>>,
    root: &'a str,
    whole: (f64, f64),
    places: &mut BTreeMap<&'a str, (f64, f64)>,
) {
    let mut behind: BTreeMap<&str, usize> = BTreeMap::new();
    // From the outermost in: a list in the order of meeting, read backwards, has children first.
    let mut order = vec![root];
    let mut next = 0;
    while next < order.len() {
        order.extend(children.get(order[next]).into_iter().flatten());
        next += 1;
    }
    for id in order.iter().rev() {
        let own: usize = children
            .get(id)
            .into_iter()
            .flatten()
            .map(|child| behind.get(child).copied().unwrap_or(1))
            .sum();
        behind.insert(id, own.max(1));
    }
    let mut open = vec![(root, whole, 0.0)];
    while let Some((id, (from, to), ring)) = open.pop() {
        places.insert(id, (f64::midpoint(from, to), ring));
        let all = behind.get(id).copied().unwrap_or(1) as f64;
        let mut start = from;
        for child in children.get(id).into_iter().flatten() {
            let share = (to - from) * behind.get(child).copied().unwrap_or(1) as f64 / all;
            open.push((child, (start, start + share), ring + 1.0));
            start += share;
        }
    }
}
