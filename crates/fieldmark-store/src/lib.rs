//! The one crate that knows an engine: the gate, the ledger, the views, and every question asked
//! of a view.
//!
//! Start at [`Base`]: it opens a data directory, hands out a [`View`] for a reader and takes
//! changes from a writer. This crate refuses to know protocols: what a question looks like over
//! HTTP is the desks' business.
//!
//! The ledger is not to be had without a reader or a writer:
//!
//! ```compile_fail,E0603
//! let ledger = fieldmark_store::ledger::LedgerReader::open(std::path::Path::new("ledger.sqlite"));
//! ```

mod allow;
pub mod author;
pub mod base;
pub mod caller;
pub mod collection;
pub mod deliveries;
mod engine;
pub mod error;
mod export;
pub mod gate;
pub mod import;
mod index;
mod ledger;
mod lock;
mod mark;
mod marked;
pub mod moment;
mod node;
mod private;
pub mod proposals;
pub mod question;
pub mod read;
pub mod receive;
pub mod shapes;
pub mod sparql;
mod sqlite;
#[cfg(test)]
mod testing;
pub mod texts;
mod view;
mod writer;

pub use base::{Base, Options, ViewState};
pub use error::StoreError;
pub use ledger::{Change, Hash, Key, Op, Outcome, Revision, Verified};
pub use moment::Moment;
pub use view::View;
