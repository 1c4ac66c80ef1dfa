//! What is done on a page by one button: putting back, and choosing colours.

use super::case::{MPS, Who, request};
use super::screens::{filled, got, hidden, posted, signed_in};
use super::writing::fresh;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn what_a_record_said_before_is_put_back_by_one_button() {
    let case = fresh();
    let cookie = signed_in(&case, "writer").await;
    let to = format!("/write?order=revertRecord&of={MPS}");
    let only = got(&case, &to, &cookie).await;
    assert!(only.contains("there is nothing to go back to"), "{only}");
    let record = format!("/api/v1/records/{MPS}");
    let said = "Put back by nobody yet";
    let revise = async |body: serde_json::Value| {
        let version = got(&case, &to, &cookie).await;
        let version = format!("\"{}\"", hidden(&version, "version"));
        let headers = [("content-type", "application/json"), ("if-match", &version)];
        let request = request(Method::PATCH, &record, &headers, &body.to_string());
        let answer = case.ask(Who::Steward, request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    revise(json!({"altLabel": {"en": said}})).await;
    let page = got(&case, &format!("/id/{MPS}"), &cookie).await;
    assert!(page.contains("order=revertRecord"), "{page}");
    let form = got(&case, &to, &cookie).await;
    assert!(
        form.contains("would be a revision") && form.contains(said),
        "{form}"
    );
    let (key, version) = (hidden(&form, "key"), hidden(&form, "version"));
    let body = filled(&[
        ("order", "revertRecord"),
        ("of", MPS),
        ("key", &key),
        ("version", &version),
        ("reason", "a slip"),
        ("act", "write"),
    ]);
    let done = posted(&case, "/write", &cookie, &body).await;
    assert!(done.text().contains("It is revised."), "{}", done.text());
    let now = got(&case, &format!("/id/{MPS}"), &cookie).await;
    assert!(!now.contains(said) && now.contains("a slip"), "{now}");
}

#[tokio::test]
async fn colours_are_chosen_once_and_lead_nobody_elsewhere() {
    let case = fresh();
    let choose = async |scheme: &str, back: &str| {
        let body = filled(&[("scheme", scheme), ("back", back)]);
        let answer = posted(&case, "/scheme", "", &body).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        (
            answer.header("location").to_owned(),
            answer.header("set-cookie").to_owned(),
        )
    };
    let (to, cookie) = choose("dark", "/matrix?lang=fr").await;
    assert_eq!(to, "/matrix?lang=fr");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert!(
        got(&case, "/", &cookie)
            .await
            .contains("<html lang=\"en\" data-scheme=\"dark\">")
    );
    assert!(
        got(&case, "/", "fieldmark-scheme=\"><b>")
            .await
            .contains("<html lang=\"en\">")
    );
    for elsewhere in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "",
    ] {
        assert_eq!(choose("light", elsewhere).await.0, "/");
    }
    assert!(choose("system", "/").await.1.contains("Max-Age=0"));
}
