//! Lists and batches: results that go out one by one.

use std::io::{BufWriter, StdoutLock, Write};

use jot::error::Result;
use serde::Serialize;

use super::{Format, Outcome, as_line, written};

/// Results that go out as they come, in constant memory.
pub(crate) struct Lines {
    pub(super) out: BufWriter<StdoutLock<'static>>,
    pub(super) format: Format,
}

impl Lines {
    /// One JSON document.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<Outcome> {
        self.text(&as_line(value)?)
    }

    /// One line of text, its parts from outside escaped already.
    pub(crate) fn text(&mut self, line: &str) -> Result<Outcome> {
        written(self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n")))
    }

    /// One result in the form that was asked for.
    pub(crate) fn answer<D: Serialize>(
        &mut self,
        document: impl FnOnce() -> D,
        line: impl FnOnce() -> String,
    ) -> Result<Outcome> {
        match self.format {
            Format::Json => self.json(&document()),
            Format::Text => self.text(&line()),
        }
    }

    /// The names of the columns, for people.
    pub(crate) fn heading(&mut self, line: &str) -> Result<Outcome> {
        match self.format {
            Format::Json => Ok(Outcome::Written),
            Format::Text => self.text(line),
        }
    }

    /// Sends what is left.
    pub(crate) fn finish(mut self) -> Result<Outcome> {
        written(self.out.flush())
    }
}
