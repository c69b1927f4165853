//! Settings of a server that hold together, and yet serve nobody or believe anybody.

use crate::finding::{Finding, server as rules, setup};
use crate::settings::Settings;

/// What is to be said of them.
pub fn of(settings: &Settings) -> Vec<Finding> {
    let mut findings = doubts(settings);
    findings.extend(cookies(settings));
    if !settings.throttle.enabled {
        findings.push(rules::NO_THROTTLE.seen("throttle.enabled is false"));
    }
    let foreign = |origin: &&String| !is_https(origin) && !is_own_machine(origin);
    for origin in settings.server.cors_origins.iter().filter(foreign) {
        findings.push(rules::CORS.seen(format!("server.cors_origins has {origin}")));
    }
    let elsewhere = settings.server.operators_listen.filter(|address| !address.ip().is_loopback());
    findings.extend(
        elsewhere
            .map(|address| rules::OPERATORS.seen(format!("server.operators_listen is {address}"))),
    );
    findings
}

fn cookies(settings: &Settings) -> Vec<Finding> {
    let cookies = &settings.cookies;
    let mut findings = Vec::new();
    if !cookies.csrf && has_cookies(settings) {
        findings.push(rules::NO_CSRF.seen("cookies.csrf is false"));
    }
    if let Some(domain) = &cookies.domain {
        if cookies.same_site == "None" {
            let seen = format!("cookies.same_site is None and cookies.domain is {domain}");
            findings.push(rules::SAME_SITE.seen(seen));
        }
        findings.push(rules::DOMAIN.seen(format!("cookies.domain is {domain}")));
    }
    findings
}

/// What a server says of them when it starts.
pub fn doubts(settings: &Settings) -> Vec<Finding> {
    let mut doubts = Vec::new();
    if !settings.cookies.secure || !settings.ninja.secure {
        doubts.push(rules::INSECURE.seen("cookies are sent without Secure"));
    }
    doubts.extend(unsent_cookies(settings));
    doubts.extend(unknown_names(settings));
    doubts.extend(unheard_proxy(settings));
    for network in settings.server.trusted_proxies.iter().filter(|all| all.prefix_len() == 0) {
        let seen = format!(
            "server.trusted_proxies has {network}, and so every client may say where it comes from"
        );
        doubts.push(rules::TRUSTS_ALL.seen(seen).remedy("name the addresses of the proxies alone"));
    }
    for (setting, program) in settings.programs() {
        let name = program.name();
        doubts.extend(program.fault().map(|fault| {
            let seen = format!("{setting}: the program {name} {fault}");
            setup::PROGRAM.seen(seen).remedy(setup::PROGRAM.remedy)
        }));
    }
    doubts
}

/// Browsers send Secure cookies over TLS, and to their own machine.
fn unsent_cookies(settings: &Settings) -> Option<Finding> {
    let server = &settings.server;
    let by_origins = !server.public_origins.is_empty()
        && server.public_origins.iter().all(|origin| is_https(origin) || is_own_machine(origin));
    let is_sent = server.listen.ip().is_loopback() || has_tls(settings) || by_origins;
    (has_cookies(settings) && !is_sent).then(|| {
        let seen = format!("browsers send no Secure cookies to plain http on {}", server.listen);
        rules::UNSENT.seen(seen).remedy(
            "set server.public_origins to the https origin of the proxy in front, or \
             server.tls_cert and server.tls_key",
        )
    })
}

/// Who listens on every address knows none of the names that it is reached by.
fn unknown_names(settings: &Settings) -> Option<Finding> {
    let server = &settings.server;
    let is_unknown = server.listen.ip().is_unspecified() && server.public_origins.is_empty();
    (has_cookies(settings) && is_unknown).then(|| {
        let seen =
            "browsers that find the server by another name than localhost are refused as foreign";
        rules::UNNAMED.seen(seen).remedy(rules::UNNAMED.remedy)
    })
}

fn unheard_proxy(settings: &Settings) -> Option<Finding> {
    let server = &settings.server;
    let is_behind = server.public_origins.iter().any(|origin| is_https(origin));
    (is_behind && !has_tls(settings) && server.trusted_proxies.is_empty()).then(|| {
        let seen = "server.public_origins says https and the server speaks plain http";
        rules::PROXY.seen(seen).remedy(
            "set server.trusted_proxies to the address of the proxy in front, whose X-Forwarded \
             headers are not believed until then",
        )
    })
}

fn has_cookies(settings: &Settings) -> bool {
    settings.server.mode != "json"
}

fn has_tls(settings: &Settings) -> bool {
    settings.server.tls_cert.is_some() || settings.server.tls_self_signed
}

fn is_https(origin: &str) -> bool {
    origin.starts_with("https://")
}

fn is_own_machine(origin: &str) -> bool {
    let host = origin.trim_start_matches("http://");
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| {
        host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    })
}
