//! The pages for people in a real Chromium, driven by `WebDriver`, against the built `jot serve`. The
//! programs come from Debian; `tests/run` installs them.
#![cfg(test)]

mod attacks;
mod browser;
mod driver;
mod looks;
mod refused;
mod sessions;
mod site;
