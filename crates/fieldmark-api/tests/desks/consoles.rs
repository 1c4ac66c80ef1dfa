//! The console of GraphQL, and one list of an answer as a table.

use crate::case::{Answer, HIDDEN, MPS, Who, case};
use crate::pages::page;

fn asked(pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("/graphql?{}", query.extend_pairs(pairs).finish())
}

async fn csv(pairs: &[(&str, &str)]) -> Answer {
    let path = asked(&[pairs, &[("format", "csv")][..]].concat());
    // As a browser follows a link.
    case()
        .get_as(Who::Public, &path, &[("accept", "text/html,*/*;q=0.8")])
        .await
}

const CLAIMS: &str = "query Of($id: ID!) { record: campaign(id: $id) { id label claims(first: 2, kind: ATTRIBUTION) {
    totalCount nodes { id kind assessors { id label } } pageInfo { hasNextPage endCursor } } } }";

#[tokio::test]
async fn an_answer_is_shown_as_tables_drawn_and_given_to_be_copied() {
    let variables = format!("{{\"id\": \"{MPS}\"}}");
    for lang in ["en", "fr"] {
        let path = asked(&[("query", CLAIMS), ("variables", &variables), ("lang", lang)]);
        let answer = page(Who::Public, &path).await;
        let text = answer.text();
        assert!(!text.contains("role=\"alert\""), "{text}");
        // Each record leads to its page, read as this one is.
        let leads = format!("<a href=\"/id/{MPS}?lang={lang}\" title=\"{MPS}\">C");
        assert!(text.contains(&leads), "{text}");
        assert!(text.contains("record.claims.nodes</code>"), "{text}");
        let drawn = text.split("<svg").nth(1).expect("a picture");
        assert!(
            drawn.contains("assessors") && drawn.contains("claims"),
            "{drawn}"
        );
        assert!(
            text.contains("curl 'http://desk.example/graphql?lang="),
            "{text}"
        );
        assert!(text.contains("requests.post('http://desk.example/graphql?lang="));
        // What stands in the boxes is what was asked.
        assert!(text.contains("&quot;id&quot;: &quot;") || text.contains("{&quot;id&quot;"));
        assert!(
            text.contains("TLP:CLEAR"),
            "under the strictest that its reader may see"
        );
    }
}

#[tokio::test]
async fn a_list_is_a_table_and_says_where_it_goes_on() {
    let variables = format!("{{\"id\": \"{MPS}\"}}");
    let given: &[(&str, &str)] = &[("query", CLAIMS), ("variables", &variables)];
    let answer = csv(given).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "id,kind,assessors.id,assessors.label");
    assert_eq!(lines.len(), 4, "two rows, and where they go on: {text}");
    assert!(lines[3].starts_with("# further rows: after="), "{text}");
    let of = csv(&[given, &[("of", "nothing")][..]].concat()).await;
    assert_eq!(
        of.problem(),
        "of names no list of this answer; it has record.claims.nodes"
    );
    let single = csv(&[("query", "{ campaigns { totalCount } }")]).await;
    assert!(
        single.text().starts_with("campaigns.totalCount\r\n"),
        "{}",
        single.text()
    );
    // A cell that a spreadsheet would run.
    let organisations = "{ organizations { nodes { label } } }";
    let guarded = csv(&[("query", organisations), ("spreadsheet", "true")]).await;
    assert!(guarded.text().contains("'=Formula"), "{}", guarded.text());
    let faulty = csv(&[("query", "{ campaigns { nothing } }")]).await;
    assert!(faulty.json()["errors"][0]["message"].is_string());
}

#[tokio::test]
async fn what_cannot_be_asked_is_said_beside_the_box() {
    for (query, why) in [
        ("{ campaigns { nothing } }", "nothing"),
        ("{ campaigns", "1:12: expected selection"),
        (
            "mutation { import(content: \"\") { added } }",
            "sent by POST",
        ),
    ] {
        let answer = page(Who::Public, &asked(&[("query", query)])).await;
        let said = answer
            .text()
            .split("role=\"alert\"")
            .nth(1)
            .expect("a notice");
        assert!(
            said.split("</p>").next().unwrap().contains(why),
            "{query}: {said}"
        );
        let kept = maud::html! { (query) }.into_string();
        assert!(
            answer.text().contains(&kept),
            "what was typed is given back"
        );
    }
    let path = asked(&[("query", "{ __typename }"), ("variables", "{")]);
    let answer = page(Who::Public, &path).await;
    assert!(
        answer.text().contains("variables is not JSON"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn words_that_would_be_markup_and_what_is_hidden_stay_out() {
    let all = "{ campaigns(first: 100) { nodes { id label description } } }";
    let answer = page(Who::Public, &asked(&[("query", all)])).await;
    assert!(
        !answer.text().contains("<script>alert"),
        "{}",
        answer.text()
    );
    assert!(answer.text().contains("&lt;script&gt;alert"));
    assert!(!answer.text().contains("Hidden campaign") && !answer.text().contains(HIDDEN));
    let answer = page(Who::Steward, &asked(&[("query", all)])).await;
    assert!(answer.text().contains("Hidden campaign"));
    assert!(
        answer.text().contains("TLP:RED"),
        "under the strictest that its reader may see"
    );
    let as_public = page(Who::Steward, &asked(&[("query", all), ("as", "public")])).await;
    assert!(!as_public.text().contains("Hidden campaign"));
}

#[tokio::test]
async fn a_saved_question_can_be_made_ones_own() {
    for question in fieldmark_store::question::catalogue() {
        let path = format!("/questions/{}?lang=fr", question.name);
        let answer = page(Who::Public, &path).await;
        let link = answer.text().split("href=\"/console?query=").nth(1);
        let link = link
            .and_then(|rest| rest.split('"').next())
            .expect("a link");
        let link = format!("/console?query={}", link.replace("&amp;", "&"));
        assert!(link.ends_with("&lang=fr"), "{link}");
        let console = page(Who::Public, &link).await;
        assert!(
            !console.text().contains("role=\"alert\""),
            "{}",
            question.name
        );
        let text = maud::html! { (question.text.trim()) }.into_string();
        assert!(console.text().contains(&text), "{}", question.name);
    }
}
