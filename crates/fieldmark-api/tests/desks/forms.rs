//! The same in other forms: every link to one leads somewhere, and a table has the rows that JSON has.

use crate::case::{ALCES, Case, HIDDEN, MPS, Who, case};
use crate::pages::page;
use crate::screens::screens;
use crate::writing::REPORT;
use fieldmark_store::sparql::Limits;
use serde_json::Value;

/// The addresses that a page offers as other forms of itself.
fn offered(page: &str) -> Vec<String> {
    let Some((_, forms)) = page.split_once("⇩ ") else {
        return Vec::new();
    };
    let forms = forms.split("</p>").next().unwrap();
    let links = forms.split(" href=\"").skip(1);
    links
        .map(|link| link.split('"').next().unwrap().replace("&amp;", "&"))
        .collect()
}

#[tokio::test]
async fn a_parameter_that_a_page_does_not_take_is_told() {
    let of_steward = ["/release", "/review", "/sharing", "/write"].map(str::to_owned);
    let of_steward = of_steward.into_iter().chain([format!("/source/{REPORT}")]);
    // Who signs in asks for nothing, and GraphQL leaves it to a server what else an address says.
    let shown = screens()
        .into_iter()
        .filter(|path| !path.starts_with("/sign-in") && !path.starts_with("/graphql"));
    for path in shown.chain(of_steward) {
        let sign = if path.contains('?') { '&' } else { '?' };
        let slip = page(Who::Steward, &format!("{path}{sign}nown=Campaign")).await;
        assert_eq!(slip.status, 400, "{path}");
        let told = "no parameter is named &quot;nown&quot;: this page takes ";
        assert!(slip.text().contains(told), "{path}: {}", slip.text());
    }
}

#[tokio::test]
async fn every_other_form_that_a_page_offers_is_there() {
    let of_steward = [
        "/release?to=public&noun=Campaign",
        "/review",
        "/review?standing=all",
        "/sharing",
        "/sharing?of=public",
        "/?noun=Claim&likely=55%25&from=2023&to=2024",
        "/?tlp=TLP:CLEAR&noun=Campaign",
    ];
    let of_steward = of_steward
        .map(str::to_owned)
        .into_iter()
        .chain([format!("/source/{REPORT}")]);
    let shown = screens().into_iter().map(|path| (Who::Public, path));
    let all = shown.chain(of_steward.map(|path| (Who::Steward, path)));
    let mut followed = 0;
    for (who, path) in all {
        for read in ["", "lang=fr", "knownAt=2100", "assertedBy=2023-09-06"] {
            let sign = if path.contains('?') { '&' } else { '?' };
            let path = match read {
                "" => path.clone(),
                read => format!("{path}{sign}{read}"),
            };
            let read = page(who, &path).await;
            for link in offered(read.text()) {
                // Papers have tests of their own, and take a while.
                if [".pdf", ".docx"].iter().any(|ending| link.contains(ending)) {
                    continue;
                }
                let answer = case().get_as(who, &link, &[("accept", "text/html")]).await;
                assert_eq!(answer.status, 200, "{path}: {link}: {}", answer.text());
                followed += 1;
            }
        }
    }
    assert!(followed > 200, "{followed}");
}

/// A table as its rows, and the JSON of the same address.
async fn both(who: Who, path: &str) -> (Vec<csv::StringRecord>, Value) {
    let json = case().get(who, path).await;
    assert_eq!(json.status, 200, "{path}: {}", json.text());
    let sign = if path.contains('?') { '&' } else { '?' };
    let table = case().get(who, &format!("{path}{sign}format=csv")).await;
    assert_eq!(table.status, 200, "{path}: {}", table.text());
    assert_eq!(
        table.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let mut rows = csv::ReaderBuilder::new();
    let rows = rows.has_headers(false).from_reader(table.bytes.as_slice());
    let rows = rows.into_records().map(Result::unwrap).collect();
    (rows, json.json())
}

#[tokio::test]
async fn a_table_has_the_rows_that_json_has() {
    for (who, path, rows, column) in [
        (Who::Public, "/api/v1/records".to_owned(), "/items", "label"),
        (
            Who::Steward,
            "/api/v1/search?text=campaign".to_owned(),
            "/items",
            "matched",
        ),
        (
            Who::Steward,
            format!("/api/v1/overlap/{MPS}"),
            "/ranking",
            "other.label",
        ),
        (
            Who::Public,
            format!("/api/v1/overlap/{MPS}?with={ALCES}"),
            "/shared",
            "feature.label",
        ),
        (
            Who::Public,
            format!("/api/v1/matrix?of={MPS}&with={ALCES}&show=difference"),
            "/techniques",
            "tactic.number",
        ),
        (
            Who::Public,
            "/api/v1/overlap".to_owned(),
            "/pairs",
            "left.label",
        ),
        (
            Who::Public,
            "/api/v1/matrix".to_owned(),
            "/techniques",
            "users",
        ),
        (Who::Steward, "/api/v1/audiences".to_owned(), "", "ceiling"),
        (
            Who::Steward,
            "/api/v1/audiences/public/preview".to_owned(),
            "/records",
            "count",
        ),
        (
            Who::Steward,
            "/api/v1/audiences/public/preview?noun=Claim".to_owned(),
            "/rows",
            "record.label",
        ),
        (
            Who::Steward,
            "/api/v1/proposals".to_owned(),
            "/proposals",
            "number",
        ),
        (Who::Steward, "/api/v1/deliveries".to_owned(), "", "taker"),
    ] {
        let (table, json) = both(who, &path).await;
        let listed = json.pointer(rows).unwrap().as_array().unwrap();
        let total = table.iter().filter(|row| !row[0].starts_with("# ")).count();
        assert_eq!(total, listed.len() + 1, "{path}");
        if !listed.is_empty() {
            assert!(
                table[0].iter().any(|name| name == column),
                "{path}: {:?}",
                table[0]
            );
        }
    }
    // A dossier has a row for each claim, wherever it stands.
    let (table, json) = both(Who::Steward, &format!("/api/v1/dossier/{MPS}")).await;
    let propositions = json["propositions"].as_array().unwrap();
    let claims = propositions
        .iter()
        .map(|one| one["claims"].as_array().unwrap().len());
    assert_eq!(table.len(), claims.sum::<usize>() + 1);
    let at = |name: &str| table[0].iter().position(|one| one == name).unwrap();
    let first = &propositions[0]["claims"][0];
    assert_eq!(table[1][at("id")], *first["id"].as_str().unwrap());
    let texts = first["verbatim"].as_array().unwrap().iter();
    let texts: Vec<&str> = texts.map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(table[1][at("verbatim.text")], texts.join(" | "));
    let path = format!("/api/v1/dossier/{MPS}/changes?clock=asserted&since=2023-09-06");
    let (table, json) = both(Who::Steward, &path).await;
    let changed = json["changes"].as_array().unwrap().iter();
    let claims = changed.map(|one| one["claims"].as_array().unwrap().len());
    assert_eq!(table.len(), claims.sum::<usize>() + 1);
    assert!(table.len() > 2 && table[0].iter().any(|name| name == "claim.id"));
}

#[tokio::test]
async fn each_two_that_are_picked_share_what_a_comparison_of_them_shares() {
    let path = format!("/api/v1/overlap?among={MPS},{ALCES}");
    let found = case().get(Who::Public, &path).await.json();
    let pairs = found["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 1);
    assert_eq!(pairs[0]["left"]["id"], MPS);
    let ranked = format!("/api/v1/overlap/{MPS}?top=100&shuffles=0");
    let ranked = case().get(Who::Public, &ranked).await.json();
    let mut ranking = ranked["ranking"].as_array().unwrap().iter();
    let row = ranking.find(|row| row["other"]["id"] == ALCES).unwrap();
    for count in ["features", "hard"] {
        assert_eq!(pairs[0][count], row[count]);
    }
    let grid = page(Who::Public, &format!("/overlap?among={MPS},{ALCES}")).await;
    assert!(
        grid.text()
            .contains(&format!("href=\"/overlap?among={MPS}\""))
    );
    let hidden = format!("/api/v1/overlap?among={MPS},{HIDDEN}");
    assert_eq!(case().get(Who::Public, &hidden).await.status, 404);
}

#[tokio::test]
async fn a_table_that_is_cut_says_so_and_leads_to_the_rest() {
    let (table, json) = both(Who::Public, "/api/v1/records?noun=Claim&first=2").await;
    let next = json["next"].as_str().unwrap();
    assert_eq!(table.len(), 4);
    assert_eq!(table[3][0], *format!("# further rows: after={next}"));
    let path = "/api/v1/records?noun=Claim&first=2&format=csv&spreadsheet=true";
    let cut = case().get(Who::Public, path).await;
    assert_eq!(cut.header("fieldmark-guarded"), "0");
    let (mut link, mut rows) = (cut.header("link").to_owned(), 2);
    while !link.is_empty() {
        let address = link.strip_prefix('<').unwrap().split('>').next().unwrap();
        let further = case().get(Who::Public, address).await;
        assert_eq!(further.status, 200, "{address}: {}", further.text());
        rows += further
            .text()
            .lines()
            .filter(|row| !row.starts_with("# "))
            .count()
            - 1;
        link = further.header("link").to_owned();
    }
    assert_eq!(
        rows,
        usize::try_from(json["total"].as_u64().unwrap()).unwrap()
    );
    let slip = case().get(Who::Public, "/api/v1/records?format=xml").await;
    assert_eq!(slip.problem(), "format is json or csv");
}

#[tokio::test]
async fn a_list_of_rest_is_narrowed_down_as_those_of_graphql_are() {
    let of = |path: &str| {
        let path = format!("/api/v1/records?{path}");
        async move { case().get(Who::Steward, &path).await }
    };
    let campaigns = of("noun=Campaign&orderBy=LABEL_ASC").await.json();
    let query = "{ campaigns(orderBy: LABEL_ASC) { totalCount nodes { id label } } }";
    let body = serde_json::json!({ "query": query }).to_string();
    let graphql = case()
        .post(Who::Steward, "/graphql", "application/json", &body)
        .await
        .json();
    let nodes = &graphql["data"]["campaigns"];
    assert_eq!(campaigns["total"], nodes["totalCount"]);
    for (row, node) in campaigns["items"]
        .as_array()
        .unwrap()
        .iter()
        .zip(nodes["nodes"].as_array().unwrap())
    {
        assert_eq!((&row["id"], &row["label"]), (&node["id"], &node["label"]));
        assert_eq!(row["noun"], "Campaign");
    }
    let within = of("noun=Claim&from=2023-09&to=2023-09").await.json();
    let first = &within["items"][0];
    assert!(
        first["certainty"] == "certain" || first["certainty"] == "possible",
        "{first}"
    );
    assert!(first["marking"].as_str().unwrap().starts_with("TLP:"));
    for (path, says) in [
        ("noun=Campaigne", "Campaign"),
        ("orderBy=NAME", "LABEL_ASC"),
        ("tlp=BLUE", "TLP:AMBER"),
        ("likely=55", "between 0 and 1"),
        ("from=yesterday", "from: "),
        ("nouns=Claim", "no parameter is named \"nouns\""),
    ] {
        let slip = of(path).await;
        assert!(slip.problem().contains(says), "{path}: {}", slip.problem());
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_says_so_in_the_language_of_its_reader() {
    let case = Case::with(Limits {
        rows: 2,
        ..Limits::default()
    });
    for (lang, says) in [
        ("en", "only the first 2 rows are given"),
        ("fr", "seules les 2 premières lignes sont données"),
    ] {
        let path = format!("/api/v1/queries/attribution?lang={lang}");
        let json = case.get(Who::Public, &path).await.json();
        assert_eq!(json["cut"], says);
        let path = format!("/api/v1/queries/attribution.csv?lang={lang}");
        let table = case.get(Who::Public, &path).await;
        let last = table.text().lines().last().unwrap();
        assert!(last.starts_with(&format!("# {says},")), "{last}");
        let path = format!("/questions/attribution?ask=1&lang={lang}");
        let headers = [("accept", "text/html")];
        let page = case.get_as(Who::Public, &path, &headers).await;
        assert!(page.text().contains(says), "{}", page.text());
    }
}
