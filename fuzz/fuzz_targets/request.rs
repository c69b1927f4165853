//! See `tests/fuzz/asked.rs`.

#![no_main]

#[path = "../../tests/fuzz/asked.rs"]
mod asked;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| asked::request(bytes));
