//! A secret typed at a terminal: nothing of it is shown, and an interrupt at the question leaves
//! the terminal as it was. dialoguer's own prompt would leave it without its echo.

use std::io::{Error as IoError, ErrorKind, stdin};

use dialoguer::console::{Key, Term};
use jot::error::{Code, Error, Result};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Room for what a person types, so that no copy of it is left where it grew out of.
const ROOM: usize = 4096;

/// Asks for a secret.
pub(super) fn ask(prompt: &str) -> Result<Zeroizing<String>> {
    let term = Term::stderr();
    let silence = Silence::begin()?;
    let typed = term.write_str(&format!("{prompt}: ")).and_then(|()| read(&term));
    drop(silence);
    _ = term.write_line("");
    typed.map_err(|e| Error::new(Code::Failed, format!("the question was not answered: {e}")))
}

/// Asks twice, until both are the same.
pub(super) fn ask_twice(prompt: &str, again: &str) -> Result<Zeroizing<String>> {
    loop {
        let typed = ask(prompt)?;
        if *typed == *ask(again)? {
            return Ok(typed);
        }
        _ = Term::stderr().write_line("These were not the same.");
    }
}

/// Reads up to the end of the line, with the keys that a terminal has for corrections.
fn read(term: &Term) -> Result<Zeroizing<String>, IoError> {
    let mut typed = Zeroizing::new(String::with_capacity(ROOM));
    loop {
        match term.read_key_raw()? {
            Key::Enter => return Ok(typed),
            Key::CtrlC => return Err(IoError::new(ErrorKind::Interrupted, "interrupted")),
            Key::Char('\u{4}') if typed.is_empty() => return Err(ErrorKind::UnexpectedEof.into()),
            Key::Char('\u{15}') => typed.clear(),
            Key::Char(c) if !c.is_control() && typed.len() < ROOM => typed.push(c),
            Key::Backspace => _ = typed.pop(),
            _ => (),
        }
    }
}

/// A terminal that shows nothing and sends no signals, until this is dropped.
struct Silence {
    before: Termios,
}

impl Silence {
    fn begin() -> Result<Self> {
        let failed = |e: Errno| {
            let seen = format!("the terminal cannot be kept from showing what is typed: {e}");
            Error::new(Code::Failed, seen)
        };
        let before = tcgetattr(stdin()).map_err(failed)?;
        let mut silent = before.clone();
        silent.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(stdin(), OptionalActions::Now, &silent).map_err(failed)?;
        Ok(Self { before })
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
    }
}
