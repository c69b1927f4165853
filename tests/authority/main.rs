//! Every rule about tokens, sessions, refusals and logins, asked of the library: no command and no
//! door in between. The time, the chance and the rules are the test's own.

#![cfg(test)]

#[path = "../support/acts.rs"]
#[expect(dead_code, reason = "the store's own tests do more of it")]
mod acts;
mod world;

mod arbitrary;
mod carried;
mod clients;
mod confusion;
mod crowd;
mod dates;
mod events;
mod forged;
mod gate;
mod kids;
mod kinds;
mod linted;
mod login;
mod own;
mod people;
mod races;
mod recall;
mod refresh;
mod restore;
mod resurrection;
mod revoke;
mod shapes;
mod spy;
mod table;
mod throttle;
mod told;
mod watermark;
mod year;
