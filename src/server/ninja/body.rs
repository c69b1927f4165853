//! The bodies that this door takes, and what it says of others, as its framework words it.

use axum::http::StatusCode;

use crate::json::Json;
use crate::server::refused::Refused;
use crate::server::reply::{self, Answer};
use crate::server::request::Request;

/// The texts of those names in the body, or the answer to a body that has not all of them.
pub(super) fn texts<const N: usize>(
    request: &Request,
    names: [&str; N],
) -> Result<Result<[String; N], Answer>, Refused> {
    if request.is_empty() {
        return Ok(Err(invalid(&[fault("missing", None)])));
    }
    let json = request.any_json()?;
    if json.members().is_none() {
        return Ok(Err(invalid(&[fault("model_attributes_type", None)])));
    }
    if !json.duplicates().is_empty() {
        return Err(Refused::Unreadable("A member stands in it twice.".to_owned()));
    }
    let mut faults = Vec::new();
    let texts = names.map(|name| match json.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(_) => {
            faults.push(fault("string_type", Some(name)));
            String::new()
        }
        None => {
            faults.push(fault("missing", Some(name)));
            String::new()
        }
    });
    Ok(if faults.is_empty() { Ok(texts) } else { Err(invalid(&faults)) })
}

fn fault(kind: &str, name: Option<&str>) -> String {
    let says = match kind {
        "missing" => "Field required",
        "string_type" => "Input should be a valid string",
        _ => "Input should be a valid dictionary or object to extract fields from",
    };
    let field = name.map(|name| format!(", \"{name}\"")).unwrap_or_default();
    format!(r#"{{"type": "{kind}", "loc": ["body", "payload"{field}], "msg": "{says}"}}"#)
}

fn invalid(faults: &[String]) -> Answer {
    let text = format!("{{\"detail\": [{}]}}", faults.join(", "));
    reply::json(StatusCode::UNPROCESSABLE_ENTITY, text)
}
