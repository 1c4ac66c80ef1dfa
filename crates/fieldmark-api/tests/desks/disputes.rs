//! Claims taken back, disputed and concurred with, by hand.

use crate::case::{MPS, Who};
use crate::writing::{C15, REPORT, RRM, fresh, get, post, send, version, with};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_claim_is_withdrawn_once_and_has_no_say_any_more() {
    let case = fresh();
    let path = format!("/api/v1/claims/{C15}/withdraw");
    let headline = async || {
        get(&case, &format!("/api/v1/dossier/{MPS}"))
            .await
            .to_string()
            .matches(C15)
            .count()
    };
    let before = headline().await;
    let seen = get(&case, &format!("/api/v1/records/{C15}/draft")).await["version"]
        .as_str()
        .unwrap()
        .to_owned();
    let gone = send(
        &case,
        Method::POST,
        &format!("{path}?reason=taken%20back"),
        &[("if-match", &seen)],
        &Value::Null,
    )
    .await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(gone.json()["changes"][0]["after"][0]["value"], "withdrawn");
    assert!(headline().await < before);
    let again = send(
        &case,
        Method::POST,
        &path,
        &[("if-match", &version(&gone))],
        &Value::Null,
    )
    .await;
    assert_eq!(again.status, 422, "{}", again.text());
    assert!(again.problem().contains("withdrawn already"));
    let no_claim = send(
        &case,
        Method::POST,
        &format!("/api/v1/claims/{MPS}/withdraw"),
        &[],
        &Value::Null,
    )
    .await;
    assert!(no_claim.problem().contains("is no claim"));
}

#[tokio::test]
async fn answers_speak_of_the_same_and_lean_on_no_ring() {
    let case = fresh();
    let word = json!({"assessor": RRM, "verbatim": "we do not think so", "source": REPORT, "assertedAt": "2024-01"});
    let disputed = post(
        &case,
        &format!("/api/v1/claims/{C15}/dispute"),
        word.clone(),
    )
    .await;
    assert_eq!(disputed.status, 201, "{}", disputed.text());
    let id = disputed.json()["id"].as_str().unwrap().to_owned();
    let said = get(&case, &format!("/api/v1/records/{id}/draft")).await;
    let target = get(&case, &format!("/api/v1/records/{C15}/draft")).await;
    assert_eq!(
        (&said["said"]["subject"], &said["said"]["object"]),
        (&target["said"]["subject"], &target["said"]["object"])
    );
    assert_eq!(
        (&said["said"]["polarity"], &said["said"]["disputes"]),
        (&json!("denies"), &json!(C15))
    );
    assert_eq!(said["marking"], target["marking"]);
    // Who concurs with a denial denies.
    let concurs = post(&case, &format!("/api/v1/claims/{id}/concur"), word.clone())
        .await
        .json();
    let second = concurs["id"].as_str().unwrap().to_owned();
    let said = get(&case, &format!("/api/v1/records/{second}/draft")).await;
    assert_eq!(
        (&said["said"]["polarity"], &said["said"]["concursWith"]),
        (&json!("denies"), &json!(id))
    );
    let own = post(
        &case,
        &format!("/api/v1/claims/{id}/concur"),
        with(word, json!({"polarity": "affirms"})),
    )
    .await;
    assert!(own.problem().contains("polarity"), "{}", own.text());
    for (of, on, why) in [
        (&id, &id, "does not lean on itself"),
        (&id, &second, "closes the ring"),
    ] {
        let path = format!("/api/v1/records/{of}");
        let seen = get(&case, &format!("{path}/draft")).await["version"]
            .as_str()
            .unwrap()
            .to_owned();
        let ring = send(
            &case,
            Method::PATCH,
            &path,
            &[("if-match", &seen)],
            &json!({"concursWith": on}),
        )
        .await;
        assert_eq!(ring.status, 422, "{}", ring.text());
        assert!(ring.problem().contains(why), "{}", ring.text());
    }
}

#[tokio::test]
async fn that_a_claim_denies_is_told_only_to_whom_it_is_shown() {
    let case = fresh();
    let claim = json!({"kind": "denial", "subject": MPS, "object": "Ministry of Public Security", "assessor": RRM,
        "verbatim": "no", "source": REPORT, "marking": "tlp:clear", "markings": {"polarity": "tlp:red"}});
    let said = post(&case, "/api/v1/claims", claim).await;
    assert_eq!(said.status, 201, "{}", said.text());
    let id = said.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/records/{id}");
    let export = format!("/api/v1/export?format=ntriples&of={id}");
    assert!(
        case.get(Who::Steward, &export)
            .await
            .text()
            .contains("ns#Denial")
    );
    assert!(
        !case
            .get(Who::Public, &export)
            .await
            .text()
            .contains("ns#Denial")
    );
    // However a term is written; and who affirms denies no more.
    let headers = |version: String| [("if-match".to_owned(), version)];
    for (polarity, denies) in [("affirms", false), ("DENIES", true), ("nie", true)] {
        let seen = get(&case, &format!("{path}/draft")).await;
        let version = headers(seen["version"].as_str().unwrap().to_owned());
        let version: Vec<(&str, &str)> = version
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let change = json!({ "polarity": polarity });
        let changed = send(&case, Method::PATCH, &path, &version, &change).await;
        assert_eq!(changed.status, 200, "{polarity}: {}", changed.text());
        let told = case.get(Who::Steward, &export).await;
        assert_eq!(told.text().contains("ns#Denial"), denies, "{polarity}");
        assert!(
            !case
                .get(Who::Public, &export)
                .await
                .text()
                .contains("ns#Denial")
        );
    }
}

#[tokio::test]
async fn what_follows_from_the_claim_is_not_said_again() {
    let case = fresh();
    for key in ["kind", "polarity", "subject", "object"] {
        let mut word = json!({"assessor": RRM, "verbatim": "no", "source": REPORT});
        word[key] = "x".into();
        let answer = post(&case, &format!("/api/v1/claims/{C15}/dispute"), word).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.problem().starts_with(key), "{}", answer.text());
    }
}
