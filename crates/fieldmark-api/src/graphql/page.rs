//! What a browser sees at `/graphql`: where the schema is, and one query that works.

use maud::{DOCTYPE, Markup, html};

/// The example the page shows, and a test runs.
pub(super) const EXAMPLE: &str = r#"{
  campaigns(first: 5, orderBy: FIRST_SEEN_DESC) {
    totalCount
    nodes {
      label
      firstSeen
      platforms { nodes { label } }
      claims { nodes { kind polarity term verbatim { text lang } assessors { label } } }
    }
  }
}"#;

/// The page. It loads nothing, from here or elsewhere.
pub(super) fn page() -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Fieldmark: GraphQL" }
            }
            body {
                h1 { "GraphQL" }
                p {
                    "Send queries here by POST as " code { "application/json" } ", or by GET in "
                    code { "?query=" } ". Any GraphQL client can introspect; the schema with its "
                    "descriptions is at " a href="/graphql/schema.graphql" { "/graphql/schema.graphql" } "."
                }
                p { "For example:" }
                pre { (EXAMPLE) }
            }
        }
    }
}
