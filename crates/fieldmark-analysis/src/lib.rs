//! What follows from records by thinking alone: which statements an audience may see, what several
//! claims about one proposition come to, and what links one campaign to others.
//!
//! This crate refuses to know storage, protocols and clocks.

pub mod lines;
pub mod overlap;
pub mod release;
pub mod spans;
