//! The text of a file whose encoding nobody may have written down.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{self, Cursor, Read, Seek};

/// How much of a file is looked at a time.
const CHUNK: usize = 64 << 10;

/// The encoding of a file: that of its byte order mark, else the one given, else UTF-8 when it is
/// valid, else what its bytes look like, which all of them are read for. It is read from its beginning
/// again then.
///
/// # Errors
/// When it cannot be read; within, when there is no such encoding.
pub fn encoding(
    input: &mut (impl Read + Seek),
    label: Option<&str>,
) -> io::Result<Result<&'static Encoding, String>> {
    let mark = some(input, 3)?;
    input.rewind()?;
    let found = match (Encoding::for_bom(&mark), label) {
        (Some((encoding, _)), _) => Ok(encoding),
        (None, Some(label)) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            format!("no encoding is called \"{label}\": utf-8, windows-1252, utf-16le, shift_jis …")
        }),
        (None, None) => Ok(guessed(input)?),
    };
    input.rewind()?;
    Ok(found)
}

fn guessed(input: &mut impl Read) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut utf8 = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let mut valid = true;
    let mut text = String::with_capacity(3 * CHUNK);
    loop {
        let chunk = some(input, CHUNK)?;
        let last = chunk.len() < CHUNK;
        detector.feed(&chunk, last);
        if valid {
            text.clear();
            let (_, _, replaced) = utf8.decode_to_string(&chunk, &mut text, last);
            valid = !replaced;
        }
        if last {
            return Ok(match valid {
                true => encoding_rs::UTF_8,
                false => detector.guess(None, Utf8Detection::Deny),
            });
        }
    }
}

/// So many bytes; fewer where nothing is left.
fn some(input: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    input.by_ref().take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file as UTF-8, without its mark. Bytes that do not fit become U+FFFD.
pub fn decoded(input: impl Read, encoding: &'static Encoding) -> impl Read {
    DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .build(input)
}

/// What a first line `sep=;` says separates the cells, and the table behind that line.
///
/// # Errors
/// When it cannot be read.
pub fn separator(mut input: impl Read) -> io::Result<(Option<char>, impl Read)> {
    // The line is `"sep=;"` and its end at most.
    let mut first = some(&mut input, 16)?;
    let begun = String::from_utf8_lossy(&first).into_owned();
    let line = begun.split('\n').next().unwrap_or_default();
    let sign = line.trim_end_matches('\r').trim_matches('"');
    let said = sign
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("sep="));
    let mut sign = sign.chars().skip(4);
    let sign = match (said, sign.next(), sign.next()) {
        (true, Some(sign), None) if sign.is_ascii() => Some(sign),
        _ => None,
    };
    if sign.is_some() {
        first.drain(..first.len().min(line.len() + 1));
    }
    Ok((sign, Cursor::new(first).chain(input)))
}

#[cfg(test)]
mod tests {
    use super::separator;
    use std::io::Read;

    #[test]
    fn what_separates_cells_is_said_by_a_whole_line() {
        for (text, sign, rest) in [
            ("sep=;", Some(';'), ""),
            ("\"SEP=|\"\r\na|b", Some('|'), "a|b"),
            ("sep=;;\na;b", None, "sep=;;\na;b"),
            ("separate\n", None, "separate\n"),
            ("", None, ""),
        ] {
            let (found, mut table) = separator(text.as_bytes()).unwrap();
            let mut read = String::new();
            table.read_to_string(&mut read).unwrap();
            assert_eq!((found, read.as_str()), (sign, rest), "{text}");
        }
    }
}
