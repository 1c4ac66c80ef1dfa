//! The texts of sources: what is quoted of one stands lit where it stands, and nobody but a steward reads
//! a word of it.

use crate::case::{Answer, Case, MPS, Who, request};
use crate::screens::{got, posted, signed_in};
use crate::writing::{REPORT, RRM, fresh, get, post};
use axum::http::Method;
use serde_json::{Value, json};

/// Made up, but for the words that the case quotes; a word of its own tells it apart.
const TEXT: &str = "Quagmire notice\r\n\r\nAn agency looked at it.\nIt speaks of a Probable\nPRC hand, and of <b>more</b>.\n";

fn path() -> String {
    format!("/api/v1/sources/{REPORT}")
}

async fn give(case: &Case, who: Who, text: &str) -> Answer {
    let path = format!("{}/text", path());
    let request = request(Method::PUT, &path, &[("content-type", "text/plain")], text);
    case.ask(who, request).await
}

fn quoted<'v>(found: &'v Value, words: &str) -> &'v Value {
    let quotations = found["quotations"].as_array().unwrap();
    let mut of = quotations.iter().filter(|one| one["words"] == words);
    of.next().unwrap_or_else(|| panic!("nobody quotes {words}"))
}

#[tokio::test]
async fn what_is_quoted_is_lit_where_it_stands() {
    let case = fresh();
    let bare = get(&case, &path()).await;
    assert_eq!((&bare["kept"], &bare["lines"]), (&Value::Null, &json!([])));
    assert_eq!(quoted(&bare, "Probable PRC")["line"], Value::Null);
    let given = give(&case, Who::Steward, TEXT).await;
    assert_eq!(given.status, 204, "{}", given.text());
    let found = get(&case, &path()).await;
    assert_eq!(found["kept"]["by"], "local");
    let one = quoted(&found, "Probable PRC");
    assert_eq!((&one["line"], &one["row"]), (&json!(4), &json!(4)));
    assert_eq!(one["record"]["label"], "C1");
    // Over the end of a line, and nothing else of it.
    let lit: Vec<(u64, &str)> = found["lines"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|line| {
            let number = line["number"].as_u64().unwrap();
            let pieces = line["text"].as_array().unwrap().iter();
            let lit = pieces.filter(|piece| piece.get("quotations").is_some());
            lit.map(move |piece| (number, piece["text"].as_str().unwrap()))
        })
        .collect();
    assert_eq!(lit, [(4, "Probable"), (5, "PRC")]);
    assert_eq!(
        found["quoted"],
        found["quotations"].as_array().unwrap().len()
    );
    // What does not stand there is told as such, and comes first.
    assert_eq!(found["quotations"][0]["line"], Value::Null);
    // Relationships have no name: they are told by what they lead to.
    let tie = quoted(&found, "primarily targets the Prime Minister");
    assert_eq!(
        tie["record"]["label"],
        "Campaign against Canadian MPs, 2023 · targets → Prime Minister of Canada"
    );
    // The text goes with a word, and by the name of its source.
    let named = "/api/v1/sources/RRM%20Canada%20report%20on%20the%20campaign%20against%20MPs,%2015%20September%202023";
    let gone = request(Method::DELETE, &format!("{named}/text"), &[], "");
    assert_eq!(case.ask(Who::Steward, gone).await.status, 204);
    assert_eq!(get(&case, &path()).await["kept"], Value::Null);
    let again = request(Method::DELETE, &format!("{}/text", path()), &[], "");
    assert_eq!(case.ask(Who::Steward, again).await.status, 404);
}

#[tokio::test]
async fn nobody_but_a_steward_reads_a_word_of_it() {
    let case = fresh();
    assert_eq!(give(&case, Who::Public, TEXT).await.status, 403);
    assert_eq!(give(&case, Who::Steward, TEXT).await.status, 204);
    let gone = request(Method::DELETE, &format!("{}/text", path()), &[], "");
    assert_eq!(case.ask(Who::Public, gone).await.status, 403);
    for path in [
        path(),
        format!("/source/{REPORT}"),
        format!("/source/{REPORT}?as=steward"),
    ] {
        let answer = case
            .get_as(Who::Public, &path, &[("accept", "text/html")])
            .await;
        assert_eq!(answer.status, 403, "{path}");
    }
    // Nor does it stand anywhere else, for anybody: it is no part of the graph.
    for who in [Who::Public, Who::Steward] {
        for path in [
            "/api/v1/search?text=Quagmire".to_owned(),
            "/api/v1/export?format=nquads".to_owned(),
            "/api/v1/export?format=stix".to_owned(),
            format!("/api/v1/records/{REPORT}"),
            format!("/id/{REPORT}"),
        ] {
            let answer = case.get_as(who, &path, &[("accept", "*/*")]).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(!answer.text().contains("Quagmire"), "{path}");
        }
    }
    // Through a partner's eyes a steward does not read it either.
    let borrowed = case
        .get(Who::Steward, &format!("{}?as=public", path()))
        .await;
    assert_ne!(borrowed.status, 200, "{}", borrowed.text());
}

#[tokio::test]
async fn what_is_no_text_is_told_and_nothing_is_kept() {
    let case = fresh();
    let put = |bytes: &'static [u8]| {
        let path = format!("{}/text", path());
        let mut request = request(Method::PUT, &path, &[], "");
        *request.body_mut() = axum::body::Body::from(bytes);
        case.ask(Who::Steward, request)
    };
    for (bytes, says) in [
        (&b"caf\xe9"[..], "not UTF-8 from its byte 4"),
        (b" \n\t", "there is no text to keep"),
        (b"%PDF\0", "byte 5 of the text is zero"),
    ] {
        let answer = put(bytes).await;
        assert_eq!(answer.status, 400);
        assert!(answer.problem().contains(says), "{}", answer.text());
    }
    let long = "x".repeat((2 << 20) + 1);
    let answer = give(&case, Who::Steward, &long).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(get(&case, &path()).await["kept"], Value::Null);
    // A byte order mark is none of it, and a line of any length is shown in parts.
    let wide = format!("\u{feff}{} Probable PRC", "word ".repeat(90_000));
    assert_eq!(give(&case, Who::Steward, &wide).await.status, 204);
    let found = get(&case, &path()).await;
    assert_eq!(found["lines"].as_array().unwrap().len(), 300);
    assert_eq!(
        found["lines"][0]["text"][0]["text"]
            .as_str()
            .unwrap()
            .get(..4),
        Some("word")
    );
    let row = quoted(&found, "Probable PRC")["row"].as_u64().unwrap();
    let begin = (row - 1) / 300 * 300 + 1;
    let last = get(&case, &format!("{}?from={begin}", path())).await;
    let line = &last["lines"][usize::try_from(row - begin).unwrap()];
    assert!(line.to_string().contains("\"Probable PRC\""), "{line}");
    let slip = case.get(Who::Steward, &format!("{}?form=2", path())).await;
    assert_eq!(slip.status, 400);
}

#[tokio::test]
async fn a_proposal_stands_beside_what_it_quotes() {
    let case = fresh();
    for words in ["a probable PRC hand […] more", "nobody wrote this"] {
        let claim = json!({"kind": "attribution", "subject": MPS, "object": "Ministry of Public Security",
            "assessor": RRM, "verbatim": words, "source": REPORT, "marking": "tlp:clear"});
        let proposed = json!({"tool": {"name": "reader", "version": "1"}, "order": "assertClaim", "said": claim});
        assert_eq!(post(&case, "/api/v1/proposals", proposed).await.status, 202);
    }
    let queue = get(&case, "/api/v1/proposals").await;
    let excerpt = &queue["proposals"][0]["quotations"][0];
    assert_eq!(
        (&excerpt["kept"], &excerpt["line"]),
        (&json!(false), &Value::Null)
    );
    let cookie = signed_in(&case, "writer").await;
    assert!(
        got(&case, "/review", &cookie)
            .await
            .contains("nobody has looked")
    );
    // Given on its page, from our own pages alone.
    let page = format!("/source/{REPORT}");
    let body = format!(
        "act=keep&text={}",
        TEXT.replace(' ', "+").replace('\n', "%0A")
    );
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("cookie", &*cookie),
    ];
    let elsewhere = request(Method::POST, &page, &headers, &body);
    assert_eq!(case.ask(Who::Public, elsewhere).await.status, 403);
    let kept = posted(&case, &page, &cookie, &body).await;
    assert!(kept.text().contains("The text is kept."), "{}", kept.text());
    assert!(kept.text().contains("&lt;b&gt;"), "{}", kept.text());
    let queue = got(&case, "/review", &cookie).await;
    assert!(
        queue.contains("<mark>a Probable</mark>") && queue.contains("<mark>PRC hand</mark>"),
        "{queue}"
    );
    assert!(queue.contains("do not stand in the text"), "{queue}");
    let source = got(&case, &format!("{page}?lang=fr"), &cookie).await;
    assert!(
        source.contains("proposition 1") && source.contains("ne figure pas dans le texte"),
        "{source}"
    );
    let none = posted(&case, &page, &cookie, "act=keep&text=+").await;
    assert!(none.text().contains("there is no text to keep"));
    // A decision may be asked for in French.
    let path = "/api/v1/proposals/1?lang=fr";
    let taken = post(&case, path, json!({"decision": "accept"})).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let gone = posted(&case, &page, &cookie, "act=forget").await;
    assert!(gone.text().contains("No text of it is kept any longer."));
}

#[tokio::test]
async fn a_steward_gets_from_a_value_to_the_line_that_says_it() {
    let case = crate::case::case();
    let leads = format!("/source/{REPORT}?from=1#L");
    for (who, is_led) in [(Who::Steward, true), (Who::Public, false)] {
        let path = format!("/dossier/{MPS}");
        let answer = case.get_as(who, &path, &[("accept", "text/html")]).await;
        assert_eq!(answer.text().contains(&leads), is_led);
    }
    let borrowed = case
        .get_as(
            Who::Steward,
            &format!("/dossier/{MPS}?as=public"),
            &[("accept", "text/html")],
        )
        .await;
    assert!(!borrowed.text().contains("/source/"));
}
