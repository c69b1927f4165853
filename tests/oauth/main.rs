//! The standard doors of `jot serve` from outside: what RFC 6749, 7009, 7517, 7662, 8414 and 9068 say,
//! asked by hand and by clients that others wrote.

#![cfg(test)]

mod clients;
mod credentials;
#[path = "../serve/http.rs"]
#[expect(dead_code, reason = "the server's own tests do more of it")]
mod http;
mod introspect;
mod keys;
mod metadata;
mod peers;
mod refresh;
mod revoke;
#[path = "../serve/served.rs"]
#[expect(dead_code, reason = "the server's own tests do more of it")]
mod served;
mod site;
#[path = "../doors/token.rs"]
#[expect(dead_code, reason = "the other doors' tests do more of it")]
mod token;
