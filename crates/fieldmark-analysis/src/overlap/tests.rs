//! The method's properties over generated populations, and its worked example over DISARM's own
//! incidents where they are at hand.

use super::index::Index;
use super::lists::HEAVY;
use super::*;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SOFT: FamilyId = 0;
const OTHER: FamilyId = 1;
const HARD: FamilyId = 2;

fn families() -> Vec<Family> {
    let family = |name: &str, hard, lambda| Family {
        name: name.to_owned(),
        hard,
        lambda,
    };
    vec![
        family("technique", false, 100),
        family("platform", false, 50),
        family("account", true, 100),
    ]
}

/// Trees of techniques, a few platforms, a few accounts.
fn terms() -> impl Strategy<Value = Vec<(FamilyId, Vec<Feature>)>> {
    vec(
        (0_u16..3, any::<prop::sample::Index>(), any::<bool>()),
        1..24,
    )
    .prop_map(|raw| {
        let mut made: Vec<(FamilyId, Vec<Feature>)> = Vec::new();
        for (family, parent, has) in raw {
            let peers: Vec<Feature> = (0..made.len() as Feature)
                .filter(|peer| made[*peer as usize].0 == family)
                .collect();
            let parents = if has && !peers.is_empty() {
                vec![*parent.get(&peers)]
            } else {
                Vec::new()
            };
            made.push((family, parents));
        }
        made
    })
}

#[derive(Clone, Debug)]
struct World {
    terms: Vec<(FamilyId, Vec<Feature>)>,
    leaves: Vec<Vec<(Feature, u8)>>,
}

impl World {
    fn index(&self) -> Index {
        let terms = Terms::new(families(), &self.terms).unwrap();
        Index::build(terms, self.leaves.len() as Holder, |holder| {
            self.leaves[holder as usize].clone()
        })
    }

    fn compare(&self, one: Holder, other: Holder) -> Comparison {
        let index = self.index();
        compare(&index, &index.profile(one), &index.profile(other))
    }
}

fn world() -> impl Strategy<Value = World> {
    terms().prop_flat_map(|terms| {
        let count = terms.len() as Feature;
        let leaf = (0..count, prop_oneof![Just(100_u8), 1_u8..100]);
        let leaves = vec(leaf, 0..8).prop_map(|leaves| {
            let once: BTreeMap<Feature, u8> = leaves.into_iter().collect();
            once.into_iter().collect()
        });
        vec(leaves, 2..10).prop_map(move |leaves| World {
            terms: terms.clone(),
            leaves,
        })
    })
}

fn content(index: &Index) -> (Vec<Profile>, Vec<Vec<Holder>>, u32, u64) {
    let holders = 0..index.places() as Holder;
    let features = 0..index.terms().len() as Feature;
    (
        holders.map(|holder| index.profile(holder)).collect(),
        features.map(|feature| index.holders(feature)).collect(),
        index.population(),
        index.edges(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn it_is_symmetric(world in world()) {
        let (there, back) = (world.compare(0, 1), world.compare(1, 0));
        prop_assert_eq!(&there.lines, &back.lines);
        prop_assert_eq!(&there.hard, &back.hard);
        prop_assert_eq!((there.sum, there.excess, there.jaccard), (back.sum, back.excess, back.jaccard));
        prop_assert_eq!(there.only_first, back.only_second);
    }

    #[test]
    fn contributions_and_chance_add_up_to_the_score_exactly(world in world()) {
        let found = world.compare(0, 1);
        let lines: Bits = found.lines.iter().map(|line| line.bits).sum();
        let chance: Bits = found.chance.iter().map(|(_, bits)| *bits).sum();
        prop_assert_eq!(lines, found.sum);
        prop_assert_eq!(lines - chance, found.excess);
        prop_assert!(found.lines.iter().all(|line| line.bits >= Bits::ZERO && line.sure > 0));
        prop_assert!(found.interval.0 <= found.excess && found.excess <= found.interval.1);
        for share in [found.jaccard, found.containment].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&share), "{}", share);
        }
    }

    #[test]
    fn weights_along_a_tree_add_up_to_the_information(world in world()) {
        let index = world.index();
        for feature in 0..index.terms().len() as Feature {
            let mut sum = index.weight(feature);
            let mut at = feature;
            while let Some(parent) = index.terms().parents(at).first() {
                sum += index.weight(*parent);
                at = *parent;
            }
            prop_assert_eq!(sum, index.information(feature));
        }
    }

    #[test]
    fn the_more_have_it_the_less_it_tells(world in world(), who: prop::sample::Index, what: prop::sample::Index) {
        let feature = what.index(world.terms.len()) as Feature;
        let holder = who.index(world.leaves.len());
        let mut more = world.clone();
        more.leaves[holder].push((feature, 100));
        // Those who had nothing before raise N as well, and with it what every feature tells.
        let counts = |world: &World| world.leaves.iter().filter(|leaves| !leaves.is_empty()).count();
        if counts(&more) > counts(&world) {
            return Ok(());
        }
        prop_assert!(more.index().information(feature) <= world.index().information(feature));
    }

    #[test]
    fn one_more_in_common_never_lowers_the_sum(world in world(), what: prop::sample::Index) {
        // In a population so large that two holders more of a feature change no weight by much:
        // the weights are held fixed, as the method says of the sum.
        let index = world.index();
        let feature = what.index(world.terms.len()) as Feature;
        let with = |leaves: &Vec<(Feature, u8)>| {
            let mut leaves = leaves.clone();
            leaves.push((feature, 100));
            index.profile_of(&leaves)
        };
        let before = compare(&index, &index.profile(0), &index.profile(1));
        let after = compare(&index, &with(&world.leaves[0]), &with(&world.leaves[1]));
        prop_assert!(after.sum >= before.sum);
    }

    #[test]
    fn the_sub_technique_tells_no_less_than_the_technique(world in world(), what: prop::sample::Index) {
        let index = world.index();
        let feature = what.index(world.terms.len()) as Feature;
        let sum = |feature| {
            let both = index.profile_of(&[(feature, 100)]);
            compare(&index, &both, &both).sum
        };
        for parent in index.terms().parents(feature) {
            prop_assert!(sum(feature) >= sum(*parent));
        }
    }

    #[test]
    fn what_is_changed_step_by_step_is_what_is_built(before in world(), seed in any::<u64>()) {
        let mut index = before.index();
        let mut after = before.clone();
        // Holders swap, lose and gain features in an order that the seed gives.
        let count = after.leaves.len();
        for step in 0..count * 2 {
            let who = (seed.rotate_left(step as u32) as usize) % count;
            let from = (seed.rotate_left(step as u32 * 7 + 3) as usize) % count;
            after.leaves[who] = match step % 3 {
                0 => Vec::new(),
                1 => before.leaves[from].clone(),
                _ => before.leaves[from].iter().map(|(f, _)| (*f, 1 + (seed % 100) as u8)).collect(),
            };
            index.set(who as Holder, &after.leaves[who]);
        }
        prop_assert_eq!(content(&index), content(&after.index()));
        // And edge by edge, into an index that began with none.
        let bare = World { leaves: vec![Vec::new(); count], ..after.clone() };
        let mut grown = bare.index();
        for (holder, leaves) in (0..).zip(&after.leaves) {
            for (feature, sure) in leaves {
                grown.insert(holder, *feature, *sure);
            }
        }
        prop_assert_eq!(content(&grown), content(&index));
        let (one, other) = (index.profile(0), index.profile(1));
        prop_assert_eq!(compare(&index, &one, &other), after.compare(0, 1));
    }

    #[test]
    fn a_ranking_adds_up_what_both_have_directly(world in world(), top in 1_usize..12) {
        let index = world.index();
        let of = index.profile(0);
        let hits = rank(&index, &of, top, |holder| holder != 0, &mut Scratch::default());
        let mut expected = Vec::new();
        for holder in 1..world.leaves.len() as Holder {
            let (mut hard, mut sum) = (0, Bits::ZERO);
            for (feature, sure) in &world.leaves[0] {
                let theirs = world.leaves[holder as usize].iter().find(|(f, _)| f == feature);
                let Some((_, _)) = theirs else { continue };
                // What is under it may make either surer of it.
                let sure = of.sure(*feature).unwrap_or(*sure).min(index.sure(*feature, holder));
                sum += index.call(*feature).percent(u32::from(sure));
                hard += u32::from(index.terms().is_hard(*feature));
            }
            if hard > 0 || sum > Bits::ZERO {
                expected.push(Hit { holder, hard, score: sum.get() * index.brevity(holder) });
            }
        }
        expected.sort_by(|a, b| b.hard.cmp(&a.hard).then(b.score.total_cmp(&a.score)).then(a.holder.cmp(&b.holder)));
        expected.truncate(top);
        prop_assert_eq!(&hits, &expected);
        // In the order of a large index it comes out the same.
        let large = super::rank::rank_from(&index, &of, top, |holder| holder != 0, &mut Scratch::default(), 0);
        prop_assert_eq!(hits, large);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn shuffles_keep_every_count_and_come_out_the_same(world in world(), seed in any::<u64>()) {
        let index = world.index();
        let how = Shuffles { times: 19, seed, ..Shuffles::default() };
        let pairs = [(0, 1), (1, 0)];
        let found = significance(&index, &pairs, how, &|| true);
        prop_assert_eq!(&found, &significance(&index, &pairs, how, &|| true));
        prop_assert_eq!(significance(&index, &pairs, how, &|| false), None);
        for one in found.into_iter().flatten() {
            prop_assert!(one.p > 0.0 && one.p <= 1.0 && one.q >= one.p && one.q <= 1.0);
            prop_assert_eq!(one.times, 19);
            // What is taken off as chance adds up with the lines to the last micro-bit.
            let measured = world.compare(0, 1).against(one.chance.clone());
            let lines: Bits = measured.lines.iter().map(|line| line.bits).sum();
            let chance: Bits = one.chance.iter().map(|(_, bits)| *bits).sum();
            prop_assert_eq!(lines - chance, measured.excess);
            let (low, high) = measured.interval;
            prop_assert!(low <= measured.excess && measured.excess <= high);
        }
    }

    #[test]
    fn lists_hold_the_same_packed_loose_and_heavy(values in btree_set(0_u32..20_000, 0..6_000), out in btree_set(0_u32..20_000, 0..50)) {
        let mut packed = super::lists::Lists::fill(&[values.len() as u32]);
        let mut loose = super::lists::Lists::default();
        for value in &values {
            packed.push(0, *value);
            prop_assert!(loose.insert(0, *value));
        }
        let mut packed = packed.done();
        prop_assert_eq!(packed.get(0).to_vec(), loose.get(0).to_vec());
        prop_assert_eq!(matches!(packed.get(0), super::lists::List::Bitmap(_)), values.len() >= HEAVY);
        for value in &out {
            prop_assert_eq!(packed.remove(0, *value), values.contains(value));
        }
        let left: Vec<u32> = values.difference(&out).copied().collect();
        prop_assert_eq!(packed.get(0).to_vec(), left);
        prop_assert_eq!(packed.get(0).len() as usize, packed.get(0).to_vec().len());
    }
}

#[test]
fn a_ring_is_named() {
    let ring = [
        (SOFT, vec![1]),
        (SOFT, vec![2]),
        (SOFT, vec![0]),
        (OTHER, vec![]),
    ];
    let Err(Cycle(members)) = Terms::new(families(), &ring) else {
        panic!("a ring went in");
    };
    assert_eq!(members, [0, 1, 2]);
    assert!(Terms::new(families(), &[(HARD, vec![0])]).is_err());
}

#[test]
fn hard_and_soft_are_never_blended() {
    let world = World {
        terms: vec![(HARD, vec![]), (SOFT, vec![])],
        leaves: vec![vec![(0, 100), (1, 100)], vec![(0, 100)], vec![(1, 100)]],
    };
    let by_account = world.compare(0, 1);
    assert_eq!((by_account.sum, by_account.hard), (Bits::ZERO, vec![0]));
    let by_technique = world.compare(0, 2);
    assert!(by_technique.sum > Bits::ZERO && by_technique.hard.is_empty());
}

#[test]
fn false_discovery_rates_are_those_of_benjamini_and_hochberg() {
    // Their 1995 paper, table 1: fifteen p-values, of which the first four hold at 0.05.
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ];
    let held = discovery_rates(&p).iter().filter(|q| **q <= 0.05).count();
    assert_eq!(held, 4);
}

#[test]
fn a_small_population_and_a_bare_profile_are_insufficient() {
    let thresholds = Thresholds {
        population: 30,
        features: 5,
        excess: Bits::of(6.0),
        rate: 0.05,
        families: 2,
    };
    let world = |holders: usize, features: Feature| World {
        terms: (0..40)
            .map(|at| (if at % 2 == 0 { SOFT } else { OTHER }, vec![]))
            .collect(),
        leaves: (0..holders)
            .map(|at| {
                if at < 2 {
                    (0..features).map(|feature| (feature, 100)).collect()
                } else {
                    vec![(39, 100)]
                }
            })
            .collect(),
    };
    let verdict = |world: World, q| soft(&world.index(), &world.compare(0, 1), q, &thresholds);
    let lacking = |why| Soft::Insufficient(why);
    assert_eq!(
        verdict(world(29, 8), Some(0.01)),
        lacking(Lacking::Population)
    );
    assert_eq!(
        verdict(world(30, 4), Some(0.01)),
        lacking(Lacking::Features)
    );
    assert_eq!(verdict(world(30, 8), Some(0.01)), Soft::Distinctive);
    assert_eq!(verdict(world(30, 8), Some(0.06)), Soft::Compatible);
    assert_eq!(verdict(world(30, 8), None), Soft::Compatible);
}

#[test]
fn chance_is_what_the_shuffles_share_where_the_closed_form_errs_high() {
    // Four holders have one feature each, two and two. Dealt anew, two given ones share theirs in
    // one deal of three; the closed form, which deals to each as if the others had none, says two.
    let world = World {
        terms: vec![(SOFT, vec![]), (SOFT, vec![])],
        leaves: [0, 0, 1, 1].map(|feature| vec![(feature, 100)]).to_vec(),
    };
    let index = world.index();
    let how = Shuffles {
        times: 9_999,
        ..Shuffles::default()
    };
    let found = significance(&index, &[(0, 1)], how, &|| true).unwrap();
    let of = |chance: &[(FamilyId, Bits)]| chance[usize::from(SOFT)].1.get();
    let whole = index.worth(0, 100).get();
    assert!((of(&found[0].chance) / whole - 1.0 / 3.0).abs() < 0.02);
    assert!((of(&world.compare(0, 1).chance) / whole - 0.5).abs() < 1e-4);
}
