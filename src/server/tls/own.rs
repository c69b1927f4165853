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

/// How a machine calls itself, wherever it listens.
const ALWAYS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

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
    /// What it must be for.
    names: Vec<String>,
    /// How the machine is called just now, where that is worth having too. It may be another name
    /// tomorrow, for which nobody is to accept another certificate.
    host: Option<String>,
}

impl Own {
    /// That in `folder`, for a server that listens on `listening` of the machine named `host`.
    pub fn new(folder: &Path, listening: IpAddr, host: &str) -> Self {
        let files = Files {
            cert: folder.join("tls-self-signed.crt"),
            key: folder.join("tls-self-signed.key"),
            open: TooOpen::Refuse,
        };
        let host = Some(host.to_owned()).filter(|host| {
            listening.to_canonical().is_unspecified()
                && !ALWAYS.contains(&host.as_str())
                && ServerName::try_from(host.as_str()).is_ok()
        });
        Self { files, names: names(listening), host }
    }

    /// The names and addresses that one made today is for.
    pub fn names(&self) -> Vec<String> {
        self.names.iter().chain(&self.host).cloned().collect()
    }

    /// It, with those of the names that it is for, if it is there, is for all that it must be for and
    /// has a month to go.
    pub fn found(&self, now: i64) -> Result<Option<(Files, Vec<String>)>> {
        if !self.files.cert.exists() || !self.files.key.exists() {
            return Ok(None);
        }
        let pair = pair::read(&self.files)?;
        let serves = |name: &String| {
            ServerName::try_from(name.as_str()).is_ok_and(|name| pair.serves(&[name], now + LEAST))
        };
        let names = self.names().into_iter().filter(&serves).collect();
        Ok(self.names.iter().all(serves).then(|| (self.files.clone(), names)))
    }

    /// It, made anew unless it is found.
    pub fn kept(&self, now: i64) -> Result<(Files, Vec<String>)> {
        if let Some(found) = self.found(now)? {
            return Ok(found);
        }
        make(self, now)?;
        Ok((self.files.clone(), self.names()))
    }
}

/// How every machine calls itself, and the address that is listened on.
fn names(listening: IpAddr) -> Vec<String> {
    let listening = listening.to_canonical();
    let other = (!listening.is_unspecified()).then(|| listening.to_string());
    let other = other.filter(|other| !ALWAYS.contains(&other.as_str()));
    ALWAYS.map(str::to_owned).into_iter().chain(other).collect()
}

fn make(own: &Own, now: i64) -> Result<()> {
    let failed = |why: rcgen::Error| {
        Error::new(Code::Failed, format!("no certificate could be made: {why}"))
    };
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let mut params = CertificateParams::new(own.names()).map_err(failed)?;
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
        Draft { path: &own.files.key, bytes: key.as_bytes(), access: Access::Owner },
        Draft { path: &own.files.cert, bytes: cert.as_bytes(), access: Access::Everybody },
    ];
    write(&drafts, Existing::Replace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_for_a_machine_that_is_listened_on_everywhere() {
        let named = |listening: &str, host| {
            Own::new(Path::new(""), listening.parse().unwrap(), host).names()[3..].to_vec()
        };
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
    fn it_is_kept_until_it_ends_or_another_address_is_listened_on() {
        let folder = tempfile::tempdir().unwrap();
        let own = |listening: &str, host| Own::new(folder.path(), listening.parse().unwrap(), host);
        let found = |listening, host, now| {
            own(listening, host).found(now).unwrap().map(|(_, names)| names.last().unwrap().clone())
        };
        assert_eq!(found("0.0.0.0", "box", 0), None);
        own("0.0.0.0", "box").kept(0).unwrap();
        assert_eq!(found("0.0.0.0", "box", 0).as_deref(), Some("box"));
        assert_eq!(found("0.0.0.0", "box", LIFETIME), None);
        // A machine with another name is the same machine to whoever accepted it.
        assert_eq!(found("0.0.0.0", "other", 0).as_deref(), Some("::1"));
        assert_eq!(found("127.0.0.1", "other", 0).as_deref(), Some("::1"));
        assert_eq!(found("192.0.2.1", "box", 0), None);
    }
}
