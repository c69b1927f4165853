//! A process that is killed at any moment: what it acknowledged is there, and nothing is half done.

#![cfg(test)]

#[path = "../authority/world.rs"]
#[expect(dead_code, reason = "the authority's own tests do more of it")]
mod world;

mod acknowledged;
mod commands;
mod writer;
