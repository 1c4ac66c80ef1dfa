//! Wherever something is shown stands under which marking.

use crate::case::{ALCES, HIDDEN, MPS, Who, case};
use serde_json::{Value, json};

#[tokio::test]
async fn what_loses_its_graphs_says_first_under_which_marking_it_stood() {
    for (format, before) in [
        ("turtle", "# "),
        ("ntriples", "# "),
        ("jsonld", "{\"marking\": \""),
        ("rdfxml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- "),
    ] {
        for (who, marking) in [(Who::Public, "TLP:CLEAR"), (Who::Steward, "TLP:RED")] {
            if (format, who) == ("jsonld", Who::Steward) {
                // The steward's JSON-LD keeps the graphs.
                continue;
            }
            let answer = case()
                .get(who, &format!("/api/v1/export?format={format}"))
                .await;
            let first = answer.text().lines().next().unwrap();
            let wanted = format!("{before}{marking} · made for the audience");
            assert!(first.starts_with(&wanted), "{format} {who:?}: {first}");
        }
    }
    let page = case()
        .get_as(
            Who::Steward,
            &format!("/id/{HIDDEN}"),
            &[("accept", "text/html")],
        )
        .await;
    assert!(
        page.text().contains("class=\"marking\">TLP:RED"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn a_picture_says_who_may_see_it() {
    for path in [
        "neighbourhood?of=MPs%20campaign%202023",
        "matrix?of=MPs%20campaign%202023",
        "sides?of=MPs%20campaign%202023&with=Alces%20Lake%202022",
        "waterfall?of=MPs%20campaign%202023&with=Alces%20Lake%202022&lang=fr",
    ] {
        let answer = case()
            .get(Who::Public, &format!("/api/v1/pictures/{path}"))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let banner = match path.ends_with("fr") {
            true => "TLP:CLEAR · fait pour le public « public » le 2",
            false => "TLP:CLEAR · made for the audience “public” on 2",
        };
        assert!(answer.text().contains(banner), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_answer_says_its_marking_and_its_audience() {
    for path in [
        format!("/api/v1/overlap/{MPS}?with={ALCES}&shuffles=9"),
        format!("/api/v1/overlap/{MPS}?shuffles=9"),
        format!("/api/v1/dossier/{MPS}"),
        format!("/api/v1/dossier/{MPS}/changes?since=2023-09-20&clock=asserted"),
        format!("/api/v1/path?from={ALCES}&to={MPS}"),
        "/api/v1/queries/attribution".to_owned(),
    ] {
        let answer = case().get(Who::Public, &path).await.json();
        assert_eq!(answer["marking"], "TLP:CLEAR", "{path}: {answer:#}");
        assert_eq!(answer["audience"], "public", "{path}");
    }
}

#[tokio::test]
async fn every_row_says_its_marking() {
    for (who, marking) in [(Who::Public, "TLP:CLEAR"), (Who::Steward, "TLP:RED")] {
        let csv = case().get(who, "/api/v1/queries/visible-to-me.csv").await;
        assert!(csv.text().lines().next().unwrap().ends_with(",marking"));
        let found = case()
            .get(who, "/api/v1/search?text=campaign&first=200")
            .await;
        let markings: Vec<Value> = found.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["marking"].clone())
            .collect();
        assert!(markings.len() > 3 && markings.iter().all(Value::is_string));
        assert!(markings.contains(&json!(marking)), "{markings:?}");
        assert_eq!(markings.contains(&json!("TLP:RED")), who == Who::Steward);
    }
}

#[tokio::test]
async fn graphql_says_the_marking_of_a_record_and_of_each_quotation() {
    let ask = async |who| {
        let query = format!(
            "{{ node(id: \"{HIDDEN}\") {{ ... on Record {{ marking }} }} \
               campaign(id: \"{MPS}\") {{ marking claims(first: 3) {{ nodes {{ marking verbatim {{ text marking }} }} }} }} \
               path(from: \"{ALCES}\", to: \"{MPS}\") {{ marking verbatim {{ text marking }} }} }}"
        );
        let body = json!({ "query": query }).to_string();
        let answer = case()
            .post(who, "/graphql", "application/json", &body)
            .await;
        answer.json()["data"].clone()
    };
    let public = ask(Who::Public).await;
    assert_eq!(public["node"], Value::Null);
    assert_eq!(public["campaign"]["marking"], "TLP:CLEAR");
    let claims = public["campaign"]["claims"]["nodes"].as_array().unwrap();
    assert_eq!(claims.len(), 3);
    for claim in claims {
        assert_eq!(claim["marking"], "TLP:CLEAR");
        let words = claim["verbatim"].as_array().unwrap();
        assert!(!words.is_empty() && words.iter().all(|one| one["marking"] == "TLP:CLEAR"));
    }
    for hop in public["path"].as_array().unwrap() {
        assert_eq!(hop["marking"], "TLP:CLEAR");
    }
    assert_eq!(ask(Who::Steward).await["node"]["marking"], "TLP:RED");
}

#[tokio::test]
async fn the_first_page_is_marked_as_strictly_as_what_it_lists() {
    for (who, marking) in [(Who::Public, "TLP:CLEAR"), (Who::Steward, "TLP:RED")] {
        let page = case().get_as(who, "/", &[("accept", "text/html")]).await;
        let wanted = format!("class=\"marking\">{marking}");
        assert!(page.text().contains(&wanted), "{who:?}: {}", page.text());
    }
}
