//! Finds the group behind each campaign and each held-out report of an ATT&CK-like corpus, by this
//! crate's ranking and by plain ones, and says how often each is right.
//!
//! `cargo xtask bench retrieval [FILE…]` runs it. A file is a STIX bundle, or any JSON whose lists
//! hold objects with `source_ref`, `relationship_type` and `target_ref`; a directory means its
//! `.json` files, together one corpus. Attributions are only the truth that is looked for: taking
//! them out of the corpus must change nothing, and that is asserted.

use anyhow::{Context, Result, bail};
use fieldmark_analysis::overlap::{
    Family, FamilyId, Feature, Holder, Index, Profile, SURE, Scratch, Terms, rank,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// The fewest features a report and the rest of its group must have.
const FEWEST: usize = 3;
/// Reports of more features than this are long.
const SHORT: usize = 8;

/// One of an ATT&CK-like corpus.
#[derive(Default)]
struct Corpus {
    /// Who uses what, and by which reports.
    uses: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    broader: BTreeMap<String, String>,
    attributed: BTreeMap<String, BTreeSet<String>>,
}

impl Corpus {
    fn read(path: &Path) -> Result<Self> {
        let mut files = vec![path.to_owned()];
        if path.is_dir() {
            files = std::fs::read_dir(path)?
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>>>()?;
            files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
            files.sort();
        }
        let mut corpus = Self::default();
        for file in files {
            let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
            let value: Value =
                serde_json::from_slice(&text).with_context(|| file.display().to_string())?;
            let lists: Vec<&Vec<Value>> = match &value {
                Value::Array(list) => vec![list],
                Value::Object(fields) => fields.values().filter_map(Value::as_array).collect(),
                _ => Vec::new(),
            };
            for object in lists.into_iter().flatten() {
                corpus.take(object);
            }
        }
        if corpus.uses.is_empty() {
            bail!("{}: nothing in it uses anything", path.display());
        }
        Ok(corpus)
    }

    fn take(&mut self, object: &Value) {
        let text = |key: &str| object[key].as_str();
        let (Some(from), Some(kind), Some(to)) = (
            text("source_ref"),
            text("relationship_type"),
            text("target_ref"),
        ) else {
            return;
        };
        let gone = ["revoked", "x_mitre_deprecated", "deprecated"];
        if gone.iter().any(|key| object[key] == true) {
            return;
        }
        let of = from.split("--").next().unwrap_or_default();
        match (of, kind) {
            ("campaign" | "intrusion-set", "uses") => {
                let reports = self
                    .uses
                    .entry(from.to_owned())
                    .or_default()
                    .entry(to.to_owned())
                    .or_default();
                let description = text("description").unwrap_or_default();
                for citation in description.split("(Citation: ").skip(1) {
                    reports.extend(citation.split(')').next().map(str::to_owned));
                }
            }
            ("campaign", "attributed-to") => {
                let groups = self.attributed.entry(from.to_owned()).or_default();
                groups.insert(to.to_owned());
            }
            ("attack-pattern", "subtechnique-of") => {
                self.broader.insert(from.to_owned(), to.to_owned());
            }
            _ => {}
        }
    }
}

/// A corpus by number, with an index of it.
struct World {
    holders: Vec<String>,
    features: Vec<String>,
    leaves: Vec<Vec<(Feature, u8)>>,
    index: Index,
}

impl World {
    fn of(corpus: &Corpus) -> Result<Self> {
        let holders: Vec<String> = corpus.uses.keys().cloned().collect();
        let mut known: BTreeSet<String> = corpus
            .uses
            .values()
            .flat_map(|of| of.keys().cloned())
            .collect();
        let mut open: Vec<String> = known.iter().cloned().collect();
        while let Some(feature) = open.pop() {
            if let Some(more) = corpus.broader.get(&feature)
                && known.insert(more.clone())
            {
                open.push(more.clone());
            }
        }
        let features: Vec<String> = known.into_iter().collect();
        let number = |feature: &str| {
            features
                .binary_search_by(|known| known.as_str().cmp(feature))
                .map(|at| at as Feature)
                .ok()
        };
        let terms: Vec<(FamilyId, Vec<Feature>)> = features
            .iter()
            .map(|feature| {
                let parents = corpus.broader.get(feature).and_then(|more| number(more));
                let family = u16::from(!feature.starts_with("attack-pattern"));
                (family, parents.into_iter().collect())
            })
            .collect();
        let family = |name: &str| Family {
            name: name.to_owned(),
            hard: false,
            lambda: 100,
        };
        let terms = Terms::new(vec![family("technique"), family("software")], &terms)?;
        let leaves: Vec<Vec<(Feature, u8)>> = corpus
            .uses
            .values()
            .map(|of| of.keys().filter_map(|f| Some((number(f)?, SURE))).collect())
            .collect();
        let index = Index::build(terms, leaves.len() as Holder, |at| {
            leaves[at as usize].clone()
        });
        Ok(Self {
            holders,
            features,
            leaves,
            index,
        })
    }

    fn holder(&self, id: &str) -> Option<Holder> {
        let found = self
            .holders
            .binary_search_by(|known| known.as_str().cmp(id));
        found.ok().map(|at| at as Holder)
    }

    fn is_group(&self, holder: Holder) -> bool {
        self.holders[holder as usize].starts_with("intrusion-set")
    }

    fn groups(&self) -> impl Iterator<Item = Holder> {
        (0..self.holders.len() as Holder).filter(|holder| self.is_group(*holder))
    }
}

const METHODS: [&str; 6] = [
    "Fieldmark",
    "plain Jaccard",
    "idf cosine",
    "idf containment",
    "popularity",
    "random",
];

/// The rank of the truth by each method; those who tie share the middle of their ranks.
fn ranks(
    index: &Index,
    world: &World,
    leaves: &[Vec<(Feature, u8)>],
    query: &Profile,
    truth: Holder,
) -> [f64; 6] {
    let asked: BTreeSet<Feature> = query.direct().map(|(feature, _)| feature).collect();
    let mut df: HashMap<Feature, f64> = HashMap::new();
    for (feature, _) in leaves.iter().flatten() {
        *df.entry(*feature).or_default() += 1.0;
    }
    let people = leaves.iter().filter(|leaves| !leaves.is_empty()).count() as f64;
    let idf = |feature: &Feature| {
        -((df.get(feature).copied().unwrap_or(0.0) + 0.5) / (people + 1.0)).log2()
    };
    let square = |features: &mut dyn Iterator<Item = Feature>| {
        features
            .map(|f| idf(&f).powi(2))
            .sum::<f64>()
            .sqrt()
            .max(1e-12)
    };
    let whole: f64 = asked.iter().map(idf).sum::<f64>().max(1e-12);
    let norm = square(&mut asked.iter().copied());
    let hits = rank(
        index,
        query,
        usize::MAX,
        |holder| world.is_group(holder),
        &mut Scratch::default(),
    );
    let ours: HashMap<Holder, f64> = hits.iter().map(|hit| (hit.holder, hit.score)).collect();
    let mut scores: [Vec<(f64, Holder)>; 6] = Default::default();
    for group in world.groups() {
        let has: BTreeSet<Feature> = leaves[group as usize].iter().map(|(f, _)| *f).collect();
        let shared: Vec<Feature> = asked.intersection(&has).copied().collect();
        let union = asked.union(&has).count().max(1) as f64;
        let sum: f64 = shared.iter().map(idf).sum();
        let product: f64 = shared.iter().map(|f| idf(f).powi(2)).sum();
        let each = [
            ours.get(&group).copied().unwrap_or(0.0),
            shared.len() as f64 / union,
            product / (norm * square(&mut has.iter().copied())),
            sum / whole,
            has.len() as f64,
            0.0,
        ];
        for (list, score) in scores.iter_mut().zip(each) {
            list.push((score, group));
        }
    }
    scores.map(|list| {
        let of_truth = list.iter().find(|(_, group)| *group == truth);
        let score = of_truth.map_or(f64::NEG_INFINITY, |(score, _)| *score);
        let better = list.iter().filter(|(other, _)| *other > score).count() as f64;
        let equal = list.iter().filter(|(other, _)| *other == score).count() as f64;
        better + f64::midpoint(equal, 1.0)
    })
}

/// Mean reciprocal rank with its bootstrap interval, hit@1 and hit@10.
fn report(title: &str, cases: &[[f64; 6]], groups: usize) {
    println!("\n{title}, n = {}, {groups} groups", cases.len());
    if cases.is_empty() {
        return;
    }
    println!(
        "{:16} {:>6}  {:15} {:>6} {:>7}",
        "", "MRR", "95 % interval", "hit@1", "hit@10"
    );
    for (at, name) in METHODS.iter().enumerate() {
        let random = *name == "random";
        // A random order's reciprocal rank is the mean over all places, not that of the mean place.
        let harmonic: f64 = (1..=groups).map(|n| 1.0 / n as f64).sum();
        let value = |case: &[f64; 6]| {
            if random {
                harmonic / groups as f64
            } else {
                1.0 / case[at]
            }
        };
        let mean = |cases: &mut dyn Iterator<Item = &[f64; 6]>| {
            let (sum, n) = cases.fold((0.0, 0.0), |(sum, n), case| (sum + value(case), n + 1.0));
            sum / n
        };
        let mut draw = Pcg64::seed_from_u64(20_230_906);
        let mut means: Vec<f64> = (0..2000)
            .map(|_| {
                let mut drawn = (0..cases.len()).map(|_| &cases[draw.random_range(0..cases.len())]);
                mean(&mut drawn)
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let hit = |most: f64| {
            let hits = cases.iter().filter(|case| case[at] <= most).count() as f64;
            if random {
                most.min(groups as f64) / groups as f64
            } else {
                hits / cases.len() as f64
            }
        };
        println!(
            "{name:16} {:>6.3}  {:.3} to {:.3}  {:>6.2} {:>7.2}",
            mean(&mut cases.iter()),
            means[means.len() / 40],
            means[means.len() - 1 - means.len() / 40],
            hit(1.0),
            hit(10.0)
        );
    }
}

fn campaigns(corpus: &Corpus, world: &World) -> Vec<(Holder, Holder)> {
    let one = |groups: &BTreeSet<String>| (groups.len() == 1).then(|| groups.first().cloned())?;
    corpus
        .attributed
        .iter()
        .filter_map(|(campaign, groups)| {
            Some((world.holder(campaign)?, world.holder(&one(groups)?)?))
        })
        .collect()
}

fn reports(corpus: &Corpus, world: &World) -> Vec<[f64; 7]> {
    let mut index = world.index.clone();
    let mut leaves = world.leaves.clone();
    let mut cases = Vec::new();
    let number: HashMap<&str, Feature> = (0..)
        .zip(&world.features)
        .map(|(at, name)| (name.as_str(), at))
        .collect();
    for group in world.groups() {
        let uses = &corpus.uses[&world.holders[group as usize]];
        let all: BTreeSet<&String> = uses.values().flatten().collect();
        for held in all {
            let of = |keep: &dyn Fn(&BTreeSet<String>) -> bool| -> Vec<(Feature, u8)> {
                let kept = uses.iter().filter(|(_, reports)| keep(reports));
                kept.map(|(name, _)| (number[name.as_str()], SURE))
                    .collect()
            };
            let query = of(&|reports| reports.contains(held));
            let rest = of(&|reports| reports.iter().any(|report| report != held));
            if query.len() < FEWEST || rest.len() < FEWEST {
                continue;
            }
            index.set(group, &rest);
            leaves[group as usize].clone_from(&rest);
            let found = ranks(&index, world, &leaves, &index.profile_of(&query), group);
            let mut case = [query.len() as f64; 7];
            case[..6].copy_from_slice(&found);
            cases.push(case);
        }
        leaves[group as usize].clone_from(&world.leaves[group as usize]);
        index.set(group, &world.leaves[group as usize]);
    }
    cases
}

fn main() -> Result<()> {
    for path in std::env::args().skip(1) {
        let corpus = Corpus::read(Path::new(&path))?;
        let world = World::of(&corpus)?;
        let groups = world.groups().count();
        println!("\n== {path}");
        let pairs = campaigns(&corpus, &world);
        let cases: Vec<[f64; 6]> = pairs
            .iter()
            .map(|(campaign, group)| {
                let query = world.index.profile(*campaign);
                ranks(&world.index, &world, &world.leaves, &query, *group)
            })
            .collect();
        report("Campaigns attributed to exactly one group", &cases, groups);
        // The truth must not be looked up: without it every rank is what it was.
        let blind = World::of(&Corpus {
            attributed: BTreeMap::new(),
            uses: corpus.uses.clone(),
            broader: corpus.broader.clone(),
        })?;
        for ((campaign, group), case) in pairs.iter().zip(&cases) {
            let query = blind.index.profile(*campaign);
            let again = ranks(&blind.index, &blind, &blind.leaves, &query, *group);
            if again != *case {
                bail!("{path}: attributions change a behavioural score");
            }
        }
        println!("Without the attributions every rank is the same.");
        let held = reports(&corpus, &world);
        let part = |keep: &dyn Fn(f64) -> bool| -> Vec<[f64; 6]> {
            let kept = held.iter().filter(|case| keep(case[6]));
            kept.map(|case| std::array::from_fn(|at| case[at]))
                .collect()
        };
        report("Held-out reports", &part(&|_| true), groups);
        let short = format!("of at most {SHORT} features");
        report(&short, &part(&|length| length <= SHORT as f64), groups);
        let long = format!("of more than {SHORT} features");
        report(&long, &part(&|length| length > SHORT as f64), groups);
    }
    Ok(())
}
