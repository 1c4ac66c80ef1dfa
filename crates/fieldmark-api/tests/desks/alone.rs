//! Pages as files that stand alone.

use crate::case::{ALCES, MPS, Who, case};
use crate::pages::page;
use crate::screens::screens;

fn file(path: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}form=html")
}

/// The rows of the tables of a page.
fn rows(page: &str) -> usize {
    page.matches("<tr").count()
}

#[tokio::test]
async fn every_screen_is_one_file_that_needs_nothing_else() {
    let of_steward = ["/release?to=public", "/review", "/sharing"].map(str::to_owned);
    let shown = screens().into_iter().map(|path| (Who::Public, path));
    let all = shown.chain(of_steward.map(|path| (Who::Steward, path)));
    for (who, path) in all {
        let read = page(who, &path).await;
        let taken = page(who, &file(&path)).await;
        assert_eq!(taken.status, 200, "{path}: {}", taken.text());
        let disposition = taken.header("content-disposition");
        assert!(
            disposition.starts_with("attachment; filename*=UTF-8''")
                && disposition.ends_with("%2Ehtml"),
            "{path}: {disposition}"
        );
        let (read, taken) = (read.text(), taken.text());
        for needs_server in [
            "<form",
            "</summary></details>",
            "<script",
            "<link",
            "<input",
            "<button",
            "href=\"/",
            "action=",
            "form=html",
        ] {
            assert!(!taken.contains(needs_server), "{path}: {needs_server}");
        }
        assert!(
            taken.contains("<style>:root {") && taken.contains("default-src 'none'"),
            "{path}"
        );
        // What it says is the page, and from where it is stands at its end.
        assert_eq!(rows(read), rows(taken), "{path}");
        assert_eq!(
            read.matches("<svg").count(),
            taken.matches("<svg").count(),
            "{path}"
        );
        assert!(taken.contains("Taken from http://desk.example/"), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_has_other_forms_links_the_file_and_the_file_leads_back() {
    let path = format!("/overlap?of={MPS}&with={ALCES}&lang=fr");
    let read = page(Who::Public, &path).await;
    assert!(read.text().contains(&format!(
        "href=\"/overlap?of={MPS}&amp;with={ALCES}&amp;lang=fr&amp;form=html\""
    )));
    let taken = page(Who::Public, &file(&path)).await;
    let text = taken.text();
    assert!(text.contains(&format!("href=\"http://desk.example/id/{MPS}?lang=fr\"")));
    assert!(text.contains(&format!(
        "Tiré de http://desk.example/overlap?of={MPS}&amp;with={ALCES}&amp;lang=fr · 20"
    )));
    let name = taken.header("content-disposition");
    assert!(name.contains("''Campagne%2D"), "{name}");
    // Nothing is to be taken from a form that was not filled in.
    let empty = page(Who::Public, "/sign-in").await;
    assert!(!empty.text().contains("form=html"));
    // A proxy in front says how it was asked.
    let headers = [("accept", "text/html"), ("x-forwarded-proto", "https")];
    let taken = case().get_as(Who::Public, &file("/"), &headers).await;
    assert!(taken.text().contains("href=\"https://desk.example/id/"));
}

#[tokio::test]
async fn what_cannot_be_taken_is_a_page_that_says_why() {
    let slip = page(Who::Public, "/timeline?form=pdf").await;
    assert_eq!(slip.status, 400);
    assert!(slip.text().contains("the one form of a page is html"));
    for path in ["/dossier/nobody", "/review"] {
        let trouble = page(Who::Public, &file(path)).await;
        assert!(trouble.status.is_client_error(), "{path}");
        assert_eq!(trouble.header("content-disposition"), "", "{path}");
        assert!(trouble.text().contains("<header>"), "{path}");
    }
}
