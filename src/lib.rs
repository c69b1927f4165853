//! Everything that is true of JSON Web Tokens whoever asks: keys, tokens, claims, sessions,
//! revocations, users, the store that keeps them, the authority that joins them, and a login server.
//!
//! Read it in this order:
//!
//! 1. [`jws`] reads, verifies and signs. Trust is carried by types: a [`jws::Parsed`] may be looked
//!    at, only its `verify` makes a [`jws::Verified`], and only from that are [`claims::Claims`] read.
//! 2. [`key`] reads, refuses, makes and writes keys; [`key::ring`] holds ours.
//! 3. [`claims`] says what a token says, [`claims::check`] whether that is what was expected.
//! 4. [`session`], [`revocation`], [`user`], [`client`], [`password`], [`throttle`]: the rest of the
//!    domain, one idea each.
//! 5. [`store`] is what is kept, a trait; [`store::sqlite`] keeps it.
//! 6. [`authority`] is the one path for every way to a token. The command line and the doors of the
//!    [`server`] call it and add no rule of their own.
//! 7. [`hook`] tells others what happened: commands, and webhooks from an outbox in the store.
//! 8. [`settings`] turns a file, the environment and flags into the authority's rules.
//! 9. [`lint`] and [`doctor`] look at a token and at a set-up and believe neither: [`finding`]s.
//!
//! Time and chance come in as arguments ([`clock`], [`chance`]). Nothing here prints, reads the
//! environment (but [`settings`]) or ends the process.

pub mod alg;
pub mod authority;
pub mod chance;
pub mod claims;
pub mod client;
pub mod clock;
pub mod doctor;
pub mod error;
pub mod event;
pub mod finding;
pub mod hook;
pub mod json;
pub mod jws;
pub mod key;
pub mod lint;
pub mod near;
pub mod password;
pub mod program;
pub mod reading;
pub mod revocation;
pub mod server;
pub mod session;
pub mod settings;
pub mod store;
pub mod throttle;
pub mod time;
pub mod user;
