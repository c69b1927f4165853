//! How the checks of one token ended: all of them, in the order in which they were made.

use crate::claims::Claims;
use crate::error::{Code, Error, Stage};
use crate::json::Json;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is as expected.
    Pass,
    /// It is not.
    Fail,
    /// It was not asked for, or could not be reached.
    Skipped,
}

impl Status {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// In what way a claim failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is of the wrong type.
    Mistyped,
    /// It is there, and nobody asked for it.
    Unasked,
    /// It is there and not what was expected.
    Other,
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked: a stage's name, or a claim's.
    pub name: String,
    /// The stage it belongs to.
    pub stage: Stage,
    /// How it ended.
    pub status: Status,
    /// In what way it failed.
    pub fault: Option<Fault>,
    /// Why, if it failed.
    pub reason: String,
}

/// All checks of one token.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// In the order in which they were made.
    pub checks: Vec<Check>,
    /// The header, as soon as it could be read.
    pub header: Option<Json>,
    /// The claims, only if the signature is good.
    pub claims: Option<Claims>,
    /// The id of the key that signed.
    pub kid: Option<String>,
}

impl Report {
    /// The failure of the earliest stage; none: the token is valid.
    pub fn failure(&self) -> Option<&Check> {
        self.checks.iter().filter(|c| c.status == Status::Fail).min_by_key(|c| c.stage)
    }

    /// The claims of a token that passed every check, or why it did not.
    pub fn accepted(self) -> Result<Claims, Error> {
        if let Some(failed) = self.failure() {
            return Err(Error::new(Code::Refused(failed.stage), failed.reason.clone()));
        }
        self.claims.ok_or_else(|| Error::new(Code::Failed, "the token was not read"))
    }

    /// Notes a check that passed.
    pub fn pass(&mut self, name: &str, stage: Stage) {
        self.note(name, stage, Status::Pass, None);
    }

    /// Notes a check that failed.
    pub fn fail(&mut self, name: &str, stage: Stage, fault: Fault, reason: impl Into<String>) {
        self.note(name, stage, Status::Fail, Some((fault, reason.into())));
    }

    /// Notes a check that was not made.
    pub fn skip(&mut self, name: &str, stage: Stage) {
        self.note(name, stage, Status::Skipped, None);
    }

    fn note(&mut self, name: &str, stage: Stage, status: Status, why: Option<(Fault, String)>) {
        let (fault, reason) = why.unzip();
        let reason = reason.unwrap_or_default();
        self.checks.push(Check { name: name.to_owned(), stage, status, fault, reason });
    }

    /// Notes that `claim` is as it should be, or how it is not.
    pub(super) fn judge(&mut self, claim: &str, stage: Stage, problem: Option<(Fault, String)>) {
        match problem {
            None => self.pass(claim, stage),
            Some((fault, reason)) => self.fail(claim, stage, fault, reason),
        }
    }
}
