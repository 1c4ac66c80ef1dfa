//! Dossiers and overlaps on paper, in both languages, for those who may see them.

use crate::case::{HIDDEN, MPS, TWIN, Who, case};
use fieldmark_api::Form;

#[tokio::test]
async fn a_dossier_on_paper_says_who_says_what_where_and_on_what_ground() {
    for (form, lang, media, wanted) in [
        (
            "md",
            "en",
            "text/markdown; charset=utf-8",
            &[
                "# Campaign against Canadian MPs, 2023\n",
                "**likely (55–80 %), 2 lines** — rule ledger, γ = 0.5",
                "“points to the MPS”",
                ", L",
                "### Lines of evidence",
                "Is there a second line in favour, on a ground of its own? None is known here.",
                "How likely do they hold it to be? No likelihood given:",
                "What evidence fits only one of the two sides? Against:",
            ][..],
        ),
        (
            "html",
            "fr",
            "text/html; charset=utf-8",
            &[
                "<html lang=\"fr\">",
                "<svg role=\"img\" aria-labelledby=\"g0t g0d\"",
                "probable (55–80 %), 2 lignes",
                "<q lang=\"en\">points to the MPS</q>",
                "class=\"leans\"",
                "Questions ouvertes",
            ][..],
        ),
    ] {
        let path = format!("/api/v1/dossier/{MPS}.{form}?lang={lang}");
        let answer = case().get(Who::Public, &path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), media);
        for part in wanted {
            assert!(answer.text().contains(part), "{part}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn every_claim_of_the_json_stands_on_the_paper_to_the_letter() {
    let path = format!("/api/v1/dossier/{MPS}");
    let dossier = case().get(Who::Public, &path).await.json();
    let page = case().get(Who::Public, &format!("{path}.html")).await;
    let mut claims = 0;
    for proposition in dossier["propositions"].as_array().unwrap() {
        for claim in proposition["claims"].as_array().unwrap() {
            claims += 1;
            assert!(page.text().contains(claim["id"].as_str().unwrap()));
            for words in claim["verbatim"].as_array().unwrap() {
                let words = words["text"].as_str().unwrap();
                assert!(page.text().contains(words), "{words}");
            }
        }
    }
    assert!(claims > 5, "{claims}");
    for outside in ["http://fonts", "src=", "<script", "<link"] {
        assert!(!page.text().contains(outside), "{outside}");
    }
}

#[tokio::test]
async fn what_is_hidden_is_absent_on_paper_too() {
    let absent = crate::case::ABSENT;
    for (form, is) in Form::ALL {
        let get = async |id: &str| {
            let path = format!("/api/v1/dossier/{id}.{form}");
            case().get(Who::Public, &path).await
        };
        let (hidden, none) = (get(HIDDEN).await, get(absent).await);
        assert_eq!((hidden.status.as_u16(), &hidden.bytes), (404, &none.bytes));
        let twin = get(TWIN).await;
        assert_eq!(twin.status, 200);
        if is.is_text() {
            assert!(!twin.text().contains("<script"), "{}", twin.text());
        }
    }
}

#[tokio::test]
async fn an_overlap_is_a_paper_of_two_records_and_hides_what_is_hidden() {
    for (form, is) in Form::ALL {
        let get = async |query: &str| {
            let path = format!("/api/v1/overlap/{MPS}.{form}{query}");
            case().get(Who::Public, &path).await
        };
        assert_eq!(get("").await.status, 400);
        let given = get(&format!("?with={TWIN}&shuffles=0")).await;
        assert_eq!(given.status, 200, "{}", given.text());
        if is.is_text() {
            let text = given.text();
            assert!(text.contains("Overlap is not attribution"), "{text}");
            assert!(!text.contains("<script"), "{text}");
        }
        let hidden = get(&format!("?with={HIDDEN}")).await;
        let none = get(&format!("?with={}", crate::case::ABSENT)).await;
        assert_eq!((hidden.status.as_u16(), &hidden.bytes), (404, &none.bytes));
    }
}
