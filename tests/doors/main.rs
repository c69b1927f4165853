//! The doors of `jot serve` from outside: the built binary over HTTP, asked what the originals'
//! clients ask, and what those ask who mean harm.

#![cfg(test)]

mod client;
mod cookies;
mod csrf;
mod defects;
mod defects_clients;
mod defects_ninja;
mod door;
mod ended;
mod equal;
mod examples;
#[path = "../serve/http.rs"]
#[expect(dead_code, reason = "the server's own tests do more of it")]
mod http;
mod logins;
mod malformed;
mod origins;
mod races;
mod refusals;
mod rotation;
#[path = "../serve/served.rs"]
#[expect(dead_code, reason = "the server's own tests do more of it")]
mod served;
mod throttled;
mod token;
