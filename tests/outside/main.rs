//! `jot` beside programs that nobody here wrote: PyJWT, joserfc, latchset's `jose`, OpenSSL, Django, and
//! the two libraries it takes over from, run for real. `tests/run` installs them.
#![cfg(test)]

mod django;
mod djwto;
mod jose;
mod mutated;
mod ninja;
mod openssl;
mod program;
mod shape;
mod signature;
mod token;
