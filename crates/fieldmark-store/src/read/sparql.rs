//! Queries that others write, asked of a view within limits.

use crate::sparql::{CancelToken, Limits, Prepared, ResultFormat, Rows, SparqlError};
use crate::view::View;
use std::io::Write;

impl View {
    /// Measures, parses and judges a query. A view is one default graph, so that a dataset made of
    /// others is empty.
    pub fn prepare(
        &self,
        text: &str,
        base: Option<&str>,
        default_graphs: &[String],
        named_graphs: &[String],
    ) -> Result<Prepared, SparqlError> {
        self.runner()
            .prepare(self.asker(), text, base, default_graphs, named_graphs)
    }

    /// The whole answer to a SELECT, or to an ASK as one row `answer`. Rows past a limit are
    /// cut off, and the answer says so.
    pub fn select(&self, prepared: &Prepared) -> Result<Rows, SparqlError> {
        self.runner().select(self.asker(), self.engine(), prepared)
    }

    /// Writes the answer in a format that fits its form. An answer that fails within its first
    /// 64 KiB has written nothing. Past that a failure leaves part of the answer written: the
    /// caller must make that visible, never end as if it were whole. `out` must not block for
    /// ever; a query whose writer blocks keeps its place.
    pub fn run(
        &self,
        prepared: &Prepared,
        format: ResultFormat,
        out: impl Write + Send,
        cancel: &CancelToken,
    ) -> Result<(), SparqlError> {
        self.runner()
            .run(self.asker(), self.engine(), prepared, format, out, cancel)
    }

    /// What one query may cost here.
    pub fn limits(&self) -> &Limits {
        self.runner().limits()
    }
}
