//! The accept loop under clients that do not behave, on real sockets.

#![cfg(test)]

mod connections;
mod requests;
mod server;
