//! A certificate that nobody vouches for: made by the server itself, and kept, so that a person who
//! accepted it once is not asked again.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};
use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use super::{Files, pair};
use crate::error::{Code, Error, Result};
use crate::key::TooOpen;
use crate::key::file::{Access, Draft, Existing, write};

const NAME: &str = "localhost";
const DAY: i64 = 86_400;
/// Longer than this Apple's systems take no certificate, whoever accepts it.
const LIFETIME: i64 = 825 * DAY;
/// For clients whose clocks are behind.
const BEFORE: i64 = DAY;
/// A certificate that ends sooner than this is replaced.
const LEAST: i64 = 30 * DAY;

/// The certificate in `folder` for a server that listens on `address`, made if there is none yet
/// that serves this machine and the address and has a month to go.
pub fn kept(folder: &Path, address: IpAddr, now: i64) -> Result<Files> {
    let files = Files {
        cert: folder.join("tls-self-signed.crt"),
        key: folder.join("tls-self-signed.key"),
        open: TooOpen::Refuse,
    };
    let addresses = addresses(address);
    let is_there = files.cert.exists() && files.key.exists();
    if !is_there || !pair::read(&files)?.serves(&names(&addresses), now + LEAST) {
        make(&files, &addresses, now)?;
    }
    Ok(files)
}

/// This machine's own addresses, and the one that is listened on if it is one.
fn addresses(listening: IpAddr) -> Vec<IpAddr> {
    let mut addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let listening = listening.to_canonical();
    if !listening.is_unspecified() && !addresses.contains(&listening) {
        addresses.push(listening);
    }
    addresses
}

fn names(addresses: &[IpAddr]) -> Vec<ServerName<'static>> {
    let addresses = addresses.iter().map(|address| ServerName::IpAddress((*address).into()));
    ServerName::try_from(NAME).into_iter().chain(addresses).collect()
}

fn make(files: &Files, addresses: &[IpAddr], now: i64) -> Result<()> {
    let failed = |why: rcgen::Error| {
        Error::new(Code::Failed, format!("no certificate could be made: {why}"))
    };
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let mut params = CertificateParams::new([NAME.to_owned()]).map_err(failed)?;
    params.subject_alt_names.extend(addresses.iter().copied().map(SanType::IpAddress));
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
