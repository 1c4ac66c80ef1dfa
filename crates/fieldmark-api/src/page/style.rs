//! How pages look.

use crate::pictures;
use std::sync::LazyLock;

/// The style of every page. A drawing on a page has its colours from here, since no style may stand in
/// the page itself.
pub(crate) fn style() -> &'static str {
    static STYLE: LazyLock<String> = LazyLock::new(|| {
        let (page, light, dark) = (include_str!("style.css"), pictures::LIGHT, pictures::DARK);
        format!(
            "{page}\n.picture {{{light}\n\
             @media (prefers-color-scheme: dark) {{ :root:not([data-scheme=light]) & {{\n{dark}}} }}\n\
             :root[data-scheme=dark] & {{\n{dark}}} }}\n"
        )
    });
    &STYLE
}
