//! Everything that is true of JSON Web Tokens whoever asks.
pub mod alg;
pub mod chance;
pub mod clock;
pub mod error;
pub mod json;
pub mod revocation;
pub mod session;
pub mod settings;
pub mod store;
pub mod time;
pub mod user;
