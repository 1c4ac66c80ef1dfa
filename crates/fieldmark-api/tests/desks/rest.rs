//! `/api/v1` and its description.

use crate::case::{ABSENT, ALCES, HIDDEN, MPS, TWIN, Who, case};
use fieldmark_store::question;
use serde_json::Value;

const WHO: [Who; 2] = [Who::Public, Who::Steward];

#[tokio::test]
async fn a_record_is_found_by_id_iri_and_name_and_says_everything_about_itself() {
    for name in [
        ALCES.to_owned(),
        format!("https:%2F%2Fw3id.org%2Ffieldmark%2Fid%2F{ALCES}"),
        "alces%20lake%202022".to_owned(),
    ] {
        let answer = case()
            .get(Who::Public, &format!("/api/v1/records/{name}"))
            .await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        let record = answer.json();
        assert_eq!(record["id"], ALCES);
        assert_eq!(record["noun"], "Campaign");
        assert_eq!(
            record["label"]["en"],
            "Campaign against the Alces Lake drill site, 2022"
        );
        assert_eq!(
            record["label"]["fr"],
            "Campagne contre le site de forage d’Alces Lake, 2022"
        );
        let names: Vec<&str> = record["properties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].as_str().unwrap())
            .collect();
        assert!(
            names.contains(&"skos:prefLabel") && names.contains(&"fm:locator"),
            "{names:?}"
        );
        let links = record["relationships"].as_array().unwrap();
        assert!(!links.is_empty() && links.len() == record["counts"]["relationships"]);
        assert!(links.iter().all(|link| {
            link["source"]["label"]
                .as_str()
                .unwrap()
                .starts_with(char::is_alphabetic)
        }));
        assert_eq!(
            record["claims"].as_array().unwrap().len(),
            record["counts"]["claims"]
        );
        assert!(record["children"].is_array());
    }
}

#[tokio::test]
async fn what_is_hidden_and_what_is_absent_are_the_same_bytes() {
    let addresses = |id: &str| {
        [
            "records/ID",
            "records/ID/history",
            "overlap/ID",
            "overlap/ID?with=ID",
            "dossier/ID",
            "path?from=ID&to=ID",
            "export?format=turtle&of=ID",
        ]
        .map(|address| format!("/api/v1/{}", address.replace("ID", id)))
    };
    for (hidden, absent) in addresses(HIDDEN).iter().zip(&addresses(ABSENT)) {
        let (hidden, absent) = (
            case().get(Who::Public, hidden).await,
            case().get(Who::Public, absent).await,
        );
        assert_eq!(
            (hidden.status.as_u16(), &hidden.bytes),
            (404, &absent.bytes),
            "{}",
            hidden.text()
        );
        hidden.problem();
    }
    for (seen, absent) in addresses(HIDDEN).iter().zip(&addresses(ABSENT)).take(3) {
        assert_eq!(case().get(Who::Steward, seen).await.status, 200, "{seen}");
        assert_eq!(
            case().get(Who::Steward, absent).await.status,
            404,
            "{absent}"
        );
    }
    let by_name = case()
        .get(Who::Public, "/api/v1/records/Hidden%20campaign")
        .await;
    assert_eq!(
        by_name.bytes,
        case()
            .get(Who::Public, "/api/v1/records/No%20such%20name")
            .await
            .bytes
    );
}

#[tokio::test]
async fn history_is_the_stewards_and_to_others_it_is_not_there() {
    let history = case()
        .get(Who::Steward, &format!("/api/v1/records/{ALCES}/history"))
        .await
        .json();
    let first = &history["revisions"][0];
    assert_eq!(
        (&first["revision"], &first["author"]),
        (&1.into(), &"local".into())
    );
    assert!(
        first["nquads"]
            .as_str()
            .unwrap()
            .contains("marking-definition--")
    );
    let public = case()
        .get(Who::Public, &format!("/api/v1/records/{ALCES}/history"))
        .await;
    let nothing = case()
        .get(Who::Public, &format!("/api/v1/records/{ABSENT}"))
        .await;
    assert_eq!(
        (public.status, public.bytes),
        (nothing.status, nothing.bytes)
    );
}

#[tokio::test]
async fn several_of_one_name_are_listed_and_nothing_is_guessed() {
    let answer = case()
        .get(Who::Public, "/api/v1/records/Twin%20campaign")
        .await;
    assert_eq!(answer.status, 400);
    let detail = answer.problem();
    assert!(
        detail.contains(TWIN) && detail.contains("give one of these ids"),
        "{detail}"
    );
    let found = case()
        .get(Who::Public, "/api/v1/resolve?text=twin+campaign&lang=fr")
        .await
        .json();
    assert_eq!(found["total"], 2);
    assert_eq!(found["items"][0]["label"], "Campagne jumelle");
}

#[tokio::test]
async fn search_pages_through_everything_once() {
    let whole = case()
        .get(Who::Steward, "/api/v1/search?text=campaign&first=200")
        .await
        .json();
    let ids = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["id"].to_string())
            .collect()
    };
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let page = case()
            .get(
                Who::Steward,
                &format!("/api/v1/search?text=campaign&first=3{after}"),
            )
            .await
            .json();
        assert_eq!(page["total"], whole["total"]);
        paged.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(paged, ids(&whole));
    assert!(paged.len() > 6);
    let public = case().get(Who::Public, "/api/v1/search?text=Hidden").await;
    assert_eq!(public.json()["total"], 0);
    assert_eq!(
        case()
            .get(Who::Steward, "/api/v1/search?text=Hidden")
            .await
            .json()["total"],
        1
    );
}

#[tokio::test]
async fn every_question_answers_or_says_what_it_needs() {
    for question in question::catalogue() {
        for param in &question.params {
            let reserved = fieldmark_api::rest::ask::RESERVED;
            assert!(
                !reserved.contains(&param.name.as_str()),
                "{}: {} is taken",
                question.name,
                param.name
            );
        }
        let args: Vec<String> = question
            .params
            .iter()
            .filter(|param| param.need == question::Need::Required)
            .map(|param| match param.kind {
                question::Kind::Record => format!("{}={ALCES}", param.name),
                question::Kind::Date => format!("{}=2023-09-06", param.name),
                _ => format!("{}=en", param.name),
            })
            .collect();
        for who in WHO {
            let path = format!("/api/v1/queries/{}?{}", question.name, args.join("&"));
            let answer = case().get(who, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            let answer = answer.json();
            let columns = answer["variables"].as_array().unwrap().len();
            for row in answer["rows"].as_array().unwrap() {
                assert_eq!(row.as_array().unwrap().len(), columns);
                for cell in row.as_array().unwrap() {
                    let record = cell["value"]
                        .as_str()
                        .is_some_and(|iri| iri.starts_with("https://w3id.org/fieldmark/id/"));
                    let bare =
                        record && cell["iri"] == true && !cell["value"].to_string().contains('#');
                    assert!(
                        !bare || cell["label"].is_string(),
                        "{path}: a record without a label: {cell}"
                    );
                }
            }
        }
        if !args.is_empty() {
            let answer = case()
                .get(Who::Public, &format!("/api/v1/queries/{}", question.name))
                .await;
            assert_eq!(answer.status, 400);
            assert!(answer.problem().contains("needs"), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn an_answer_is_the_same_by_address_by_json_and_by_form() {
    let path = "/api/v1/queries/asserted-before";
    let about = case().get(Who::Public, "/api/v1/queries").await.json();
    let row = about
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "asserted-before")
        .unwrap();
    assert!(row["summary"]["en"].is_string() && row["summary"]["fr"].is_string());
    assert!(
        row["params"]
            .as_array()
            .unwrap()
            .iter()
            .any(|param| param["name"] == "before")
    );
    let address = case()
        .get(Who::Public, &format!("{path}?before=2023-09-06"))
        .await;
    assert!(address.json()["total"].as_u64().unwrap() > 0);
    for (media, body) in [
        (
            "application/json",
            "{\"before\": \"2023-09-06\", \"first\": 1000}",
        ),
        (
            "application/x-www-form-urlencoded",
            "before=2023-09-06&first=",
        ),
    ] {
        let posted = case().post(Who::Public, path, media, body).await;
        assert_eq!(posted.json(), address.json(), "{media}");
    }
    let posted = case()
        .post(
            Who::Public,
            &format!("{path}.json?before=2023-09-06"),
            "",
            "",
        )
        .await;
    assert_eq!(posted.json(), address.json());
}

#[tokio::test]
async fn pages_of_an_answer_make_up_the_whole() {
    for name in ["timeline", "sources", "claims-about"] {
        let whole = case()
            .get(Who::Public, &format!("/api/v1/queries/{name}?first=10000"))
            .await
            .json();
        let mut rows = Vec::new();
        let mut after = String::new();
        loop {
            let page = case()
                .get(
                    Who::Public,
                    &format!("/api/v1/queries/{name}?first=7{after}"),
                )
                .await
                .json();
            rows.extend(page["rows"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(Value::from(rows), whole["rows"], "{name}");
    }
    let stray = case()
        .get(
            Who::Public,
            "/api/v1/queries/timeline?after=7.0011223344556677",
        )
        .await;
    assert!(stray.problem().contains("after="));
}

#[tokio::test]
async fn csv_is_whole_quoted_and_harmless_and_pages_by_link() {
    let csv = case().get(Who::Public, "/api/v1/queries/sources.csv").await;
    assert_eq!(
        csv.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let json = case()
        .get(Who::Public, "/api/v1/queries/sources")
        .await
        .json();
    let total = json["total"].as_u64().unwrap();
    assert_eq!(csv.text().matches("\r\n").count() as u64, total + 1);
    let page = case()
        .get(Who::Public, "/api/v1/queries/sources.csv?first=2")
        .await;
    assert_eq!(page.text().matches("\r\n").count(), 3);
    let link = page.header("link");
    let next = link
        .strip_prefix('<')
        .and_then(|link| link.strip_suffix(">; rel=\"next\""))
        .unwrap();
    let next = case().get(Who::Public, next).await;
    assert_eq!(next.status, 200, "{link}");
    let third: Vec<&str> = csv.text().split("\r\n").skip(3).take(1).collect();
    assert_eq!(next.text().split("\r\n").nth(1), third.first().copied());
    let all = case()
        .get(Who::Public, "/api/v1/queries/visible-to-me.csv")
        .await;
    assert!(
        !all.text()
            .lines()
            .any(|line| line.starts_with(['=', '+', '@'])),
        "{}",
        all.text()
    );
}

#[tokio::test]
async fn an_overlap_names_both_sides_and_what_says_so() {
    let path = "/api/v1/overlap/Alces%20Lake%202022?with=MPs%20campaign%202023";
    let found = case().get(Who::Public, path).await;
    assert_eq!(found.status, 200, "{}", found.text());
    let found = found.json();
    assert_eq!(
        (&found["left"]["id"], &found["right"]["id"]),
        (&ALCES.into(), &MPS.into())
    );
    let shared = found["shared"].as_array().unwrap();
    assert!(!shared.is_empty());
    for row in shared {
        for side in ["left", "right"] {
            let supports = row[side].as_array().unwrap();
            assert!(!supports.is_empty(), "nothing says so: {row}");
            for support in supports {
                assert!(
                    support["source"]["label"].is_string(),
                    "no source: {support}"
                );
                assert!(
                    support["isClaim"] == false || support["verbatim"][0]["text"].is_string(),
                    "{support}"
                );
            }
        }
    }
    let ranked = case()
        .get(Who::Public, &format!("/api/v1/overlap/{ALCES}?top=3"))
        .await
        .json();
    assert_eq!(ranked["of"]["id"], ALCES);
    let ranking = ranked["ranking"].as_array().unwrap();
    assert!((1..=3).contains(&ranking.len()), "{ranked}");
    let itself = case()
        .get(
            Who::Public,
            &format!("/api/v1/overlap/{ALCES}?with={ALCES}"),
        )
        .await;
    assert!(itself.problem().contains("name two"));
}

#[tokio::test]
async fn a_path_has_a_source_at_every_hop_and_none_is_said_as_none() {
    let path = case()
        .get(Who::Public, &format!("/api/v1/path?from={ALCES}&to={MPS}"))
        .await
        .json();
    let hops = path["hops"].as_array().unwrap();
    assert_eq!(
        (&hops[0]["from"]["id"], &hops[hops.len() - 1]["to"]["id"]),
        (&ALCES.into(), &MPS.into())
    );
    assert!(
        hops.iter().all(|hop| hop["source"]["label"].is_string()),
        "{path}"
    );
    let none = case()
        .get(Who::Public, &format!("/api/v1/path?from={ALCES}&to={TWIN}"))
        .await;
    assert!(none.json()["hops"].is_null());
}

#[tokio::test]
async fn bad_input_is_a_problem_that_names_place_and_remedy() {
    for (path, status, says) in [
        ("/api/v1/search", 400, "text"),
        ("/api/v1/search?text=a&first=many", 400, "first"),
        ("/api/v1/search?text=a&text=b", 400, "text=… is given twice"),
        ("/api/v1/search?text=a&noun=Boat", 400, "Campaign"),
        ("/api/v1/search?text=a&after=nonsense", 400, "cursor"),
        ("/api/v1/resolve", 400, "text"),
        (
            "/api/v1/dossier/Grey+network?rule=average",
            400,
            "single-best",
        ),
        (
            "/api/v1/dossier/campaign--55470a85-dbe6-5fc8-a6bc-27c1e7f3f18a?scale=gut",
            400,
            "icd203",
        ),
        (
            "/api/v1/dossier/Grey+network?assertedBy=soon",
            400,
            "2023-08",
        ),
        ("/api/v1/records/%FF", 400, "UTF-8"),
        ("/api/v1/queries/none", 404, "timeline"),
        ("/api/v1/queries/timeline?first=0", 400, "first=…"),
        (
            "/api/v1/queries/timeline?form=2023",
            400,
            "subject, from, to",
        ),
        ("/api/v1/queries/timeline?from=soon", 400, "from=soon"),
        ("/api/v1/queries/timeline?subject=Twin+campaign", 400, TWIN),
        (
            "/api/v1/queries/timeline?subject=Hidden+campaign",
            400,
            "no record",
        ),
        ("/api/v1/path?from=a", 400, "to"),
        ("/api/v1/export?format=word", 400, "turtle"),
        ("/api/v1/nothing", 404, "search"),
    ] {
        let answer = case().get(Who::Public, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert!(answer.problem().contains(says), "{path}: {}", answer.text());
    }
    let post = "/api/v1/queries/timeline";
    for (media, body, status, says) in [
        ("application/json", "[1]", 400, "a JSON object"),
        ("application/json", "{\"from\": [1]}", 400, "from"),
        ("application/xml", "<a/>", 415, "application/json"),
    ] {
        let answer = case().post(Who::Public, post, media, body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text());
        assert!(answer.problem().contains(says), "{body}: {}", answer.text());
    }
    let token = case()
        .get_as(
            Who::Public,
            "/api/v1/queries",
            &[("authorization", "Bearer fm_guess")],
        )
        .await;
    assert_eq!(token.status, 401);
}

#[tokio::test]
async fn the_description_has_every_address_and_no_parameter_in_the_wrong_place() {
    let document = case().get(Who::Public, "/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    for (path, method) in [
        ("/api/v1/records/{id}", "get"),
        ("/api/v1/records/{id}/history", "get"),
        ("/api/v1/search", "get"),
        ("/api/v1/resolve", "get"),
        ("/api/v1/queries", "get"),
        ("/api/v1/queries/{name}", "get"),
        ("/api/v1/queries/{name}", "post"),
        ("/api/v1/overlap/{id}", "get"),
        ("/api/v1/dossier/{id}", "get"),
        ("/api/v1/path", "get"),
        ("/api/v1/import", "post"),
        ("/api/v1/export", "get"),
    ] {
        assert!(paths[path][method].is_object(), "{method} {path}");
    }
    for (path, methods) in paths {
        for operation in methods.as_object().unwrap().values() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let in_path =
                    path.contains(&format!("{{{}}}", parameter["name"].as_str().unwrap()));
                let wanted = if in_path { "path" } else { "query" };
                assert_eq!(parameter["in"], wanted, "{path}: {parameter}");
            }
        }
    }
    // Every schema that is spoken of is there.
    let text = document.to_string();
    for name in text
        .split("#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(
            document["components"]["schemas"][name].is_object(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_export_of_a_view_is_the_view() {
    for who in [Who::Public, Who::Steward] {
        let all = case().get(who, "/api/v1/export?format=ntriples").await;
        let lines: Vec<&str> = all
            .text()
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        let count = "SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D";
        let found = case().get(who, &format!("/sparql?query={count}")).await;
        let counted = &found.json()["results"]["bindings"][0]["n"]["value"];
        assert_eq!(
            counted.as_str().unwrap(),
            lines.len().to_string(),
            "{who:?}"
        );
        // The direct edge of a relationship, and a name of the ontology's.
        for wanted in [
            "ns/stix#uses> <https://w3id",
            "ns#affirms> <http://www.w3.org/2004/02/skos",
        ] {
            assert!(
                lines.iter().any(|line| line.contains(wanted)),
                "{who:?}: {wanted}"
            );
        }
    }
    let refused = case()
        .get(Who::Public, "/api/v1/export?format=ledger")
        .await;
    assert_eq!(refused.status, 403);
}
