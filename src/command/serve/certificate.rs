//! The certificate of a server: opened for the start and for the check, and looked at by the doctor.

use std::path::Path;

use jot::clock::System;
use jot::error::Error;
use jot::finding::{Finding, server as rules};
use jot::key::TooOpen;
use jot::server::tls::own::Own;
use jot::server::tls::{Files, Tls};
use jot::settings::Settings;

use super::prepare::Purpose;
use crate::command::quoted;

/// What may be wrong with it.
pub(crate) fn look(settings: &Settings, now: i64) -> Option<Finding> {
    match open(settings, Purpose::Check, now, &mut Vec::new()) {
        Ok(tls) => tls.as_ref().and_then(untimely),
        Err(error) => {
            let finding = rules::CERTIFICATE.seen(error.to_string());
            Some(match error.hint_text() {
                Some(hint) => finding.remedy(hint),
                None => finding,
            })
        }
    }
}

/// Why clients will refuse it today, if its dates say so.
pub(super) fn untimely(tls: &Tls) -> Option<Finding> {
    tls.untimely().map(|why| rules::UNTIMELY.seen(why))
}

/// The certificate that the settings name, or the server's own; none where it speaks plain HTTP. A
/// check makes nothing.
pub(super) fn open(
    settings: &Settings,
    purpose: Purpose,
    now: i64,
    notes: &mut Vec<String>,
) -> Result<Option<Tls>, Error> {
    let server = &settings.server;
    let open = if settings.keys.allow_open { TooOpen::Accept } else { TooOpen::Refuse };
    let clock = Box::new(System);
    if let (Some(cert), Some(key)) = (server.tls_cert.clone(), server.tls_key.clone()) {
        return Tls::open(Files { cert, key, open }, clock).map(Some);
    }
    if !server.tls_self_signed {
        return Ok(None);
    }
    // Beside the store: where that is, the server may write.
    let folder = settings.store.url.parent().unwrap_or(Path::new(""));
    let machine = rustix::system::uname();
    let own = Own::new(folder, server.listen.ip(), &machine.nodename().to_string_lossy());
    let found = if purpose == Purpose::Check { own.found(now)? } else { Some(own.kept(now)?) };
    let Some((files, covered)) = found else {
        let named = listed(&own.names());
        let lacking = format!("there is no self-signed certificate for {named} yet");
        notes.push(format!("{lacking}, the server makes it when it starts"));
        return Ok(None);
    };
    let (cert, named) = (quoted(&files.cert), listed(&covered));
    let tls = Tls::open(files, clock)?;
    let seen = tls.fingerprint();
    notes.push(format!(
        "the certificate {cert} is self-signed for {named}, its SHA-256 fingerprint is {seen}"
    ));
    Ok(Some(tls))
}

/// Names as a sentence has them.
fn listed(names: &[String]) -> String {
    match names {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        names => names.concat(),
    }
}
