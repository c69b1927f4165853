//! `jot key export`

use std::path::PathBuf;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jot::chance;
use jot::error::Error;
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::ring::{Ring, State};
use jot::key::{Form, Part, Seal};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::{ExportForm, KeyExportArgs};
use crate::command::key::{Named, named, one, read};
use crate::command::{Context, Ended, input};
use crate::output::escape;

pub(super) fn run(args: &KeyExportArgs, context: &Context) -> Result<Ended> {
    let part = if args.private { Part::Private } else { Part::Public };
    let form = match args.format {
        ExportForm::Jwk => Form::Jwk,
        ExportForm::Jwks => Form::Jwks,
        ExportForm::Pem => Form::Pkcs8,
        ExportForm::Pkcs1 => Form::Pkcs1,
        ExportForm::Sec1 => Form::Sec1,
        ExportForm::Der => Form::Der,
    };
    let secret_file = |path: &PathBuf| input::secret_file(path, "passphrase");
    let passphrase = args.new_passphrase_file.as_ref().map(secret_file).transpose()?;
    let seal = passphrase.as_ref().map(|passphrase| Seal { passphrase, chance: &chance::System });
    let bytes = match &args.key {
        None => {
            let ring = context.ring(&context.settings(&[])?, part)?;
            of_ring(&ring, (form, part, seal.as_ref()), context.now())?
        }
        Some(word) => match named(word, part, context)? {
            Named::File(path) => {
                one(read(&path, &args.reading)?.keys, &path)?.write(form, part, seal.as_ref())?
            }
            Named::Entry(entry) => entry.key.write(form, part, seal.as_ref())?,
        },
    };
    match &args.out {
        Some(path) => {
            let access = if args.private { Access::Owner } else { Access::Everybody };
            file::write(&[Draft { path, bytes: &bytes, access }], Existing::Keep)?;
            let told = || format!("written {}", escape(&path.display().to_string()));
            Ok(context.output.answer(|| json!({"written": path}), told)?.into())
        }
        None if context.json() => Ok(context.output.json(&document_of(&bytes, form)?)?.into()),
        None => Ok(context.output.bytes(&bytes)?.into()),
    }
}

/// An exported key as programs read it: a JWK or JWKS as it is, a PEM as text, DER in base64.
fn document_of(bytes: &[u8], form: Form) -> Result<Value> {
    let text = std::str::from_utf8(bytes).ok();
    match (form, text) {
        (Form::Jwk | Form::Jwks, Some(text)) => Ok(serde_json::from_str(text)?),
        (_, Some(text)) => Ok(json!({"pem": text})),
        (_, None) => Ok(json!({"der": STANDARD.encode(bytes)})),
    }
}

/// The key that signs; as a public JWKS, all that verify.
fn of_ring(
    ring: &Ring,
    (form, part, seal): (Form, Part, Option<&Seal<'_>>),
    now: i64,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if form == Form::Jwks && part == Part::Public {
        return Ok(Zeroizing::new(format!("{}\n", ring.jwks(now)?).into_bytes()));
    }
    // To show the public half nobody needs the private one.
    let active = ring.entries().iter().find(|entry| entry.times.state(now) == State::Active);
    match active.filter(|_| part == Part::Public) {
        Some(entry) => entry.key.write(form, part, None),
        None => ring.signing(now)?.write(form, part, seal),
    }
}
