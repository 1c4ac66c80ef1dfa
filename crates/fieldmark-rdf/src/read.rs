//! Being written.
/// A statement and its line.
pub struct Placed {
    /// The statement.
    pub quad: oxrdf::Quad,
    /// 1-based.
    pub line: Option<u64>,
}
