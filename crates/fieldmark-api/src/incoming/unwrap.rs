//! Files as they arrive: compressed, in other encodings, with a mark of their byte order.

use super::upload::spoiled;
use crate::problem::Problem;
use axum::http::StatusCode;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// What marks a file as compressed by gzip (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How many times its size a gzip may come to once it is large: JSON and RDF come to some 10 or 20
/// times, and what comes to more is made to fill a disk.
const RATIO: u64 = 100;
/// From how many bytes on that is asked of it.
const LARGE: u64 = 256 << 20;

/// Where what comes out of a file goes.
pub type Scratch<'a> = &'a dyn Fn() -> Result<File, Problem>;

/// A file unpacked, where it is gzip, and without a mark of its byte order; with what was done to
/// it. It may come to at most `most` bytes.
///
/// # Errors
/// When it is no sound gzip, or comes to more bytes than are taken.
pub fn unwrapped(
    mut file: File,
    scratch: Scratch<'_>,
    most: u64,
    notes: &mut Vec<String>,
) -> Result<File, Problem> {
    if head(&mut file, 2)? == GZIP {
        file = unpacked(file, scratch()?, most, LARGE)?;
        notes.push("unpacked from gzip".to_owned());
    }
    match Encoding::for_bom(&head(&mut file, 3)?) {
        Some((encoding, _)) => recoded(file, scratch()?, encoding, notes),
        None => Ok(file),
    }
}

/// A text as UTF-8: what is none was written in the encoding that Windows had before.
pub fn as_utf8(
    mut file: File,
    scratch: Scratch<'_>,
    notes: &mut Vec<String>,
) -> Result<File, Problem> {
    match is_utf8(&mut file)? {
        true => Ok(file),
        false => recoded(file, scratch()?, WINDOWS_1252, notes),
    }
}

fn head(file: &mut File, most: u64) -> Result<Vec<u8>, Problem> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    file.take(most).read_to_end(&mut head).map_err(spoiled)?;
    file.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    Ok(head)
}

fn unpacked(file: File, mut out: File, most: u64, large: u64) -> Result<File, Problem> {
    let packed_bytes = file.metadata().map_err(spoiled)?.len();
    let sound = packed_bytes.saturating_mul(RATIO).max(large);
    let limit = most.min(sound);
    let mut packed = flate2::read::MultiGzDecoder::new(std::io::BufReader::new(file));
    let copied = std::io::copy(&mut packed.by_ref().take(limit + 1), &mut out);
    let copied = copied.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidInput
        | std::io::ErrorKind::InvalidData
        | std::io::ErrorKind::UnexpectedEof => {
            Problem::bad_request(format!("the gzip cannot be unpacked to its end: {error}"))
        }
        _ => spoiled(error),
    })?;
    if copied > limit && limit == sound {
        return Err(Problem::bad_request(format!(
            "the gzip comes to more than {RATIO} times its size, as no file of facts does; if this one should, unpack it first"
        )));
    }
    if copied > most {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!(
                "the gzip comes to more than the {most} bytes that an import may have here; split the file"
            ),
        ));
    }
    out.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    Ok(out)
}

/// Whether all of a file is UTF-8.
fn is_utf8(file: &mut File) -> Result<bool, Problem> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut buffer = vec![0; 1 << 16];
    let mut text = String::with_capacity(1 << 17);
    let sound = loop {
        let read = file.read(&mut buffer).map_err(spoiled)?;
        text.clear();
        let (result, _) =
            decoder.decode_to_string_without_replacement(&buffer[..read], &mut text, read == 0);
        match result {
            encoding_rs::DecoderResult::Malformed(..) => break false,
            _ if read == 0 => break true,
            _ => {}
        }
    };
    file.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    Ok(sound)
}

/// A text as UTF-8, without a mark of its byte order.
fn recoded(
    mut file: File,
    mut out: File,
    encoding: &'static Encoding,
    notes: &mut Vec<String>,
) -> Result<File, Problem> {
    if encoding != UTF_8 {
        notes.push(format!("read as {}", encoding.name().to_ascii_lowercase()));
    }
    file.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    let mut text = DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .build(file);
    std::io::copy(&mut text, &mut out).map_err(spoiled)?;
    out.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    #[test]
    fn a_gzip_that_is_made_to_fill_a_disk_is_given_up() {
        let unpacked = |text: &[u8], most| {
            let mut packed = GzEncoder::new(tempfile::tempfile().unwrap(), Compression::best());
            packed.write_all(text).unwrap();
            let mut file = packed.finish().unwrap();
            file.rewind().unwrap();
            let mut out = String::new();
            let mut file = unpacked(file, tempfile::tempfile().unwrap(), most, 1 << 16)?;
            file.read_to_string(&mut out).unwrap();
            Ok::<_, Problem>(out)
        };
        let blank = vec![b' '; 1 << 20];
        let error = format!("{:?}", unpacked(&blank, u64::MAX).unwrap_err());
        assert!(error.contains("more than 100 times its size"), "{error}");
        // What is small may be as empty as it likes, and what is no more than facts comes whole.
        assert_eq!(
            unpacked(&blank[..1 << 15], u64::MAX).unwrap().len(),
            1 << 15
        );
        let facts: String = (0..20_000).map(|n| format!("campaign {n} ")).collect();
        assert_eq!(unpacked(facts.as_bytes(), u64::MAX).unwrap(), facts);
        let error = format!("{:?}", unpacked(facts.as_bytes(), 1000).unwrap_err());
        assert!(error.contains("more than the 1000 bytes"), "{error}");
    }
}
