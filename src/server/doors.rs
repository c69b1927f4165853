//! What the settings decide about the doors, as plain values.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::claims::Kind;

/// How the doors of a server are set up.
#[derive(Debug, Clone)]
pub struct Doors {
    /// How the djwto door hands out tokens.
    pub mode: Mode,
    /// Where the refreshing doors of djwto lie, and the path of its refresh cookie; with its first
    /// slash and without its last.
    pub refresh_path: String,
    /// Whether unsafe requests that cookies authenticate must show a CSRF token.
    pub csrf: bool,
    /// What the cookies of the djwto door have in common.
    pub cookies: Attributes,
    /// The refresh cookie of the ninja door.
    pub ninja: Attributes,
    /// The name of the ninja door's cookie, and its path.
    pub ninja_cookie: (String, String),
    /// Whose requests are our own, and who may speak for a client.
    pub site: Site,
}

/// How the djwto door hands out tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In the body; they come back as Bearer.
    Json,
    /// In cookies that no script can read.
    OneCookie,
    /// The same, and the access token's claims in a cookie that scripts can read.
    TwoCookies,
}

impl Mode {
    /// The name of the cookie with the token of that kind; none where there are no cookies.
    pub fn cookie(self, kind: Kind) -> Option<&'static str> {
        match (self, kind) {
            (Self::Json, _) => None,
            (_, Kind::Refresh) => Some("jwt_refresh"),
            (Self::OneCookie, Kind::Access) => Some("jwt_access"),
            (Self::TwoCookies, Kind::Access) => Some("jwt_access_token"),
        }
    }

    /// Whether tokens travel in cookies.
    pub fn has_cookies(self) -> bool {
        self != Self::Json
    }
}

/// Attributes of cookies (RFC 6265 4.1.2).
#[derive(Debug, Clone)]
pub struct Attributes {
    /// Only over TLS, or to this machine.
    pub secure: bool,
    /// Kept from scripts.
    pub http_only: bool,
    /// `Lax`, `Strict` or `None`.
    pub same_site: &'static str,
    /// The domain; none: the host that set them.
    pub domain: Option<String>,
}

/// Where browsers see this server, and whom it believes.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Our own origins, as browsers write them.
    pub origins: Vec<String>,
    /// Foreign origins whose scripts may ask us.
    pub allowed: Vec<String>,
    /// Whether browsers reach us over TLS.
    pub secure: bool,
    /// Networks whose proxies say who the client is.
    pub proxies: Vec<IpNet>,
}

impl Site {
    /// Whether an address is that of a proxy of ours.
    pub(super) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// Whether requests of an origin's pages are welcome: our own, and those allowed.
    pub(super) fn knows(&self, origin: &str) -> bool {
        self.origins.iter().chain(&self.allowed).any(|known| known.eq_ignore_ascii_case(origin))
    }
}
