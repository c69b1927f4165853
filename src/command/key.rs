//! `jot key`

use std::path::Path;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jot::alg;
use jot::error::{Code, Error};
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::ring::{Entry, Ring};
use jot::key::{self, Form, Key, Part, TooOpen, Wanted};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::{ExportForm, KeyAction, KeyExportArgs, KeyReading, KeyShowArgs};
use crate::command::keygen::document;
use crate::command::list::row;
use crate::command::{Context, Ended, input, quoted};
use crate::output::{Outcome, escape};

pub(crate) fn run(action: &KeyAction, context: &Context) -> Result<Ended> {
    match action {
        KeyAction::Show(args) => show(args, context),
        KeyAction::Export(args) => export(args, context),
    }
}

fn show(args: &KeyShowArgs, context: &Context) -> Result<Ended> {
    if let Some(path) = &args.file {
        let set = read(path, &args.reading)?;
        let private = set.keys.iter().any(Key::is_private).then_some(path.as_path());
        for key in &set.keys {
            let public = if private.is_some() { None } else { Some(path.as_path()) };
            _ = tell(key, None, (private, public), context)?;
        }
        for aside in &set.set_aside {
            let kid = aside.kid.as_deref().unwrap_or("without an id");
            context.output.note(&format!("set aside the key {kid}: {}", aside.reason));
        }
        return Ok(Ended::Done);
    }
    let settings = context.settings(&[])?;
    let ring = context.ring(&settings, Part::Private)?;
    for Entry { key, times, private, public } in ring.entries() {
        let state = times.state(context.now()).name();
        _ = tell(key, Some(state), (private.as_deref(), public.as_deref()), context)?;
    }
    Ok(Ended::Done)
}

fn export(args: &KeyExportArgs, context: &Context) -> Result<Ended> {
    let part = if args.private { Part::Private } else { Part::Public };
    let form = match args.format {
        ExportForm::Jwk => Form::Jwk,
        ExportForm::Jwks => Form::Jwks,
        ExportForm::Pem => Form::Pkcs8,
        ExportForm::Pkcs1 => Form::Pkcs1,
        ExportForm::Der => Form::Der,
    };
    let bytes = if let Some(path) = &args.file {
        one(read(path, &args.reading)?.keys, path)?.write(form, part, None)?
    } else {
        of_ring(&context.ring(&context.settings(&[])?, part)?, form, part, context.now())?
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
fn of_ring(ring: &Ring, form: Form, part: Part, now: i64) -> Result<Zeroizing<Vec<u8>>, Error> {
    if form == Form::Jwks && part == Part::Public {
        return Ok(Zeroizing::new(format!("{}\n", ring.jwks(now)?).into_bytes()));
    }
    match part {
        Part::Private => ring.signing(now)?.write(form, part, None),
        // To show the public half nobody needs the private one.
        Part::Public => match ring.verifying(now).first() {
            Some(key) => key.write(form, part, None),
            None => ring.signing(now)?.write(form, part, None),
        },
    }
}

fn read(path: &Path, reading: &KeyReading) -> Result<key::KeySet> {
    let algs = reading.alg.iter().map(|name| alg::parse(name)).collect::<Result<Vec<_>, _>>()?;
    let passphrase = || match &reading.passphrase_file {
        Some(file) => input::secret_file(file, "passphrase"),
        None => input::passphrase("Passphrase"),
    };
    let open = if reading.allow_open_key { TooOpen::Accept } else { TooOpen::Refuse };
    Ok(key::read_file(path, &Wanted { algs: &algs, passphrase: Some(&passphrase) }, open)?)
}

fn one(mut keys: Vec<Key>, path: &Path) -> Result<Key, Error> {
    match (keys.len(), keys.pop()) {
        (1, Some(key)) => Ok(key),
        (seen, _) => Err(Error::new(
            Code::Usage,
            format!("{} holds {seen} keys, one was expected", quoted(path)),
        )),
    }
}

fn tell(
    key: &Key,
    state: Option<&str>,
    (private, public): (Option<&Path>, Option<&Path>),
    context: &Context,
) -> Result<Outcome> {
    let document = document(key, state, (private, public))?;
    let shown =
        |path: Option<&Path>| path.map(|path| path.display().to_string()).unwrap_or_default();
    let page = [
        ("alg", alg::name(key.alg()).to_owned()),
        ("key", key.description()),
        ("kid", key.kid().to_owned()),
        ("thumbprint", key.thumbprint().to_owned()),
        ("state", state.unwrap_or("not in the ring").to_owned()),
        ("private", shown(private)),
        ("public", shown(public)),
    ];
    let page = || page.map(|(name, value)| row(&[(name, 10), (&value, 0)])).join("\n");
    Ok(context.output.answer(|| document, page)?)
}
