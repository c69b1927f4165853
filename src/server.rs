//! The login server: a function of a listener, its state and a shutdown future, so that a test owns
//! all three.
//!
//! [`accept`] carries bytes: connections, their limits and their end. The doors turn requests into
//! calls of the authority and its answers into replies; no rule about tokens, passwords or sessions
//! lives here. axum and hyper are used in this module and nowhere else.

pub mod accept;
mod connection;
mod intake;
mod slots;
mod socket;
