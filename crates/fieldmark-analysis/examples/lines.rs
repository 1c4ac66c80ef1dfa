//! How long it takes to combine claims, one core, by how many there are: seeded, one claim in three
//! leaning on others, roots shared as among those who read the same reports.
//!
//! `cargo xtask bench claims` runs it, and takes the last line: the seconds of the target's size.

use fieldmark_analysis::lines::{Ground, Input, Range, Rule, Stance, Yardstick, weigh};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::BTreeSet;
use std::time::Instant;

const SEED: u64 = 20_230_915;
/// Claims and propositions; the last is the target's.
const SIZES: [(usize, usize); 4] = [
    (1_000, 100),
    (10_000, 1_000),
    (10_000, 1),
    (100_000, 10_000),
];

fn main() {
    let yardstick = Yardstick::new(Vec::new());
    let mut last = 0.0;
    for (claims, propositions) in SIZES {
        let mut dice = Pcg64::seed_from_u64(SEED);
        let each = claims / propositions;
        let all: Vec<Vec<Input>> = (0..propositions)
            .map(|_| (0..each).map(|n| input(&mut dice, n, each)).collect())
            .collect();
        let begun = Instant::now();
        let lines: usize = all
            .iter()
            .map(|inputs| weigh(inputs, Rule::Ledger, &yardstick).lines.len())
            .sum();
        last = begun.elapsed().as_secs_f64();
        println!(
            "{claims:>7} claims over {propositions:>6} propositions: {lines} lines in {last:.3} s"
        );
    }
    println!("{last}");
}

fn input(dice: &mut Pcg64, n: usize, of: usize) -> Input {
    let low = dice.random_range(0.05..0.8);
    let ground = if n > 0 && dice.random_range(0..3) == 0 {
        let others = (0..dice.random_range(1..=3)).map(|_| dice.random_range(0..n).to_string());
        Ground::Derivative(others.collect())
    } else {
        // A fifth as many roots as claims.
        let root = |dice: &mut Pcg64| format!("root {}", dice.random_range(0..of.div_ceil(5)));
        Ground::Primary((0..dice.random_range(0..=2)).map(|_| root(dice)).collect())
    };
    Input {
        key: n.to_string(),
        stance: match dice.random_range(0..10) {
            0 => Stance::Against,
            _ => Stance::For,
        },
        range: (dice.random_range(0..2) == 0)
            .then(|| Range::new(low, low + 0.15).expect("a range within 0 and 1")),
        ground,
        categories: BTreeSet::new(),
    }
}
