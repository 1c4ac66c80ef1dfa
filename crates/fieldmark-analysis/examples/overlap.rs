//! How long overlap takes: one against all, building, inserting, over seeded skewed edges.
//!
//! `cargo xtask bench overlap` runs it. With `--dump FILE EDGES` it writes that many edges and
//! their weights as N-Triples instead, for another engine to answer the same question.

use anyhow::{Context, Result, bail};
use fieldmark_analysis::overlap::{
    Family, FamilyId, Feature, Holder, Index, SURE, Scratch, Terms, rank,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

const SEED: u64 = 20_230_915;
const TOP: usize = 20;

/// A population: so many edges, holders and features. One feature in twenty has others under it.
struct Size {
    edges: u64,
    holders: u32,
    features: u32,
}

const SIZES: [Size; 3] = [
    Size {
        edges: 10_000,
        holders: 500,
        features: 2_000,
    },
    Size {
        edges: 1_000_000,
        holders: 20_000,
        features: 100_000,
    },
    Size {
        edges: 100_000_000,
        holders: 1_000_000,
        features: 2_000_000,
    },
];

impl Size {
    fn terms(&self) -> Result<Terms> {
        let family = |name: &str| Family {
            name: name.to_owned(),
            hard: false,
            lambda: 100,
        };
        let features: Vec<(FamilyId, Vec<Feature>)> = (0..self.features)
            .map(|feature| ((feature % 2) as FamilyId, Vec::new()))
            .collect();
        Ok(Terms::new(vec![family("one"), family("other")], &features)?)
    }

    /// What a holder has: always the same for the same number. Few features are held by many.
    fn leaves(&self, holder: Holder) -> Vec<(Feature, u8)> {
        let mut random = Pcg64::seed_from_u64(SEED ^ (u64::from(holder) << 20));
        let mean = (self.edges / u64::from(self.holders)) as f64;
        // Between a quarter of the mean and seven quarters.
        let count = (mean * (0.25 + 1.5 * random.random::<f64>())).round() as usize;
        let mut found = BTreeSet::new();
        while found.len() < count.min(self.features as usize / 2) {
            let skew = random.random::<f64>().powf(2.5);
            found.insert((skew * f64::from(self.features)) as Feature);
        }
        found.into_iter().map(|feature| (feature, SURE)).collect()
    }

    fn index(&self) -> Result<(Index, Duration)> {
        // Made beforehand, so that building is timed and not the generator; the largest population
        // is too large to hold twice, and the generator's time is taken off instead.
        if self.edges <= 1_000_000 {
            let all: Vec<_> = (0..self.holders)
                .map(|holder| self.leaves(holder))
                .collect();
            let terms = self.terms()?;
            let begun = Instant::now();
            let index = Index::build(terms, self.holders, |holder| all[holder as usize].clone());
            return Ok((index, begun.elapsed()));
        }
        let begun = Instant::now();
        let made: usize = (0..self.holders)
            .map(|holder| self.leaves(holder).len())
            .sum();
        let making = begun.elapsed();
        println!("{made} edges made in {:.1} s", making.as_secs_f64());
        let terms = self.terms()?;
        let begun = Instant::now();
        let index = Index::build(terms, self.holders, |holder| self.leaves(holder));
        Ok((index, begun.elapsed().saturating_sub(making)))
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, file, edges] = arguments.as_slice()
        && flag == "--dump"
    {
        return dump(file, edges.parse()?);
    }
    println!(
        "{:>11} {:>9} {:>9} {:>8} {:>10} {:>10} {:>10} {:>10}",
        "edges", "holders", "build", "memory", "mean", "p99", "insert", "of them"
    );
    for size in &SIZES {
        let (mut index, build) = size.index()?;
        let mut scratch = Scratch::default();
        let mut random = Pcg64::seed_from_u64(SEED);
        let asked: Vec<Holder> = (0..2_000)
            .map(|_| random.random_range(0..size.holders))
            .collect();
        let mut times = Vec::new();
        for round in 0..2 {
            times.clear();
            for of in &asked {
                let begun = Instant::now();
                let profile = index.profile(*of);
                let hits = rank(&index, &profile, TOP, |holder| holder != *of, &mut scratch);
                times.push(begun.elapsed());
                if hits.is_empty() && round == 0 && profile.features().len() > 20 {
                    bail!("holder {of} shares nothing with anybody");
                }
            }
        }
        times.sort();
        let mean = times.iter().sum::<Duration>() / times.len() as u32;
        let p99 = times[times.len() * 99 / 100];
        let inserts = 5_000;
        let begun = Instant::now();
        for _ in 0..inserts {
            let holder = random.random_range(0..size.holders);
            let feature = random.random_range(0..size.features);
            index.insert(holder, feature, SURE);
        }
        let insert = begun.elapsed() / inserts;
        let again: Vec<u128> = asked
            .iter()
            .take(200)
            .map(|of| {
                let begun = Instant::now();
                let profile = index.profile(*of);
                rank(&index, &profile, TOP, |holder| holder != *of, &mut scratch);
                begun.elapsed().as_micros()
            })
            .collect();
        println!(
            "{:>11} {:>9} {:>7.0}ms {:>6}MB {:>8.1}µs {:>8.1}µs {:>8.2}µs {:>8}µs",
            index.edges(),
            size.holders,
            build.as_secs_f64() * 1e3,
            index.bytes() >> 20,
            mean.as_secs_f64() * 1e6,
            p99.as_secs_f64() * 1e6,
            insert.as_secs_f64() * 1e6,
            again.iter().sum::<u128>() / again.len() as u128,
        );
        println!("            resident at most: {} MB", resident()?);
    }
    Ok(())
}

/// The most memory this process has had, in MiB (Linux).
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("no VmHWM in /proc/self/status")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib >> 10)
}

/// The edges of one population, and what each feature adds to a ranking.
fn dump(file: &str, edges: u64) -> Result<()> {
    let size = SIZES
        .iter()
        .find(|size| size.edges == edges)
        .context("there are populations of 10000, 1000000 and 100000000 edges")?;
    let (index, _) = size.index()?;
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for holder in 0..size.holders {
        for (feature, _) in size.leaves(holder) {
            writeln!(out, "<urn:h:{holder}> <urn:has> <urn:f:{feature}> .")?;
        }
    }
    for feature in 0..size.features {
        if index.df(feature) > 0 {
            let call = index.call(feature).0;
            writeln!(
                out,
                "<urn:f:{feature}> <urn:call> \"{call}\"^^<http://www.w3.org/2001/XMLSchema#integer> ."
            )?;
        }
    }
    Ok(out.flush()?)
}
