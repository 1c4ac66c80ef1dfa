//! The objects of a bundle on their way out: on the disk, so that memory holds no more than where
//! each begins.

use crate::problem::Problem;
use axum::http::StatusCode;
use fieldmark_model::RecordId;
use fieldmark_stix::extension;
use fieldmark_stix::profile::Objects;
use fieldmark_store::View;
use rayon::prelude::*;
use serde_json::Value;
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
    pub fn put(&mut self, id: RecordId, one: &Text) -> io::Result<()> {
        self.file.write_all(one.text.as_bytes())?;
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
            pieces: self.pieces,
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
    pieces: BTreeMap<RecordId, Piece>,
    file: File,
}

/// How many objects are parsed at a time, and of how many bytes together unless one has more.
const AT_ONCE: (usize, u64) = (512, 4 << 20);

impl Bundle {
    /// Gives the text of some objects.
    fn read<'p>(
        &self,
        pieces: impl IntoIterator<Item = &'p Piece>,
        mut each: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut file = BufReader::with_capacity(1 << 16, &self.file);
        let (mut at, mut text) = (file.seek(SeekFrom::Start(0))?, Vec::new());
        for piece in pieces {
            // Most stand in the order in which they are asked for.
            file.seek_relative(piece.at.wrapping_sub(at).cast_signed())?;
            text.clear();
            let read = (&mut file).take(piece.length).read_to_end(&mut text)?;
            if (read as u64) < piece.length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at = piece.at + piece.length;
            each(&text)?;
        }
        Ok(())
    }

    /// Writes it out.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[",
            self.id
        )?;
        let mut first = true;
        self.read(self.pieces.values(), |text| {
            if !std::mem::take(&mut first) {
                out.write_all(b",\n")?;
            }
            out.write_all(text)
        })?;
        out.write_all(b"\n]}\n")
    }
}

impl Objects for Bundle {
    fn each(&self, with: &mut dyn FnMut(Value) -> io::Result<()>) -> io::Result<()> {
        let mut pieces = self.pieces.values().peekable();
        while pieces.peek().is_some() {
            let (mut some, mut length) = (Vec::new(), 0);
            while let Some(piece) = pieces.next_if(|piece| {
                some.is_empty() || some.len() < AT_ONCE.0 && length + piece.length <= AT_ONCE.1
            }) {
                length += piece.length;
                some.push(piece);
            }
            let mut texts = Vec::with_capacity(some.len());
            self.read(some, |text| {
                texts.push(text.to_owned());
                Ok(())
            })?;
            let parsed = texts.par_iter().map(|text| serde_json::from_slice(text));
            let parsed: Vec<Value> = parsed.collect::<Result<_, _>>()?;
            parsed.into_iter().try_for_each(&mut *with)?;
        }
        Ok(())
    }

    fn one(&self, id: &str) -> io::Result<Option<Value>> {
        let piece = RecordId::parse(id).ok().and_then(|id| self.pieces.get(&id));
        let Some(piece) = piece else {
            return Ok(None);
        };
        let (mut file, mut text) = (&self.file, vec![0; piece.length as usize]);
        file.seek(SeekFrom::Start(piece.at))?;
        file.read_exact(&mut text)?;
        Ok(Some(serde_json::from_slice(&text)?))
    }

    fn holds(&self, id: &str) -> bool {
        RecordId::parse(id).is_ok_and(|id| self.pieces.contains_key(&id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u16) -> String {
        format!("note--00000000-0000-4000-8000-{number:012}")
    }

    fn on_the_disk<'t>(objects: impl IntoIterator<Item = (u16, &'t str)>) -> Bundle {
        let mut spool = Spool::on(tempfile::tempfile().unwrap());
        for (number, text) in objects {
            let text = Text::from(text.to_owned());
            spool
                .put(RecordId::parse(&id(number)).unwrap(), &text)
                .unwrap();
        }
        spool.bundle().unwrap()
    }

    fn bundle(objects: &[(u16, &str)]) -> String {
        let mut out = Vec::new();
        let bundle = on_the_disk(objects.iter().copied());
        bundle.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn objects_are_read_in_order_while_others_are_looked_up() {
        let many = 2 * AT_ONCE.0 as u16 + 3;
        let texts: Vec<_> = (0..many).map(|number| number.to_string()).collect();
        // They come in another order than they are asked for.
        let objects = (0..many)
            .rev()
            .map(|number| (number, &*texts[number as usize]));
        let bundle = on_the_disk(objects);
        let mut seen = Vec::new();
        bundle
            .each(&mut |object| {
                let number = object.as_u64().unwrap();
                let other = many - 1 - u16::try_from(number).unwrap();
                assert_eq!(bundle.one(&id(other))?, Some(other.into()));
                seen.push(number);
                Ok(())
            })
            .unwrap();
        assert!(seen.into_iter().eq(0..u64::from(many)));
        assert_eq!(bundle.one(&id(many)).unwrap(), None);
        assert!(bundle.holds(&id(many - 1)) && !bundle.holds(&id(many)));
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
