//! What the case must answer.

use super::case;
use expect_test::{Expect, expect};
use fieldmark_store::View;
use fieldmark_store::question;
use fieldmark_store::read::{ReadError, Resolved};
use oxigraph::model::Term;
use std::collections::BTreeMap;

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

fn one(view: &View, name: &str) -> fieldmark_model::RecordId {
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
                .map_or(String::new(), |note| format!(" [{note}]")),
        );
    }
    out += &format!("shared none of: {}\n", overlap.not_shared.join(", "));
    expect![[r#"
        soft claimed: People’s Republic of China (L70, fn 5; par. 2, title, L10, L22) [assessors claim the same of both]
        soft claimed: Spamouflage (L70; L39, par. 7, L39, L38, par. 6) [assessors claim the same of both]
        soft platform: Facebook (L70; L14)
        soft platform: Twitter (L70; L14)
        soft target: Canada (L70; L14)
        soft technique: Automated Account Asset (L70; L22)
        soft technique: Persona Legitimacy (L70; L16) [sub-techniques of one technique]
        soft technique: Present Persona (L70, L70; L16) [sub-techniques of one technique]
        shared none of: event, narrative, network
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
    assert_eq!(view.resolve("no such thing").unwrap(), Resolved::None);
    let absent = fieldmark_model::RecordId::derived("campaign", "absent");
    assert!(matches!(view.dossier(&absent), Err(ReadError::NotFound(_))));
}

#[test]
fn a_path_is_explained_hop_by_hop() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let (from, to) = (
        one(&view, "Alces Lake 2022"),
        one(&view, "Ministry of Public Security"),
    );
    let path = view.path(&from, &to, 6).unwrap().unwrap();
    let hops: Vec<String> = path
        .iter()
        .map(|hop| {
            format!(
                "{} {} {} \"{}\"",
                if hop.is_claim {
                    "claim"
                } else {
                    "relationship"
                },
                hop.kind,
                if hop.reversed { "<-" } else { "->" },
                hop.verbatim.as_deref().unwrap_or("")
            )
        })
        .collect();
    expect![[r#"
        claim Attribution -> "confirmed Mandiant’s findings"
        relationship member-of <- "PRC's law enforcement entity""#]]
    .assert_eq(&hops.join("\n"));
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
            Ben Nimmo | attributed it to … the company had also identified
            Mandiant | findings … Pro-PRC DRAGONBRIDGE
            Meta | affirmed … is linked … link it to individuals associated with Chinese law enforcement
            Rapid Response Mechanism Canada | confirmed Mandiant’s findings
            Rapid Response Mechanism Canada | was low
            Redacted assessor R1 | connected to
            US Department of Justice | announced charges
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
            <https://w3id.org/fieldmark/id/relationship--ba573f72-b9db-5439-a1d9-82e441b0e590> | Embassy of the People’s Republic of China in Canada | has never meddled in another nation’s domestic affairs … downright liar and disseminator of false information
        "#]],
    );
    answer(
        "attribution",
        &[("object", "Ministry of Public Security")],
        &["assessorLabel", "verbatim", "polarity"],
        expect![[r#"
        Meta | also attributes | affirms
        Rapid Response Mechanism Canada | suggesting MPS involvement | affirms
        Redacted assessor R3 | likely controlled by | affirms
        Redacted assessor R4 | points to the MPS | affirms
    "#]],
    );
    answer(
        "visible-to-me",
        &[],
        &["class", "records"],
        expect![[r#"
            <http://docs.oasis-open.org/cti/ns/stix#AttackPattern> | 423
            <http://docs.oasis-open.org/cti/ns/stix#Campaign> | 4
            <http://docs.oasis-open.org/cti/ns/stix#Identity> | 50
            <http://docs.oasis-open.org/cti/ns/stix#Infrastructure> | 5
            <http://docs.oasis-open.org/cti/ns/stix#IntrusionSet> | 2
            <http://docs.oasis-open.org/cti/ns/stix#Location> | 6
            <http://docs.oasis-open.org/cti/ns/stix#MarkingDefinition> | 5
            <http://docs.oasis-open.org/cti/ns/stix#Relationship> | 101
            <http://docs.oasis-open.org/cti/ns/stix#Report> | 11
            <http://docs.oasis-open.org/cti/ns/stix#UserAccount> | 3
            <http://www.w3.org/2004/02/skos/core#Concept> | 439
            <http://www.w3.org/ns/prov#Organization> | 16
            <http://www.w3.org/ns/prov#Person> | 8
            <https://w3id.org/fieldmark/ns#Attribution> | 18
            <https://w3id.org/fieldmark/ns#Authenticity> | 4
            <https://w3id.org/fieldmark/ns#BotNetwork> | 5
            <https://w3id.org/fieldmark/ns#Channel> | 1
            <https://w3id.org/fieldmark/ns#Claim> | 36
            <https://w3id.org/fieldmark/ns#Classification> | 3
            <https://w3id.org/fieldmark/ns#Control> | 1
            <https://w3id.org/fieldmark/ns#Denial> | 1
            <https://w3id.org/fieldmark/ns#Event> | 5
            <https://w3id.org/fieldmark/ns#Evidence> | 7
            <https://w3id.org/fieldmark/ns#Group> | 4
            <https://w3id.org/fieldmark/ns#Impact> | 4
            <https://w3id.org/fieldmark/ns#Label> | 2
            <https://w3id.org/fieldmark/ns#Media> | 4
            <https://w3id.org/fieldmark/ns#Metric> | 25
            <https://w3id.org/fieldmark/ns#Narrative> | 7
            <https://w3id.org/fieldmark/ns#Objective> | 2
            <https://w3id.org/fieldmark/ns#Office> | 6
            <https://w3id.org/fieldmark/ns#Persona> | 2
            <https://w3id.org/fieldmark/ns#Platform> | 8
            <https://w3id.org/fieldmark/ns#RedactedAssessor> | 8
            <https://w3id.org/fieldmark/ns#RedactedFinding> | 1
            <https://w3id.org/fieldmark/ns#SameNetwork> | 4
            <https://w3id.org/fieldmark/ns#Tactic> | 16
        "#]],
    );
}
