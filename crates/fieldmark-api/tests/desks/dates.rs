//! Dates are intervals: what is certain and what is only possible are told apart in every answer
//! that asks about a time.

use crate::case::{Case, Who};
use crate::known::{CLEAR, import};
use fieldmark_store::sparql::Limits;
use serde_json::{Value, json};

const EDTF: &str = "<http://id.loc.gov/datatypes/edtf/EDTF>";
const OF: &str = "campaign--00000000-0000-4000-8000-0000000000c1";
const BY: &str = "infrastructure--00000000-0000-4000-8000-0000000000c2";

/// A campaign of August 2017, a claim of that month, one that is only published, one of no date.
async fn told() -> Case {
    let case = Case::with(Limits::default());
    let claim = |number: u8, date: &str| {
        format!(
            "id:relationship--00000000-0000-4000-8000-0000000000d{number} a fm:Attribution , fm:Claim ;
               fm:subject id:{OF} ; fm:object id:identity--00000000-0000-4000-8000-000000000003 ;
               fm:assessor id:identity--00000000-0000-4000-8000-000000000003 ; fm:polarity fm:affirms ;
               fm:scale fm:unstated ; fm:verbatim \"said {number}\"@en ; {date}
               <http://purl.org/dc/terms/identifier> \"D{number}\" ;
               <http://purl.org/dc/terms/source> id:report--00000000-0000-4000-8000-0000000000c3 ."
        )
    };
    let text = format!(
        "id:{OF} a stix:Campaign ; skos:prefLabel \"Interval\"@en ; stix:first_seen \"2017-08\"^^{EDTF} .
         id:attack-pattern--00000000-0000-4000-8000-0000000000c5 a stix:AttackPattern ; skos:prefLabel \"A way of their own\"@en .
         id:{BY} a stix:Infrastructure , fm:BotNetwork ; skos:prefLabel \"Interval network\"@en .
         id:report--00000000-0000-4000-8000-0000000000c3 a stix:Report ; skos:prefLabel \"Interval report\"@en .
         id:relationship--00000000-0000-4000-8000-0000000000c6 a stix:Relationship ; stix:relationship_type \"uses\" ;
           stix:source_ref id:{OF} ; stix:target_ref id:attack-pattern--00000000-0000-4000-8000-0000000000c5 ; <http://purl.org/dc/terms/source> id:report--00000000-0000-4000-8000-0000000000c3 .
         id:relationship--00000000-0000-4000-8000-0000000000c7 a stix:Relationship ; stix:relationship_type \"carried-out-by\" ;
           stix:source_ref id:{OF} ; stix:target_ref id:{BY} ; <http://purl.org/dc/terms/source> id:report--00000000-0000-4000-8000-0000000000c3 .
         {} {} {}",
        claim(1, &format!("fm:assertedAt \"2017-08\"^^{EDTF} ;")),
        claim(2, &format!("fm:publishedAt \"2017-08-10\"^^{EDTF} ;")),
        claim(3, "fm:dateBasis fm:undated ;"),
    );
    import(&case, CLEAR, &text).await;
    case
}

/// The rows of a saved question as far as these columns go.
async fn rows(case: &Case, question: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let answer = case
        .get(Who::Public, &format!("/api/v1/queries/{question}"))
        .await
        .json();
    let at = |name: &str| {
        let variables = answer["variables"].as_array().unwrap();
        variables.iter().position(|one| one == name).unwrap()
    };
    let cell = |row: &Value, name: &str| row[at(name)]["value"].as_str().unwrap_or("-").to_owned();
    let rows = answer["rows"].as_array().unwrap().iter();
    rows.map(|row| columns.iter().map(|name| cell(row, name)).collect())
        .collect()
}

#[tokio::test]
async fn a_saved_question_finds_what_may_be_within_and_says_so() {
    let case = told().await;
    let surely = async |question: &str, from: &str, to: &str| {
        let rows = rows(&case, &format!("{question}{from}&to={to}"), &["surely"]).await;
        rows.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let timeline = format!("timeline?subject={OF}&from=");
    // The claim and the campaign are of the month, the publication of one day.
    for (from, to, expected) in [
        ("2017-08-01", "2017-08-31", "yes yes yes"),
        ("2017-08-15", "2017-12", "perhaps perhaps"),
        ("2017-08-10", "2017-08-10", "perhaps perhaps yes"),
        ("2017-09", "2017-12", ""),
    ] {
        assert_eq!(
            surely(&timeline, from, to).await,
            expected,
            "{from} to {to}"
        );
    }
    for question in ["first-seen-techniques?from=", "active-networks?from="] {
        for (from, to, expected) in [
            ("2017-08-01", "2017-08-31", "yes"),
            ("2017-01", "2017-08-15", "perhaps"),
            ("2017-01", "2017-07", ""),
        ] {
            assert_eq!(
                surely(question, from, to).await,
                expected,
                "{question} {from} to {to}"
            );
        }
    }
    // No day 00 is invented, and a date of the past counts from its first day.
    let said = rows(
        &case,
        "asserted-before?before=2017-08-20",
        &["earliest", "surely", "dated"],
    )
    .await;
    let expected = [
        ["2017-08-01", "perhaps", "asserted"],
        ["2017-08-10", "yes", "published"],
    ];
    assert_eq!(said, expected.map(|row| row.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_list_says_which_rows_only_may_be_within() {
    let case = told().await;
    let certainty = async |list: &str, from: &str| {
        let query = format!(
            "{{ {list}(filter: {{ date: {{ from: \"{from}\", to: \"2017-12\" }} }}) {{ edges {{ certainty }} }} }}"
        );
        let body = json!({ "query": query }).to_string();
        let answer = case
            .post(Who::Public, "/graphql", "application/json", &body)
            .await
            .json();
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"][list]["edges"].clone()
    };
    assert_eq!(
        certainty("campaigns", "2017-08").await,
        json!([{ "certainty": "CERTAIN" }])
    );
    assert_eq!(
        certainty("campaigns", "2017-08-20").await,
        json!([{ "certainty": "POSSIBLE" }])
    );
    assert_eq!(
        certainty("claims", "2017-08-20").await,
        json!([{ "certainty": "POSSIBLE" }])
    );
    assert_eq!(certainty("campaigns", "2017-09").await, json!([]));
}

#[tokio::test]
async fn a_dossier_as_asserted_by_a_day_keeps_apart_what_may_have_been_said_and_what_has_no_date() {
    let case = told().await;
    let path = format!("/api/v1/dossier/{OF}");
    let dossier = case
        .get(Who::Public, &format!("{path}?assertedBy=2017-08-20"))
        .await
        .json();
    let numbers = |claims: &Value| -> Vec<String> {
        let claims = claims.as_array().unwrap().iter();
        claims
            .map(|claim| claim["number"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        numbers(&dossier["propositions"][0]["claims"]),
        ["D2"],
        "{dossier:#}"
    );
    assert_eq!(numbers(&dossier["possible"]), ["D1"]);
    assert_eq!(numbers(&dossier["undated"]), ["D3"]);
    let markdown = case
        .get(Who::Public, &format!("{path}.md?assertedBy=2017-08-20"))
        .await;
    let (said, untold) = markdown.text().split_once("## Possibly by then").unwrap();
    assert!(
        said.contains("said 2") && !said.contains("said 1"),
        "{said}"
    );
    assert!(
        untold.contains("said 1") && untold.contains("said 3"),
        "{untold}"
    );

    let changes = case
        .get(
            Who::Public,
            &format!("{path}/changes?since=2017-08-20&clock=asserted"),
        )
        .await
        .json();
    let fates: Vec<(&str, &str)> = changes["changes"][0]["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["claim"]["number"].as_str().unwrap(),
                one["fate"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(fates, [("D1", "perhaps"), ("D3", "undated")]);
}
