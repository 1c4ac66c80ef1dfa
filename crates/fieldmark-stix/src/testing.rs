//! What tests share.

use crate::Taken;
use fieldmark_rdf::read::Placed;
use std::ops::Deref;

/// What a foreign format gave, its statements with the rest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub statements: Vec<Placed>,
    taken: Taken,
}

impl Made {
    pub fn by(adopt: impl FnOnce(&mut dyn FnMut(Placed)) -> Taken) -> Self {
        let mut statements = Vec::new();
        let taken = adopt(&mut |placed| statements.push(placed));
        Self { statements, taken }
    }
}

impl Deref for Made {
    type Target = Taken;

    fn deref(&self) -> &Taken {
        &self.taken
    }
}
