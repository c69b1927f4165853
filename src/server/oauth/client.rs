//! Which client asks (RFC 6749 2.3): by HTTP Basic or in the body, never by both.

use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::client::Client;
use crate::server::State;
use crate::server::oauth::DOOR;
use crate::server::oauth::fault::Fault;
use crate::server::oauth::parameters::Parameters;
use crate::server::request::Request;

/// The client that proves who it is. None: nothing is shown that would prove it, a `client_id` at
/// most, as public clients do.
pub(super) fn shown(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
) -> Result<Option<Client>, Fault> {
    let header = request
        .header(AUTHORIZATION.as_str())
        .map_err(|()| Fault::Request("The header Authorization cannot be read."))?;
    let posted = (parameters.get("client_id"), parameters.get("client_secret"));
    let (id, secret) = match (header, posted) {
        (None, (_, None)) => return Ok(None),
        (None, (Some(id), Some(secret))) => (id.to_owned(), secret.to_owned()),
        (None, (None, Some(_))) => {
            return Err(Fault::Request("The parameter client_id is missing."));
        }
        (Some(_), (_, Some(_))) => {
            return Err(Fault::Request("The client authenticates itself in two ways."));
        }
        (Some(header), (named, None)) => {
            let (id, secret) = basic(header).ok_or(Fault::UNKNOWN)?;
            if named.is_some_and(|named| named != id) {
                return Err(Fault::Request("The client_id is not that of the header."));
            }
            (id, secret)
        }
    };
    let client = state.authority.client(&id, &secret, &request.source(DOOR))?;
    client.map(Some).ok_or(Fault::UNKNOWN)
}

/// The same where it must be known.
pub(super) fn known(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
) -> Result<Client, Fault> {
    shown(state, request, parameters)?.ok_or(Fault::Client("The client must authenticate itself."))
}

/// RFC 6749 2.3.1: id and secret are each encoded as a form has them, then put together.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let encoded = scheme.eq_ignore_ascii_case("basic").then_some(encoded.trim())?;
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

/// A value as a form has it, which can hold neither of the marks of a form.
fn decoded(value: &str) -> String {
    if value.contains(['&', '=']) {
        return value.to_owned();
    }
    let name = form_urlencoded::parse(value.as_bytes()).next().map(|(name, _)| name.into_owned());
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pair: &str) -> Option<(String, String)> {
        basic(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }

    #[test]
    fn basic_holds_form_encoded_values() {
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(of("billing:s3cret"), pair("billing", "s3cret"));
        assert_eq!(of("a%3Ab%2B%26%3D%25:c+d%C3%BC"), pair("a:b+&=%", "c dü"));
        assert_eq!(of("billing:"), pair("billing", ""));
        assert_eq!(of("a:b:c"), pair("a", "b:c"));
        assert_eq!(of("a=&b:c"), pair("a=&b", "c"));
        assert_eq!(basic("bAsIc YTpi"), pair("a", "b"));
        for bad in ["Basic", "Basic ", "Basic YQ==", "Basic !!", "Bearer YTpi", "Basic /w=="] {
            assert_eq!(basic(bad), None, "{bad}");
        }
    }
}
