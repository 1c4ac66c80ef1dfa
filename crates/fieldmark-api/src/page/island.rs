//! The scripts of what is interactive on a page. They are made of `web/` by `cargo xtask web`; a page
//! says all it has to say without them, and names none that this binary was built without.

use rust_embed::Embed;
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "islands/"]
struct Islands;

/// The address of an island, if it was built; another where its text is another.
pub(super) fn address(name: &str) -> Option<String> {
    let file = Islands::get(&format!("{name}.js"))?;
    let digest = hex::encode(&file.metadata.sha256_hash()[..6]);
    Some(format!("/islands/{name}.js?{digest}"))
}

/// An island's text, by the name of its file.
pub(crate) fn text(file: &str) -> Option<Cow<'static, [u8]>> {
    // What else stands in that folder is no script.
    let found = Islands::get(file).filter(|_| file.ends_with(".js"))?;
    Some(found.data)
}
