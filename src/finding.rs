//! Findings: what may be wrong with a token or a set-up, told and not refused, each under the rule
//! that says why it matters and what to do.
//!
//! A rule is one row of a table. Not here: what is looked at, which is [`lint`](crate::lint)'s and
//! [`doctor`](crate::doctor)'s matter.

use std::fmt::{self, Write as _};

use crate::error::{Code, Error, Result};
use crate::near::nearest;

pub mod server;
pub mod setup;
pub mod token;

/// How much a finding matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Somebody can get in, or nothing works: a command that finds one fails.
    High,
    /// To be put right soon.
    Medium,
    /// To be put right some time.
    Low,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::Info];

    /// Its name in pages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// What is looked for, under a name that stays.
#[derive(Debug)]
pub struct Rule {
    /// The name: what it is about, and what is wrong with it.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do, where the finding itself does not know better.
    pub remedy: &'static str,
    /// Who says so.
    pub source: &'static str,
}

/// A rule is itself and no other: there is one of each.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Rule {
    /// A finding under this rule.
    pub fn seen(&'static self, seen: impl Into<String>) -> Finding {
        Finding { rule: self, seen: seen.into(), remedy: None }
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule that it is under.
    pub rule: &'static Rule,
    /// What was seen, and where. Never a secret.
    pub seen: String,
    remedy: Option<String>,
}

impl Finding {
    /// The same finding, with what to do in this very case.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// What to do.
    pub fn to_do(&self) -> &str {
        self.remedy.as_deref().unwrap_or(self.rule.remedy)
    }
}

/// On one line, as a warning has it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.remedy {
            Some(remedy) => write!(f, "{}: {remedy}", self.seen),
            None => f.write_str(&self.seen),
        }
    }
}

/// Writes a table of rules: a constant for each row, and the rows as a list.
macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $title:literal;
        why: $why:literal;
        remedy: $remedy:literal;
        source: $source:literal;)*) => {
        $(#[doc = $title]
        pub static $name: Rule = Rule {
            id: $id,
            severity: Severity::$severity,
            title: $title,
            why: $why,
            remedy: $remedy,
            source: $source,
        };)*

        /// Every rule of this table.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

pub(crate) use rules;

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [token::ALL, setup::ALL, server::ALL].concat().into_iter()
}

/// The rule of that name.
pub fn rule(id: &str) -> Result<&'static Rule> {
    all().find(|rule| rule.id == id).ok_or_else(|| {
        let error = Error::new(Code::Usage, format!("there is no rule \"{}\"", id.escape_debug()));
        match nearest(id, all().map(|rule| rule.id)) {
            Some(near) => error.hint(format!("did you mean \"{near}\"?")),
            None => error.hint("jot doctor --explain"),
        }
    })
}

/// All rules as a table in Markdown.
pub fn reference() -> String {
    let mut table = String::from("| rule | severity | what is wrong |\n|---|---|---|\n");
    for Rule { id, severity, title, .. } in all() {
        // Writing to a String cannot fail.
        _ = writeln!(table, "| `{id}` | {} | {title} |", severity.name());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_texts_are_in_the_house_style() {
        let mut ids: Vec<_> = all().map(|rule| rule.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for rule in all() {
            assert!(rule.id.contains('.') && !rule.id.contains(['_', ' ']), "{}", rule.id);
            for text in [rule.title, rule.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", rule.id);
            }
            assert!(rule.why.ends_with('.') && !rule.source.is_empty(), "{}", rule.id);
            assert!(!rule.title.contains('|'), "{}", rule.id);
        }
    }

    #[test]
    fn a_slip_of_the_hand_finds_its_rule() {
        assert_eq!(rule("token.no-exp").unwrap().severity, Severity::High);
        let error = rule("token.no-epx").unwrap_err();
        assert_eq!(error.hint_text(), Some("did you mean \"token.no-exp\"?"));
        assert_eq!(rule("nonsense").unwrap_err().hint_text(), Some("jot doctor --explain"));
    }
}
