//! `jot serve` as its clients and its operator see it: the built binary on a free port, spoken to
//! in plain HTTP/1.1.

#![cfg(test)]

mod bodies;
mod flood;
mod http;
mod keys;
mod login;
mod operate;
mod people;
mod restore;
mod served;
mod stop;
mod store;
mod validate;
mod visitor;
mod words;
