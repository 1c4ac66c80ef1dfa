//! Answers to saved questions, kept until the view changes: whoever turns to the next page of one, or
//! takes it in another form, does not have it worked out anew.

use super::recent::{Bytes, letters};
use crate::sparql::Rows;
use oxrdf::Term;
use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is kept, in bytes, roughly.
const BYTES: u64 = 64 << 20;
/// How many answers that are likely to be.
const LIKELY: usize = 256;

/// A question by name, and its parameters.
pub(crate) type Asked = (String, BTreeMap<String, String>);

/// The answers to what was lately asked of one state of a view.
pub(crate) struct Answers(Mutex<Cache<Asked, Arc<Rows>, Bytes>>);

impl Default for Answers {
    fn default() -> Self {
        Self(Mutex::new(Cache::with_weighter(LIKELY, BYTES, Bytes)))
    }
}

impl Answers {
    fn lock(&self) -> MutexGuard<'_, Cache<Asked, Arc<Rows>, Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer that is kept, or the one that `find` finds. One that was cut short is not kept: it
    /// may come further when it is asked again.
    pub fn get<E>(
        &self,
        asked: Asked,
        find: impl FnOnce() -> Result<Rows, E>,
    ) -> Result<Arc<Rows>, E> {
        if let Some(rows) = self.lock().get(&asked) {
            return Ok(rows.clone());
        }
        let rows = Arc::new(find()?);
        if rows.cut.is_none() {
            self.lock().insert(asked, rows.clone());
        }
        Ok(rows)
    }
}

impl Weighter<Asked, Arc<Rows>> for Bytes {
    fn weight(&self, _: &Asked, rows: &Arc<Rows>) -> u64 {
        let value = |value: &Option<Term>| {
            (value.as_ref().map_or(0, letters) + size_of::<Option<Term>>()) as u64
        };
        1 + rows.rows.iter().flatten().map(value).sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn an_answer_is_found_once_unless_it_was_cut_short() {
        let answers = Answers::default();
        let asked = |before: &str| -> Asked {
            let args = [("before".to_owned(), before.to_owned())];
            ("asserted-before".to_owned(), args.into())
        };
        let mut found = 0;
        let mut ask = |before: &str, cut: Option<&str>| {
            let rows = answers.get(asked(before), || {
                found += 1;
                Ok::<_, Infallible>(Rows {
                    variables: vec![before.to_owned()],
                    cut: cut.map(str::to_owned),
                    ..Rows::default()
                })
            });
            assert_eq!(rows.unwrap().variables, [before]);
            found
        };
        assert_eq!([ask("2022", None), ask("2022", None)], [1, 1]);
        assert_eq!([ask("2023", None), ask("2022", None)], [2, 2]);
        let cut = Some("it takes too long");
        assert_eq!([ask("2024", cut), ask("2024", cut)], [3, 4]);
    }
}
