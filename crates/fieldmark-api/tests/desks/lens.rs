//! A name of several senses, and what passes for the same under a lens, at every desk.

use crate::case::{Who, case};
use serde_json::json;

const SPAMOUFLAGE: &str = "intrusion-set--b51f4cc2-bbe8-5398-a28c-4a1369c94a67";

#[tokio::test]
async fn each_sense_of_a_name_is_told_under_its_own_heading() {
    let answer = case().get(Who::Public, "/api/v1/dossier/Spamouflage").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    assert_eq!(told["name"], "Spamouflage");
    let senses = told["senses"].as_array().unwrap();
    let nouns: Vec<&str> = senses
        .iter()
        .map(|sense| sense["subject"]["noun"].as_str().unwrap())
        .collect();
    assert_eq!(nouns, ["ActivitySet", "Technique", "BotNetwork"]);
    for sense in senses {
        assert_eq!(sense["lens"]["name"], "own");
        assert!(!sense["propositions"].as_array().unwrap().is_empty());
    }
    for (form, heading) in [("md", "\n# "), ("html", "<h1>")] {
        let path = format!("/api/v1/dossier/Spamouflage.{form}");
        let paper = case().get(Who::Public, &path).await;
        let paper = paper.text();
        for name in ["Spamouflage", "Spamouflage, as a network"] {
            assert!(paper.contains(&format!("{heading}{name}")), "{paper}");
        }
    }
    // One thing by id is told as before, and words of names are no name.
    let one = case()
        .get(Who::Public, &format!("/api/v1/dossier/{SPAMOUFLAGE}"))
        .await;
    assert_eq!(one.json()["subject"]["id"], SPAMOUFLAGE);
    let words = case().get(Who::Public, "/api/v1/dossier/campaign").await;
    assert_eq!(words.status, 400);
    assert!(words.problem().contains("one of these ids"));
}

#[tokio::test]
async fn a_lens_says_what_passes_for_the_same_and_by_whose_claims() {
    let path = format!("/api/v1/dossier/{SPAMOUFLAGE}?lens=wide");
    let told = case().get(Who::Public, &path).await.json();
    assert_eq!(told["lens"]["name"], "wide");
    let same = told["lens"]["same"].as_array().unwrap();
    let alces = same
        .iter()
        .find(|one| one["label"].as_str().unwrap().contains("Alces Lake"))
        .unwrap();
    let step = &alces["way"][0];
    // The claim says it of the campaign, not of what it is laid to.
    assert_eq!(step["backwards"], true);
    assert_eq!(step["chains"], false);
    assert_eq!(
        step["claims"][0]["assessors"][0]["label"],
        "Rapid Response Mechanism Canada"
    );
    let places = told["propositions"].as_array().unwrap().iter();
    assert!(places.into_iter().any(|one| one["place"] == "same"));

    let by = "lensBy=Microsoft%20Threat%20Analysis%20Center;Global%20Affairs%20Canada";
    let path = format!("/api/v1/dossier/{SPAMOUFLAGE}?lens=wide&{by}");
    let told = case().get(Who::Public, &path).await.json();
    let labels: Vec<&str> = told["lens"]["same"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "Bot network of the campaign against Canadian MPs",
            "Bot network of the Fukushima campaign",
        ]
    );
    // What was asserted by then is all that is followed.
    let path = format!("/api/v1/dossier/{SPAMOUFLAGE}?lens=wide&assertedBy=2022");
    let told = case().get(Who::Public, &path).await.json();
    assert_eq!(told["lens"]["same"].as_array().unwrap().len(), 0);

    let wrong = format!("/api/v1/dossier/{SPAMOUFLAGE}?lens=blue");
    let wrong = case().get(Who::Public, &wrong).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.problem().contains("own, strict, near, wide"));
}

#[tokio::test]
async fn graphql_tells_the_same() {
    let query = "{ dossiers(of: \"Spamouflage\", lens: WIDE) { subject { label }
        through { lens cut same { record { label } words way { relation { label } backwards
        from { label } to { label } claims { assessors { label } } denied { id } } } }
        propositions { place relation { label } } } }";
    let body = json!({ "query": query }).to_string();
    let told = case()
        .post(Who::Public, "/graphql", "application/json", &body)
        .await;
    let told = told.json();
    assert_eq!(told["errors"], serde_json::Value::Null, "{told}");
    let each = told["data"]["dossiers"].as_array().unwrap();
    assert_eq!(each.len(), 3, "{told}");
    let through = &each[0]["through"];
    assert_eq!(through["lens"], "WIDE");
    let same = through["same"].as_array().unwrap();
    assert!(same.iter().any(|one| {
        one["record"]["label"] == "Bot networks of the Hawaii campaign"
            && one["way"].as_array().unwrap().len() == 2
    }));
}
