//! Immunity shown attack by attack. The classes of attacks on tokens and on whoever issues them have
//! the numbers c01 to c33, the dangerous defaults of other programs d01 to d33: `cargo test --test
//! immunity c04` shows one. `SECURITY.md` has the list, and the rows that cannot concern jot.

#![cfg(test)]

mod checking;
mod claimed;
mod doors;
mod heavy;
#[path = "../serve/http.rs"]
#[expect(dead_code, reason = "the server's own tests do more of it")]
mod http;
mod kept;
mod leaks;
mod promises;
mod scanner;
#[path = "../serve/served.rs"]
#[expect(dead_code, reason = "the server's own tests do more of it")]
mod served;
mod signed;
mod supplied;
mod target;
#[path = "../doors/token.rs"]
#[expect(dead_code, reason = "the other doors' tests do more of it")]
mod token;
mod web;
mod written;
