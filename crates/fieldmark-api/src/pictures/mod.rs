//! Pictures: SVG made here from what the REST desk answers, in the language of the answer, light or
//! dark as the reader's screen is. Each comes with the table that says the same.

mod calendar;
mod days;
mod frame;
mod matrix;
mod neighbourhood;
pub(crate) mod read;
mod rows;
mod sides;
mod timeline;
mod waterfall;

pub(crate) use calendar::calendar;
pub(crate) use frame::{DARK, LIGHT, STYLE, Svg, To, cut, frame, led};
pub(crate) use matrix::matrix;
pub(crate) use neighbourhood::{Leads, Pins, neighbourhood};
pub(crate) use rows::graphs;
pub(crate) use sides::sides;
pub(crate) use timeline::{Axis, named, timeline};
pub(crate) use waterfall::waterfall;

use maud::Markup;

/// A picture and its twin.
pub(crate) struct Picture {
    /// What it shows, in one line.
    pub title: String,
    /// The drawing.
    pub svg: Svg,
    /// The same as a table.
    pub table: Markup,
}
