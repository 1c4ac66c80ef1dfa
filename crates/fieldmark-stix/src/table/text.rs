//! The text of a file whose encoding nobody may have written down.

use encoding_rs::Encoding;

/// The text and the name of its encoding: that of its byte order mark, else the one given, else
/// UTF-8 when it is valid, else what its bytes look like. Bytes that do not fit become U+FFFD.
pub fn decode(bytes: &[u8], label: Option<&str>) -> Result<(String, &'static str), String> {
    let encoding = match (Encoding::for_bom(bytes), label) {
        (Some((encoding, _)), _) => encoding,
        (None, Some(label)) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            format!("no encoding is called \"{label}\": utf-8, windows-1252, utf-16le, shift_jis …")
        })?,
        (None, None) if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        (None, None) => {
            let mut detector =
                chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(None, chardetng::Utf8Detection::Deny)
        }
    };
    let (text, _, _) = encoding.decode(bytes);
    Ok((text.into_owned(), encoding.name()))
}

/// What a first line `sep=;` says separates the cells, and the table behind that line.
pub fn separator(text: &str) -> (Option<char>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let sign = first.trim_end_matches('\r').trim_matches('"');
    let mut sign = match sign.get(..4) {
        Some(word) if word.eq_ignore_ascii_case("sep=") => sign[4..].chars(),
        _ => return (None, text),
    };
    match (sign.next(), sign.next()) {
        (Some(sign), None) if sign.is_ascii() => (Some(sign), rest),
        _ => (None, text),
    }
}
