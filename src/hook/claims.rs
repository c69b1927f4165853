//! The command that prints further claims of a user's tokens.

use std::time::Duration;

use crate::authority::outside::ClaimSource;
use crate::claims::grammar::{self, Written};
use crate::error::{Code, Error, Result};
use crate::json::{Json, MAX_DEPTH};
use crate::program::{Limits, Program};

/// Somebody waits for the token, and a token has a limit too.
const LIMITS: Limits = Limits { time: Duration::from_secs(5), output: 16 << 10 };

/// How much of a complaint is told.
const COMPLAINT: usize = 200;

/// A command that gets a user and prints claims.
pub struct ClaimsCommand(Program);

impl ClaimsCommand {
    /// That program.
    pub fn new(program: Program) -> Self {
        Self(program)
    }

    fn failed(&self, why: &str) -> Error {
        Error::new(Code::CommandFailed, format!("the command {} {why}", self.0.name()))
    }
}

impl ClaimSource for ClaimsCommand {
    fn claims(&self, user: &Json) -> Result<Vec<Written>> {
        let said = self.0.run(user.to_string().as_bytes(), &LIMITS)?;
        if !said.status.success() {
            let complaint = String::from_utf8_lossy(said.stderr.trim_ascii());
            let complaint: String = complaint.chars().take(COMPLAINT).collect();
            let told = match complaint.escape_debug().to_string() {
                told if told.is_empty() => told,
                told => format!(": {told}"),
            };
            return Err(self.failed(&format!("failed ({}){told}", said.status)));
        }
        if said.more {
            return Err(self.failed("printed more than 16 KiB"));
        }
        let text = std::str::from_utf8(&said.stdout).ok();
        let json = text.and_then(|text| Json::read(text.trim(), MAX_DEPTH).ok());
        let json = json.ok_or_else(|| self.failed("printed no JSON, an object was expected"))?;
        let members = json.members().ok_or_else(|| {
            self.failed(&format!("printed {}, an object was expected", json.kind()))
        })?;
        if let Some(twice) = json.duplicates().first() {
            let twice = twice.escape_debug();
            return Err(self.failed(&format!("printed the claim \"{twice}\" twice")));
        }
        let written = |(name, value): &(String, Json)| {
            grammar::allow_constant(name)
                .map_err(|error| self.failed(&format!("printed: {error}")))?;
            Ok(Written { path: grammar::parts(name), value: value.clone() })
        };
        members.iter().map(written).collect()
    }
}
