//! `jot keygen`

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use jot::alg;
use jot::chance;
use jot::error::{Code, Error};
use jot::key::file::{self, Access, Draft, Existing};
use jot::key::{self, Form, Key, Part, Seal};
use serde_json::json;

use crate::cli::{KeyFormat, KeygenArgs};
use crate::command::{Context, Ended, input, quoted};

pub(crate) fn run(args: &KeygenArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let ring = settings.keys.folder.join(&settings.keys.name);
    let name = args.out.clone().unwrap_or_else(|| ring.clone());
    let alg = alg::parse(&args.alg)?;
    let passphrase = args
        .passphrase_file
        .as_deref()
        .map(|path| input::secret_file(path, "passphrase"))
        .transpose()?;
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    let form = match (args.format, alg::hash_length(alg) > 0) {
        (None | Some(KeyFormat::Jwk), true) | (Some(KeyFormat::Jwk), false) => Form::Jwk,
        (Some(KeyFormat::Pkcs8) | None, false) => Form::Pkcs8,
        (Some(KeyFormat::Pkcs1), false) => Form::Pkcs1,
        (Some(_), true) => {
            let seen = format!("a secret for {} has no PEM form", alg::name(alg));
            return Err(Error::new(Code::Usage, seen).hint("leave --format out").into());
        }
    };
    let private = with_ending(&name, if form == Form::Jwk { "jwk" } else { "pem" });
    let public = (alg::hash_length(alg) == 0).then(|| with_ending(&name, "pub"));
    if existing == Existing::Keep {
        file::check_free([&private].into_iter().chain(&public).map(PathBuf::as_path))?;
    }
    let key =
        with_spinner(context, || key::generate(alg, args.bits, &mut chance::System::generator()))?;
    let seal = passphrase.as_ref().map(|passphrase| Seal { passphrase, chance: &chance::System });
    let secret = key.write(form, Part::Private, seal.as_ref())?;
    let open = public
        .as_ref()
        .map(|_| {
            key.write(if form == Form::Jwk { Form::Jwk } else { Form::Pkcs8 }, Part::Public, None)
        })
        .transpose()?;
    let mut drafts = vec![Draft { path: &private, bytes: &secret, access: Access::Owner }];
    if let (Some(path), Some(bytes)) = (&public, &open) {
        drafts.push(Draft { path, bytes, access: Access::Everybody });
    }
    file::write(&drafts, existing)?;
    tell(&key, &private, public.as_deref(), context)?;
    if name != ring {
        context.output.note(&format!(
            "this key signs nothing yet: jot signs with {}",
            quoted(&with_ending(&ring, "pem"))
        ));
    } else if args.force {
        context
            .output
            .note("tokens signed with a key that was here before are refused from now on");
    }
    Ok(Ended::Done)
}

fn tell(key: &Key, private: &Path, public: Option<&Path>, context: &Context) -> Result<()> {
    if context.json() {
        _ = context.output.json(&document(key, Some(private), public)?)?;
        return Ok(());
    }
    let mut told =
        format!("{} key {}\nprivate  {}", alg::name(key.alg()), key.kid(), private.display());
    if let Some(public) = public {
        told.push_str(&format!("\npublic   {}", public.display()));
    }
    _ = context.output.result(&told)?;
    Ok(())
}

/// A key as programs read it: never its private part.
pub(super) fn document(
    key: &Key,
    private: Option<&Path>,
    public: Option<&Path>,
) -> Result<serde_json::Value> {
    let jwk = if key.is_symmetric() { None } else { Some(key.jwk(Part::Public)?) };
    Ok(json!({
        "kid": key.kid(), "alg": alg::name(key.alg()), "bits": key.bits(), "state": "active",
        "private": private, "public": public, "jwk": jwk, "thumbprint": key.thumbprint(),
    }))
}

/// A large RSA key takes seconds: on a terminal something moves meanwhile.
fn with_spinner<T>(context: &Context, work: impl FnOnce() -> T) -> T {
    if !context.output.terminals.stderr || context.globals.quiet {
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message("looking for primes");
    spinner.set_style(ProgressStyle::default_spinner());
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let made = work();
    spinner.finish_and_clear();
    made
}

fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(name);
    path.push(".");
    path.push(ending);
    path.into()
}
