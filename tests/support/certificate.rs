//! Certificates as tests need them, and clients that believe in them.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jot::clock::{Clock, System};
use rcgen::{Certificate, CertificateParams, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::ServerName;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

/// An encrypted connection, as a client has it.
pub(crate) type Encrypted = StreamOwned<ClientConnection, TcpStream>;

/// A certificate and its key.
pub(crate) struct Made {
    certificate: Certificate,
    pub(crate) key: KeyPair,
}

/// One for these names that began a day ago and ends in a day.
pub(crate) fn made(names: &[&str]) -> Made {
    dated(names, -86_400, 86_400)
}

/// One for these names, which begins and ends so many seconds from now.
pub(crate) fn dated(names: &[&str], begins: i64, ends: i64) -> Made {
    let key = KeyPair::generate().unwrap();
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    let moment = |offset: i64| {
        let seconds = u64::try_from(System.now() + offset).unwrap();
        date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
    };
    (params.not_before, params.not_after) = (moment(begins), moment(ends));
    Made { certificate: params.self_signed(&key).unwrap(), key }
}

impl Made {
    /// Puts it into `folder`, as server.crt and server.key, as people do: one after the other.
    pub(crate) fn put(&self, folder: &Path) {
        self.put_certificate(folder);
        let key = folder.join("server.key");
        _ = fs::remove_file(&key);
        fs::write(&key, self.key.serialize_pem()).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn put_certificate(&self, folder: &Path) {
        fs::write(folder.join("server.crt"), self.certificate.pem()).unwrap();
    }

    /// What a client has that believes in this certificate and no other.
    pub(crate) fn believer(&self) -> Believer {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        Believer { roots, versions: rustls::ALL_VERSIONS, alpn: &[b"http/1.1"] }
    }
}

/// A client's opinion on certificates, and what it speaks.
pub(crate) struct Believer {
    pub(crate) roots: RootCertStore,
    pub(crate) versions: &'static [&'static SupportedProtocolVersion],
    pub(crate) alpn: &'static [&'static [u8]],
}

impl Believer {
    /// Makes the handshake, with the server of that name.
    pub(crate) fn encrypt(&self, mut stream: TcpStream, name: &str) -> std::io::Result<Encrypted> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = self.alpn.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        Ok(StreamOwned::new(connection, stream))
    }
}
