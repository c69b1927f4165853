//! What no single value shows: settings that cannot hold together.

use crate::error::{Code, Error};
use crate::settings::{Settings, Source};
use crate::time;

/// Where the server takes the cookie of the ninja door.
const NINJA_REFRESH: &str = "api/auth/web/token-refresh";

pub(super) fn find(settings: &Settings, problems: &mut Vec<Error>) {
    problems.extend(unreachable_cookie(settings));
    let mut report = |names: &[&str], why: &str| problems.push(error(settings, names, why));
    let (keys, claims, server) = (&settings.keys, &settings.claims, &settings.server);
    let said = |name: &str| *settings.source(name) != Source::Default;
    let mut places: Vec<&str> =
        ["keys.folder", "keys.name"].iter().copied().filter(|name| said(name)).take(1).collect();
    places.extend(keys.env.is_some().then_some("keys.env"));
    places.extend(keys.command.is_set().then_some("keys.command"));
    if places.len() > 1 {
        report(&places, "keys have one place");
    }
    if keys.passphrase_file.is_some() && keys.passphrase_env.is_some() {
        report(&["keys.passphrase_file", "keys.passphrase_env"], "a passphrase has one place");
    }
    for (name, lifetime) in [
        ("token.refresh_lifetime", settings.token.refresh_lifetime),
        ("ninja.refresh_lifetime", settings.ninja.refresh_lifetime),
    ] {
        // The default grace is nobody's wish: a short lifetime alone contradicts nothing.
        if said("refresh.grace")
            && let Some(lifetime) = lifetime.filter(|lifetime| settings.refresh.grace > *lifetime)
        {
            let (grace, lifetime) = (time::span(settings.refresh.grace), time::span(lifetime));
            let why =
                format!("a grace of {grace} is longer than the refresh lifetime of {lifetime}");
            report(&["refresh.grace", name], &why);
        }
    }
    for mapped in &claims.map {
        if claims.constants.iter().any(|(constant, _)| *constant == mapped.claim) {
            let claim = mapped.claim.escape_debug();
            report(&["claims.map", "claims.constants"], &format!("both set the claim \"{claim}\""));
        }
    }
    if server.tls_cert.is_some() != server.tls_key.is_some() {
        report(&["server.tls_cert", "server.tls_key"], "a certificate and its key come together");
    } else if server.tls_cert.is_some() && server.tls_self_signed {
        report(&["server.tls_cert", "server.tls_self_signed"], "a server has one certificate");
    }
    if server.operators_listen == Some(server.listen) && server.listen.port() != 0 {
        report(&["server.listen", "server.operators_listen"], "each listener has its own address");
    }
    webhook_secret(settings, &mut report);
    if settings.refresh.path == "account" && server.mode != "json" {
        report(&["refresh.path", "server.mode"], "the pages for people are at /account/");
    }
    insecure_cookies(settings, &mut report);
}

/// What is sent is signed, with a secret that has one place.
fn webhook_secret(settings: &Settings, report: &mut dyn FnMut(&[&str], &str)) {
    const PLACES: [&str; 2] = ["hooks.webhook_secret", "hooks.webhook_secret_file"];
    let hooks = &settings.hooks;
    match (&hooks.webhook_secret, &hooks.webhook_secret_file) {
        (Some(_), Some(_)) => report(&PLACES, "a secret has one place"),
        (None, None) if !hooks.webhooks.is_empty() => report(
            &["hooks.webhooks", PLACES[0], PLACES[1]],
            "what is sent is signed, set a secret in one of the last two",
        ),
        _ => {}
    }
}

/// A cookie comes to its own path and to those below (RFC 6265 5.1.4): one of another path would
/// never come to the door, and nothing would say why.
fn unreachable_cookie(settings: &Settings) -> Option<Error> {
    let path = settings.ninja.path.as_str();
    let rest = NINJA_REFRESH.strip_prefix(path);
    if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return None;
    }
    let place = settings.place("ninja.path");
    let seen = format!("expected \"{NINJA_REFRESH}\" or a path above it, seen \"{path}\"");
    let error = Error::new(Code::Settings, format!("{place}: ninja.path: {seen}"));
    Some(error.hint("a cookie comes to its own path and to those below: remove ninja.path"))
}

/// A cookie without Secure is for a server that nobody else can reach; and browsers drop one with
/// `SameSite=None`.
fn insecure_cookies(settings: &Settings, report: &mut dyn FnMut(&[&str], &str)) {
    let (server, cookies, ninja) = (&settings.server, &settings.cookies, &settings.ninja);
    for (secure, same_site, name, site_name) in [
        (cookies.secure, cookies.same_site, "cookies.secure", "cookies.same_site"),
        (ninja.secure, ninja.same_site, "ninja.secure", "ninja.same_site"),
    ] {
        if secure {
            continue;
        }
        if same_site == "None" {
            report(&[name, site_name], "browsers drop a cookie with SameSite=None without Secure");
        }
        if !server.listen.ip().is_loopback() {
            report(&[name, "server.listen"], "cookies without Secure need a loopback listener");
        }
        if !server.trusted_proxies.is_empty() {
            report(&[name, "server.trusted_proxies"], "cookies behind a proxy need Secure");
        }
        if server.public_origins.iter().any(|origin| origin.starts_with("https:")) {
            report(&[name, "server.public_origins"], "cookies of an https origin need Secure");
        }
    }
}

/// The place is that of the setting that was said last.
fn error(settings: &Settings, names: &[&str], why: &str) -> Error {
    let last = names.iter().max_by_key(|name| settings.source(name)).copied().unwrap_or_default();
    let place = settings.place(last);
    Error::new(Code::Settings, format!("{place}: {} do not agree: {why}", names.join(" and ")))
        .hint(format!("change or remove {last}"))
}
