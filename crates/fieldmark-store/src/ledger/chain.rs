//! What one entry's hash covers.

use fieldmark_model::RecordId;
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// What an entry does to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// States it, for the first time or anew.
    Put = 0,
    /// Withdraws it.
    Retract = 1,
}

impl Op {
    /// The operation of that number.
    pub fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Put),
            1 => Some(Self::Retract),
            _ => None,
        }
    }

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Retract => "retract",
        }
    }
}

/// One entry, without the statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its place in the ledger, from 1, without gaps.
    pub seq: u64,
    /// The record it is about.
    pub record: RecordId,
    /// Which revision of that record it is, from 1.
    pub revision: u64,
    /// What it does.
    pub op: Op,
    /// Whose change it is.
    pub author: String,
    /// When it was recorded (RFC 3339, UTC); never earlier than the entry before it.
    pub recorded: String,
    /// Why statements of it may be seen since by somebody who could not before; none when that is
    /// not so.
    pub loosening: Option<String>,
    /// Why it was made, where that was said.
    pub reason: Option<String>,
}

/// SHA-256 over the previous hash and every field, each preceded by its length, so that no two
/// different entries share their bytes. Statements and received bytes enter by their own digests.
pub fn entry_hash(
    prev: &Hash,
    revision: &Revision,
    dataset: &str,
    received: Option<&[u8]>,
) -> Hash {
    let mut hasher = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    field(b"fieldmark ledger 1");
    field(prev);
    field(&revision.seq.to_be_bytes());
    field(revision.record.as_str().as_bytes());
    field(&revision.revision.to_be_bytes());
    field(&[revision.op as u8]);
    field(revision.author.as_bytes());
    field(revision.recorded.as_bytes());
    field(&Sha256::digest(dataset.as_bytes()));
    match received {
        Some(bytes) => field(&Sha256::digest(bytes)),
        None => field(&[]),
    }
    // One field more than any other entry has, or two, so none can be taken for another.
    match (&revision.loosening, &revision.reason) {
        (None, None) => {}
        (Some(loosening), None) => field(loosening.as_bytes()),
        (loosening, Some(reason)) => {
            field(loosening.as_deref().unwrap_or_default().as_bytes());
            field(reason.as_bytes());
        }
    }
    hasher.finalize().into()
}
