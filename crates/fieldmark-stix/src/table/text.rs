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
    let mut mark = [0; 3];
    let mut begun = input.by_ref().take(3);
    let marked = read_full(&mut begun, &mut mark)?;
    input.rewind()?;
    let found = match (Encoding::for_bom(&mark[..marked]), label) {
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
    let mut chunk = vec![0; CHUNK];
    let mut text = String::with_capacity(3 * CHUNK);
    loop {
        let read = read_full(input, &mut chunk)?;
        let last = read < chunk.len();
        detector.feed(&chunk[..read], last);
        if valid {
            text.clear();
            let (_, _, replaced) = utf8.decode_to_string(&chunk[..read], &mut text, last);
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

/// Reads until a buffer is full or nothing is left.
fn read_full(input: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut at = 0;
    while at < into.len() {
        match input.read(&mut into[at..]) {
            Ok(0) => break,
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}

/// A file as UTF-8, without its mark. Bytes that do not fit become U+FFFD.
pub fn decoded(input: impl Read, encoding: &'static Encoding) -> impl Read {
    DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .strip_bom(true)
        .build(input)
}

/// What a first line `sep=;` says separates the cells, and the table behind that line.
///
/// # Errors
/// When it cannot be read.
pub fn separator(mut input: impl Read) -> io::Result<(Option<char>, impl Read)> {
    // The line is `"sep=;"` and its end at most.
    let mut first = [0; 16];
    let read = read_full(&mut input, &mut first)?;
    let begun = String::from_utf8_lossy(&first[..read]).into_owned();
    let (line, rest) = begun.split_once('\n').unwrap_or((&begun, ""));
    let sign = line.trim_end_matches('\r').trim_matches('"');
    let said = sign
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("sep="));
    let mut sign = sign.chars().skip(4);
    let sign = match (said, sign.next(), sign.next()) {
        (true, Some(sign), None) if sign.is_ascii() => Some(sign),
        _ => None,
    };
    let from = if sign.is_some() { read - rest.len() } else { 0 };
    let kept = first[from..read].to_vec();
    Ok((sign, Cursor::new(kept).chain(input)))
}
