//! A request as every door sees it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{Extensions, HeaderMap, Method};

use crate::event::Source;
use crate::json::{Json, MAX_DEPTH};
use crate::server::State;
use crate::server::accept::Peer;
use crate::server::doors::Site;
use crate::server::refused::Refused;

/// A request with its whole body.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    /// The client's address; behind proxies of ours, as they tell it.
    pub(super) client: IpAddr,
    /// Whether a proxy of ours sent it.
    pub(super) proxied: bool,
    body: Bytes,
    /// The body as a form.
    form: Vec<(String, String)>,
}

impl FromRequest<State> for Request {
    type Rejection = Infallible;

    async fn from_request(
        request: axum::extract::Request,
        state: &State,
    ) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        // The body was read before, within its limits.
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let peer = peer(&parts.extensions);
        let site = &state.doors.site;
        Ok(Self {
            client: client(site, peer, &parts.headers),
            proxied: site.is_proxy(peer),
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            form: form(&parts.headers, &body).await,
            headers: parts.headers,
            body,
        })
    }
}

/// A body as a form: as pages post it, or (RFC 7578) as scripts do. JSON has no fields; what is said
/// to be nothing, or anything else, is read as the original does.
async fn form(headers: &HeaderMap, body: &Bytes) -> Vec<(String, String)> {
    if is_kind(headers, "application/json") {
        return Vec::new();
    }
    if !is_kind(headers, "multipart/form-data") {
        return form_urlencoded::parse(body).into_owned().collect();
    }
    let mut request = axum::extract::Request::new(Body::from(body.clone()));
    request.headers_mut().clone_from(headers);
    let mut fields = Vec::new();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else { return fields };
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let Ok(value) = part.bytes().await else { break };
        fields.push((name, String::from_utf8_lossy(&value).into_owned()));
    }
    fields
}

/// Whether the body is said to be of that kind.
fn is_kind(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(wanted)
}

/// The address of the other end of the connection.
pub(super) fn peer(extensions: &Extensions) -> IpAddr {
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    extensions.get::<Peer>().map_or(unknown, |peer| peer.address.ip())
}

/// The rightmost address that no proxy of ours has: what stands left of it anybody could have sent.
pub(super) fn client(site: &Site, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let told = headers.get_all("x-forwarded-for").iter().rev();
    // Bytes: what a client wrote must not make unreadable what a proxy added to the same line.
    let told = told.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut client = peer;
    for told in told {
        if !site.is_proxy(client) {
            break;
        }
        let told = std::str::from_utf8(told).unwrap_or_default().trim();
        // Some proxies write the port too.
        let address = told.parse::<IpAddr>();
        let address = address.or_else(|_| told.parse::<SocketAddr>().map(|address| address.ip()));
        let Ok(address) = address else { break };
        client = address.to_canonical();
    }
    client
}

/// What was posted.
#[derive(Debug)]
pub(super) enum Posted {
    /// A form (or nothing): the last of each name counts.
    Form(Vec<(String, String)>),
    /// A JSON object.
    Json(Json),
}

impl Posted {
    /// The text of that name.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refused> {
        match self {
            Self::Form(fields) => {
                let found = fields.iter().rev().find(|(field, _)| field == name);
                Ok(found.map(|(_, value)| value.clone()))
            }
            Self::Json(json) => match json.get(name) {
                None | Some(Json::Null) => Ok(None),
                Some(value) => {
                    let text = value.as_str().map(|text| Some(text.to_owned()));
                    text.ok_or_else(|| Refused::Unreadable(format!("{name} must be a string.")))
                }
            },
        }
    }
}

impl Request {
    /// From where the request came, for the log.
    pub(super) fn source(&self, door: &str) -> Source {
        Source { door: door.to_owned(), address: Some(self.client.to_string()) }
    }

    /// A header that may be there once; twice is as bad as unreadable.
    pub(super) fn header(&self, name: &str) -> Result<Option<&str>, ()> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(drop),
            (Some(_), Some(_)) => Err(()),
        }
    }

    /// The cookie of that name. Two of one name are refused: a neighbouring host can plant a
    /// second one, and which of them a browser puts first is no proof of anything.
    pub(super) fn cookie(&self, name: &str) -> Result<Option<&str>, Refused> {
        // Bytes: the cookies of other applications come along, and need not be text.
        let lines = self.headers.get_all(COOKIE).iter();
        let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
        let mut found = pairs.filter_map(|pair| {
            let named = pair.trim_ascii().strip_prefix(name.as_bytes())?;
            let value = named.trim_ascii_start().strip_prefix(b"=")?.trim_ascii();
            let bare = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
            Some(bare.unwrap_or(value))
        });
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(Refused::Token(format!("Cookie \"{name}\" was sent twice."))),
            (value, None) => {
                let value = value.and_then(|value| std::str::from_utf8(value).ok());
                Ok(value.filter(|value| !value.is_empty()))
            }
        }
    }

    /// Whether there is an Authorization header of the kind Bearer, be it good or not.
    pub(super) fn has_bearer(&self) -> bool {
        let values = self.headers.get_all(AUTHORIZATION).iter();
        let mut schemes = values.map(|value| value.as_bytes().split(|byte| *byte == b' ').next());
        schemes.any(|scheme| scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer")))
    }

    /// The token of the Authorization header (RFC 6750 2.1); none without the header.
    pub(super) fn bearer(&self) -> Result<Option<&str>, Refused> {
        let wrong =
            || Refused::Token("Value in HTTP_AUTHORIZATION header is not valid.".to_owned());
        let Some(value) = self.header(AUTHORIZATION.as_str()).map_err(|()| wrong())? else {
            return Ok(None);
        };
        let (scheme, token) = value.split_once(' ').ok_or_else(wrong)?;
        let token = token.trim();
        let one = !token.is_empty() && !token.contains(' ');
        (one && scheme.eq_ignore_ascii_case("bearer")).then_some(Some(token)).ok_or_else(wrong)
    }

    /// What was posted: JSON where the header says so, a form otherwise, as the originals take it.
    pub(super) fn posted(&self) -> Result<Posted, Refused> {
        if is_kind(&self.headers, "application/json") && !self.body.is_empty() {
            return self.json().map(Posted::Json);
        }
        Ok(Posted::Form(self.form.clone()))
    }

    /// The body as a JSON object with distinct members.
    fn json(&self) -> Result<Json, Refused> {
        let json = self.any_json()?;
        if json.members().is_none() || !json.duplicates().is_empty() {
            let why = "The body must be a JSON object whose members are distinct.";
            return Err(Refused::Unreadable(why.to_owned()));
        }
        Ok(json)
    }

    /// The body as JSON, whatever its header says.
    pub(super) fn any_json(&self) -> Result<Json, Refused> {
        let unreadable = |why: &str| Refused::Unreadable(why.to_owned());
        let text =
            std::str::from_utf8(&self.body).map_err(|_| unreadable("The body is not UTF-8."))?;
        Json::read(text, MAX_DEPTH).map_err(|_| unreadable("The body is not JSON."))
    }

    /// The fields of a body that says it is a form as pages post it; none where it says nothing, or
    /// that it is anything else.
    pub(super) fn form(&self) -> Option<&[(String, String)]> {
        is_kind(&self.headers, "application/x-www-form-urlencoded").then_some(&self.form)
    }

    /// Whether there is no body.
    pub(super) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Every value of that name in the query.
    pub(super) fn asked(&self, name: &str) -> Vec<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(|(own, _)| own == name)
            .map(|(_, value)| value.into_owned())
            .collect()
    }

    /// The first name in the query that is none of these.
    pub(super) fn asked_besides(&self, known: &[&str]) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(own, _)| !known.contains(&own.as_ref()))
            .map(|(name, _)| name.into_owned())
    }
}
