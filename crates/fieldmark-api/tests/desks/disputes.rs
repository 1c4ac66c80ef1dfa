//! Claims taken back, disputed and concurred with, by hand.

use crate::case::MPS;
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
