//! `/openapi.json`: what REST takes and gives, made from the handlers themselves.

use crate::caller::AS;
use crate::state::Desk;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{RefOr, Required};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fieldmark",
        description = "Who says that which operation was run by whom, in what words, on what evidence. Every answer is given within the caller's view. Without a token, that is the public one.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "records", description = "Records: one, its history, and how to find it"),
        (name = "questions", description = "Saved questions"),
        (name = "claims", description = "What claims answer: overlap, dossier, path"),
        (name = "writing", description = "Claims, answers to them, records and links written by hand"),
        (name = "exchange", description = "RDF in and out"),
        (name = "operation", description = "Audiences, tokens, checks")
    ),
    modifiers(&Token)
)]
struct Document;

/// The token, which every address takes and none but the operator's and writer's needs.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("fm_…")
            .description(Some("A token that `fieldmark token create` printed"))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
        let none = SecurityRequirement::default();
        let token = SecurityRequirement::new("token", Vec::<String>::new());
        document.security = Some(vec![none, token]);
    }
}

/// The route.
pub fn routes() -> Router<Desk> {
    let document = document();
    Router::new().route(
        "/openapi.json",
        get(move || std::future::ready(Json(document))),
    )
}

/// Says of every address that is read that a steward may read it through others' eyes.
pub(super) fn seen_through(document: &mut utoipa::openapi::OpenApi) {
    let audience = || {
        ParameterBuilder::new()
            .name(AS)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(
                "As this audience sees it, for a steward; the header Fieldmark-As does the same",
            ))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build()
    };
    for item in document.paths.paths.values_mut() {
        if let Some(get) = &mut item.get {
            get.parameters
                .get_or_insert_default()
                .push(audience().into());
        }
    }
}

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(super::described().split_for_parts().1);
    seen_through(&mut document);
    // Every response must say what it is (OpenAPI 3.1, 4.8.17): what its status says, where the
    // handler says no more.
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    let status = status
                        .parse()
                        .ok()
                        .and_then(|code| StatusCode::from_u16(code).ok());
                    let reason = status.and_then(|status| status.canonical_reason());
                    response.description = reason.unwrap_or("Answer").to_owned();
                }
            }
        }
    }
    document
}
