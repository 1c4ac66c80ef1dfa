//! Pictures of what a view holds: each says in words what it shows, and has its table.

use crate::case::{ABSENT, ALCES, HIDDEN, MPS, Who, case};
use crate::pages::page;
use serde_json::Value;
use std::collections::BTreeSet;

fn addresses() -> Vec<String> {
    let two = format!("of={ALCES}&with={MPS}");
    let mut all = vec![
        format!("waterfall?{two}"),
        format!("sides?{two}"),
        format!("matrix?of={MPS}"),
        "matrix?show=frequency".to_owned(),
        "matrix?show=first-seen".to_owned(),
        format!("neighbourhood?of={MPS}&depth=3"),
        format!("timeline?of={MPS}"),
        "timeline?from=2023-08&to=2023-10".to_owned(),
        format!("timeline?of={MPS}&axis=known"),
    ];
    all.extend(["intersection", "difference"].map(|show| format!("matrix?{two}&show={show}")));
    all
}

#[tokio::test]
async fn each_says_what_it_shows_and_is_the_same_bytes_again() {
    for address in addresses() {
        for lang in ["en", "fr"] {
            let path = format!("/api/v1/pictures/{address}&lang={lang}");
            let picture = case().get(Who::Public, &path).await;
            assert_eq!(picture.status, 200, "{path}: {}", picture.text());
            let text = picture.text();
            assert!(
                text.starts_with("<svg") && text.ends_with("</svg>"),
                "{path}"
            );
            assert!(text.contains("<title id=\"title\">") && text.contains("<desc id=\"about\">"));
            assert!(text.contains("prefers-color-scheme: dark"));
            // All but the time at which it was made.
            let undated = |text: &str| {
                text.split("class=\"ink marking\"")
                    .next()
                    .map(str::to_owned)
            };
            let again = case().get(Who::Public, &path).await;
            assert_eq!(undated(text), undated(again.text()), "{path}");
            let page = case()
                .get(Who::Public, &format!("{path}&format=html"))
                .await;
            let page = page.text();
            assert!(page.contains("<svg") && page.contains("<table>"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_waterfall_says_the_verdict_and_a_matrix_the_techniques_that_both_use() {
    let get = |address: String| async move {
        let path = format!("/api/v1/pictures/{address}");
        case().get(Who::Public, &path).await.text().to_owned()
    };
    let waterfall = get(format!("waterfall?of={ALCES}&with={MPS}")).await;
    assert!(waterfall.contains("insufficient:") && waterfall.contains("beyond chance"));
    // Claims are edges of their own, dashed, with who makes them; a denial says so.
    let around = get(format!("neighbourhood?of={MPS}&depth=1")).await;
    let claimed = around.split("<path class=\"rule claim\"").skip(1);
    let claimed: Vec<&str> = claimed
        .filter_map(|edge| edge.split("</text>").next())
        .collect();
    let says = |ends: [&str; 2], who: &str| {
        let mut edges = claimed.iter();
        edges.any(|edge| ends.iter().all(|end| edge.contains(end)) && edge.contains(who))
    };
    assert!(
        says(
            [
                ">Campaign against Canadian MPs, 2023 attribution — ",
                " Spamouflage<"
            ],
            "Redacted assessor R6"
        ),
        "{claimed:#?}"
    );
    assert!(
        says(["denied by ", "People’s Republic of China<"], "Embassy"),
        "{claimed:#?}"
    );
    let both = get(format!("matrix?of={ALCES}&with={MPS}")).await;
    assert!(
        both.contains("T0146.007 Automated Account Asset: "),
        "{both}"
    );
    let none = get(format!("matrix?of={ALCES}&with={MPS}&show=difference")).await;
    assert!(!none.contains("T0146.007 Automated Account Asset: "));
}

#[tokio::test]
async fn what_is_hidden_is_in_none_and_a_slip_is_explained() {
    for name in ["neighbourhood", "matrix"] {
        let [hidden, absent] =
            [HIDDEN, ABSENT].map(|id| format!("/api/v1/pictures/{name}?of={id}"));
        let hidden = case().get(Who::Public, &hidden).await;
        let absent = case().get(Who::Public, &absent).await;
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.text(), absent.text());
    }
    for (address, wanted) in [
        ("waterfall?of=MPs".to_owned(), "with= names a record"),
        ("matrix?show=upside-down".to_owned(), "show is one of"),
        (
            format!("matrix?of={MPS}&show=difference"),
            "another with with=",
        ),
        ("portrait".to_owned(), "the pictures there are"),
        (
            format!("matrix?of={MPS}&format=png"),
            "format is svg or html",
        ),
    ] {
        let answer = case()
            .get(Who::Public, &format!("/api/v1/pictures/{address}"))
            .await;
        assert_eq!(answer.status, 400, "{address}");
        assert!(
            answer.problem().contains(wanted),
            "{address}: {}",
            answer.problem()
        );
    }
}

async fn drawn(asked: &str) -> String {
    let path = format!("/api/v1/pictures/neighbourhood?of={MPS}&depth=1&{asked}");
    let answer = case().get(Who::Steward, &path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

/// How many ties of a record the picture says it leaves out; none where it is not drawn.
fn left_out(picture: &str, name: &str) -> Option<usize> {
    let texts = picture.split("<text class=\"ink over\"").skip(1);
    let mut texts = texts.map(|text| text.split("</text>").next().unwrap_or_default());
    let text = texts.find(|text| text.contains(&format!(">{name}")))?;
    let more = text.split("<tspan class=\"soft\">+").nth(1);
    Some(more.map_or(0, |more| more.split('<').next().unwrap().parse().unwrap()))
}

#[tokio::test]
async fn a_neighbourhood_is_opened_and_folded_record_by_record() {
    let spamouflage = "/api/v1/search?text=Spamouflage&noun=ActivitySet";
    let found = case().get(Who::Steward, spamouflage).await.json();
    let id = found["items"][0]["id"].as_str().unwrap();
    let circles = |picture: &str| picture.matches("<circle").count();
    let before = drawn("").await;
    // Nothing of the one in the middle is left out, of this one some is.
    assert_eq!(
        left_out(&before, "Campaign against Canadian…"),
        Some(0),
        "{before}"
    );
    let more = left_out(&before, "Spamouflage").unwrap();
    assert!(more > 0);
    let open = drawn(&format!("open={id}")).await;
    assert_eq!(
        left_out(&open, "Spamouflage"),
        Some(0),
        "all its ties are drawn: {open}"
    );
    assert!(circles(&open) > circles(&before) && circles(&open) <= circles(&before) + more);
    // What is opened and folded is folded.
    let folded = drawn(&format!("open={id}&folded={id}")).await;
    assert_eq!(circles(&folded), circles(&before));
}

#[tokio::test]
async fn a_record_stands_where_it_was_moved_and_a_slip_is_explained() {
    let found = case()
        .get(
            Who::Steward,
            "/api/v1/search?text=Spamouflage&noun=ActivitySet",
        )
        .await
        .json();
    let id = found["items"][0]["id"].as_str().unwrap();
    let middle = |picture: &str| -> [f64; 2] {
        let circle = picture.split("<circle class=\"loss\"").nth(1).unwrap();
        ["cx", "cy"].map(|axis| {
            let value = circle.split(&format!("{axis}=\"")).nth(1).unwrap();
            value.split('"').next().unwrap().parse().unwrap()
        })
    };
    let moved = drawn(&format!("pin={id}:300.5:-200")).await;
    let [x, y] = middle(&moved);
    let wanted = format!("cx=\"{}\" cy=\"{}\"", x + 300.5, y - 200.0);
    assert!(moved.contains(&wanted), "{wanted}: {moved}");
    for (asked, why) in [
        ("open=Spamouflage".to_owned(), "open: ids between commas"),
        ("pin=here".to_owned(), "pin: id:right:below"),
        (format!("pin={id}:NaN:1"), "pin: id:right:below"),
        (format!("pin={id}:9999:1"), "at most 4000"),
    ] {
        let path = format!("/api/v1/pictures/neighbourhood?of={MPS}&{asked}");
        let answer = case().get(Who::Steward, &path).await;
        assert_eq!(answer.status, 400, "{asked}");
        assert!(answer.problem().contains(why), "{}", answer.problem());
    }
}

#[tokio::test]
async fn a_timeline_has_two_axes_and_the_second_is_the_ledgers() {
    let today = time::OffsetDateTime::now_utc().date().to_string();
    let page = async |who, query: &str| {
        let headers = [("accept", "text/html")];
        let path = format!("/timeline/{MPS}?{query}");
        case().get_as(who, &path, &headers).await
    };
    let drawing = |text: &str| {
        let after = text.split("<svg").nth(1).unwrap();
        after.split("</svg>").next().unwrap().to_owned()
    };
    let happened = page(Who::Public, "").await;
    let drawn = drawing(happened.text());
    assert!(
        drawn.contains("2023-09-15 ·") && !drawn.contains(&today),
        "{drawn}"
    );
    assert!(happened.text().contains("/api/v1/pictures/timeline?of="));
    let french = page(Who::Public, "lang=fr").await;
    let table = french.text().split("</svg>").nth(1).unwrap();
    assert!(
        table.contains(">affirmé<") && !table.contains(">claimed<"),
        "{table}"
    );
    let known = page(Who::Public, "axis=known").await;
    let drawn = known
        .text()
        .split("<svg")
        .nth(1)
        .unwrap()
        .split("</svg>")
        .next()
        .unwrap();
    assert!(
        drawn.contains(&today) && !drawn.contains("2023-09-15 ·"),
        "{drawn}"
    );
    assert!(
        known.text().contains("axis=known&amp;of="),
        "{}",
        known.text()
    );
    for (query, told) in [
        ("axis=soon", "axis is one of happened, known"),
        ("axis=known&knownAt=entry:700", "as of now alone"),
    ] {
        let refused = page(Who::Steward, query).await;
        assert!(refused.text().contains(told), "{query}: {}", refused.text());
    }
    let nothing = "/api/v1/pictures/timeline?from=1700&to=1701";
    let nothing = case().get(Who::Public, nothing).await;
    assert!(
        nothing.problem().contains("has a date"),
        "{}",
        nothing.text()
    );
}

#[tokio::test]
async fn what_was_taken_down_has_a_lane_of_its_own() {
    let subject = "intrusion-set--b51f4cc2-bbe8-5398-a28c-4a1369c94a67";
    for (lang, lane, what) in [
        ("en", "Takedowns and charges", "response"),
        ("fr", "Suppressions et inculpations", "riposte"),
    ] {
        let path = format!("/api/v1/pictures/timeline?of={subject}&lang={lang}");
        let drawn = case().get(Who::Public, &path).await;
        let taken = format!("2023-08-29 · {what}: Meta: efforts to take down accounts");
        let drawn = drawn.text();
        assert!(drawn.contains(lane) && drawn.contains(&taken), "{drawn}");
    }
}

#[tokio::test]
async fn the_matrix_says_who_uses_what_and_where_that_is_said() {
    let get = |who, asked: String| async move {
        let path = format!("/api/v1/matrix?{asked}");
        let answer = case().get(who, &path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    };
    let rows = |answer: &Value| answer["techniques"].as_array().unwrap().clone();
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    let ids = |rows: &[Value]| -> BTreeSet<String> { rows.iter().map(id).collect() };
    let alone = rows(&get(Who::Public, format!("of={MPS}")).await);
    let other = rows(&get(Who::Public, format!("of={ALCES}")).await);
    let two = format!("of={ALCES}&with={MPS}");
    let both = rows(&get(Who::Public, two.clone()).await);
    let differ = rows(&get(Who::Public, format!("{two}&show=difference")).await);
    let (a, b) = (ids(&other), ids(&alone));
    assert_eq!(ids(&both), a.intersection(&b).cloned().collect());
    assert_eq!(ids(&differ), a.symmetric_difference(&b).cloned().collect());
    assert!(!both.is_empty());
    for row in &both {
        assert_eq!(row["users"], 2);
        for user in row["by"].as_array().unwrap() {
            let said = user["said"].as_array().unwrap();
            assert!(!said.is_empty(), "{user}");
            for said in said {
                // The seed's relationships all name the document they stand in.
                assert!(said["source"]["label"].is_string(), "{said}");
                let id = said["id"].as_str().unwrap();
                let tie = case()
                    .get(Who::Public, &format!("/api/v1/records/{id}"))
                    .await;
                assert_eq!(tie.status, 200);
            }
        }
    }
    // Of those that are chosen only they are counted; of all, everybody, by number alone.
    let among = format!("among={ALCES},{MPS}&show=frequency");
    let chosen = get(Who::Public, among).await;
    assert_eq!(chosen["of"].as_array().unwrap().len(), 2);
    let all = rows(&get(Who::Public, String::new()).await);
    let chosen = rows(&chosen);
    assert_eq!(ids(&chosen), a.union(&b).cloned().collect());
    let users = |rows: &[Value], id: &str| {
        let row = rows.iter().find(|row| row["id"] == id);
        row.map_or(0, |row| row["users"].as_u64().unwrap())
    };
    for id in ids(&chosen) {
        let expected = u64::from(a.contains(&id)) + u64::from(b.contains(&id));
        assert_eq!(users(&chosen, &id), expected, "{id}");
        assert!(users(&all, &id) >= expected, "{id}");
    }
    assert!(
        all.iter()
            .all(|row| row["by"].as_array().unwrap().is_empty())
    );
    let path = format!("/matrix?among={ALCES},{MPS}&show=frequency");
    let page = page(Who::Public, &path).await;
    // A link that leaves one of them out.
    assert!(
        page.text()
            .contains(&format!("?among={ALCES}&amp;show=frequency"))
    );
    let path = format!("/api/v1/matrix?among={}", vec![MPS; 21].join(","));
    let many = case().get(Who::Public, &path).await;
    assert!(many.problem().contains("20 can be taken together"));
}

#[tokio::test]
async fn an_argument_is_drawn_by_itself() {
    let path = format!("/api/v1/pictures/argument?of={MPS}");
    let first = case().get(Who::Public, &path).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.header("content-type"), "image/svg+xml");
    let text = first.text();
    assert!(
        text.contains("<title id=\"title\">Evidence for: Attribution"),
        "{text}"
    );
    assert!(
        text.contains("TLP:CLEAR") && !text.contains("<a "),
        "{text}"
    );
    let fifth = format!("{path}&position=5&format=html&lang=fr&rule=single-best");
    let fifth = case().get(Who::Public, &fifth).await;
    let text = fifth.text();
    assert!(
        text.contains("Preuves pour : ") && text.contains("<td>pour</td>"),
        "{text}"
    );
    for (more, wanted) in [
        ("&position=0", "position: its dossier has "),
        ("&position=999", "position: its dossier has "),
        ("&rule=guess", "rule"),
    ] {
        let wrong = case().get(Who::Public, &format!("{path}{more}")).await;
        assert_eq!(wrong.status, 400, "{more}");
        assert!(wrong.problem().contains(wanted), "{}", wrong.problem());
    }
    let several = "/api/v1/pictures/argument?of=Spamouflage";
    let several = case().get(Who::Public, several).await;
    assert!(
        several.problem().contains("give an id"),
        "{}",
        several.text()
    );
}

#[tokio::test]
async fn what_a_page_draws_leads_to_what_it_is_about() {
    for (path, least) in [
        (format!("/dossier/{MPS}?lang=en"), 30),
        (format!("/overlap?of={MPS}&with={ALCES}&lang=en"), 5),
        (format!("/timeline/{MPS}?lang=en"), 20),
        (format!("/matrix?of={MPS}&lang=en"), 5),
    ] {
        let answer = page(Who::Public, &path).await;
        let mut links = std::collections::BTreeSet::new();
        let mut drawn = 0;
        for svg in answer.text().split("<svg ").skip(1) {
            let svg = svg.split("</svg>").next().unwrap();
            for link in svg.split("<a href=\"").skip(1) {
                let (to, rest) = link.split_once('"').unwrap();
                let said = rest.split("</a>").next().unwrap();
                let named = said.starts_with(" aria-label=\"") != said.contains("<text");
                assert!(named && said.contains("<title>"), "{path}: {link}");
                links.insert(to.replace("&amp;", "&"));
                drawn += 1;
            }
        }
        assert!(drawn >= least, "{path}: {drawn}");
        for link in links {
            let there = page(Who::Public, &link).await;
            assert_eq!(there.status, 200, "{path}: {link}");
        }
    }
    // Where it is drawn by itself it leads nowhere: the address would be of this server alone.
    let alone = case()
        .get(Who::Public, &format!("/api/v1/pictures/timeline?of={MPS}"))
        .await;
    assert!(!alone.text().contains("<a "));
}
