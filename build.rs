//! Names the C library first among those that jot is linked with, so that the loader looks there
//! first for what it nearly always finds there: a tenth of the work of `jot decode` was finding
//! the same symbols in two other libraries in vain.

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script the target this way")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu") {
        println!("cargo:rustc-link-lib=dylib=c");
    }
}
