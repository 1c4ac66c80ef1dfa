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

    /// The answer that is kept, or the one that `find` finds, which says whether it lasts: one that
    /// ran out of time may come further when it is asked again, and is not kept.
    pub fn get<E>(
        &self,
        asked: Asked,
        find: impl FnOnce() -> Result<(Rows, bool), E>,
    ) -> Result<Arc<Rows>, E> {
        if let Some(rows) = self.lock().get(&asked) {
            return Ok(rows.clone());
        }
        let (rows, lasts) = find()?;
        let rows = Arc::new(rows);
        if lasts {
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
    fn an_answer_is_found_once_unless_it_does_not_last() {
        let answers = Answers::default();
        let asked = |before: &str| -> Asked {
            let args = [("before".to_owned(), before.to_owned())];
            ("asserted-before".to_owned(), args.into())
        };
        let mut found = 0;
        let mut ask = |before: &str, lasts: bool| {
            let rows = answers.get(asked(before), || {
                found += 1;
                let variables = vec![before.to_owned()];
                let rows = Rows {
                    variables,
                    ..Rows::default()
                };
                Ok::<_, Infallible>((rows, lasts))
            });
            assert_eq!(rows.unwrap().variables, [before]);
            found
        };
        assert_eq!([ask("2022", true), ask("2022", true)], [1, 1]);
        assert_eq!([ask("2023", true), ask("2022", true)], [2, 2]);
        assert_eq!([ask("2024", false), ask("2024", false)], [3, 4]);
    }
}
