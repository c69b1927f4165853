//! What commands read: tokens and ids from arguments or stdin, secrets from a prompt, a file, a
//! variable or stdin, never from an argument.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use dialoguer::Input;
use jot::error::{Code, Error, Result};
use jot::settings::Surroundings;
use zeroize::Zeroizing;

use crate::cli::PasswordArgs;
use crate::command::{quoted, secret};

/// The longest secret or line that is read, in bytes.
const MAX_SECRET: u64 = 64 * 1024;
/// The most that is read from stdin or a file of claims, in bytes.
const MAX_INPUT: u64 = 64 * 1024 * 1024;

/// The words given, with the lines of stdin in the place of "-" and of a file in the place
/// of "@FILE", as people paste them: with white
/// space around or a "Bearer" before. At least one.
pub(crate) fn words(given: &[String], what: &str) -> Result<Vec<String>> {
    let piped = ["-".to_owned()];
    let given = match given {
        [] if io::stdin().is_terminal() => {
            return Err(Error::new(
                Code::Usage,
                format!("no {what}: expected one, or - for standard input"),
            ));
        }
        [] => &piped,
        given => given,
    };
    let mut words = Vec::new();
    for word in given {
        let text = match word.strip_prefix('@') {
            Some(path) => Some(text(path.as_ref())?),
            None if word == "-" => Some(text(Path::new("-"))?),
            None => None,
        };
        if let Some(text) = text {
            words.extend(text.lines().map(bare).filter(|line| !line.is_empty()).map(str::to_owned));
        } else {
            words.push(bare(word).to_owned());
        }
    }
    if words.is_empty() {
        return Err(Error::new(Code::Usage, format!("standard input holds no {what}")));
    }
    Ok(words)
}

fn bare(word: &str) -> &str {
    let word = word.trim();
    match word.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim(),
        _ => word,
    }
}

/// One word, from stdin for "-".
pub(crate) fn word(given: &str, what: &str) -> Result<String> {
    let mut words = words(&[given.to_owned()], what)?;
    match (words.len(), words.pop()) {
        (1, Some(word)) => Ok(word),
        (seen, _) => Err(Error::new(
            Code::Usage,
            format!("standard input holds {seen} lines, one {what} was expected"),
        )),
    }
}

/// The text of a file, "-" for stdin.
pub(crate) fn text(path: &Path) -> Result<String> {
    if path == Path::new("-") {
        return read_text(io::stdin().lock(), "standard input");
    }
    let name = quoted(path);
    let file = File::open(path)
        .map_err(|e| Error::new(Code::Failed, format!("{name} cannot be read: {e}")))?;
    read_text(file, &name)
}

/// The first line of a file that holds a secret.
pub(crate) fn secret_file(path: &Path, what: &str) -> Result<Zeroizing<String>> {
    let unreadable = |e: io::Error| {
        Error::new(Code::Failed, format!("the {what} file {} cannot be read: {e}", quoted(path)))
    };
    first_line(File::open(path).map_err(unreadable)?, what)
}

/// A passphrase, asked for on a terminal.
pub(crate) fn passphrase(prompt: &str) -> Result<Zeroizing<String>> {
    if !is_interactive() {
        return Err(Error::new(
            Code::KeyUnreadable,
            "the private key is encrypted and there is no passphrase",
        )
        .hint("set keys.passphrase_file, or add --passphrase-file FILE where the command has it"));
    }
    secret::ask(prompt)
}

/// A new password: from where the flags say, else asked for twice on a terminal.
pub(crate) fn new_password(
    args: &PasswordArgs,
    surroundings: &Surroundings,
) -> Result<Zeroizing<String>> {
    if args.password_stdin {
        return first_line(io::stdin().lock(), "password");
    }
    if let Some(path) = &args.password_file {
        return secret_file(path, "password");
    }
    if let Some(name) = &args.password_env {
        let value = surroundings.variable(name).filter(|value| !value.is_empty());
        return value.map(|value| Zeroizing::new(value.to_owned())).ok_or_else(|| {
            Error::new(
                Code::Usage,
                format!("the environment variable {} is not set", name.escape_debug()),
            )
        });
    }
    if !is_interactive() {
        return Err(Error::new(Code::Usage, "there is no terminal to ask for the password on")
            .hint("add --password-stdin, --password-file FILE or --password-env VARIABLE"));
    }
    password_twice()
}

/// A password, asked for twice on a terminal.
pub(crate) fn password_twice() -> Result<Zeroizing<String>> {
    secret::ask_twice("Password", "Again")
}

/// Whether somebody can be asked: prompts are written to stderr and read from stdin.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A yes to a question; without a terminal, the flag must say it.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    if !is_interactive() {
        return Err(Error::new(
            Code::Usage,
            "this asks before it is done, and there is no terminal to ask on",
        )
        .hint("add --yes"));
    }
    let answer = line(&format!("{question} [y/N]"), |_| Ok(()))?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// A line typed at a terminal, asked for again until it is fit. It may be empty.
pub(crate) fn line(
    prompt: &str,
    fit: impl Fn(&String) -> std::result::Result<(), String>,
) -> Result<String> {
    let input = Input::new().with_prompt(prompt).allow_empty(true).validate_with(fit);
    input
        .interact_text()
        .map_err(|e| Error::new(Code::Failed, format!("the question was not answered: {e}")))
}

fn first_line(from: impl Read, what: &str) -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = io::BufReader::new(from.take(MAX_SECRET)).read_until(b'\n', &mut bytes);
    let failed = |e: io::Error| Error::new(Code::Failed, format!("the {what} cannot be read: {e}"));
    read.map_err(failed)?;
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line)
        .map_err(|_| Error::new(Code::Usage, format!("the {what} is not UTF-8")))?;
    if text.is_empty() {
        return Err(Error::new(Code::Usage, format!("the {what} is empty")));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

fn read_text(from: impl Read, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let failed = |e: io::Error| Error::new(Code::Failed, format!("{name} cannot be read: {e}"));
    from.take(MAX_INPUT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_INPUT {
        return Err(Error::new(Code::Usage, format!("{name} holds more than {MAX_INPUT} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| Error::new(Code::Usage, format!("{name} is not UTF-8")))
}
