//! See `tests/fuzz/targets.rs`.

#![no_main]

use std::sync::LazyLock;

#[path = "../../tests/fuzz/targets.rs"]
#[allow(dead_code)]
mod targets;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::settings(bytes, FOLDER.path()));
