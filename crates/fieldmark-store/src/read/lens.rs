//! What passes for the same under a lens: which records and names, on which way, by whose claims.
//!
//! It is worked out for one question and kept nowhere: nothing is merged by it.

use super::ReadError;
use crate::index::families::HOLDERS;
use crate::index::names::{Asked, Names};
use crate::view::View;
use fieldmark_model::date::certainly_by;
use fieldmark_model::{Claim, ClaimKind, Edtf, Polarity, RecordId};
use fieldmark_rdf::ontology;
use fieldmark_rdf::vocab::{FM, SKOS};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// What is taken for the same, in answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// Which claims it follows.
    pub of: ontology::Lens,
    /// Whose; anybody's when empty.
    pub by: Vec<RecordId>,
}

impl Default for Lens {
    /// The record alone.
    fn default() -> Self {
        Self {
            of: ontology::lenses()[0].clone(),
            by: Vec::new(),
        }
    }
}

/// A record, or a name that is no record's here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A record.
    Record(RecordId),
    /// Words that an assessor calls something; those of no record here, or of several.
    Words(String),
}

/// One step from a thing to what somebody claims to be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it begins.
    pub from: Thing,
    /// Where it leads.
    pub to: Thing,
    /// How they relate: the SKOS relation's IRI, or that of the kind of claim.
    pub relation: String,
    /// Whether what follows from it is the same as well.
    pub chains: bool,
    /// Whether the claims say it of `to`: that is attributed to `from`, say, not the other way round.
    pub backwards: bool,
    /// Who says so; never empty.
    pub claims: Vec<Arc<Claim>>,
    /// Who denies it.
    pub denied: Vec<Arc<Claim>>,
}

/// Something that passes for the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Same {
    /// What does.
    pub thing: Thing,
    /// The shortest way there, from what was asked about.
    pub way: Vec<Step>,
}

/// All that passes for the same, nearest first, without what was asked about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sames {
    /// They.
    pub all: Vec<Same>,
    /// Whether there were more than are told.
    pub cut: bool,
}

impl Sames {
    /// The records among them.
    pub fn records(&self) -> impl Iterator<Item = &RecordId> {
        self.all.iter().filter_map(|same| match &same.thing {
            Thing::Record(id) => Some(id),
            Thing::Words(_) => None,
        })
    }
}

/// How many are looked for.
const MOST: usize = 300;

/// A thing that was reached, and from where.
struct Reached {
    thing: Thing,
    /// Whether a step on the way does not chain, so that no other such may follow.
    spent: bool,
    before: Option<(usize, Step)>,
}

/// What is said of one step: by whom, and against it.
#[derive(Default)]
struct Said {
    claims: Vec<Arc<Claim>>,
    denied: Vec<Arc<Claim>>,
}

/// The steps from each thing, by where they lead, how, and whether backwards.
type Steps = BTreeMap<Thing, BTreeMap<(Thing, String, bool), Said>>;

impl View {
    /// What passes for the same as a record under a lens, by what had certainly been asserted by
    /// the end of a date.
    ///
    /// Relations that chain (`skos:exactMatch`, same network) are followed at any remove; of the
    /// others, as `skos:closeMatch`, one on any way. A name in words stands for the record that
    /// bears it, where one alone does. As many queries as the longest way has steps.
    pub fn same(
        &self,
        of: &RecordId,
        lens: &Lens,
        asserted_by: Option<&Edtf>,
    ) -> Result<Sames, ReadError> {
        if lens.of.follows.is_empty() {
            return Ok(Sames::default());
        }
        let start = Thing::Record(of.clone());
        let mut known = HashSet::from([(start.clone(), false)]);
        let mut reached = vec![Reached {
            thing: start.clone(),
            spent: false,
            before: None,
        }];
        let mut front = vec![0];
        let mut sames = Sames::default();
        let mut told = HashSet::from([start]);
        while !front.is_empty() && !sames.cut {
            let things: BTreeSet<&Thing> = front.iter().map(|at| &reached[*at].thing).collect();
            let steps = self.steps(&things, lens, asserted_by)?;
            let mut next = Vec::new();
            for at in std::mem::take(&mut front) {
                let (thing, spent) = (reached[at].thing.clone(), reached[at].spent);
                for ((to, relation, backwards), said) in steps.get(&thing).into_iter().flatten() {
                    let chains = lens.follows(relation).is_some_and(|by| by.chains);
                    let spent = match (spent, chains) {
                        (spent, true) => spent,
                        (false, false) => true,
                        (true, false) => continue,
                    };
                    // Whoever comes there unspent can go wherever who comes there spent can.
                    if said.claims.is_empty()
                        || known.contains(&(to.clone(), false))
                        || !known.insert((to.clone(), spent))
                    {
                        continue;
                    }
                    let step = Step {
                        from: thing.clone(),
                        to: to.clone(),
                        relation: relation.clone(),
                        chains,
                        backwards: *backwards,
                        claims: said.claims.clone(),
                        denied: said.denied.clone(),
                    };
                    next.push(Reached {
                        thing: to.clone(),
                        spent,
                        before: Some((at, step)),
                    });
                }
            }
            next.sort_by(|a, b| (a.spent, &a.thing).cmp(&(b.spent, &b.thing)));
            for one in next {
                front.push(reached.len());
                reached.push(one);
                let last = reached.len() - 1;
                if told.insert(reached[last].thing.clone()) {
                    sames.cut |= sames.all.len() == MOST;
                    if !sames.cut {
                        sames.all.push(Same {
                            thing: reached[last].thing.clone(),
                            way: way(&reached, last),
                        });
                    }
                }
            }
        }
        Ok(sames)
    }

    /// Where each thing leads, and who says so.
    fn steps(
        &self,
        from: &BTreeSet<&Thing>,
        lens: &Lens,
        asserted_by: Option<&Edtf>,
    ) -> Result<Steps, ReadError> {
        let names = self.names()?;
        let mut claims: BTreeMap<RecordId, Arc<Claim>> = BTreeMap::new();
        let records: Vec<RecordId> = from
            .iter()
            .filter_map(|thing| match thing {
                Thing::Record(id) => Some(id.clone()),
                Thing::Words(_) => None,
            })
            .collect();
        let by_record = self.claims_of(&records)?.into_iter().flatten();
        claims.extend(by_record.map(|claim| (claim.id.clone(), claim)));
        let by_words: BTreeSet<RecordId> = from
            .iter()
            .flat_map(|thing| match thing {
                Thing::Record(id) => names.named_alone(id),
                Thing::Words(words) => vec![words.clone()],
            })
            .flat_map(|name| names.claimed(&name))
            .collect();
        let by_words: Vec<RecordId> = by_words.into_iter().collect();
        let by_words = self.claims(&by_words)?.into_iter().flatten();
        claims.extend(by_words.map(|claim| (claim.id.clone(), claim)));
        let mut steps = Steps::new();
        for claim in claims.into_values() {
            let Some((one, other, relation)) = lens.joins(&claim, &names) else {
                continue;
            };
            if !lens.hears(&claim) || !by_then(&claim, asserted_by) {
                continue;
            }
            let both_ways = lens.follows(&relation).is_some_and(|by| by.both_ways);
            for (from, to, backwards) in [(&one, &other, false), (&other, &one, !both_ways)] {
                let step = (to.clone(), relation.clone(), backwards);
                let said = steps.entry(from.clone()).or_default().entry(step);
                let said = said.or_default();
                match claim.polarity {
                    Polarity::Affirms => said.claims.push(claim.clone()),
                    Polarity::Denies => said.denied.push(claim.clone()),
                }
            }
        }
        Ok(steps)
    }
}

impl Lens {
    /// By name.
    pub fn named(name: &str) -> Option<Self> {
        let of = ontology::lenses().iter().find(|of| of.name == name)?;
        Some(Self {
            of: of.clone(),
            by: Vec::new(),
        })
    }

    fn follows(&self, relation: &str) -> Option<&ontology::Followed> {
        self.of.follows.iter().find(|by| by.iri == relation)
    }

    fn hears(&self, claim: &Claim) -> bool {
        self.by.is_empty() || claim.assessors.iter().any(|who| self.by.contains(who))
    }

    /// The two that a claim makes one, and how, where this lens follows it.
    fn joins(&self, claim: &Claim, names: &Names) -> Option<(Thing, Thing, String)> {
        let relation = match claim.kind {
            // A name without a relation is as much as nearly the same.
            ClaimKind::Alias => claim
                .relation
                .clone()
                .unwrap_or_else(|| format!("{SKOS}closeMatch")),
            kind => format!("{FM}{}", kind.name()),
        };
        if claim.status.as_deref() == Some("withdrawn") || self.follows(&relation).is_none() {
            return None;
        }
        let object = claim.object.as_deref()?;
        let other = match RecordId::from_iri(object) {
            Some(id) => Thing::Record(id),
            None if claim.kind == ClaimKind::Attribution => return None,
            None => names.meant(object),
        };
        // An operation that is laid to somebody's charge is not the same as they.
        let is_activity = |id: &RecordId| HOLDERS.contains(&id.stix_type());
        if claim.kind == ClaimKind::Attribution
            && !matches!(&other, Thing::Record(id) if is_activity(id) && is_activity(&claim.subject))
        {
            return None;
        }
        let one = Thing::Record(claim.subject.clone());
        (one != other).then_some((one, other, relation))
    }
}

impl Names {
    /// What words stand for: the record of that name where one alone bears it, else themselves.
    fn meant(&self, words: &str) -> Thing {
        let asked = Asked::new(words);
        match self.bearers(asked.folded()).as_slice() {
            [one] => self.rows.get(*one as usize).map_or_else(
                || Thing::Words(asked.folded().to_owned()),
                |row| Thing::Record(row.id.clone()),
            ),
            _ => Thing::Words(asked.folded().to_owned()),
        }
    }

    /// The names of a record, as they are compared, that no other record bears.
    fn named_alone(&self, id: &RecordId) -> Vec<String> {
        let Ok(at) = self.rows.binary_search_by(|row| row.id.cmp(id)) else {
            return Vec::new();
        };
        let own: BTreeSet<&str> = self
            .of(at as u32)
            .filter(|name| name.is_own())
            .map(|name| &*name.folded)
            .collect();
        let alone = own.into_iter().filter(|name| self.bearers(name).len() == 1);
        alone.map(str::to_owned).collect()
    }
}

/// Whether a claim had certainly been made by the end of a date.
fn by_then(claim: &Claim, date: Option<&Edtf>) -> bool {
    date.is_none_or(|date| {
        let at = claim.dated();
        at.is_some_and(|at| certainly_by(at, date))
    })
}

fn way(reached: &[Reached], to: usize) -> Vec<Step> {
    let mut way = Vec::new();
    let mut at = to;
    while let Some((before, step)) = &reached[at].before {
        way.push(step.clone());
        at = *before;
    }
    way.reverse();
    way
}
