//! The values every other crate speaks in: record ids, release policies, dates with their
//! precision, nouns, and what a claim says.
//!
//! This crate refuses to know RDF, storage, protocols and clocks: it holds values and the rules
//! that can be stated about them alone.

pub mod claim;
pub mod date;
pub mod id;
mod instant;
mod lists;
pub mod policy;

pub use claim::{Claim, Likelihood, Polarity, Quotation};
pub use date::{Certainty, Edtf};
pub use id::RecordId;
pub use instant::Instant;
pub use lists::{ClaimKind, Derivation, Noun};
pub use policy::{Audience, Policy, Tlp};
