//! Applications behind nginx and Caddy, which ask `jot serve` before they pass a request on. Both run
//! for real, with the configuration that the README gives; `tests/run` unpacks them. Traefik is in no
//! Debian package, so its configuration is not run.
#![cfg(test)]

mod attacks;
mod chain;
mod client;
mod cookies;
mod direct;
mod front;
#[expect(dead_code, reason = "tests/serve needs more of it")]
#[path = "../serve/http.rs"]
mod http;
mod passing;
#[expect(dead_code, reason = "tests/serve needs more of it")]
#[path = "../serve/served.rs"]
mod served;
mod upstream;
