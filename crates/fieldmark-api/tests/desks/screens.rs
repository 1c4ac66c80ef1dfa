//! The screens of the workspace: each in both languages, with nothing hidden on it; signing in; the
//! release preview; deciding on what waits.

use crate::case::{ALCES, Answer, Case, HIDDEN, MPS, Who, case, request};
use crate::pages::page;
use crate::writing::{REPORT, RRM, fresh};
use axum::http::Method;
use serde_json::json;

/// The screens that anybody may see.
pub fn screens() -> Vec<String> {
    [
        "/",
        "/?text=Spamouflage",
        "/?text=campaign&noun=Campaign",
        "/?noun=Claim",
        "/dossier/Spamouflage",
        "/overlap",
        "/timeline",
        "/matrix",
        "/questions",
        "/questions?find=who+says",
        "/questions/attribution",
        "/questions/timeline?ask=1&from=2023-09",
        "/sign-in",
        "/console",
        "/console?query=SELECT+%3Fs+%7B+%3Fs+a+%3Chttps://w3id.org/fieldmark/ns%23Claim%3E+%7D&format=csv",
        "/console?query=SELECT+nothing",
        "/graphql",
        "/graphql?query=%7Bcampaigns%7Bnodes%7Bid+label+claims%7Bnodes%7Bid+kind%7D%7D%7D%7D%7D",
        "/graphql?query=%7Bnothing",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([
        format!("/id/{MPS}?depth=2"),
        format!("/dossier/{MPS}?rule=single-best&scale=&assertedBy=2023-09-06&lens=wide&lensBy="),
        format!("/changes/{MPS}?since=2023-09-06&until=2023-09-20"),
        format!("/changes/{MPS}"),
        format!("/overlap?of={MPS}"),
        format!("/overlap?of={MPS}&with={ALCES}"),
        format!("/timeline/{MPS}?from=2023-09&to="),
        format!("/matrix?of={MPS}&with={ALCES}&show=difference"),
    ])
    .collect()
}

#[tokio::test]
async fn every_screen_is_sound_in_both_languages_and_shows_nothing_hidden() {
    for path in screens() {
        for lang in ["en", "fr"] {
            let sign = if path.contains('?') { '&' } else { '?' };
            let answer = page(Who::Public, &format!("{path}{sign}lang={lang}")).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            let text = answer.text();
            assert!(text.contains(&format!("<html lang=\"{lang}\">")), "{path}");
            assert!(
                !text.contains("Hidden campaign") && !text.contains(HIDDEN),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_dossier_begins_with_the_position_that_is_asked_for() {
    let whole = page(Who::Steward, &format!("/dossier/{MPS}")).await;
    let later = page(Who::Steward, &format!("/dossier/{MPS}?from=2")).await;
    let (whole, later) = (whole.text(), later.text());
    let shown = |text: &str, number: usize| text.contains(&format!("id=\"p0-{number}\""));
    assert!(shown(whole, 0) && shown(whole, 1));
    assert!(!shown(later, 0) && shown(later, 1));
    // The first is still listed in a line, and leads to the page that tells of it.
    assert!(later.contains("?from=1#p0-0\""), "{later}");
    let slip = page(Who::Steward, &format!("/dossier/{MPS}?from=second")).await;
    assert_eq!(slip.status, 400);
    assert!(slip.text().contains("the number of a position"));
}

#[tokio::test]
async fn what_only_a_steward_sees_is_a_page_that_says_so_to_others() {
    for path in ["/release", "/release?to=public", "/review", "/sharing"] {
        let answer = page(Who::Public, path).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.text().contains("/sign-in"), "{path}");
        assert_eq!(page(Who::Steward, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_page_carries_how_it_is_read_to_every_page_it_leads_to() {
    let answer = page(Who::Steward, &format!("/dossier/{MPS}?as=public&lang=fr")).await;
    let text = answer.text();
    assert!(text.contains("<strong>public</strong>"));
    let links = text
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let to_records: Vec<&str> = links.filter(|link| link.starts_with("/id/")).collect();
    assert!(!to_records.is_empty());
    for link in to_records {
        assert!(
            link.contains("as=public") && link.contains("lang=fr"),
            "{link}"
        );
    }
    let through_others = page(Who::Public, "/?as=steward").await;
    assert_eq!(through_others.status, 403);
}

#[tokio::test]
async fn a_list_is_narrowed_down_by_what_it_targets_how_likely_and_how_marked() {
    let narrowed = async |query: &str| page(Who::Public, &format!("/?noun=Campaign&{query}")).await;
    let alces = "Campaign against the Alces Lake drill site, 2022";
    for (query, is_there) in [
        ("target=Appia%20Rare%20Earths%20%26%20Uranium%20Corp", true),
        ("target=Xin%20Liu", false),
        ("likely=0", false),
        ("tlp=TLP:CLEAR", true),
        ("tlp=red", false),
        ("tlp=TLP:CLEAR&target=Alces%20Lake", true),
    ] {
        let found = narrowed(query).await;
        assert_eq!(found.status, 200, "{query}: {}", found.text());
        let rows = found.text().split("<tbody>").nth(1).map(str::to_owned);
        let rows = rows.unwrap_or_default();
        assert_eq!(rows.contains(alces), is_there, "{query}: {rows}");
        // The query behind the page finds the same.
        let behind = found.text().split("<code>{").nth(1).map(str::to_owned);
        let behind = behind.and_then(|text| Some(format!("{{{}", text.split("</code>").next()?)));
        let Some(behind) = behind else {
            assert!(rows.is_empty(), "{query}: {rows}");
            continue;
        };
        let behind = behind.replace("&quot;", "\"").replace("&amp;", "&");
        let asked = json!({"query": behind}).to_string();
        let answer = case()
            .post(Who::Public, "/graphql", "application/json", &asked)
            .await
            .json();
        let labels = answer["data"]["campaigns"]["nodes"].as_array();
        let labels = labels.unwrap_or_else(|| panic!("{behind}: {answer:#}"));
        let is_found = labels.iter().any(|one| one["label"] == alces);
        assert_eq!(is_found, is_there, "{behind}: {answer:#}");
    }
    for (query, told) in [
        ("tlp=PINK", "there are TLP:CLEAR"),
        ("likely=120", "not between 0 and 1"),
        ("likely=very", "no number of percent"),
    ] {
        let found = narrowed(query).await;
        assert_eq!(found.status, 400);
        assert!(found.text().contains(told), "{query}: {}", found.text());
    }
}

#[tokio::test]
async fn a_preview_lists_what_is_hidden_and_no_way_finds_it() {
    let answer = page(Who::Steward, "/release?to=public&noun=Campaign").await;
    let text = answer.text();
    assert!(text.contains("Hidden campaign"));
    let checks = text
        .split("class=\"checks\"")
        .nth(1)
        .unwrap()
        .split("</ul>")
        .next()
        .unwrap();
    assert_eq!(checks.matches("✓").count(), 7, "{checks}");
    assert!(!checks.contains('✗'), "{checks}");
    assert!(text.contains("rule: TLP:RED"), "{text}");
    // What is marked for everybody and speaks of it is hidden with it, and so is the direct edge.
    let of_ties = page(Who::Steward, "/release?to=public&noun=Relationship").await;
    assert!(
        of_ties
            .text()
            .contains("rule: speaks of what is hidden: <a")
    );
    let told = "/api/v1/audiences/public/preview?noun=Relationship";
    let told = case().get(Who::Steward, told).await.json();
    let row = &told["rows"][0];
    assert_eq!(row["fate"], "hidden", "{row:#}");
    assert_eq!(row["rule"]["names"][0]["label"], "Hidden campaign");
    // It has no name of its own, and is told by what it ties.
    assert_eq!(
        row["record"]["label"],
        "Twin campaign · related to → Hidden campaign"
    );
    assert!(told["next"].is_string());
    // The same preview finds what is not hidden: what is found at all is told.
    let whole = page(Who::Steward, "/release?to=steward&noun=Campaign").await;
    assert!(!whole.text().contains("class=\"checks\""));
}

fn from_here(cookie: &str) -> [(&str, &str); 3] {
    [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", cookie),
    ]
}

pub async fn posted(case: &Case, path: &str, cookie: &str, body: &str) -> Answer {
    let request = request(Method::POST, path, &from_here(cookie), body);
    case.ask(Who::Public, request).await
}

/// Signs in with a new token; the cookie.
pub async fn signed_in(case: &Case, role: &str) -> String {
    let asked = json!({"name": role, "audience": "steward", "role": role}).to_string();
    let made = case
        .post(Who::Steward, "/api/v1/tokens", "application/json", &asked)
        .await;
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let answer = posted(case, "/sign-in", "", &format!("token={secret}")).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert!(!cookie.contains(&secret));
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_reads_writes_from_our_pages_alone_and_ends() {
    let case = fresh();
    let wrong = posted(&case, "/sign-in", "", "token=fm_made_up").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("not valid here"));
    let cookie = signed_in(&case, "writer").await;
    let with = [("cookie", cookie.as_str()), ("accept", "text/html")];
    let home = case.get_as(Who::Public, "/", &with).await;
    assert!(home.text().contains("<strong>steward</strong>") && home.text().contains("/sign-out"));
    let claim = json!({"kind": "attribution", "subject": MPS, "object": "Ministry of Public Security",
        "assessor": RRM, "verbatim": "as a page says", "source": REPORT, "marking": "tlp:clear"});
    let post = |site: &'static str| {
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", site),
            ("cookie", cookie.as_str()),
        ];
        request(Method::POST, "/api/v1/claims", &headers, &claim.to_string())
    };
    let elsewhere = case.ask(Who::Public, post("cross-site")).await;
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.text());
    let here = case.ask(Who::Public, post("same-origin")).await;
    assert_eq!(here.status, 201, "{}", here.text());
    let out = posted(&case, "/sign-out", &cookie, "").await;
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let ended = case.get_as(Who::Public, "/", &with).await;
    assert_eq!(ended.status, 401);
    assert!(ended.text().contains("session has ended") && ended.text().contains("/sign-in"));
    // And the page takes the cookie away, so that it stands in nobody's way.
    assert!(ended.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn a_revoked_token_ends_its_sessions() {
    let case = fresh();
    let cookie = signed_in(&case, "reader").await;
    let revoked = case
        .ask(
            Who::Steward,
            request(Method::DELETE, "/api/v1/tokens/reader", &[], ""),
        )
        .await;
    assert!(revoked.status.is_success(), "{}", revoked.text());
    let answer = case
        .get_as(
            Who::Public,
            "/",
            &[("cookie", &cookie), ("accept", "text/html")],
        )
        .await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn what_waits_is_decided_on_a_page() {
    let case = fresh();
    let proposed = json!({"tool": {"name": "reader", "version": "1"}, "order": "assertClaim",
        "said": {"kind": "attribution", "subject": MPS, "object": "Ministry of Public Security", "assessor": RRM,
            "verbatim": "points to the MPS from Zanzibar", "source": REPORT, "marking": "tlp:clear"}});
    let answer = case
        .post(
            Who::Steward,
            "/api/v1/proposals",
            "application/json",
            &proposed.to_string(),
        )
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let queue = page_of(&case, "").await;
    assert!(queue.contains("Zanzibar"), "{queue}");
    let cookie = signed_in(&case, "writer").await;
    assert!(page_of(&case, &cookie).await.contains("value=\"accept\""));
    let unsaid = posted(
        &case,
        "/review",
        &cookie,
        "number=1&decision=refuse&reason=",
    )
    .await;
    assert!(
        unsaid.text().contains("say why it is refused"),
        "{}",
        unsaid.text()
    );
    let elsewhere = request(
        Method::POST,
        "/review",
        &[
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", &cookie),
        ],
        "number=1&decision=accept",
    );
    assert_eq!(case.ask(Who::Public, elsewhere).await.status, 403);
    let taken = posted(&case, "/review", &cookie, "number=1&decision=accept").await;
    assert!(
        taken.text().contains("<strong>added</strong>"),
        "{}",
        taken.text()
    );
    assert!(taken.text().contains("Nothing here."));
}

/// The queue, as who has a cookie reads it, or else the one at the machine itself.
async fn page_of(case: &Case, cookie: &str) -> String {
    let who = if cookie.is_empty() {
        Who::Steward
    } else {
        Who::Public
    };
    let answer = case
        .get_as(
            who,
            "/review",
            &[("cookie", cookie), ("accept", "text/html")],
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

pub async fn got(case: &Case, path: &str, cookie: &str) -> String {
    let headers = [("cookie", cookie), ("accept", "text/html")];
    let answer = case.get_as(Who::Public, path, &headers).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text().to_owned()
}

/// The value of a hidden field of a form.
pub fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

pub fn filled(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

#[tokio::test]
async fn a_claim_is_checked_written_and_answered_on_a_page() {
    let case = fresh();
    let cookie = signed_in(&case, "writer").await;
    let form = got(&case, &format!("/write?subject={MPS}"), &cookie).await;
    assert!(form.contains(MPS) && form.contains("said.assessor"));
    let key = hidden(&form, "key");
    let fields = |act: &'static str, words: &'static str| {
        filled(&[
            ("order", "assertClaim"),
            ("kind", "attribution"),
            ("key", &key),
            ("said.subject", MPS),
            ("said.object", "Ministry of Public Security"),
            ("said.assessor", RRM),
            ("said.verbatim", words),
            ("said.source", REPORT),
            ("lang-of-words", "en"),
            ("marking", "tlp:clear"),
            ("reason", "read again"),
            ("act", act),
        ])
    };
    let lacking = posted(&case, "/write", &cookie, &fields("write", "")).await;
    assert!(
        lacking.text().contains("nothing was changed") || lacking.text().contains("role=\"alert\""),
        "{}",
        lacking.text()
    );
    assert!(
        lacking.text().contains("Ministry of Public Security"),
        "what was filled in is given back"
    );
    let checked = posted(
        &case,
        "/write",
        &cookie,
        &fields("check", "from Zanzibar, they say"),
    )
    .await;
    assert!(
        checked.text().contains("would be added"),
        "{}",
        checked.text()
    );
    assert!(
        !got(&case, "/?text=Zanzibar", &cookie)
            .await
            .contains("its name")
    );
    let written = posted(
        &case,
        "/write",
        &cookie,
        &fields("write", "from Zanzibar, they say"),
    )
    .await;
    assert!(
        written.text().contains("It is written."),
        "{}",
        written.text()
    );
    let again = posted(
        &case,
        "/write",
        &cookie,
        &fields("write", "from Zanzibar, they say"),
    )
    .await;
    assert!(
        !again.text().contains("It is written."),
        "a form sent twice writes once"
    );
    let found = got(&case, "/?text=Zanzibar", &cookie).await;
    let id = found.split("/id/relationship--").nth(1).unwrap();
    let id = format!("relationship--{}", &id[..36]);
    // Two tabs revise it; the slower is told, and keeps what it typed.
    let path = format!("/write?order=reviseClaim&of={id}");
    let (one, other) = (
        got(&case, &path, &cookie).await,
        got(&case, &path, &cookie).await,
    );
    let revise = |page: &str, locator: &'static str| {
        filled(&[
            ("order", "reviseClaim"),
            ("of", &id),
            ("key", &hidden(page, "key")),
            ("version", &hidden(page, "version")),
            ("said.subject", MPS),
            ("said.object", "Ministry of Public Security"),
            ("said.assessor", RRM),
            ("said.verbatim", "@en from Zanzibar, they say"),
            ("said.source", REPORT),
            ("said.polarity", "affirms"),
            ("said.scale", "unstated"),
            ("said.locator", locator),
            ("marking", "tlp:clear"),
            ("act", "write"),
        ])
    };
    let first = posted(&case, "/write", &cookie, &revise(&one, "p. 3")).await;
    assert!(first.text().contains("It is revised."), "{}", first.text());
    let second = posted(&case, "/write", &cookie, &revise(&other, "p. 4")).await;
    assert!(
        second.text().contains("Somebody was faster"),
        "{}",
        second.text()
    );
    assert!(
        second.text().contains("p. 4"),
        "what was typed is given back"
    );
    let withdraw = got(
        &case,
        &format!("/write?order=withdrawClaim&of={id}"),
        &cookie,
    )
    .await;
    let taken_back = filled(&[
        ("order", "withdrawClaim"),
        ("of", &id),
        ("key", &hidden(&withdraw, "key")),
        ("version", &hidden(&withdraw, "version")),
        ("reason", "misread"),
        ("act", "write"),
    ]);
    let answer = posted(&case, "/write", &cookie, &taken_back).await;
    assert!(
        answer.text().contains("It is revised."),
        "{}",
        answer.text()
    );
    assert_eq!(page(Who::Public, "/write").await.status, 403);
}

/// What the address says of a question behind a page, as it was before it stood in HTML.
fn behind(page: &str, desk: &str) -> Vec<String> {
    let heading = format!("<h3>{desk}</h3>");
    let after = page.split(&heading).skip(1);
    let code = after.map(|rest| {
        rest.split("<code>")
            .nth(1)
            .unwrap()
            .split("</code>")
            .next()
            .unwrap()
    });
    let plain = |text: &str| {
        let text = text.replace("&quot;", "\"").replace("&lt;", "<");
        text.replace("&gt;", ">").replace("&amp;", "&")
    };
    code.map(plain).collect()
}

#[tokio::test]
async fn the_question_behind_every_page_can_be_asked_and_every_form_of_it_had() {
    let (mut rest, mut graphql, mut forms) = (0, 0, 0);
    let public = screens().into_iter().map(|path| (Who::Public, path));
    let seen_as = screens().into_iter().map(|path| {
        let sign = if path.contains('?') { '&' } else { '?' };
        (Who::Steward, format!("{path}{sign}lang=fr&as=public"))
    });
    for (who, path) in public.chain(seen_as) {
        let answer = page(who, &path).await;
        let text = answer.text();
        for question in behind(text, "REST") {
            let Some(asked) = question.strip_prefix("GET ") else {
                continue;
            };
            let answer = case().get(who, asked).await;
            assert_eq!(answer.status, 200, "{path}: {asked}: {}", answer.text());
            assert!(!answer.text().contains("Hidden campaign"), "{asked}");
            rest += 1;
        }
        for question in behind(text, "GraphQL").iter().flat_map(|all| all.lines()) {
            let body = json!({ "query": question }).to_string();
            let answer = case()
                .post(who, "/graphql", "application/json", &body)
                .await;
            let said = answer.json();
            let errors = &said["errors"];
            assert!(errors.is_null(), "{path}: {question}: {errors}");
            graphql += 1;
        }
        let offered = text.split("⇩").nth(1).unwrap_or_default();
        let offered = offered.split("</p>").next().unwrap_or_default();
        for link in offered.split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap().replace("&amp;", "&");
            let answer = case().get(who, &link).await;
            assert_eq!(answer.status, 200, "{path}: {link}");
            let bytes = String::from_utf8_lossy(&answer.bytes);
            assert!(!bytes.contains("Hidden campaign"), "{link}");
            forms += 1;
        }
    }
    assert!(
        rest > 20 && graphql > 5 && forms > 30,
        "{rest} {graphql} {forms}"
    );
}

#[tokio::test]
async fn what_an_answer_ties_is_drawn_and_leads_to_it() {
    let query = "SELECT ?claim ?p ?about WHERE { ?claim a fm:Attribution ; ?p ?about . FILTER(?p = fm:subject) }";
    let query = format!("PREFIX fm: <https://w3id.org/fieldmark/ns#> {query}");
    let mut asked = form_urlencoded::Serializer::new(String::new());
    let asked = asked.append_pair("query", &query).finish();
    for lang in ["en", "fr"] {
        let answer = page(Who::Public, &format!("/console?{asked}&lang={lang}")).await;
        let drawn = answer.text().split("<svg").nth(1).expect("a picture");
        assert!(drawn.contains(&format!("href=\"/id/{MPS}?lang={lang}\"")));
        // By the property that stands between them, in the reader's language.
        let tie = if lang == "fr" { " sujet " } else { " subject " };
        assert!(drawn.contains(tie), "{drawn}");
    }
    // Where no row names two records there is nothing to draw.
    let one = page(
        Who::Public,
        "/console?query=SELECT+%3Fs+%7B+%3Fs+a+%3Chttps://w3id.org/fieldmark/ns%23Claim%3E+%7D",
    )
    .await;
    assert!(!one.text().contains("<svg"));
    let saved = page(Who::Public, "/questions/attribution?ask=1").await;
    assert!(saved.text().contains("The same as a graph"));
}
