//! The counting: which lines there are, who stands on which, and what each may say once.

use super::range::Odds;
use super::{Ground, Input, Line, Stance, UNDISCLOSED, Voice};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// On which lines each claim stands.
pub(super) struct Grounds {
    /// The roots of each line, lines by first root.
    roots: Vec<Vec<String>>,
    /// The lines of each claim, by index; a primary has exactly one.
    of: BTreeMap<String, Vec<usize>>,
    /// Derivatives none of whose sources is among the inputs.
    pub hidden: Vec<String>,
}

impl Grounds {
    pub(super) fn of(&self, key: &str) -> &[usize] {
        self.of.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn leaning_on_several(&self) -> Vec<String> {
        self.of
            .iter()
            .filter(|(_, lines)| lines.len() > 1)
            .map(|(key, _)| key.clone())
            .collect()
    }
}

/// Finds the lines: components of primaries that share roots. Derivatives never found or bridge.
pub(super) fn grounds(inputs: &BTreeMap<&str, &Input>) -> Grounds {
    let mut union = Union::default();
    let mut founders: Vec<(&str, usize)> = Vec::new();
    for (key, input) in inputs {
        if let Ground::Primary(roots) = &input.ground {
            let mut nodes = stated(input, roots).map(|root| union.node(root));
            let first = nodes.next().unwrap_or_default();
            let rest: Vec<usize> = nodes.collect();
            for node in rest {
                union.join(first, node);
            }
            founders.push((key, first));
        }
    }
    let mut reached: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut hidden = Vec::new();
    for (key, input) in inputs {
        if let Ground::Derivative(_) = input.ground {
            let mut nodes: BTreeSet<usize> = BTreeSet::new();
            let mut seen = BTreeSet::from([*key]);
            let mut open = vec![*key];
            while let Some(at) = open.pop() {
                let Some(source) = inputs.get(at) else {
                    continue;
                };
                match &source.ground {
                    Ground::Derivative(sources) => {
                        open.extend(
                            sources
                                .iter()
                                .map(String::as_str)
                                .filter(|s| seen.insert(s)),
                        );
                    }
                    Ground::Primary(roots) => {
                        nodes.extend(stated(source, roots).next().map(|root| union.node(root)));
                    }
                }
            }
            if nodes.is_empty() {
                nodes.insert(union.node(undisclosed(input)));
                hidden.push((*key).to_owned());
            }
            reached.insert(key, nodes);
        }
    }

    let (roots, line_of) = union.components();
    let mut of: BTreeMap<String, Vec<usize>> = founders
        .into_iter()
        .map(|(key, node)| (key.to_owned(), vec![line_of[node]]))
        .collect();
    for (key, nodes) in reached {
        let lines: BTreeSet<usize> = nodes.into_iter().map(|node| line_of[node]).collect();
        of.insert(key.to_owned(), lines.into_iter().collect());
    }
    Grounds { roots, of, hidden }
}

/// The root of undisclosed grounds against. No two of one side can be told apart; but that somebody
/// denies on the very ground that he denies is what nobody would assume (ADR 0006).
const UNDISCLOSED_AGAINST: &str = "undisclosed, against";

fn undisclosed(input: &Input) -> &'static str {
    match input.stance {
        Stance::For => UNDISCLOSED,
        Stance::Against => UNDISCLOSED_AGAINST,
    }
}

/// The roots of a primary, with the undisclosed one of its side; never none.
fn stated<'a>(input: &'a Input, roots: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    let none = roots.is_empty().then_some(undisclosed(input));
    roots
        .iter()
        .map(|root| match root.as_str() {
            UNDISCLOSED => undisclosed(input),
            root => root,
        })
        .chain(none)
}

/// The lines with their members, not yet with what they say.
pub(super) fn lines(inputs: &BTreeMap<&str, &Input>, grounds: &Grounds) -> Vec<Line> {
    let mut lines: Vec<Line> = grounds
        .roots
        .iter()
        .map(|roots| Line {
            roots: roots.clone(),
            primaries: Vec::new(),
            derivatives: Vec::new(),
            unscaled: Vec::new(),
            support: None,
            dissent: None,
        })
        .collect();
    for (key, input) in inputs {
        for line in grounds.of(key) {
            let line = &mut lines[*line];
            match input.ground {
                Ground::Primary(_) => line.primaries.push((*key).to_owned()),
                Ground::Derivative(_) => line.derivatives.push((*key).to_owned()),
            }
            if input.range.is_none() && input.stance == Stance::For {
                line.unscaled.push((*key).to_owned());
            }
        }
    }
    lines
}

/// What one side comes to.
pub(super) struct Combined {
    /// What counts on each line, from the middles.
    pub voices: BTreeMap<usize, Voice>,
    /// All lines combined.
    pub odds: Odds,
}

/// Combines one side: each line speaks at most once, and so does each claim.
///
/// In favour, a line with a scaled primary speaks through its best one, and derivatives on it add
/// nothing; against, every member may speak, reviewers included.
pub(super) fn combine(
    inputs: &BTreeMap<&str, &Input>,
    grounds: &Grounds,
    stance: Stance,
    gamma: f64,
) -> Combined {
    let founded: BTreeSet<usize> = inputs
        .iter()
        .filter(|(_, input)| input.range.is_some() && matches!(input.ground, Ground::Primary(_)))
        .flat_map(|(key, _)| grounds.of(key))
        .copied()
        .collect();
    let speakers: Vec<(&str, Odds, &[usize])> = inputs
        .iter()
        .filter_map(|(key, input)| {
            let odds = input.range?.odds();
            let lines = grounds.of(key);
            match (stance, &input.ground) {
                (Stance::For, Ground::Derivative(_))
                    if lines.iter().any(|line| founded.contains(line)) =>
                {
                    None
                }
                (Stance::For, _) => Some((*key, odds, lines)),
                // What a range says against is what its complement says in favour.
                (Stance::Against, _) => Some((
                    *key,
                    Odds {
                        low: -odds.high,
                        middle: -odds.middle,
                        high: -odds.low,
                    },
                    lines,
                )),
            }
        })
        .collect();
    let by = |weight: fn(&Odds) -> f64| {
        let speakers: Vec<(&str, f64, &[usize])> = speakers
            .iter()
            .map(|(key, odds, lines)| (*key, weight(odds), *lines))
            .collect();
        let voices = assign(&speakers, grounds.roots.len());
        let best = voices.values().map(|v| v.weight).fold(0.0, f64::max);
        let mut weights: Vec<f64> = voices.values().map(|v| v.weight).collect();
        // Added up in order of size, so that the sum does not depend on how roots are named.
        weights.sort_by(f64::total_cmp);
        let sum: f64 = weights.iter().sum();
        ((1.0 - gamma) * best + gamma * sum, voices)
    };
    let (low, _) = by(|odds| odds.low);
    let (middle, voices) = by(|odds| odds.middle);
    let (high, _) = by(|odds| odds.high);
    Combined {
        voices,
        odds: Odds { low, middle, high },
    }
}

/// Gives each line at most one claim and each claim at most one line, so that the sum of weights
/// is greatest.
///
/// A derivative that leans on several lines would otherwise be counted once for each. Since the
/// weight is the claim's alone, the sets of claims that can be placed form a transversal matroid
/// (Edmonds and Fulkerson 1965): taking claims by weight, and keeping each that an augmenting path
/// can still place, is exact.
fn assign(speakers: &[(&str, f64, &[usize])], lines: usize) -> BTreeMap<usize, Voice> {
    let mut order: Vec<usize> = (0..speakers.len())
        .filter(|at| speakers[*at].1 > 0.0)
        .collect();
    order.sort_by(|a, b| {
        let heavier = speakers[*b].1.total_cmp(&speakers[*a].1);
        match heavier {
            // Who leans on one line only cannot move, so it is placed before who can.
            Ordering::Equal => {
                (speakers[*a].2.len(), speakers[*a].0).cmp(&(speakers[*b].2.len(), speakers[*b].0))
            }
            other => other,
        }
    });
    let mut seats = Seats {
        holder: vec![None; lines],
        closed: vec![false; lines],
    };
    for claim in order {
        seats.place(claim, speakers);
    }
    seats
        .holder
        .into_iter()
        .enumerate()
        .filter_map(|(line, claim)| {
            let (key, weight, _) = speakers[claim?];
            Some((
                line,
                Voice {
                    claim: key.to_owned(),
                    weight,
                },
            ))
        })
        .collect()
}

/// Who speaks on which line.
struct Seats {
    holder: Vec<Option<usize>>,
    /// Lines from which nobody can move to a free one. A search that failed saw only such lines,
    /// and they stay so; leaving them out keeps all searches together linear in the links.
    closed: Vec<bool>,
}

impl Seats {
    /// Looks, breadth first, for a free line that `claim` can have if others move; moves them.
    fn place(&mut self, claim: usize, speakers: &[(&str, f64, &[usize])]) {
        // The line from which each line was reached; the claim's own lines were reached from none.
        let mut from: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut queue: VecDeque<usize> = VecDeque::new();
        let mut reach = |lines: &[usize], before, queue: &mut VecDeque<usize>, closed: &[bool]| {
            for line in lines {
                if !closed[*line] && !from.contains_key(line) {
                    from.insert(*line, before);
                    queue.push_back(*line);
                }
            }
        };
        reach(speakers[claim].2, None, &mut queue, &self.closed);
        let mut free = None;
        while let Some(line) = queue.pop_front() {
            match self.holder[line] {
                Some(holding) => {
                    reach(speakers[holding].2, Some(line), &mut queue, &self.closed);
                }
                None => {
                    free = Some(line);
                    break;
                }
            }
        }
        let Some(mut at) = free else {
            for line in from.keys() {
                self.closed[*line] = true;
            }
            return;
        };
        // Walk back: each holder on the way moves one line on.
        while let Some(Some(before)) = from.get(&at).copied() {
            self.holder[at] = self.holder[before];
            at = before;
        }
        self.holder[at] = Some(claim);
    }
}

/// Which roots hang together.
#[derive(Default)]
struct Union {
    node_of: BTreeMap<String, usize>,
    parent: Vec<usize>,
}

impl Union {
    fn node(&mut self, root: &str) -> usize {
        if let Some(node) = self.node_of.get(root) {
            return *node;
        }
        let node = self.parent.len();
        self.parent.push(node);
        self.node_of.insert(root.to_owned(), node);
        node
    }

    fn find(&mut self, mut node: usize) -> usize {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[b] = a;
    }

    /// The roots of each component, components by first root, and the component of each node.
    fn components(mut self) -> (Vec<Vec<String>>, Vec<usize>) {
        let nodes: Vec<(String, usize)> = std::mem::take(&mut self.node_of).into_iter().collect();
        let mut component: BTreeMap<usize, usize> = BTreeMap::new();
        let mut roots: Vec<Vec<String>> = Vec::new();
        let mut of = vec![0; nodes.len()];
        for (root, node) in nodes {
            let top = self.find(node);
            let at = *component.entry(top).or_insert_with(|| {
                roots.push(Vec::new());
                roots.len() - 1
            });
            roots[at].push(match root.as_str() {
                UNDISCLOSED_AGAINST => UNDISCLOSED.to_owned(),
                _ => root,
            });
            of[node] = at;
        }
        (roots, of)
    }
}
