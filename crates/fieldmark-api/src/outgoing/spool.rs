//! The objects of a bundle on their way out: on the disk, so that memory holds no more than where
//! each begins.

use crate::problem::Problem;
use axum::http::StatusCode;
use fieldmark_model::RecordId;
use fieldmark_stix::extension;
use fieldmark_store::View;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

/// Where one object stands in the file, and what it is.
struct Piece {
    at: u64,
    length: u64,
    digest: [u8; 32],
}

/// The text of an object, and what of it can be worked out beside that of others.
pub(super) struct Text {
    text: String,
    digest: [u8; 32],
    extended: bool,
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self {
            digest: Sha256::digest(&text).into(),
            extended: text.contains(extension::ID),
            text,
        }
    }
}

/// Objects by the id they go out under: a record may go out as a note.
pub(super) struct Spool {
    file: BufWriter<File>,
    end: u64,
    pieces: BTreeMap<RecordId, Piece>,
    extended: bool,
}

impl Spool {
    /// One without objects, beside the data that a view is made of.
    pub fn beside(view: &View) -> Result<Self, Problem> {
        Ok(Self::on(view.scratch()?))
    }

    fn on(file: File) -> Self {
        Self {
            file: BufWriter::new(file),
            end: 0,
            pieces: BTreeMap::new(),
            extended: false,
        }
    }

    /// Takes in an object; one that comes again takes the place of the one before.
    pub fn put(&mut self, id: RecordId, one: &Text) -> Result<(), Problem> {
        self.file.write_all(one.text.as_bytes()).map_err(not_kept)?;
        self.extended |= one.extended;
        let piece = Piece {
            at: self.end,
            length: one.text.len() as u64,
            digest: one.digest,
        };
        self.end += piece.length;
        self.pieces.insert(id, piece);
        Ok(())
    }

    /// Whether it holds the object of this id.
    pub fn holds(&self, id: &RecordId) -> bool {
        self.pieces.contains_key(id)
    }

    /// Whether one of them carries our extension.
    pub fn is_extended(&self) -> bool {
        self.extended
    }

    /// How many objects it holds.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// The bundle of them, in the order of their ids.
    pub fn bundle(self) -> Result<Bundle, Problem> {
        let mut told = Sha256::new();
        for piece in self.pieces.values() {
            told.update(piece.digest);
        }
        let file = self
            .file
            .into_inner()
            .map_err(|error| not_kept(error.into_error()))?;
        Ok(Bundle {
            id: RecordId::derived("bundle", &hex::encode(told.finalize())),
            places: self
                .pieces
                .into_values()
                .map(|piece| (piece.at, piece.length))
                .collect(),
            file,
        })
    }
}

/// What is wrong where an export cannot be put together on the disk.
pub(super) fn not_kept(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull => Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "the disk is full, and an export is put together there; make room, or ask for less with of",
        ),
        _ => Problem::internal(&error),
    }
}

/// A bundle of STIX on the disk. Its id follows from what it holds.
pub(crate) struct Bundle {
    id: RecordId,
    places: Vec<(u64, u64)>,
    file: File,
}

impl Bundle {
    /// Gives the text of each object.
    fn each(&self, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut file = BufReader::with_capacity(1 << 16, &self.file);
        let (mut at, mut text) = (file.seek(SeekFrom::Start(0))?, Vec::new());
        for (begin, length) in &self.places {
            // Most stand in the order in which they are asked for.
            file.seek_relative(begin.wrapping_sub(at).cast_signed())?;
            text.clear();
            let read = (&mut file).take(*length).read_to_end(&mut text)?;
            if (read as u64) < *length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at = begin + length;
            each(&text)?;
        }
        Ok(())
    }

    /// The texts of its objects.
    pub fn texts(&self) -> io::Result<Vec<Vec<u8>>> {
        let mut texts = Vec::with_capacity(self.places.len());
        self.each(|text| {
            texts.push(text.to_owned());
            Ok(())
        })?;
        Ok(texts)
    }

    /// Writes it out.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[",
            self.id
        )?;
        let mut first = true;
        self.each(|text| {
            if !std::mem::take(&mut first) {
                out.write_all(b",\n")?;
            }
            out.write_all(text)
        })?;
        out.write_all(b"\n]}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(objects: &[(u8, &str)]) -> String {
        let mut spool = Spool::on(tempfile::tempfile().unwrap());
        for (number, text) in objects {
            let id = format!("note--00000000-0000-4000-8000-{number:012}");
            let text = Text::from((*text).to_owned());
            spool.put(RecordId::parse(&id).unwrap(), &text).unwrap();
        }
        let mut out = Vec::new();
        spool.bundle().unwrap().write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_bundle_follows_from_its_objects_alone() {
        let text = bundle(&[(2, r#"{"b":"é"}"#), (1, "{}"), (3, "[1.50]")]);
        assert!(text.ends_with("\"objects\":[\n{},\n{\"b\":\"é\"},\n[1.50]\n]}\n"));
        // In any order, and whatever stood there before.
        let again = bundle(&[(1, "{}"), (3, "[]"), (2, r#"{"b":"é"}"#), (3, "[1.50]")]);
        assert_eq!(again, text);
        assert_ne!(
            bundle(&[(1, "{}"), (2, r#"{"b":"e"}"#), (3, "[1.50]")]),
            text
        );
        assert!(bundle(&[]).ends_with("\"objects\":[\n\n]}\n"));
    }
}
