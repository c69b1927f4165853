//! What somebody pasted behind a command: one token, with whatever stands around it.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use jot::error::{Code, Error, Result};
use jot::reading::{self, Reading};

use crate::command::quoted;

/// The token in the words of a command line, in stdin for "-" or none, in the file of "@FILE"; the
/// hint is for whoever gave none.
pub(crate) fn read(words: &[String], hint: &str) -> Result<Reading> {
    if words.iter().filter(|word| word.matches('.').count() >= 2).count() > 1 {
        return Err(Error::new(Code::Usage, "several tokens, and one is read at a time"));
    }
    let pasted = words.join(" ");
    let pasted = (!words.is_empty()).then_some(pasted.as_str());
    match pasted {
        None if io::stdin().is_terminal() => Err(no_token(hint)),
        None | Some("-") => reading::read(&read_all(io::stdin().lock(), "standard input")?),
        Some(token) => match token.strip_prefix('@') {
            Some(path) => reading::read(&read_file(path)?),
            None => reading::read(token.as_bytes()),
        },
    }
}

fn no_token(hint: &str) -> Error {
    Error::new(Code::Usage, "no token: expected TOKEN, - for standard input, or @FILE").hint(hint)
}

fn read_file(path: &str) -> Result<Vec<u8>> {
    let name = quoted(path.as_ref());
    read_all(File::open(path).map_err(|error| unreadable(&name, &error))?, &name)
}

/// One byte more than is read, so that a longer input is known for what it is.
fn read_all(from: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(reading::MAX_INPUT).map_or(u64::MAX, |most| most + 1);
    from.take(limit).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    Ok(bytes)
}

fn unreadable(name: &str, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot read {name}: {why}"))
}
