//! Fields of every type of answer: a word, a number, a record it leads to.

use super::choices::Words;
use super::field::{plain, reading};
use super::item::items;
use super::size::full_list;
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, TypeRef};
use fieldmark_model::RecordId;

/// A field that leads from an answer to a record.
pub(super) fn leads<P: Send + Sync + 'static>(
    name: &str,
    ty: &'static str,
    about: &str,
    which: fn(&P) -> Option<RecordId>,
) -> Field {
    reading(name, TypeRef::named(ty), about, move |request| {
        Box::pin(async move {
            let id = which(request.parent::<P>()?);
            let found = items(request.loader(), id.as_slice(), None).await?;
            Ok(found.into_iter().next().map(|item| item.owned(true)))
        })
    })
}

pub(super) fn text<P: Send + Sync + 'static>(
    name: &str,
    about: &str,
    read: fn(&P) -> Option<&str>,
) -> Field {
    plain(name, TypeRef::named("String"), about, move |parent: &P| {
        read(parent).map(|text| Value::from(text).into())
    })
}

pub(super) fn word<P: Send + Sync + 'static>(
    name: &str,
    about: &str,
    read: fn(&P) -> &str,
) -> Field {
    plain(
        name,
        TypeRef::named_nn("String"),
        about,
        move |parent: &P| Some(Value::from(read(parent)).into()),
    )
}

/// One of a closed list of words, as its enum.
pub(super) fn closed<P: Send + Sync + 'static>(
    name: &str,
    words: &Words,
    about: &str,
    read: fn(&P) -> &str,
) -> Field {
    plain(
        name,
        TypeRef::named_nn(words.name),
        about,
        move |parent: &P| Some(Words::value(read(parent)).into()),
    )
}

pub(super) fn number<P: Send + Sync + 'static>(
    name: &str,
    about: &str,
    read: fn(&P) -> u64,
) -> Field {
    plain(name, TypeRef::named_nn("Int"), about, move |parent: &P| {
        Some(Value::from(read(parent)).into())
    })
}

pub(super) fn flag<P: Send + Sync + 'static>(
    name: &str,
    about: &str,
    read: fn(&P) -> bool,
) -> Field {
    plain(
        name,
        TypeRef::named_nn("Boolean"),
        about,
        move |parent: &P| Some(Value::from(read(parent)).into()),
    )
}

/// The marking of a record, or of the one that an answer rests on.
pub(super) fn marking<P: Send + Sync + 'static>(about: &str, of: fn(&P) -> &RecordId) -> Field {
    reading("marking", TypeRef::named("String"), about, move |request| {
        Box::pin(async move {
            let marked = request.loader().marked(of(request.parent::<P>()?)).await?;
            Ok(marked.all().name().map(|name| Value::from(name).into()))
        })
    })
}

pub(super) fn inner<P: Send + Sync + 'static, C: Send + Sync + 'static>(
    name: &str,
    ty: &'static str,
    size: usize,
    about: &str,
    read: fn(&P) -> &[C],
) -> Field {
    plain(name, full_list(ty, size), about, move |parent: &P| {
        Some(FieldValue::list(
            read(parent).iter().map(|one| FieldValue::borrowed_any(one)),
        ))
    })
}
