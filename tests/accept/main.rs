//! The accept loop under clients that do not behave, on real sockets.

#![cfg(test)]

#[path = "../support/certificate.rs"]
mod certificate;
mod connections;
mod requests;
mod room;
mod server;
mod tls;
