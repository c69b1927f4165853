//! See `tests/fuzz/targets.rs`.

#![no_main]

use std::sync::LazyLock;

#[path = "../../tests/fuzz/targets.rs"]
#[expect(dead_code, reason = "each fuzzer feeds one of them")]
mod targets;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::settings(bytes, FOLDER.path()));
