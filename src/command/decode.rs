//! `jot decode`: shows what a token says, and that nobody has checked it.

use jot::reading::{Part, Reading};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::cli::DecodeArgs;
use crate::command::{Context, Ended, page, pasted};

/// Shows the token.
pub(crate) fn run(args: &DecodeArgs, context: &Context) -> anyhow::Result<Ended> {
    let hint = "paste a token behind the command: jot decode TOKEN";
    let reading = pasted::read(&args.token, hint)?;
    let output = &context.output;
    let page = || page::page(&reading, output, context.now());
    Ok(output.answer(|| Document(&reading), page)?.into())
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
