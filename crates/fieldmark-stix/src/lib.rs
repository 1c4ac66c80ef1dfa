//! STIX to and from records: pure functions over statements, with no store and no clock.
//!
//! This crate refuses to know storage, queries and callers. It turns what others wrote into
//! statements about records; whether those records hold is judged where every record is.

pub mod navigator;
pub mod owl;
