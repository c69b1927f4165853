//! The voice: results on stdout, all else on stderr, in text or in JSON.
//!
//! What came from outside is escaped before a person sees it, so that no claim can move a cursor
//! or turn a line around. A reader that went away ends the work quietly.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::ops::ControlFlow;

use colored::Colorize;
use jot::error::{Code, Error, Result};
use serde::Serialize;

mod escape;
mod lines;

pub(crate) use escape::{escape, escape_json};
pub(crate) use lines::Lines;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one compact document on one line.
    Json,
}

/// Whether a result went out.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did.
    Written,
    /// The reader went away: nothing more is wanted, and nothing is wrong.
    Closed,
}

/// A list goes on as long as somebody reads it.
impl From<Outcome> for ControlFlow<()> {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Written => Self::Continue(()),
            Outcome::Closed => Self::Break(()),
        }
    }
}

/// Which of the streams a person looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminals {
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

/// Where a command says what it has to say.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) terminals: Terminals,
}

/// What a text is, for its colour.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ink {
    /// A heading.
    Title,
    /// Beside the point.
    Faint,
    /// To be noticed.
    Alert,
}

#[expect(clippy::unused_self, reason = "all that a command says goes through its Output")]
impl Output {
    /// An output on the streams of this process.
    pub(crate) fn new(format: Format, quiet: bool, verbose: bool) -> Self {
        let stdout = io::stdout().is_terminal();
        let terminals = Terminals { stdout, stderr: io::stderr().is_terminal() };
        Self { format, quiet, verbose, terminals }
    }

    /// Writes a result for people. Its parts from outside are [`escape`]d already.
    pub(crate) fn result(&self, text: &str) -> Result<Outcome> {
        written(write_line(&mut io::stdout().lock(), text.trim_end_matches('\n')))
    }

    /// Writes a result for programs.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<Outcome> {
        written(write_line(&mut io::stdout().lock(), &as_line(value)?))
    }

    /// Writes a result in the form that was asked for.
    pub(crate) fn answer<D: Serialize>(
        &self,
        document: impl FnOnce() -> D,
        page: impl FnOnce() -> String,
    ) -> Result<Outcome> {
        match self.format {
            Format::Json => self.json(&document()),
            Format::Text => self.result(&page()),
        }
    }

    /// Writes bytes as they are: a key, a script.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<Outcome> {
        let mut out = io::stdout().lock();
        written(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// Writes many results, one on a line.
    pub(crate) fn lines(&self) -> Lines {
        Lines { out: BufWriter::new(io::stdout().lock()), format: self.format }
    }

    /// Says on stderr, bare, what a script waits for.
    pub(crate) fn line(&self, text: &str) {
        self.say("", text);
    }

    /// Tells the failure of one line of a batch: among the results in JSON, else on stderr.
    pub(crate) fn failed_line(
        &self,
        lines: &mut Lines,
        number: usize,
        error: &Error,
    ) -> Result<Outcome> {
        let message = format!("line {number}: {error}");
        if self.format == Format::Json {
            let code = error.code();
            let hint = error.hint_text();
            let described =
                Described { code: code.name(), exit: code.exit(), message: &message, hint };
            return lines.json(&Failure { error: described });
        }
        self.say(&self.on_stderr("jot: error: "), &message);
        Ok(Outcome::Written)
    }

    /// Says what is worth knowing; not under `--quiet`.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say("jot: note: ", text);
        }
    }

    /// Says what was used; only under `--verbose`.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.say("jot: ", text);
        }
    }

    /// Says what to do next.
    pub(crate) fn hint(&self, text: &str) {
        if !self.quiet {
            self.say("hint: ", text);
        }
    }

    /// Says what may be wrong.
    pub(crate) fn warn(&self, text: &str) {
        self.say(&self.on_stderr("jot: warning: "), text);
    }

    /// Tells a failure and answers the exit code.
    pub(crate) fn error(&self, failure: &anyhow::Error) -> u8 {
        let known = failure.chain().find_map(|cause| cause.downcast_ref::<Error>());
        let code = known.map_or(Code::Failed, Error::code);
        let hint = known.and_then(Error::hint_text);
        let message = format!("{failure:#}");
        let document = Failure {
            error: Described { code: code.name(), exit: code.exit(), message: &message, hint },
        };
        // A full disk under stdout leaves stderr to say so.
        if self.format == Format::Text || self.json(&document).is_err() {
            self.say(&self.on_stderr("jot: error: "), &message);
            if let Some(hint) = hint {
                self.say("hint: ", hint);
            }
        }
        code.exit()
    }

    /// The text in its colour, where stdout has colours.
    pub(crate) fn paint(&self, ink: Ink, text: &str) -> String {
        if self.format == Format::Json || !self.has_colour() {
            return text.to_owned();
        }
        match ink {
            Ink::Title => text.bold().to_string(),
            Ink::Faint => text.dimmed().to_string(),
            Ink::Alert => text.yellow().to_string(),
        }
    }

    /// `colored` knows the terminal, `NO_COLOR` and `CLICOLOR_FORCE`.
    fn has_colour(&self) -> bool {
        colored::control::SHOULD_COLORIZE.should_colorize()
    }

    /// Colour on stderr: where it is a terminal too, or where colour is forced.
    fn on_stderr(&self, label: &str) -> String {
        let shown = self.terminals.stderr || !self.terminals.stdout;
        if shown && self.format == Format::Text && self.has_colour() {
            return label.red().bold().to_string();
        }
        label.to_owned()
    }

    /// One line on stderr; nobody can be told when that fails.
    fn say(&self, label: &str, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{label}{}", escape(text));
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    error: Described<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    code: &'static str,
    exit: u8,
    message: &'a str,
    hint: Option<&'a str>,
}

fn as_line(value: &impl Serialize) -> Result<String> {
    let line = serde_json::to_string(value)
        .map_err(|e| Error::new(Code::Failed, format!("cannot write the answer as JSON: {e}")))?;
    Ok(escape_json(&line).into_owned())
}

fn write_line(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

fn written(result: io::Result<()>) -> Result<Outcome> {
    match result {
        Ok(()) => Ok(Outcome::Written),
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Closed),
        Err(e) => Err(Error::new(Code::Failed, format!("cannot write to standard output: {e}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        assert_eq!(written(Err(ErrorKind::BrokenPipe.into())).unwrap(), Outcome::Closed);
        let full = written(Err(ErrorKind::StorageFull.into())).unwrap_err();
        assert_eq!(full.code().exit(), 1);
    }
}
