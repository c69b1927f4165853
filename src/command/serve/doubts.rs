//! Settings that hold together, and yet serve nobody or believe anybody: told, not refused.

use jot::settings::Settings;

/// What is to be told of these, each with what to do about it.
pub(super) fn of(settings: &Settings) -> Vec<String> {
    let mut doubts = Vec::new();
    if !settings.cookies.secure || !settings.ninja.secure {
        doubts.push("cookies are sent without Secure".to_owned());
    }
    doubts.extend(unsent_cookies(settings));
    doubts.extend(unknown_names(settings));
    doubts.extend(unheard_proxy(settings));
    for network in settings.server.trusted_proxies.iter().filter(|all| all.prefix_len() == 0) {
        doubts.push(format!(
            "server.trusted_proxies has {network}, and so every client may say where it comes from: \
             name the addresses of the proxies alone"
        ));
    }
    for (setting, program) in settings.programs() {
        let name = program.name();
        doubts.extend(program.fault().map(|fault| {
            format!("{setting}: the program {name} {fault}: name one that can be run, or unset it")
        }));
    }
    doubts
}

/// Browsers send Secure cookies over TLS, and to their own machine.
fn unsent_cookies(settings: &Settings) -> Option<String> {
    let server = &settings.server;
    let by_origins = !server.public_origins.is_empty()
        && server.public_origins.iter().all(|origin| is_https(origin) || is_own_machine(origin));
    let is_sent = server.listen.ip().is_loopback() || has_tls(settings) || by_origins;
    (has_cookies(settings) && !is_sent).then(|| {
        format!(
            "browsers send no Secure cookies to plain http on {}: set server.public_origins to the \
             https origin of the proxy in front, or server.tls_cert and server.tls_key",
            server.listen
        )
    })
}

/// Who listens on every address knows none of the names that it is reached by.
fn unknown_names(settings: &Settings) -> Option<String> {
    let server = &settings.server;
    let is_unknown = server.listen.ip().is_unspecified() && server.public_origins.is_empty();
    (has_cookies(settings) && is_unknown).then(|| {
        "browsers that find the server by another name than localhost are refused as foreign: \
         set server.public_origins to the origins that they see"
            .to_owned()
    })
}

fn unheard_proxy(settings: &Settings) -> Option<String> {
    let server = &settings.server;
    let is_behind = server.public_origins.iter().any(|origin| is_https(origin));
    (is_behind && !has_tls(settings) && server.trusted_proxies.is_empty()).then(|| {
        "server.public_origins says https and the server speaks plain http: set \
         server.trusted_proxies to the address of the proxy in front, whose X-Forwarded headers \
         are not believed until then"
            .to_owned()
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
