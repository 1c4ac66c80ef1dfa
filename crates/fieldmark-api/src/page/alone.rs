//! A page as one file that stands alone: to be kept, sent, and read where no server is.

use crate::answer::made::now;
use crate::problem::Problem;
use lol_html::html_content::ContentType::{Html, Text};
use lol_html::{RewriteStrSettings, element, rewrite_str};

/// What does nothing without the server; `asks` is the class of what folds a form away.
const NEEDS_SERVER: &str =
    "body > header, footer nav, a.skip, .asks, script, link, form, button, input, select, textarea";

/// What a reader of the file may have run or fetched: nothing, whatever stands in it.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";

/// The page with its style inside and without what needs the server. Its links lead to the server,
/// which is at `origin`; its last line, which begins with `taken`, says from where it is and of when.
///
/// # Errors
/// When the page is no HTML that can be read, which is ours to mend.
pub(super) fn alone(
    page: &str,
    style: &str,
    (origin, address): (&str, &str),
    taken: &str,
) -> Result<String, Problem> {
    let now = now();
    let from = format!("{origin}{address}");
    let settings = RewriteStrSettings::new()
        .with_enable_esi_tags(false)
        .append_element_content_handler(element!(NEEDS_SERVER, |one| {
            one.remove();
            Ok(())
        }))
        .append_element_content_handler(element!("head", |head| {
            head.append(POLICY, Html);
            head.append(&format!("<style>{style}</style>"), Html);
            Ok(())
        }))
        .append_element_content_handler(element!("a[href^='/']", |link| {
            let to = link.get_attribute("href").unwrap_or_default();
            link.set_attribute("href", &format!("{origin}{to}"))?;
            Ok(())
        }))
        .append_element_content_handler(element!("footer", |footer| {
            footer.append("<p>", Html);
            footer.append(&format!("{taken} {from} · {now}"), Text);
            footer.append("</p>", Html);
            Ok(())
        }));
    rewrite_str(page, settings).map_err(|error| Problem::internal(&error))
}

/// What the file is called: its title, of letters and digits of any script.
pub(super) fn name(title: &str) -> String {
    const LONGEST: usize = 80;
    let words = title.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(LONGEST).collect();
    format!("{name}.html")
}
