//! A certificate that nobody vouches for: made by the server itself, and kept, so that a person who
//! accepted it once is not asked again.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use super::{Files, pair};
use crate::error::{Code, Error, Result};
use crate::key::TooOpen;
use crate::key::file::{Access, Draft, Existing, write};

const DAY: i64 = 86_400;
/// Longer than this Apple's systems take no certificate, whoever accepts it.
const LIFETIME: i64 = 825 * DAY;
/// For clients whose clocks are behind.
const BEFORE: i64 = DAY;
/// A certificate that ends sooner than this is replaced.
const LEAST: i64 = 30 * DAY;

/// A server's own certificate: where it lies, and what it is for.
#[derive(Debug)]
pub struct Own {
    files: Files,
    names: Vec<String>,
}

impl Own {
    /// That in `folder`, for a server that listens on `listening` of the machine named `host`.
    pub fn new(folder: &Path, listening: IpAddr, host: &str) -> Self {
        let files = Files {
            cert: folder.join("tls-self-signed.crt"),
            key: folder.join("tls-self-signed.key"),
            open: TooOpen::Refuse,
        };
        Self { files, names: names(listening, host) }
    }

    /// The names and addresses that it is for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// It, if it is there, is for all of its names and has a month to go.
    pub fn found(&self, now: i64) -> Result<Option<Files>> {
        if !self.files.cert.exists() || !self.files.key.exists() {
            return Ok(None);
        }
        let names: Vec<_> =
            self.names.iter().filter_map(|name| ServerName::try_from(name.as_str()).ok()).collect();
        let serves = pair::read(&self.files)?.serves(&names, now + LEAST);
        Ok(serves.then(|| self.files.clone()))
    }

    /// It, made anew unless it is found.
    pub fn kept(&self, now: i64) -> Result<Files> {
        if let Some(files) = self.found(now)? {
            return Ok(files);
        }
        make(self, now)?;
        Ok(self.files.clone())
    }
}

/// How this machine calls itself, and the address that is listened on. Who listens on all of them is
/// reached by the machine's name.
fn names(listening: IpAddr, host: &str) -> Vec<String> {
    let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    let listening = listening.to_canonical();
    let name = if listening.is_unspecified() { host.to_owned() } else { listening.to_string() };
    if !names.contains(&name) && ServerName::try_from(name.as_str()).is_ok() {
        names.push(name);
    }
    names
}

fn make(Own { files, names }: &Own, now: i64) -> Result<()> {
    let failed = |why: rcgen::Error| {
        Error::new(Code::Failed, format!("no certificate could be made: {why}"))
    };
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let mut params = CertificateParams::new(names.as_slice()).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "jot, self-signed");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let moment = |seconds: i64| {
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds.max(0).unsigned_abs())
    };
    params.not_before = moment(now - BEFORE);
    params.not_after = moment(now - BEFORE + LIFETIME);
    let certificate = params.self_signed(&pair).map_err(failed)?;
    let (cert, key) = (certificate.pem(), Zeroizing::new(pair.serialize_pem()));
    let drafts = [
        Draft { path: &files.key, bytes: key.as_bytes(), access: Access::Owner },
        Draft { path: &files.cert, bytes: cert.as_bytes(), access: Access::Everybody },
    ];
    write(&drafts, Existing::Replace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_for_a_machine_that_is_listened_on_everywhere() {
        let named = |listening: &str, host| names(listening.parse().unwrap(), host)[3..].to_vec();
        assert_eq!(named("0.0.0.0", "box.example"), ["box.example"]);
        assert_eq!(named("::", "box"), ["box"]);
        assert_eq!(named("192.0.2.1", "box"), ["192.0.2.1"]);
        assert_eq!(named("::ffff:192.0.2.1", "box"), ["192.0.2.1"]);
        for (listening, host) in
            [("127.0.0.1", "box"), ("::1", "box"), ("::", "localhost"), ("::", "a box"), ("::", "")]
        {
            assert!(named(listening, host).is_empty(), "{listening} {host}");
        }
    }

    #[test]
    fn it_is_made_for_its_names_and_made_anew_for_others() {
        let folder = tempfile::tempdir().unwrap();
        let own = |host| Own::new(folder.path(), "0.0.0.0".parse().unwrap(), host);
        assert!(own("box").found(0).unwrap().is_none());
        own("box").kept(0).unwrap();
        assert!(own("box").found(0).unwrap().is_some());
        assert!(own("box").found(LIFETIME).unwrap().is_none());
        assert!(own("other").found(0).unwrap().is_none());
        let there = Own::new(folder.path(), "127.0.0.1".parse().unwrap(), "other");
        assert!(there.found(0).unwrap().is_some());
    }
}
