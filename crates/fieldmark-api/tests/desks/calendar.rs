//! Everything in order of time, where that is more than can be shown one by one.

use crate::taxii::Site;
use axum::http::Method;
use serde_json::{Value, json};

/// Campaigns with a day each, the first of them in the year of `YEARS` that its number leads to.
const CAMPAIGNS: u32 = 620;
const YEARS: u32 = 5;

fn campaign(number: u32) -> Value {
    let (year, month, day) = (2018 + number % YEARS, 1 + number % 12, 1 + number % 28);
    let day = format!("{year}-{month:02}-{day:02}T00:00:00.000Z");
    // What comes last alone is not for everybody.
    let marking = match number == CAMPAIGNS - 1 {
        true => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        false => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    };
    json!({"type": "campaign", "spec_version": "2.1",
        "id": format!("campaign--00000000-0000-4000-8000-{number:012}"),
        "created": "2024-03-01T10:00:00.000Z", "modified": "2024-03-01T10:00:00.000Z",
        "name": format!("Campaign {number}"), "first_seen": day,
        "object_marking_refs": [marking]})
}

#[tokio::test]
async fn of_more_than_can_be_drawn_it_is_told_how_much_is_when_and_what_comes_first() {
    let site = Site::new();
    let all: Vec<Value> = (0..CAMPAIGNS).map(campaign).collect();
    let status = site.post(&all).await;
    assert_eq!(status["success_count"], CAMPAIGNS, "{status:#}");
    let get = async |path: &str| {
        let answer = site.ask(Method::GET, path, &site.partner, "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    };

    let told = get("/api/v1/queries/timeline?first=700").await.json();
    assert_eq!(told["total"], 500);
    let cut = told["cut"].as_str().unwrap();
    assert!(cut.starts_with("of 620 dates, those of the 500"), "{cut}");
    // In order of time, and nothing that comes later than what is left out.
    let date = |row: &Value| row[0]["value"].as_str().unwrap().to_owned();
    let rows: Vec<String> = told["rows"].as_array().unwrap().iter().map(date).collect();
    assert!(rows.is_sorted());
    assert_eq!(told["marking"], "TLP:GREEN");
    let later = get("/api/v1/queries/timeline?from=2022&first=700")
        .await
        .json();
    assert_eq!(
        (&later["total"], &later["cut"]),
        (&json!(CAMPAIGNS / YEARS), &Value::Null)
    );

    let page = get("/timeline?lang=fr").await;
    let drawing = page.text().split("<svg").nth(1).unwrap();
    let drawing = drawing.split("</svg>").next().unwrap();
    assert!(drawing.contains("2018 · vu d'abord · 124"), "{drawing}");
    assert!(page.text().contains("trop de dates"), "{}", page.text());
    // A period is a link to itself, by keyboard and without the drawing.
    let link = "href=\"/timeline?lang=fr&amp;from=2018&amp;to=2018\"";
    let table = page.text().split("</svg>").nth(1).unwrap();
    assert!(drawing.contains(link) && table.contains(link), "{table}");

    let year = get("/timeline?from=2018&to=2018").await;
    let drawing = year.text().split("<svg").nth(1).unwrap();
    assert!(drawing.contains("<circle") && !year.text().contains("too many"));

    let picture = get("/api/v1/pictures/timeline").await;
    assert!(picture.text().contains("2018 · ") && !picture.text().contains("href"));
    // What is counted is shown, although it is not listed.
    assert!(
        picture.text().contains(">TLP:AMBER · "),
        "{}",
        picture.text()
    );
    assert!(page.text().contains("TLP:AMBER"));
    assert!(!year.text().contains("TLP:AMBER"));
}
