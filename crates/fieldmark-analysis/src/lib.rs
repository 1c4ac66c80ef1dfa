//! What follows from records by thinking alone: which statements an audience may see.
//!
//! This crate refuses to know storage, protocols and clocks. Overlap's weights and the combining
//! of claims belong here too once they are values to values; what only looks things up lives with
//! the views.

pub mod release;
