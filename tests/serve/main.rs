//! `jot serve` as its clients and its operator see it: the built binary on a free port, spoken to
//! in HTTP/1.1, plain or encrypted.

#![cfg(test)]

mod bodies;
#[path = "../support/certificate.rs"]
mod certificate;
mod documented;
mod flood;
mod http;
mod keys;
mod login;
mod operate;
mod operators;
mod people;
mod reload;
mod restore;
mod served;
mod stop;
mod store;
mod systemd;
mod tls;
mod units;
mod validate;
mod visitor;
mod words;
