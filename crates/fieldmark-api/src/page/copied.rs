//! What a console asks, to be copied: as one command for a shell, as a program in Python.

use crate::viewing::Here;

/// An address of ours with where it is, as it stands in a shell's or Python's quotes: a form's encoding
/// leaves no apostrophe in it.
pub(super) fn place(here: &Here, path: &str) -> String {
    format!("{}{}", here.origin, here.link(path)).replace('\'', "%27")
}

/// The header by which whoever reads by a token is known; curl's option for it. The token itself is not
/// said.
pub(super) fn by_token(here: &Here) -> &'static str {
    match here.name {
        Some(_) => " -H \"Authorization: Bearer $FIELDMARK_TOKEN\"",
        None => "",
    }
}

/// A text as what a command reads (POSIX, 2.7.4), to stand at the command's end.
pub(super) fn here_document(text: &str) -> String {
    let mut end = "END".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    format!("<<'{end}'\n{text}\n{end}")
}

/// A text as Python writes one: as it stands, where that can be.
pub(super) fn in_python(text: &str) -> String {
    let stands = !text.contains("'''") && !text.ends_with(['\'', '\\']) && !text.contains('\r');
    match stands {
        true => format!("r'''{text}'''"),
        // What JSON escapes, Python reads as JSON does.
        false => serde_json::Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{here_document, in_python};

    #[test]
    fn no_text_ends_what_it_stands_in() {
        assert_eq!(here_document("a\nEND"), "<<'END_'\na\nEND\nEND_");
        assert_eq!(in_python("a \"\"\" \\d\nb"), "r'''a \"\"\" \\d\nb'''");
        assert_eq!(in_python("a'''\nb"), r#""a'''\nb""#);
        assert_eq!(in_python("it'"), "\"it'\"");
    }
}
