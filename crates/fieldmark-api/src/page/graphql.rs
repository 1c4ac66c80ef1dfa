//! The console of the GraphQL desk, for who comes with a browser.

use super::Page;
use super::copied::{by_token, here_document, in_python, place};
use super::layout::{carried, scroll};
use super::questions::drawn;
use crate::answer::ties::of_tree;
use crate::answer::titles::Titles;
use crate::answer::tree::{List, Tree, cells};
use crate::viewing::Here;
use fieldmark_model::RecordId;
use maud::{Markup, html};
use serde_json::{Value, json};

/// What stands in the box at first, and a test runs.
pub(crate) const EXAMPLE: &str = r#"{
  campaigns(first: 5, orderBy: FIRST_SEEN_DESC) {
    totalCount
    nodes {
      id
      label
      firstSeen
      platforms { nodes { id label } }
      claims { nodes { kind polarity term verbatim { text lang } assessors { id label } } }
    }
  }
}"#;

/// So many rows of a list are shown.
const ROWS: usize = 200;
/// And so many bytes of the whole as JSON.
const BYTES: usize = 32 << 10;

/// What an operation came to.
pub(crate) struct Told {
    /// The data; null where nothing was run.
    pub data: Value,
    /// What went wrong, and where.
    pub errors: Vec<String>,
}

/// The page, with what an operation came to where one was asked, and the titles of what it names. Its
/// answer does not say the marking of each record in it, so all of it stands under `ceiling`, the
/// strictest that its reader may see.
pub(crate) fn page(told: Option<(&Told, Titles)>, ceiling: Option<String>, here: &Here) -> Page {
    let query = here.asked("query").unwrap_or(EXAMPLE);
    let data = told
        .as_ref()
        .map(|(told, _)| &told.data)
        .filter(|data| !data.is_null());
    let tree = data.map(Tree::of).unwrap_or_default();
    let body = html! {
        h1 { "GraphQL" }
        p { (here.say("What you may see and nothing else, in the shape that you ask for. The schema, with what each field means: ",
            "Ce que vous pouvez voir et rien d’autre, sous la forme que vous demandez. Le schéma, avec le sens de chaque champ : "))
            a href="/graphql/schema.graphql" { "schema.graphql" } }
        form.tall action="/graphql" method="get" {
            (carried(here, &[]))
            label { (here.say("Query", "Requête"))
                textarea name="query" rows="14" spellcheck="false" required aria-describedby="keys"
                    data-offered=(here.say("Fields that fit", "Champs qui conviennent")) data-line=(here.say("line", "ligne")) { (query) } }
            p.soft id="keys" { (here.say(
                "With scripts, fields are completed while you type, and Ctrl+Space lists all that fit: arrow down chooses one, Enter takes it, Escape lets go. Ctrl+Enter asks. What the schema does not have is said below the box.",
                "Avec des scripts, les champs se complètent à la frappe, et Ctrl+Espace énumère tous ceux qui conviennent : flèche bas en choisit un, Entrée le prend, Échap abandonne. Ctrl+Entrée interroge. Ce que le schéma n’a pas se dit sous la boîte.")) }
            label { (here.say("Variables, as JSON", "Variables, en JSON"))
                textarea name="variables" rows="3" spellcheck="false" placeholder="{}" { (here.asked("variables").unwrap_or_default()) } }
            label { (here.say("Operation, where the query has several", "Opération, si la requête en a plusieurs"))
                input name="operationName" value=[here.asked("operationName")] spellcheck="false" autocomplete="off"; }
            div.acts { button { (here.say("Ask", "Demander")) } }
        }
        @if let Some((told, titles)) = &told {
            @for error in &told.errors { p.notice role="alert" lang="en" { (error) } }
            @if !tree.single.is_empty() { (single(&tree.single, titles, here)) }
            @for list in &tree.lists { (listed(list, titles, here)) }
            @if let Some(data) = data {
                (drawn(&of_tree(data, titles), here))
                (whole(data, here))
            }
        }
    };
    let mut forms = Vec::new();
    if data.is_some() {
        forms.push(("JSON", as_asked(here, &[("format", "json")])));
        if !(tree.single.is_empty() && tree.lists.is_empty()) {
            forms.push(("CSV", as_asked(here, &[("format", "csv")])));
        }
    }
    Page {
        marking: ceiling.filter(|_| data.is_some()),
        behind: vec![("curl", curl(query, here)), ("Python", python(query, here))],
        forms,
        island: Some("graphql"),
        ..Page::plain("GraphQL", body)
    }
}

/// The address of this answer in another form.
fn as_asked(here: &Here, more: &[(&str, &str)]) -> String {
    let said = ["query", "variables", "operationName"];
    let said = said
        .into_iter()
        .filter_map(|name| Some((name, here.asked(name)?)));
    let all: Vec<_> = said.chain(more.iter().copied()).collect();
    here.with("/graphql", &all)
}

/// What stands in no list.
fn single(values: &[(String, &Value)], titles: &Titles, here: &Here) -> Markup {
    let name = here.say("Single values", "Valeurs seules");
    scroll(
        name,
        html! { table {
            caption { (name) }
            tbody { @for (path, value) in values { tr { th scope="row" { (path) } td { (said(value, titles, here)) } } } }
        } },
    )
}

/// One list of the answer.
fn listed(list: &List<'_>, titles: &Titles, here: &Here) -> Markup {
    let path = &list.path;
    let shown = &list.rows[..list.rows.len().min(ROWS)];
    let total = list.total.unwrap_or(list.rows.len() as u64);
    let caption = html! {
        caption {
            code { (path) } " · " (total) " " (here.say("rows", "lignes"))
            @if shown.len() as u64 != total { " · " (here.say("shown: ", "montrées : ")) (shown.len()) }
        }
    };
    html! {
        @if shown.is_empty() { p.notice { code { (path) } ": " (here.say("nothing you may see answers this.", "rien de ce que vous voyez n’y répond.")) } }
        @else {
            (scroll(path, table(shown, Some(&caption), titles, here)))
            p { a href=(as_asked(here, &[("format", "csv"), ("of", path)])) { "⇩ CSV: " code { (path) } } }
        }
        @if let Some(after) = &list.after {
            p.notice { (here.say("It goes on: ask again with ", "Il y en a d’autres : redemandez avec ")) code { "after: \"" (after) "\"" } }
        }
    }
}

/// Rows as a table; the lists within them are tables in their cells.
fn table(rows: &[Value], caption: Option<&Markup>, titles: &Titles, here: &Here) -> Markup {
    let rows: Vec<Vec<(String, &Value)>> = rows.iter().map(cells).collect();
    let mut columns: Vec<&str> = Vec::new();
    for (path, _) in rows.iter().flatten() {
        if !columns.contains(&path.as_str()) {
            columns.push(path);
        }
    }
    // What the way to a record says already.
    let repeats = |column: &str| {
        let id = column.strip_suffix("label").map(|of| format!("{of}id"));
        id.filter(|id| columns.contains(&id.as_str()))
            .is_some_and(|id| {
                rows.iter().all(|row| {
                    let id = at(row, &id)
                        .as_str()
                        .and_then(|id| RecordId::parse(id).ok());
                    id.map(|id| titles.named(&id).label).as_deref() == at(row, column).as_str()
                })
            })
    };
    let shown: Vec<&str> = columns
        .iter()
        .copied()
        .filter(|column| !repeats(column))
        .collect();
    if let ([column], None) = (&*shown, caption) {
        // A head of its own in every cell would say nothing.
        return html! { @for row in &rows { div { (said(at(row, column), titles, here)) } } };
    }
    html! { table {
        (caption.unwrap_or(&html! {}))
        thead { tr { @for column in &shown { th scope="col" { (column) } } } }
        tbody { @for row in &rows { tr { @for column in &shown { td { (said(at(row, column), titles, here)) } } } } }
    } }
}

/// What a row has at a place.
fn at<'a>(row: &[(String, &'a Value)], column: &str) -> &'a Value {
    let found = row.iter().find(|(path, _)| path == column);
    found.map_or(&Value::Null, |(_, value)| *value)
}

/// A value, with a way to the record that it names.
fn said(value: &Value, titles: &Titles, here: &Here) -> Markup {
    html! { @match value {
        Value::Null => {},
        Value::String(text) => @match RecordId::parse(text) {
            Ok(id) => a href=(here.to(text)) title=(text) { (titles.named(&id).label) },
            Err(_) => (text),
        },
        Value::Array(rows) if rows.iter().any(Value::is_object) => (table(rows, None, titles, here)),
        Value::Array(values) => @for value in values { div { (said(value, titles, here)) } },
        value => (value),
    } }
}

/// All of it, as it came.
fn whole(data: &Value, here: &Here) -> Markup {
    let text = serde_json::to_string_pretty(data).unwrap_or_default();
    let end = text.floor_char_boundary(BYTES);
    html! { details {
        summary { (here.say("The same as JSON", "Le même en JSON")) }
        pre tabindex="0" { code { (text[..end]) @if end < text.len() { "\n…" } } }
        @if end < text.len() { p.notice { (here.say("The rest is in the file below.", "Le reste est dans le fichier ci-dessous.")) } }
    } }
}

/// The body of a request, as a client sends it.
fn sent(query: &str, here: &Here) -> Value {
    let mut sent = json!({ "query": query });
    if let Some(Ok(variables)) = here.asked("variables").map(serde_json::from_str::<Value>) {
        sent["variables"] = variables;
    }
    if let Some(name) = here.asked("operationName") {
        sent["operationName"] = name.into();
    }
    sent
}

fn curl(query: &str, here: &Here) -> String {
    let (place, token) = (place(here, "/graphql"), by_token(here));
    let body = here_document(&sent(query, here).to_string());
    format!("curl '{place}'{token} --json @- {body}")
}

fn python(query: &str, here: &Here) -> String {
    let mut rest = sent(query, here);
    if let Some(rest) = rest.as_object_mut() {
        rest.remove("query");
    }
    let rest =
        (rest != json!({})).then(|| format!(", **json.loads({})", in_python(&rest.to_string())));
    let headers = here
        .name
        .as_ref()
        .map(|_| ", headers={\"Authorization\": f\"Bearer {os.environ['FIELDMARK_TOKEN']}\"}");
    format!(
        "import json, os, requests\n\nquery = {}\nanswer = requests.post('{}'{}, json={{\"query\": query{}}})\nprint(json.dumps(answer.json(), indent=2, ensure_ascii=False))",
        in_python(query),
        place(here, "/graphql"),
        headers.unwrap_or_default(),
        rest.unwrap_or_default(),
    )
}
