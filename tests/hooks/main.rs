//! Hooks as those see them who are told: commands that a real `jot` runs, and a receiver of webhooks
//! that fails, hangs, goes away and comes back.

#![cfg(test)]

mod claims;
mod commands;
mod outbox;
mod receiver;
mod webhooks;

#[expect(dead_code, reason = "the server's own tests use all of it")]
#[path = "../serve/http.rs"]
mod http;
#[expect(dead_code, reason = "the server's own tests use all of it")]
#[path = "../serve/served.rs"]
mod served;
