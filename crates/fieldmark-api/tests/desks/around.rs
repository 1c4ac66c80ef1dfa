//! What a dossier covers beside its subject: names, parts, one hop on, and what concerns it.

use crate::case::{MPS, Who, case};
use expect_test::expect;

/// A dossier's propositions as `place: about: kind of object`.
async fn headings(of: &str, asked: &str) -> Vec<String> {
    let path = format!("/api/v1/dossier/{of}?{asked}");
    let dossier = case().get(Who::Public, &path).await.json();
    let label = |of: &serde_json::Value| of["label"].as_str().unwrap_or_default().to_owned();
    dossier["propositions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["place"] != "own")
        .map(|one| {
            let (place, kind) = (
                one["place"].as_str().unwrap(),
                one["kind"].as_str().unwrap(),
            );
            format!(
                "{place}: {}: {kind} of {}",
                label(&one["about"]),
                label(&one["object"])
            )
        })
        .collect()
}

#[tokio::test]
async fn a_campaigns_dossier_covers_what_it_consists_of_and_one_hop_on() {
    expect![[r#"
        part: Bot network of the campaign against Canadian MPs: Attribution of People’s Republic of China
        part: Bot network of the campaign against Canadian MPs: Attribution of Spamouflage
        part: Bot network of the campaign against Canadian MPs: SameNetwork of Bot network of the Fukushima campaign
        part: Bot network of the campaign against Canadian MPs: SameNetwork of Bot networks of the Hawaii campaign
        part: Series of three videos of Mr. Liu: Authenticity of deepfake
        hop: Spamouflage, as a tactic or technique: Attribution of Ministry of Public Security
        hop: Spamouflage, as a network: Control of Ministry of Public Security
        hop: Spamouflage: Attribution of PRC law enforcement entities"#]]
    .assert_eq(&headings(MPS, "").await.join("\n"));
    // By 6 September nobody had said that it is Spamouflage, so nothing leads on from there.
    assert_eq!(
        headings(MPS, "assertedBy=2023-09-06").await,
        [
            "part: Bot network of the campaign against Canadian MPs: Attribution of People’s Republic of China"
        ]
    );
}

#[tokio::test]
async fn what_is_said_of_a_name_stands_in_the_dossier_of_each_sense() {
    for sense in [
        "intrusion-set--b51f4cc2-bbe8-5398-a28c-4a1369c94a67",
        "infrastructure--5760d3b2-8c75-53c1-aaa6-c39d1d3673be",
    ] {
        let found = headings(sense, "").await;
        let of_the_name = "label: “Spamouflage” as a label: Classification of sense: technique";
        assert!(found.iter().any(|one| one == of_the_name), "{found:#?}");
    }
}

#[tokio::test]
async fn a_persons_dossier_gathers_what_concerns_them_and_what_was_counted() {
    let dossier = case()
        .get(Who::Public, "/api/v1/dossier/Xin%20Liu")
        .await
        .json();
    let list = |key: &str| dossier[key].as_array().unwrap().clone();
    let numbers: Vec<_> = list("propositions")
        .iter()
        .map(|one| one["claims"][0]["number"].clone())
        .collect();
    assert_eq!(numbers, ["C18", "C20"]);
    let impersonated = list("relationships")
        .into_iter()
        .find(|one| one["kind"] == "impersonates")
        .unwrap();
    let hedges: Vec<_> = impersonated["hedgedBy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["label"].clone())
        .collect();
    assert_eq!(hedges, ["C6", "C7", "C8", "C9"]);
    let counted: Vec<_> = list("metrics")
        .iter()
        .map(|one| one["value"].clone())
        .collect();
    assert!(counted.contains(&"162000".into()), "{counted:?}");
    assert_eq!(counted.len(), 6);
}

#[tokio::test]
async fn the_dossier_of_an_assessor_shows_what_it_claims_itself_in_the_readers_words() {
    let get = async |path: &str| case().get(Who::Public, path).await.json();
    let of_rrm = get("/api/v1/dossier/RRM%20Canada?lang=fr").await;
    let made = of_rrm["claimsMade"].as_array().unwrap();
    let numbers: Vec<&str> = made
        .iter()
        .filter_map(|one| one["number"].as_str())
        .collect();
    assert!(
        numbers.contains(&"C15") && !numbers.contains(&"C10"),
        "{numbers:?}"
    );
    let of = made.iter().find(|one| one["number"] == "C15").unwrap();
    assert_eq!(of["scale"]["term"], "probable");
    assert_eq!(of["derivation"][0]["label"], "C15a");
    // Only what had been said by then.
    let then = get("/api/v1/dossier/RRM%20Canada?assertedBy=2022").await;
    let made = then["claimsMade"].as_array().unwrap();
    assert!(
        !made.is_empty() && made.iter().all(|one| one["assertedAt"] == "2022-08"),
        "{made:#?}"
    );
    let paper = case()
        .get(Who::Public, "/api/v1/dossier/RRM%20Canada.md?lang=fr")
        .await;
    assert!(
        paper.text().contains("## Ce qu’il affirme lui-même"),
        "{}",
        paper.text()
    );
}
