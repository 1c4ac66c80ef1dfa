//! What the case must answer.

use super::case;
use expect_test::{Expect, expect};
use fieldmark_analysis::lines::Headline;
use fieldmark_analysis::overlap::Shuffles;
use fieldmark_model::Edtf;
use fieldmark_store::View;
use fieldmark_store::question;
use fieldmark_store::read::{ReadError, Reading, Resolved};
use oxigraph::model::Term;
use std::collections::{BTreeMap, BTreeSet};

/// Asks a saved question and prints the named columns, one row a line.
fn check(view: &View, name: &str, args: &[(&str, &str)], columns: &[&str], wanted: Expect) {
    let args: BTreeMap<String, String> = args
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let rows = view.ask(question::find(name).unwrap(), &args).unwrap();
    let mut lines: Vec<String> = rows
        .rows
        .iter()
        .map(|row| {
            let cell = |column: &&str| {
                let at = rows
                    .variables
                    .iter()
                    .position(|variable| variable == column);
                match at.and_then(|at| row[at].as_ref()) {
                    Some(Term::Literal(literal)) => literal.value().to_owned(),
                    Some(term) => term.to_string(),
                    None => "-".to_owned(),
                }
            };
            columns.iter().map(cell).collect::<Vec<_>>().join(" | ")
        })
        .collect();
    lines.sort();
    lines.dedup();
    wanted.assert_eq(&(lines.join("\n") + "\n"));
}

pub fn one(view: &View, name: &str) -> fieldmark_model::RecordId {
    match view.resolve(name).unwrap() {
        Resolved::One(id) => id,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn what_links_alces_lake_to_the_campaign_against_mps() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let overlap = view
        .overlap(
            &one(&view, "Alces Lake 2022"),
            &one(&view, "MPs campaign 2023"),
            Shuffles::default(),
        )
        .unwrap();
    let mut out = String::new();
    for shared in &overlap.shared {
        let places = |side: &[fieldmark_store::read::Support]| {
            side.iter()
                .filter_map(|s| s.locator.clone())
                .collect::<Vec<_>>()
                .join(", ")
        };
        out += &format!(
            "{} {}: {} ({}; {}){}\n",
            if shared.hard { "hard" } else { "soft" },
            shared.family,
            shared.label,
            places(&shared.left),
            places(&shared.right),
            shared
                .note
                .as_ref()
                .map_or(String::new(), |note| format!(" [{note:?}]")),
        );
    }
    out += &format!("shared none of: {}\n", overlap.not_shared.join(", "));
    expect![[r#"
        soft claimed: People’s Republic of China (p. 3, L70, p. 3, L70, fn 5; par. 2, title, p. 1, L10, p. 1, L22) [SameClaimed]
        soft claimed: Spamouflage (p. 3, L70; p. 2, L39, par. 7, p. 2, L39, p. 2, L39, p. 2, L38, par. 6) [SameClaimed]
        soft platform: Facebook (p. 3, L70; p. 1, L14)
        soft platform: Twitter (p. 3, L70; p. 1, L14)
        soft target: Canada (p. 3, L70; p. 1, L14)
        soft technique: Automated Account Asset (p. 3, L70; p. 1, L22)
        soft technique: Persona Legitimacy (p. 3, L70; p. 1, L16) [UnderBoth]
        soft technique: Present Persona (p. 3, L70, p. 3, L70; p. 1, L16) [UnderBoth]
        shared none of: narrative, network
    "#]].assert_eq(&out);
}

#[test]
fn names_lead_to_records_or_list_them() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    assert_eq!(one(&view, "alces lake 2022"), one(&view, "Alces Lake 2022"));
    assert_eq!(
        one(&view, "公安部"),
        one(&view, "Ministry of Public Security")
    );
    assert_eq!(one(&view, "T0087.001").stix_type(), "attack-pattern");
    assert!(
        matches!(view.resolve("Spamouflage").unwrap(), Resolved::Many(found) if found.len() > 1)
    );
    assert_eq!(
        view.resolve("no such thing").unwrap(),
        Resolved::None(Vec::new())
    );
    let near = |text: &str| match view.resolve(text).unwrap() {
        Resolved::None(near) => near.into_iter().map(|(.., name)| name).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(near("Spamoflage")[0], "Spamouflage");
    assert_eq!(near("DRAGONBRIGE")[0], "DRAGONBRIDGE");
    // The same but for case is not the same where names have the word as it is written.
    let Resolved::Many(found) = view.resolve("MPs").unwrap() else {
        panic!("one of several was picked in silence");
    };
    let names: Vec<&str> = found.iter().map(|(.., name)| name.as_str()).collect();
    assert!(names.contains(&"Ministry of Public Security"), "{names:?}");
    assert!(
        names.contains(&"Campaign against Canadian MPs, 2023"),
        "{names:?}"
    );
    assert_eq!(one(&view, "MPS"), one(&view, "Ministry of Public Security"));
    assert_eq!(
        one(&view, "mps campaign 2023"),
        one(&view, "MPs campaign 2023")
    );
    let absent = fieldmark_model::RecordId::derived("campaign", "absent");
    assert!(matches!(
        view.dossier(&absent, &Reading::default()),
        Err(ReadError::NotFound(_))
    ));
}

#[test]
fn a_path_runs_over_claims_before_commonplaces_and_is_explained_hop_by_hop() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let path = |to: &str| {
        let (from, to) = (one(&view, "Alces Lake 2022"), one(&view, to));
        let path = view.path(&from, &to, 6).unwrap().unwrap();
        let via: Vec<_> = path.iter().map(|hop| hop.via.clone()).collect();
        let claims = view.claims(&via).unwrap();
        let hops = path.iter().zip(claims).map(|(hop, claim)| {
            let to = view.node(&hop.to).unwrap().label("en");
            let by = claim
                .and_then(|claim| claim.number.clone())
                .unwrap_or_default();
            let arrow = if hop.reversed { "<-" } else { "->" };
            format!("{arrow} {} {by} {to}", hop.kind)
        });
        hops.collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
        -> Attribution C27 Spamouflage
        <- Attribution C15 Campaign against Canadian MPs, 2023"#]]
    .assert_eq(&path("MPs campaign 2023"));
    expect![[r#"
        -> Attribution C27 Spamouflage
        -> same-name  Spamouflage, as a network
        -> Control C11 Ministry of Public Security"#]]
    .assert_eq(&path("Ministry of Public Security"));
    // A commonplace is an end like any other.
    expect!["-> operates-on  Facebook"].assert_eq(&path("Facebook"));
    let (from, far) = (one(&view, "Alces Lake 2022"), one(&view, "Hawaii"));
    assert_eq!(view.path(&from, &far, 1).unwrap(), None);
}

#[test]
fn the_six_questions_of_the_case() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let answer = |name, args: &[(&str, &str)], columns: &[&str], wanted: Expect| {
        check(&view, name, args, columns, wanted);
    };
    answer(
        "asserted-before",
        &[("before", "2023-09-06")],
        &["assessorLabel", "verbatim"],
        expect![[r#"
            Ben Nimmo | “the company had also identified” “attributed it to”
            Mandiant | “Pro-PRC DRAGONBRIDGE Influence Campaign”
            Mandiant | “findings that a PRC-linked bot network”
            Mandiant | “in Attempt to Thwart Rivalry to PRC Market Dominance”
            Meta | “affirmed” “is linked” “link it to individuals associated with Chinese law enforcement”
            Rapid Response Mechanism Canada | “confirmed Mandiant’s findings”
            Rapid Response Mechanism Canada | “was low”
            Redacted assessor R1 | “connected to”
            The Record | “Chinese law enforcement linked to largest covert influence operation ever discovered”
            US Department of Justice | “Transnational Repression Schemes”
            US Department of Justice | “announced charges”
        "#]],
    );
    answer(
        "redacted-assessors",
        &[],
        &["assessorLabel"],
        expect![[r#"
        Redacted assessor R1
        Redacted assessor R2
        Redacted assessor R3
        Redacted assessor R4
        Redacted assessor R5
        Redacted assessor R6
        Redacted assessor R7
        Redacted assessor R8
    "#]],
    );
    answer(
        "dissent",
        &[],
        &["claim", "assessorLabel", "verbatim"],
        expect![[r#"
            <https://w3id.org/fieldmark/id/note--699d3153-dd7c-51a5-a33f-89fd79012296> | Rapid Response Mechanism Canada | “not an entity”
            <https://w3id.org/fieldmark/id/relationship--ba573f72-b9db-5439-a1d9-82e441b0e590> | Embassy of the People’s Republic of China in Canada | “downright liar and disseminator of false information” “has never meddled in another nation’s domestic affairs”
        "#]],
    );
    answer(
        "attribution",
        &[("object", "Ministry of Public Security")],
        &["assessorLabel", "verbatim", "polarity"],
        expect![[r#"
            Meta | “also attributes Spamouflage tactics and techniques” | affirms
            Rapid Response Mechanism Canada | “suggesting MPS involvement” | affirms
            Redacted assessor R3 | “likely controlled by” | affirms
            Redacted assessor R4 | “points to the MPS” | affirms
        "#]],
    );
    answer(
        "visible-to-me",
        &[],
        &["class", "records"],
        expect![[r#"
            <http://docs.oasis-open.org/cti/ns/stix#AttackPattern> | 424
            <http://docs.oasis-open.org/cti/ns/stix#Campaign> | 4
            <http://docs.oasis-open.org/cti/ns/stix#Identity> | 53
            <http://docs.oasis-open.org/cti/ns/stix#Infrastructure> | 5
            <http://docs.oasis-open.org/cti/ns/stix#IntrusionSet> | 2
            <http://docs.oasis-open.org/cti/ns/stix#Location> | 7
            <http://docs.oasis-open.org/cti/ns/stix#MarkingDefinition> | 5
            <http://docs.oasis-open.org/cti/ns/stix#Relationship> | 107
            <http://docs.oasis-open.org/cti/ns/stix#Report> | 12
            <http://docs.oasis-open.org/cti/ns/stix#UserAccount> | 3
            <http://www.w3.org/2004/02/skos/core#Concept> | 439
            <http://www.w3.org/ns/prov#Organization> | 19
            <http://www.w3.org/ns/prov#Person> | 8
            <https://w3id.org/fieldmark/ns#Attribution> | 22
            <https://w3id.org/fieldmark/ns#Authenticity> | 4
            <https://w3id.org/fieldmark/ns#BotNetwork> | 5
            <https://w3id.org/fieldmark/ns#Channel> | 1
            <https://w3id.org/fieldmark/ns#Claim> | 43
            <https://w3id.org/fieldmark/ns#Classification> | 5
            <https://w3id.org/fieldmark/ns#Control> | 1
            <https://w3id.org/fieldmark/ns#Denial> | 2
            <https://w3id.org/fieldmark/ns#Event> | 5
            <https://w3id.org/fieldmark/ns#Evidence> | 7
            <https://w3id.org/fieldmark/ns#Group> | 4
            <https://w3id.org/fieldmark/ns#Impact> | 4
            <https://w3id.org/fieldmark/ns#Label> | 2
            <https://w3id.org/fieldmark/ns#Media> | 4
            <https://w3id.org/fieldmark/ns#Metric> | 25
            <https://w3id.org/fieldmark/ns#Narrative> | 7
            <https://w3id.org/fieldmark/ns#Objective> | 3
            <https://w3id.org/fieldmark/ns#Office> | 6
            <https://w3id.org/fieldmark/ns#Persona> | 2
            <https://w3id.org/fieldmark/ns#Platform> | 8
            <https://w3id.org/fieldmark/ns#Quotation> | 37
            <https://w3id.org/fieldmark/ns#RedactedAssessor> | 8
            <https://w3id.org/fieldmark/ns#RedactedFinding> | 1
            <https://w3id.org/fieldmark/ns#SameNetwork> | 4
            <https://w3id.org/fieldmark/ns#Tactic> | 16
        "#]],
    );
}

/// The number the case gives a claim.
const IDENTIFIER: oxigraph::model::NamedNodeRef<'static> =
    oxigraph::model::NamedNodeRef::new_unchecked("http://purl.org/dc/terms/identifier");

/// Every proposition about a subject with its lines, each claim by the number the case gives it.
fn weighed(view: &View, subject: &str, reading: &Reading) -> String {
    let dossier = view.dossier(&one(view, subject), reading).unwrap();
    let number = |key: &str| {
        let id = fieldmark_model::RecordId::parse(key).unwrap();
        let node = view.node(&id).unwrap();
        node.word(IDENTIFIER)
            .map_or_else(|| node.label("en"), str::to_owned)
    };
    let list = |keys: &[String]| keys.iter().map(|k| number(k)).collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    for proposition in &dossier.propositions {
        let object = proposition.object.as_deref().unwrap_or("-");
        let object = fieldmark_model::RecordId::from_iri(object).map_or_else(
            || object.to_owned(),
            |id| view.node(&id).unwrap().label("en"),
        );
        let weighing = &proposition.weighing;
        out.push_str(&format!(
            "{} of {} -> {object}: {}\n",
            proposition.kind.name(),
            view.node(&proposition.subject).unwrap().label("en"),
            match &weighing.headline {
                Headline::Likelihood {
                    range,
                    probability,
                    term,
                    lines,
                } => format!(
                    "{} {:.3} [{:.3}, {:.3}] on {lines}",
                    term.as_deref()
                        .and_then(|band| dossier.scale.word(band, "fr"))
                        .unwrap(),
                    probability,
                    range.low(),
                    range.high(),
                ),
                other => format!("{other:?}"),
            },
        ));
        for line in &weighing.lines {
            out.push_str(&format!(
                "    founded by [{}], leant on by [{}]\n",
                list(&line.primaries),
                list(&line.derivatives)
            ));
        }
        for (what, keys) in [
            ("against", &weighing.dissent.claims),
            ("unscaled", &weighing.unscaled),
            ("counted once", &weighing.counted_once),
            ("source hidden", &weighing.source_hidden),
        ] {
            if !keys.is_empty() {
                out.push_str(&format!("    {what}: {}\n", list(keys)));
            }
        }
    }
    if reading.asserted_by.is_some() {
        out.push_str(&format!(
            "{} later, {} possible, {} undated\n",
            dossier.later,
            dossier.possible.len(),
            dossier.undated.len()
        ));
    }
    out
}

#[test]
fn a_dossier_weighs_what_is_claimed_line_by_line() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    expect![[r#"
        Attribution of Campaign against Canadian MPs, 2023 -> People’s Republic of China: Contested { for_: 1, against: 1 }
            founded by [C1], leant on by [S4]
            founded by [S3], leant on by []
            against: S3
            unscaled: S4
        Attribution of Campaign against Canadian MPs, 2023 -> Ministry of Public Security: Unscaled { lines: 2 }
            founded by [C14], leant on by []
            founded by [C16], leant on by []
            unscaled: C14 C16
        Attribution of Campaign against Canadian MPs, 2023 -> Spamouflage: probable 0.675 [0.550, 0.800] on 2
            founded by [C13], leant on by []
            founded by [C15a C10], leant on by [C15]
            unscaled: C13 C10
        Classification of Campaign against Canadian MPs, 2023 -> https://w3id.org/fieldmark/ns#newTactic: Unscaled { lines: 1 }
            founded by [C29], leant on by []
            unscaled: C29
        Classification of Campaign against Canadian MPs, 2023 -> https://w3id.org/fieldmark/ns#transnationalRepression: Unscaled { lines: 1 }
            founded by [C21], leant on by []
            unscaled: C21
        Objective of Campaign against Canadian MPs, 2023 -> discredit the targeted MPs: probable 0.675 [0.550, 0.800] on 1
            founded by [C17], leant on by []
        Objective of Campaign against Canadian MPs, 2023 -> silence Mr. Liu: probable 0.675 [0.550, 0.800] on 1
            founded by [C18], leant on by []
        Impact of Campaign against Canadian MPs, 2023 -> impact on Canadian parliamentarians: probable 0.675 [0.550, 0.800] on 1
            founded by [C19], leant on by []
        Impact of Campaign against Canadian MPs, 2023 -> impact on Mr. Liu: probable 0.675 [0.550, 0.800] on 1
            founded by [C20], leant on by []
        Attribution of Bot network of the campaign against Canadian MPs -> People’s Republic of China: Unscaled { lines: 1 }
            founded by [C2], leant on by []
            unscaled: C2
        Attribution of Bot network of the campaign against Canadian MPs -> Spamouflage: Unscaled { lines: 1 }
            founded by [S1 S2], leant on by []
            unscaled: S1 S2
        SameNetwork of Bot network of the campaign against Canadian MPs -> Bot network of the Fukushima campaign: Unscaled { lines: 1 }
            founded by [C5], leant on by [C3b]
            unscaled: C3b C5
        SameNetwork of Bot network of the campaign against Canadian MPs -> Bot networks of the Hawaii campaign: Unscaled { lines: 1 }
            founded by [C4], leant on by [C3]
            unscaled: C4 C3
        Authenticity of Series of three videos of Mr. Liu -> https://w3id.org/fieldmark/ns#deepfake: probable 0.675 [0.550, 0.800] on 1
            founded by [C7 C8 C9], leant on by [C6]
        Attribution of Spamouflage, as a tactic or technique -> Ministry of Public Security: Unscaled { lines: 1 }
            founded by [C12], leant on by []
            unscaled: C12
        Control of Spamouflage, as a network -> Ministry of Public Security: probable 0.675 [0.550, 0.800] on 1
            founded by [C11], leant on by []
        Attribution of Spamouflage -> PRC law enforcement entities: Unscaled { lines: 1 }
            founded by [C22], leant on by [T4]
            unscaled: C22 T4
    "#]].assert_eq(&weighed(&view, "MPs campaign 2023", &Reading::default()));
    let then = Reading {
        asserted_by: Some(Edtf::parse("2023-09-06").unwrap()),
        ..Reading::default()
    };
    expect![[r#"
        Attribution of Campaign against the Alces Lake drill site, 2022 -> People’s Republic of China: Unscaled { lines: 1 }
            founded by [C25b], leant on by [C26]
            unscaled: C25b C26
        Attribution of Campaign against the Alces Lake drill site, 2022 -> DRAGONBRIDGE: Unscaled { lines: 1 }
            founded by [C25], leant on by []
            unscaled: C25
        Objective of Campaign against the Alces Lake drill site, 2022 -> thwart rivalry to PRC market dominance: Unscaled { lines: 1 }
            founded by [T6], leant on by []
            unscaled: T6
        Impact of Campaign against the Alces Lake drill site, 2022 -> impact of the operation: Unscaled { lines: 1 }
            founded by [C30], leant on by []
            unscaled: C30
        1 later, 0 possible, 0 undated
    "#]].assert_eq(&weighed(&view, "Alces Lake 2022", &then));
    let unknown = Reading {
        scale: "nobody's".to_owned(),
        ..Reading::default()
    };
    let subject = one(&view, "MPs campaign 2023");
    let refusal = view.dossier(&subject, &unknown).unwrap_err().to_string();
    assert!(
        refusal.contains("nobody's") && refusal.contains("icd203"),
        "{refusal}"
    );
}

/// What all use is read from the index of features, what one uses by a query.
#[test]
fn what_all_use_is_what_each_uses() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let all = view.technique_uses(&[]).unwrap();
    let users: BTreeSet<_> = all.iter().map(|one| one.by.clone()).collect();
    let each: Vec<_> = users.into_iter().collect();
    assert_eq!(all, view.technique_uses(&each).unwrap());
    assert!(each.len() >= 3 && all.iter().any(|one| one.since.is_some()));
    let asked = "SELECT DISTINCT ?by ?technique WHERE { ?by stix:uses ?technique . ?technique a stix:AttackPattern }";
    let asked = view.prepare(asked, None, &[], &[]).unwrap();
    assert_eq!(view.select(&asked).unwrap().rows.len(), all.len());
}
