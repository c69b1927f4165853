//! `jot decode`: shows what a token says, and that nobody has checked it.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use jot::error::{Code, Error, Result};
use jot::reading::{self, Part, Reading};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::cli::DecodeArgs;
use crate::command::{Context, Ended, page};

/// Shows the token.
pub(crate) fn run(args: &DecodeArgs, context: &Context) -> anyhow::Result<Ended> {
    if args.token.iter().filter(|word| word.matches('.').count() >= 2).count() > 1 {
        return Err(Error::new(Code::Usage, "several tokens, and one is shown at a time").into());
    }
    let pasted = args.token.join(" ");
    let pasted = (!args.token.is_empty()).then_some(pasted.as_str());
    let reading = match pasted {
        None if io::stdin().is_terminal() => Err(no_token()),
        None | Some("-") => reading::read(&read_all(io::stdin().lock(), "standard input")?),
        Some(token) => match token.strip_prefix('@') {
            Some(path) => reading::read(&read_file(path)?),
            None => reading::read(token.as_bytes()),
        },
    }?;
    let output = &context.output;
    let page = || page::page(&reading, output, context.now());
    Ok(output.answer(|| Document(&reading), page)?.into())
}

fn no_token() -> Error {
    Error::new(Code::Usage, "no token: expected TOKEN, - for standard input, or @FILE")
        .hint("paste a token behind the command: jot decode TOKEN")
}

fn read_file(path: &str) -> Result<Vec<u8>> {
    let file =
        File::open(path).map_err(|e| unreadable(&format!("\"{}\"", path.escape_debug()), &e))?;
    read_all(file, &format!("\"{}\"", path.escape_debug()))
}

/// One byte more than is read, so that a longer input is known for what it is.
fn read_all(from: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(reading::MAX_INPUT).map_or(u64::MAX, |most| most + 1);
    from.take(limit).read_to_end(&mut bytes).map_err(|e| unreadable(name, &e))?;
    Ok(bytes)
}

fn unreadable(name: &str, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot read {name}: {why}"))
}

/// The reading as `--json` shows it.
struct Document<'a>(&'a Reading);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Reading", 5)?;
        document.serialize_field("header", &Shown(&self.0.header))?;
        document.serialize_field("claims", &Shown(&self.0.claims))?;
        document.serialize_field("signature_checked", &false)?;
        document.serialize_field("duplicates", &self.0.duplicates)?;
        document.serialize_field("notes", &self.0.notes)?;
        document.end()
    }
}

/// A part as JSON: what is none stands as a string, bytes in hex.
struct Shown<'a>(&'a Part);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Part::Json(json) => json.serialize(serializer),
            Part::Text(text) => serializer.serialize_str(text),
            Part::Bytes(bytes) => serializer.serialize_str(&page::hex(bytes)),
            Part::Encrypted | Part::Absent => serializer.serialize_none(),
        }
    }
}
