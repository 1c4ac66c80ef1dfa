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
