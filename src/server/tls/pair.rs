//! A certificate chain and its private key, read from their files and refused if they cannot be
//! served.

use std::sync::Arc;

use ::aws_lc_rs::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

use super::Files;
use crate::error::{Code, Error, Result};
use crate::key::file::quoted;
use crate::key::{contents, read_private};
use crate::time;

/// The one protocol that is spoken (RFC 7301 6).
const HTTP: &[u8] = b"http/1.1";

/// A certificate that can be served.
pub(super) struct Pair {
    certificate: CertificateDer<'static>,
    config: Arc<ServerConfig>,
    begins: i64,
    ends: i64,
}

/// The pair in these files.
pub(super) fn read(files: &Files) -> Result<Pair> {
    let (cert, key) = (quoted(&files.cert), quoted(&files.key));
    let chain = chain(files)?;
    let certificate = chain.first().cloned().ok_or_else(|| {
        let seen =
            format!("there is no certificate in {cert}; PEM with BEGIN CERTIFICATE is expected");
        Error::new(Code::KeyUnreadable, seen)
    })?;
    let (begins, ends) = dates(&certificate).ok_or_else(|| {
        Error::new(Code::KeyUnreadable, format!("the certificate in {cert} cannot be read"))
    })?;
    let private = read_private(&files.key, files.open)?;
    let private = PrivateKeyDer::from_pem_slice(&private).map_err(|_| {
        let seen =
            format!("there is no private key in {key}; PEM without a passphrase is expected");
        Error::new(Code::KeyUnreadable, seen)
    })?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let certified = CertifiedKey::from_der(chain, private, &provider).map_err(|why| match why {
        rustls::Error::InconsistentKeys(_) => {
            let seen = format!("the private key {key} is not that of the certificate {cert}");
            Error::new(Code::KeyUnfit, seen)
        }
        why => Error::new(Code::KeyUnfit, format!("the private key {key} cannot be used: {why}")),
    })?;
    let config = config(certified, provider)
        .map_err(|why| Error::new(Code::Failed, format!("TLS cannot be offered: {why}")))?;
    Ok(Pair { certificate, config: Arc::new(config), begins, ends })
}

impl Pair {
    /// What handshakes are made with. Sessions are resumed within one configuration only: a new
    /// certificate is shown to everybody.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// The SHA-256 of the certificate, in pairs of hexadecimal digits.
    pub(super) fn fingerprint(&self) -> String {
        let hash = digest(&SHA256, &self.certificate);
        let pairs: Vec<_> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// Why clients refuse the certificate at that moment, if its dates say so.
    pub(super) fn untimely(&self, now: i64) -> Option<String> {
        if now > self.ends {
            return Some(format!("the certificate ended at {}", time::text(self.ends)));
        }
        let early = now < self.begins;
        early.then(|| format!("the certificate begins at {}", time::text(self.begins)))
    }

    /// Whether it is for all these names and lasts until then.
    pub(super) fn serves(&self, names: &[ServerName<'_>], until: i64) -> bool {
        let parsed = ParsedCertificate::try_from(&self.certificate);
        let covers = |parsed: ParsedCertificate<'_>| {
            names.iter().all(|name| rustls::client::verify_server_name(&parsed, name).is_ok())
        };
        self.ends >= until && parsed.is_ok_and(covers)
    }
}

fn chain(files: &Files) -> Result<Vec<CertificateDer<'static>>> {
    let (pem, _) = contents("certificate", &files.cert)?;
    CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|why| {
        let seen = format!("the certificate {} is no PEM: {why}", quoted(&files.cert));
        Error::new(Code::KeyUnreadable, seen)
    })
}

/// From when to when the certificate is valid (RFC 5280 4.1.2.5).
fn dates(certificate: &CertificateDer<'_>) -> Option<(i64, i64)> {
    let certificate = CertificateInner::<Raw>::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let second =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    Some((second(validity.not_before)?, second(validity.not_after)?))
}

fn config(
    certified: CertifiedKey,
    provider: Arc<CryptoProvider>,
) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = vec![HTTP.to_vec()];
    Ok(config)
}
