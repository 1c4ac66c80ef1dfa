//! The ledger's worked example, and its properties over generated ledgers.

use super::*;
use proptest::prelude::*;

fn likely() -> Option<Range> {
    Some(range(0.55, 0.80))
}

fn range(low: f64, high: f64) -> Range {
    Range::new(low, high).unwrap()
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn primary(key: &str, roots: &[&str], range: Option<Range>) -> Input {
    Input {
        key: key.to_owned(),
        stance: Stance::For,
        range,
        ground: Ground::Primary(set(roots)),
        categories: BTreeSet::new(),
    }
}

fn derivative(key: &str, sources: &[&str], range: Option<Range>) -> Input {
    Input {
        ground: Ground::Derivative(set(sources)),
        ..primary(key, &[], range)
    }
}

/// ICD 203's bands.
fn icd203() -> Yardstick {
    Yardstick::new(
        [
            ("almost no chance", 0.01, 0.05),
            ("very unlikely", 0.05, 0.20),
            ("unlikely", 0.20, 0.45),
            ("roughly even chance", 0.45, 0.55),
            ("likely", 0.55, 0.80),
            ("very likely", 0.80, 0.95),
            ("almost certain", 0.95, 0.99),
        ]
        .map(|(term, low, high)| Band {
            term: term.to_owned(),
            range: range(low, high),
        })
        .to_vec(),
    )
}

/// "The operation is Spamouflage": one claim whose ground is not disclosed, one from data of its
/// own, and a reviewer of both who says "likely".
fn spamouflage() -> Vec<Input> {
    vec![
        primary("C10", &[], None),
        primary("C13", &["R4's data"], None),
        derivative("C15", &["C10", "C13"], likely()),
    ]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.0005
}

#[test]
fn a_reviewer_of_two_lines_counts_once() {
    let weighing = weigh(&spamouflage(), Rule::Ledger, &icd203());
    assert_eq!(weighing.lines.len(), 2);
    assert_eq!(weighing.counted_once, ["C15"]);
    assert_eq!(weighing.unscaled, ["C10", "C13"]);
    assert!(close(weighing.support.odds.middle, 0.731));
    let Headline::Likelihood {
        range,
        probability,
        term,
        lines,
    } = weighing.headline
    else {
        panic!("{:?}", weighing.headline);
    };
    assert!(close(range.low(), 0.55) && close(range.high(), 0.80) && close(probability, 0.675));
    assert_eq!((term.as_deref(), lines), (Some("likely"), 2));
}

#[test]
fn two_separate_lines_that_say_likely_come_to_three_quarters() {
    let inputs = [
        primary("a", &["x"], likely()),
        primary("b", &["y"], likely()),
    ];
    let at = |rule| {
        let odds = weigh(&inputs, rule, &icd203()).support.odds;
        [odds.low, odds.middle, odds.high].map(range::probability)
    };
    let [low, middle, high] = at(Rule::Ledger);
    assert!(close(low, 0.575) && close(middle, 0.7496) && close(high, 0.8889));
    assert!(close(at(Rule::SingleBest)[1], 0.675));
    assert!(close(at(Rule::FullIndependence)[1], 0.8118));
}

#[test]
fn an_unscaled_denial_contests_and_is_not_averaged_away() {
    let mut inputs = spamouflage();
    inputs.push(Input {
        stance: Stance::Against,
        ..primary("embassy", &["embassy"], None)
    });
    let weighing = weigh(&inputs, Rule::Ledger, &icd203());
    assert_eq!(
        weighing.headline,
        Headline::Contested {
            for_: 2,
            against: 1
        }
    );
    assert_eq!(weighing.dissent.claims, ["embassy"]);
    assert!(close(weighing.support.odds.middle, 0.731));
}

#[test]
fn without_a_scale_there_is_no_number() {
    let inputs = [primary("a", &["x"], None), primary("b", &["x"], None)];
    let weighing = weigh(&inputs, Rule::Ledger, &icd203());
    assert_eq!(weighing.headline, Headline::Unscaled { lines: 1 });
    assert_eq!(
        weigh(&[], Rule::Ledger, &icd203()).headline,
        Headline::Silent
    );
}

#[test]
fn a_ring_of_claims_that_lean_on_each_other_founds_nothing() {
    let inputs = [
        derivative("a", &["b"], likely()),
        derivative("b", &["a"], likely()),
        derivative("c", &["c"], None),
    ];
    let weighing = weigh(&inputs, Rule::FullIndependence, &icd203());
    assert_eq!(weighing.lines.len(), 1);
    assert_eq!(weighing.lines[0].roots, [UNDISCLOSED]);
    assert_eq!(weighing.source_hidden, ["a", "b", "c"]);
    assert!(close(weighing.support.odds.middle, 0.731));
}

#[test]
fn very_likely_on_one_kind_of_evidence_says_so() {
    let mut input = primary("a", &["x"], Some(range(0.8, 0.95)));
    input.categories.insert(Category::Technical);
    let weigh = |input: &Input| weigh(std::slice::from_ref(input), Rule::Ledger, &icd203());
    assert!(weigh(&input).wants_second_category);
    input.categories.insert(Category::Contextual);
    assert!(!weigh(&input).wants_second_category);
}

#[test]
fn no_range_is_upside_down_or_beyond_certainty() {
    assert_eq!(
        Range::new(0.8, 0.55).unwrap_err().to_string(),
        "the range 0.8 to 0.55 is upside down: the lower end comes first"
    );
    assert!(Range::new(55.0, 80.0).is_err());
    assert!(Range::new(f64::NAN, 0.5).is_err());
}

#[test]
fn a_word_between_two_bands_is_no_word() {
    let gap = Yardstick::new(vec![
        Band {
            term: "b".into(),
            range: range(0.8, 0.9),
        },
        Band {
            term: "a".into(),
            range: range(0.25, 0.35),
        },
    ]);
    assert_eq!(gap.term(0.3), Some("a"));
    assert_eq!(gap.term(0.5), None);
    assert_eq!(icd203().term(0.80), Some("very likely"));
}

/// Brute force: every way to give each claim at most one of its lines.
fn greatest(speakers: &[(f64, Vec<usize>)], taken: &mut Vec<usize>) -> f64 {
    let Some(((weight, lines), rest)) = speakers.split_first() else {
        return 0.0;
    };
    let mut best = greatest(rest, taken);
    for line in lines {
        if !taken.contains(line) {
            taken.push(*line);
            best = best.max(weight.max(0.0) + greatest(rest, taken));
            taken.pop();
        }
    }
    best
}

const ROOTS: [&str; 5] = ["p", "q", "r", "s", UNDISCLOSED];

fn ranges() -> impl Strategy<Value = Option<Range>> {
    prop_oneof![
        2 => Just(None),
        5 => (0_u32..=100, 0_u32..=100).prop_map(|(a, b)| {
            Some(range(f64::from(a.min(b)) / 100.0, f64::from(a.max(b)) / 100.0))
        }),
    ]
}

fn stances() -> impl Strategy<Value = Stance> {
    prop_oneof![3 => Just(Stance::For), 1 => Just(Stance::Against)]
}

fn primaries() -> impl Strategy<Value = Ground> {
    proptest::collection::btree_set(0..ROOTS.len(), 0..3)
        .prop_map(|at| Ground::Primary(at.into_iter().map(|at| ROOTS[at].to_owned()).collect()))
}

fn derivatives() -> impl Strategy<Value = Ground> {
    // Some sources are not among the inputs: they are hidden.
    proptest::collection::btree_set(0_usize..12, 1..4)
        .prop_map(|at| Ground::Derivative(at.into_iter().map(key).collect()))
}

fn key(at: usize) -> String {
    format!("c{at:02}")
}

fn ledgers_of(ground: impl Strategy<Value = Ground>) -> impl Strategy<Value = Vec<Input>> {
    proptest::collection::vec((stances(), ranges(), ground), 0..9).prop_map(|claims| {
        claims
            .into_iter()
            .enumerate()
            .map(|(at, (stance, range, ground))| Input {
                key: key(at),
                stance,
                range,
                ground,
                categories: BTreeSet::new(),
            })
            .collect()
    })
}

fn ledgers() -> impl Strategy<Value = Vec<Input>> {
    ledgers_of(prop_oneof![3 => primaries(), 2 => derivatives()])
}

fn rules() -> impl Strategy<Value = Rule> {
    proptest::sample::select(Rule::ALL.to_vec())
}

fn support(inputs: &[Input], rule: Rule) -> Odds {
    weigh(inputs, rule, &icd203()).support.odds
}

/// Not lower, but for rounding.
fn at_least(a: Odds, b: Odds) -> bool {
    let e = 1e-9;
    a.low >= b.low - e && a.middle >= b.middle - e && a.high >= b.high - e
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        // Some ledgers lack what a property speaks of; those do not count as cases.
        max_global_rejects: 100_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn order_does_not_matter(
        (inputs, shuffled) in ledgers().prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
        rule in rules(),
    ) {
        prop_assert_eq!(weigh(&inputs, rule, &icd203()), weigh(&shuffled, rule, &icd203()));
    }

    #[test]
    fn a_duplicate_changes_nothing(inputs in ledgers(), at in any::<prop::sample::Index>(), rule in rules()) {
        prop_assume!(!inputs.is_empty());
        let mut twice = inputs.clone();
        twice.push(at.get(&inputs).clone());
        prop_assert_eq!(weigh(&inputs, rule, &icd203()), weigh(&twice, rule, &icd203()));
    }

    #[test]
    fn who_leans_on_a_scaled_primary_adds_no_support(
        inputs in ledgers(),
        at in any::<prop::sample::Index>(),
        (more, said) in (proptest::collection::btree_set(0_usize..12, 0..3), ranges()),
        rule in rules(),
    ) {
        let scaled: Vec<&Input> = inputs
            .iter()
            .filter(|i| i.range.is_some() && matches!(i.ground, Ground::Primary(_)))
            .collect();
        prop_assume!(!scaled.is_empty());
        let mut sources: BTreeSet<String> = more.into_iter().map(key).collect();
        sources.insert(at.get(&scaled).key.clone());
        let mut with = inputs.clone();
        with.push(Input { ground: Ground::Derivative(sources), ..primary("z", &[], said) });
        prop_assert_eq!(support(&with, rule), support(&inputs, rule));
    }

    #[test]
    fn raising_a_range_never_lowers_support(
        inputs in ledgers(), at in any::<prop::sample::Index>(), up in 0.0..0.5_f64, rule in rules(),
    ) {
        prop_assume!(!inputs.is_empty());
        let at = at.index(inputs.len());
        let mut raised = inputs.clone();
        raised[at].range = raised[at]
            .range
            .map(|r| range((r.low() + up).min(1.0), (r.high() + up).min(1.0)));
        prop_assert!(at_least(support(&raised, rule), support(&inputs, rule)));
    }

    #[test]
    fn a_new_line_never_lowers_support(inputs in ledgers(), said in ranges(), stance in stances(), rule in rules()) {
        let mut with = inputs.clone();
        with.push(Input { stance, ..primary("z", &["a root of its own"], said) });
        prop_assert!(at_least(support(&with, rule), support(&inputs, rule)));
    }

    #[test]
    fn nothing_said_against_is_lost(inputs in ledgers(), rule in rules()) {
        let weighing = weigh(&inputs, rule, &icd203());
        for input in &inputs {
            let against = match input.range {
                Some(r) => r.low() + r.high() < 0.9999,
                None => input.stance == Stance::Against,
            };
            if against {
                prop_assert!(weighing.dissent.claims.contains(&input.key));
                let contested = matches!(weighing.headline, Headline::Contested { against, .. } if against > 0);
                prop_assert!(contested);
            }
            // And every claim stands on some line.
            let stands = weighing
                .lines
                .iter()
                .any(|line| line.primaries.contains(&input.key) || line.derivatives.contains(&input.key));
            prop_assert!(stands);
        }
    }

    #[test]
    fn more_independence_means_more_support(inputs in ledgers()) {
        let [ledger, best, full] = Rule::ALL.map(|rule| support(&inputs, rule));
        prop_assert!(at_least(ledger, best) && at_least(full, ledger));
    }

    #[test]
    fn the_interval_holds_its_middle(inputs in ledgers(), rule in rules()) {
        let weighing = weigh(&inputs, rule, &icd203());
        for odds in [weighing.support.odds, weighing.dissent.odds] {
            prop_assert!(0.0 <= odds.low && odds.low <= odds.middle + 1e-9 && odds.middle <= odds.high + 1e-9);
        }
    }

    #[test]
    fn what_is_hidden_has_no_say(inputs in ledgers(), rule in rules()) {
        // The names of sources that are not to be seen, and how many, change nothing.
        let seen: BTreeSet<String> = inputs.iter().map(|i| i.key.clone()).collect();
        let mut edited = inputs.clone();
        for input in &mut edited {
            if let Ground::Derivative(sources) = &mut input.ground {
                sources.retain(|source| seen.contains(source));
            }
        }
        prop_assert_eq!(weigh(&inputs, rule, &icd203()), weigh(&edited, rule, &icd203()));
    }

    #[test]
    fn the_opposite_swaps_the_sides(inputs in ledgers_of(primaries()), rule in rules()) {
        let opposite: Vec<Input> = inputs
            .iter()
            .cloned()
            .map(|input| Input {
                stance: match input.stance { Stance::For => Stance::Against, Stance::Against => Stance::For },
                range: input.range.map(Range::complement),
                ..input
            })
            .collect();
        let (a, b) = (weigh(&inputs, rule, &icd203()), weigh(&opposite, rule, &icd203()));
        let near = |a: Odds, b: Odds| at_least(a, b) && at_least(b, a);
        prop_assert!(near(a.support.odds, b.dissent.odds) && near(a.dissent.odds, b.support.odds));
        prop_assert_eq!((&a.support.claims, &a.dissent.claims), (&b.dissent.claims, &b.support.claims));
    }

    #[test]
    fn a_shared_root_never_raises_support(
        inputs in ledgers(), at in any::<prop::sample::Index>(), root in 0..ROOTS.len(), rule in rules(),
    ) {
        let disclosed: Vec<usize> = (0..inputs.len())
            .filter(|at| matches!(&inputs[*at].ground, Ground::Primary(roots) if !roots.is_empty()))
            .collect();
        prop_assume!(!disclosed.is_empty());
        let mut found = inputs.clone();
        if let Ground::Primary(roots) = &mut found[*at.get(&disclosed)].ground {
            roots.insert(ROOTS[root].to_owned());
        }
        prop_assert!(at_least(support(&inputs, rule), support(&found, rule)));
    }

    #[test]
    fn retracting_restores_what_was(inputs in ledgers(), rule in rules(), said in ranges(), ground in prop_oneof![primaries(), derivatives()]) {
        let before = weigh(&inputs, rule, &icd203());
        let mut with = inputs;
        with.push(Input { ground, ..primary("z", &[], said) });
        weigh(&with, rule, &icd203());
        with.pop();
        prop_assert_eq!(weigh(&with, rule, &icd203()), before);
    }

    #[test]
    fn a_claim_counts_once_and_the_sum_is_the_greatest(inputs in ledgers()) {
        let weighing = weigh(&inputs, Rule::FullIndependence, &icd203());
        let heard: Vec<&str> = weighing
            .lines
            .iter()
            .filter_map(|line| Some(line.dissent.as_ref()?.claim.as_str()))
            .collect();
        prop_assert_eq!(heard.iter().collect::<BTreeSet<_>>().len(), heard.len());

        let speakers: Vec<(f64, Vec<usize>)> = inputs
            .iter()
            .filter_map(|input| {
                let lines = (0..weighing.lines.len())
                    .filter(|at| {
                        let line = &weighing.lines[*at];
                        line.primaries.contains(&input.key) || line.derivatives.contains(&input.key)
                    })
                    .collect();
                Some((-input.range?.odds().middle, lines))
            })
            .collect();
        let greatest = greatest(&speakers, &mut Vec::new());
        prop_assert!((weighing.dissent.odds.middle - greatest).abs() < 1e-9);
    }
}
