//! As known when: a base that learns, revises, marks up and forgets, asked about each moment.

use crate::case::{Answer, Case, MPS, Who};
use fieldmark_store::sparql::Limits;
use serde_json::{Value, json};
use std::sync::OnceLock;

const PREFIXES: &str = "
    PREFIX id: <https://w3id.org/fieldmark/id/>
    PREFIX fm: <https://w3id.org/fieldmark/ns#>
    PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
";
pub const CLEAR: &str = "id:marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
const RED: &str = "id:marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
const LATE: &str = "campaign--00000000-0000-4000-8000-0000000000a1";

struct Told {
    case: Case,
    /// The last entry before anything of this test.
    before: u64,
    /// The entry that brought the campaign under its first name.
    first: u64,
    /// The entry that gave it its second name.
    second: u64,
}

async fn head(case: &Case, of: &str) -> u64 {
    let answer = case
        .get(Who::Steward, &format!("/api/v1/records/{of}/history"))
        .await;
    let revisions = answer.json()["revisions"].clone();
    revisions.as_array().unwrap().last().unwrap()["seq"]
        .as_u64()
        .unwrap()
}

pub async fn import(case: &Case, graph: &str, text: &str) {
    let body = format!("{PREFIXES} {graph} {{ {text} }}");
    let answer = case
        .post(
            Who::Steward,
            "/api/v1/import?format=trig",
            "application/trig",
            &body,
        )
        .await;
    let report = answer.json();
    assert_eq!(
        (report["committed"].as_bool(), report["refused"].as_u64()),
        (Some(true), Some(0)),
        "{report:#}"
    );
}

async fn told() -> Told {
    let case = Case::with(Limits::default());
    let named = |name: &str| format!("id:{LATE} a stix:Campaign ; skos:prefLabel \"{name}\"@en .");
    import(&case, CLEAR, &named("Early name")).await;
    let first = head(&case, LATE).await;
    import(&case, CLEAR, &named("Later name")).await;
    let second = head(&case, LATE).await;
    Told {
        case,
        before: first - 1,
        first,
        second,
    }
}

fn told_once() -> &'static tokio::sync::OnceCell<Told> {
    static TOLD: OnceLock<tokio::sync::OnceCell<Told>> = OnceLock::new();
    TOLD.get_or_init(tokio::sync::OnceCell::new)
}

async fn shared() -> &'static Told {
    told_once().get_or_init(told).await
}

async fn record(case: &Case, who: Who, known_at: &str) -> Answer {
    case.get(who, &format!("/api/v1/records/{LATE}?knownAt={known_at}"))
        .await
}

#[tokio::test]
async fn each_entry_has_the_name_that_was_known_then() {
    let told = shared().await;
    let label = |answer: Answer| answer.json()["label"]["en"].clone();
    let at = |seq: u64| format!("entry:{seq}");
    assert_eq!(
        record(&told.case, Who::Steward, &at(told.before))
            .await
            .status,
        404
    );
    assert_eq!(
        label(record(&told.case, Who::Steward, &at(told.first)).await),
        "Early name"
    );
    assert_eq!(
        label(record(&told.case, Who::Steward, &at(told.second)).await),
        "Later name"
    );
    let now = label(record(&told.case, Who::Public, "2999").await);
    assert_eq!(now, "Later name", "what is still to come is now");
}

#[tokio::test]
async fn graphql_answers_a_whole_request_at_one_moment() {
    let told = shared().await;
    let ask = async |query: String| -> Value {
        let body = json!({ "query": query }).to_string();
        let answer = told
            .case
            .post(Who::Steward, "/graphql", "application/json", &body);
        answer.await.json()
    };
    let first = told.first;
    let found = ask(format!(
        "{{ campaign(id: \"{LATE}\", knownAt: \"entry:{first}\") {{ label }}
            dossier(of: \"{MPS}\", knownAt: \"entry:{first}\") {{ subject {{ label }} }} }}"
    ))
    .await;
    assert_eq!(found["data"]["campaign"]["label"], "Early name", "{found}");
    assert_eq!(
        found["data"]["dossier"]["subject"]["label"], "Campaign against Canadian MPs, 2023",
        "{found}"
    );
    let mixed = ask(format!(
        "{{ campaign(id: \"{LATE}\", knownAt: \"entry:{first}\") {{ label }} dossier(of: \"{MPS}\") {{ scale }} }}"
    ))
    .await;
    let why = mixed["errors"][0]["message"].as_str().unwrap();
    assert!(
        why.contains("one request is answered as known at one moment"),
        "{mixed}"
    );
}

#[tokio::test]
async fn the_address_says_the_moment_where_a_graphql_query_does_not() {
    let told = shared().await;
    let query = format!("{{ campaign(id: \"{LATE}\") {{ label }} }}");
    let body = json!({ "query": query }).to_string();
    let at = format!("/graphql?knownAt=entry:{}", told.first);
    let posted = told.case.post(Who::Steward, &at, "application/json", &body);
    let found = posted.await.json();
    assert_eq!(found["data"]["campaign"]["label"], "Early name", "{found}");
    let mut asked = form_urlencoded::Serializer::new(String::new());
    let asked = asked.append_pair("query", &query).finish();
    let path = format!("{at}&{asked}");
    assert_eq!(told.case.get(Who::Steward, &path).await.json(), found);
    let browser = [("accept", "text/html")];
    let page = told.case.get_as(Who::Steward, &path, &browser).await;
    assert!(page.text().contains("Early name") && !page.text().contains("Later name"));
    // The query's own word counts.
    let query = query.replace(") {", &format!(", knownAt: \"entry:{}\") {{", told.second));
    let body = json!({ "query": query }).to_string();
    let posted = told.case.post(Who::Steward, &at, "application/json", &body);
    assert_eq!(
        posted.await.json()["data"]["campaign"]["label"],
        "Later name"
    );
    let wrong = told
        .case
        .get(Who::Steward, "/graphql?knownAt=soon&query=%7B__typename%7D");
    assert_eq!(wrong.await.status, 400);
}

#[tokio::test]
async fn a_moment_that_is_none_is_refused_with_the_remedy() {
    let told = shared().await;
    for (who, moment, wanted) in [
        (
            Who::Steward,
            "1999-12-31",
            "nothing was known then: the ledger begins at ",
        ),
        (Who::Steward, "yesterday", "is no moment: write a date"),
        (Who::Steward, "entry:0", "there is no entry 0"),
        (Who::Steward, "entry:99999999", "there is no entry 99999999"),
        (Who::Public, "entry:1", "only the steward may name an entry"),
        (
            Who::Public,
            "entry:99999999",
            "only the steward may name an entry",
        ),
    ] {
        for path in [
            format!("/api/v1/records/{MPS}?"),
            format!("/api/v1/dossier/{MPS}?"),
            "/api/v1/queries/timeline?".to_owned(),
        ] {
            let answer = told.case.get(who, &format!("{path}knownAt={moment}")).await;
            assert_eq!(answer.status, 400, "{path}{moment}: {}", answer.text());
            let why = answer.problem();
            assert!(why.contains(wanted), "{path}{moment}: {why}");
        }
    }
}

#[tokio::test]
async fn what_is_marked_up_or_taken_back_cannot_be_had_by_asking_for_the_day_before() {
    let told = told().await;
    let case = &told.case;
    // A time between the two names cannot be had from a test that writes them at once, so the
    // public asks for the second name's own time and the steward for the entry.
    let history = case
        .get(Who::Steward, &format!("/api/v1/records/{LATE}/history"))
        .await
        .json();
    let time = history["revisions"][1]["recordedAt"]
        .as_str()
        .unwrap()
        .replace('+', "%2B");
    import(
        case,
        CLEAR,
        "id:identity--00000000-0000-4000-8000-0000000000a2 a stix:Identity ; skos:prefLabel \"Later still\"@en .",
    )
    .await;
    let seen = record(case, Who::Public, &time).await;
    assert!(seen.text().contains("Later name"), "{}", seen.text());

    let restricted = format!(
        "id:{LATE} a stix:Campaign . }} {RED} {{ id:{LATE} skos:prefLabel \"Third name\"@en ."
    );
    import(case, CLEAR, &restricted).await;
    let seen = record(case, Who::Public, &time).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    for name in ["Early name", "Later name", "Third name"] {
        assert!(!seen.text().contains(name), "{}", seen.text());
    }
    let steward = record(case, Who::Steward, &format!("entry:{}", told.first)).await;
    assert!(steward.text().contains("Early name"), "{}", steward.text());

    import(
        case,
        RED,
        &format!("id:{LATE} a stix:Campaign ; skos:prefLabel \"Fourth name\"@en ."),
    )
    .await;
    let hidden = record(case, Who::Public, &time).await;
    let absent = case
        .get(
            Who::Public,
            &format!(
                "/api/v1/records/campaign--00000000-0000-4000-8000-0000000000ee?knownAt={time}"
            ),
        )
        .await;
    assert_eq!(
        (hidden.status.as_u16(), &hidden.bytes),
        (404, &absent.bytes)
    );
}

#[tokio::test]
async fn by_6_september_2023_exactly_eleven_claims_had_been_asserted() {
    let case = crate::case::case();
    let answer = case
        .get(
            Who::Public,
            "/api/v1/queries/asserted-before?before=2023-09-06&knownAt=2999",
        )
        .await
        .json();
    let at = answer["variables"]
        .as_array()
        .unwrap()
        .iter()
        .position(|name| name == "claim")
        .unwrap();
    let mut claims: Vec<String> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[at]["value"].as_str().unwrap().to_owned())
        .collect();
    claims.sort();
    claims.dedup();
    // C2, C22 to C26 and C30, with C25 in two halves, and the titles of footnotes 3, 4 and 6.
    assert_eq!(claims.len(), 11, "{claims:#?}");
}

#[tokio::test]
async fn a_dossier_says_what_changed_by_which_entry_and_whose_headline() {
    let case = Case::with(Limits::default());
    let before = head(&case, MPS).await;
    let later = "relationship--00000000-0000-4000-8000-0000000000b1";
    let claim = |words: &str| {
        format!(
            "id:{later} a fm:Attribution , fm:Claim ; fm:subject id:{LATE} ;
               fm:object id:identity--00000000-0000-4000-8000-000000000003 ;
               fm:assessor id:identity--00000000-0000-4000-8000-000000000003 ; fm:polarity fm:affirms ;
               fm:scale fm:unstated ; fm:verbatim \"{words}\"@en ; fm:locator \"L1\" ;
               <http://purl.org/dc/terms/source> id:report--00000000-0000-4000-8000-0000000000b2 ;
               fm:assertedAt \"2024-01\"^^<http://id.loc.gov/datatypes/edtf/EDTF> ."
        )
    };
    let frame = format!(
        "id:{LATE} a stix:Campaign ; skos:prefLabel \"Late\"@en .
         id:report--00000000-0000-4000-8000-0000000000b2 a stix:Report ; skos:prefLabel \"Late report\"@en ."
    );
    import(&case, CLEAR, &frame).await;
    import(&case, CLEAR, &claim("it is they")).await;
    let came = head(&case, later).await;
    import(&case, CLEAR, &claim("it was they")).await;
    let changes = async |who: Who, query: String| {
        let path = format!("/api/v1/dossier/{LATE}/changes?{query}");
        let answer = case.get(who, &path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["changes"].clone()
    };
    let query = format!("since=entry:{before}&knownAt=2999");
    let found = changes(Who::Steward, query).await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!(found[0]["headlineBefore"], Value::Null, "{found:#}");
    let headline = "1 line in favour, none with a likelihood";
    assert_eq!(found[0]["headlineAfter"], headline);
    assert_eq!(found[0]["claims"][0]["fate"], "came");
    assert!(
        found[0]["claims"][0]["entry"]["seq"].as_u64().unwrap() > came,
        "{found:#}"
    );

    let found = changes(Who::Steward, format!("since=entry:{came}")).await;
    assert_eq!(found[0]["headlineChanged"], false, "{found:#}");
    let change = &found[0]["claims"][0];
    assert_eq!(change["fate"], "revised");
    assert_eq!(change["respects"], json!(["verbatim"]));
    assert_eq!(change["claim"]["verbatim"][0]["text"], "it was they");

    let found = changes(Who::Public, "since=2023&clock=asserted".into()).await;
    assert_eq!(found[0]["claims"][0]["fate"], "came", "{found:#}");
    let entry = found[0]["claims"][0].get("entry");
    assert_eq!(entry, None, "entries are the steward's");
    // Said in January: on the 15th it may have been there already.
    let found = changes(Who::Public, "since=2024-01-15&clock=asserted".into()).await;
    assert_eq!(found[0]["claims"][0]["fate"], "perhaps", "{found:#}");
    for query in ["since=2024-01&clock=asserted", "since=2999"] {
        assert_eq!(changes(Who::Public, query.into()).await, json!([]));
    }
}

#[tokio::test]
async fn strangers_open_so_many_moments_a_minute_and_others_as_many_as_they_ask_for() {
    let case = Case::with(Limits::default());
    let at = || {
        let now = time::OffsetDateTime::now_utc();
        let now = now.format(&time::format_description::well_known::Rfc3339);
        format!("/api/v1/records/{MPS}?knownAt={}", now.unwrap())
    };
    let first = at();
    for _ in 0..6 {
        let opened = case.get(Who::Public, &at()).await;
        assert_eq!(opened.status, 200, "{}", opened.text());
    }
    let refused = case.get(Who::Public, &first).await;
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(refused.problem().contains("or show a token"));
    let steward = case.get(Who::Steward, &first).await;
    assert_eq!(steward.status, 200, "{}", steward.text());
}
