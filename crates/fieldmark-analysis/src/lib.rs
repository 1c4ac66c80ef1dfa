//! What follows from records by thinking alone: which statements an audience may see, and what
//! several claims about one proposition come to.
//!
//! This crate refuses to know storage, protocols and clocks. Overlap's weights belong here too
//! once they are values to values; what only looks things up lives with the views.

pub mod lines;
pub mod release;
