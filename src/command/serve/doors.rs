//! From the settings to the doors of the server.

use std::net::SocketAddr;

use jot::server::doors::{Attributes, Doors, Mode, Site};
use jot::settings::Settings;

/// The doors of a server that listens on `local`, perhaps over TLS.
pub(crate) fn of(settings: &Settings, (local, secure): (SocketAddr, bool)) -> Doors {
    let Settings { cookies, refresh, ninja, server, .. } = settings;
    Doors {
        mode: match server.mode {
            "one-cookie" => Mode::OneCookie,
            "two-cookies" => Mode::TwoCookies,
            _ => Mode::Json,
        },
        refresh_path: format!("/{}", refresh.path),
        csrf: cookies.csrf,
        cookies: Attributes {
            secure: cookies.secure,
            http_only: true,
            same_site: cookies.same_site,
            domain: cookies.domain.clone(),
        },
        ninja: Attributes {
            secure: ninja.secure,
            http_only: ninja.http_only,
            same_site: ninja.same_site,
            domain: None,
        },
        ninja_cookie: (ninja.refresh_cookie.clone(), format!("/{}", ninja.path)),
        site: Site {
            origins: origins(settings, (local, secure)),
            allowed: server.cors_origins.clone(),
            secure: match server.public_origins.as_slice() {
                [] => secure,
                origins => origins.iter().any(|origin| origin.starts_with("https:")),
            },
            proxies: server.trusted_proxies.clone(),
        },
    }
}

/// Where browsers see the server: as the settings say, or else at the listener's address, and at
/// the names of this machine for itself where that is reached.
fn origins(settings: &Settings, (local, secure): (SocketAddr, bool)) -> Vec<String> {
    if !settings.server.public_origins.is_empty() {
        return settings.server.public_origins.clone();
    }
    let (scheme, own_port) = if secure { ("https", 443) } else { ("http", 80) };
    let port = if local.port() == own_port { String::new() } else { format!(":{}", local.port()) };
    let mut hosts = Vec::new();
    if !local.ip().is_unspecified() {
        hosts.push(match local {
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        });
    }
    if local.ip().is_loopback() || local.ip().is_unspecified() {
        hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
    }
    hosts.iter().map(|host| format!("{scheme}://{host}{port}")).collect()
}
