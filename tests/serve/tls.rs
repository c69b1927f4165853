//! HTTPS as it is set up, with clients of other makes.

use std::io::{Read, Write};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::certificate::{Encrypted, Made, dated, made};
use crate::http::{self, Answer, connect};
use crate::served::{Folder, Served};

const CERT: &str = "JOT_SERVER__TLS_CERT";
const KEY: &str = "JOT_SERVER__TLS_KEY";
const OWN: &str = "JOT_SERVER__TLS_SELF_SIGNED";
const LIVE: &str = r#"{"status": "live"}"#;

/// A folder whose server has this certificate.
fn with(made: &Made) -> Folder {
    let folder = Folder::ready();
    made.put(folder.path.path());
    folder.with(CERT, "server.crt").with(KEY, "server.key")
}

fn encrypted(served: &Served, made: &Made) -> std::io::Result<Encrypted> {
    made.believer().encrypt(connect(served.address), "localhost")
}

fn live(served: &Served, made: &Made) -> Answer {
    let mut stream = encrypted(served, made).unwrap();
    stream.write_all(http::head("GET", "/livez", &[], 0).as_bytes()).unwrap();
    http::read(stream)
}

/// What Python's ssl says to /livez when it believes in the certificate `file`.
fn python(served: &Served, file: &str, name: &str) -> Output {
    const SCRIPT: &str = "import http.client, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
port = int(sys.argv[3])
connection = http.client.HTTPSConnection(sys.argv[2], port, context=context, timeout=20)
connection.request('GET', '/livez')
print(connection.getresponse().read().decode(), connection.sock.version())";
    let port = served.address.port().to_string();
    let arguments = ["-c", SCRIPT, file, name, &port];
    Command::new("python3").args(arguments).current_dir(served.folder.path.path()).output().unwrap()
}

/// What OpenSSL says of the connection.
fn openssl(served: &Served, arguments: &[&str]) -> String {
    let address = served.address.to_string();
    let connect = ["s_client", "-connect", &address, "-servername", "localhost", "-quiet"];
    let output = Command::new("openssl")
        .args(connect)
        .args(["-no_ign_eof", "-brief"])
        .args(arguments)
        .current_dir(served.folder.path.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// A command that must fail: its code and what it said.
fn refused(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let Output { status, stderr, .. } = folder.told(arguments, "");
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn clients_of_every_make_are_served() {
    let made = made(&["localhost"]);
    let served = with(&made).serve();
    assert_eq!(served.scheme, "https");
    live(&served, &made).is(200, LIVE);
    let output = python(&served, "server.crt", "localhost");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, format!("{LIVE} TLSv1.3\n"), "{:?}", String::from_utf8(output.stderr));
    for (version, seen) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let told = openssl(&served, &[version, "-CAfile", "server.crt"]);
        assert!(told.contains(&format!("Protocol version: {seen}")), "{told}");
        assert!(told.contains("Verification: OK"), "{told}");
    }
    let told = openssl(&served, &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]);
    assert!(told.contains("SSL alert number"), "{told}");
    assert!(!told.contains("Protocol version:"), "{told}");
    assert!(served.stopped().is_empty());
}

#[test]
fn a_wrong_name_and_an_ended_certificate_are_noticed() {
    let folder = with(&made(&["other.example"]));
    let served = folder.serve();
    let output = python(&served, "server.crt", "localhost");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("CERTIFICATE_VERIFY_FAILED"), "{said}");
    assert!(served.stopped().is_empty());
    let served = with(&dated(&["localhost"], -200, -100)).serve();
    let output = python(&served, "server.crt", "localhost");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("certificate has expired"), "{said}");
    let log = served.stopped();
    assert!(log[0].starts_with("jot: warning: the certificate ended at 20"), "{log:?}");
}

#[test]
fn what_cannot_be_served_is_refused_at_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let good = made(&["localhost"]);
    let folder = with(&good);
    let check = ["serve", "--check", "--listen", "127.0.0.1:0"];
    assert_eq!(refused(&folder, &check), (0, String::new()));
    let key = folder.file("server.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let (code, said) = refused(&folder, &check);
    assert_eq!(code, 21);
    assert!(said.contains("is open to others (mode 0640)\nhint: chmod 600 "), "{said}");
    let folder = folder.with("JOT_KEYS__ALLOW_OPEN", "true");
    assert_eq!(refused(&folder, &check).0, 0);
    made(&["localhost"]).put_certificate(folder.path.path());
    assert!(refused(&folder, &check).1.contains("is not that of the certificate"));
    let sealed =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    good.put_certificate(folder.path.path());
    for (text, seen) in [
        ("", "there is no private key in"),
        (sealed, "PEM without a passphrase is expected"),
        ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "cannot be used"),
    ] {
        std::fs::write(&key, text).unwrap();
        let (code, said) = refused(&folder, &check);
        assert!(code == 21 && said.contains(seen), "{code} {said}");
    }
    let cert = folder.file("server.crt");
    for (text, seen) in [
        ("", "there is no certificate in"),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\n", "is no PEM"),
    ] {
        std::fs::write(&cert, text).unwrap();
        let (code, said) = refused(&folder, &check);
        assert!(code == 21 && said.contains(seen), "{code} {said}");
    }
    std::fs::remove_file(cert).unwrap();
    assert!(refused(&folder, &check).1.contains("there is no certificate \""));
}

#[test]
fn flags_stand_above_the_settings() {
    let folder = with(&made(&["localhost"]));
    let check = ["serve", "--check", "--listen", "127.0.0.1:0"];
    let own = [&check[..], &["--tls-self-signed"]].concat();
    assert!(refused(&folder, &own).1.contains("no self-signed certificate"));
    let folder = Folder::ready().with(OWN, "true");
    made(&["localhost"]).put(folder.path.path());
    let both = [&check[..], &["--tls-cert", "server.crt", "--tls-key", "server.key"]].concat();
    assert_eq!(refused(&folder, &both), (0, String::new()));
    assert_eq!(refused(&folder, &[&check[..], &["--tls-cert", "server.crt"]].concat()).0, 2);
    assert_eq!(refused(&folder, &[&both[..], &["--tls-self-signed"]].concat()).0, 2);
}

/// A server's own certificate, as its file and its first lines have it.
fn own(served: &Served) -> String {
    std::fs::read_to_string(served.folder.file("tls-self-signed.crt")).unwrap()
}

#[test]
fn a_self_signed_certificate_is_accepted_once() {
    let served = Folder::ready().with(OWN, "true").serve();
    assert_eq!(served.scheme, "https");
    let first = own(&served);
    let output = python(&served, "tls-self-signed.crt", "127.0.0.1");
    assert!(output.status.success(), "{:?}", String::from_utf8(output.stderr));
    assert!(python(&served, "tls-self-signed.crt", "localhost").status.success());
    let asked = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
        .arg(served.folder.file("tls-self-signed.crt"))
        .output()
        .unwrap();
    let seen = String::from_utf8(asked.stdout).unwrap();
    let (_, seen) = seen.trim_end().split_once('=').unwrap();
    let (folder, log) = served.stopped_in();
    assert!(log[0].ends_with(&format!("its SHA-256 fingerprint is {seen}")), "{log:?}");
    let served = folder.serve();
    assert_eq!(own(&served), first);
    // For an address that it does not name, it is made anew.
    let (folder, _) = served.stopped_in();
    let served = folder.serve_on("127.0.0.2:0");
    assert_ne!(own(&served), first);
    assert!(python(&served, "tls-self-signed.crt", "127.0.0.2").status.success());
}

#[test]
fn who_listens_everywhere_is_certified_by_name() {
    let output = Command::new("uname").arg("-n").output().unwrap();
    let machine = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let served = Folder::ready().with(OWN, "true").serve_on("0.0.0.0:0");
    let shown = Command::new("openssl")
        .args(["x509", "-noout", "-ext", "subjectAltName", "-in"])
        .arg(served.folder.file("tls-self-signed.crt"))
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    for name in ["DNS:localhost", "IP Address:127.0.0.1", &format!("DNS:{machine}")] {
        assert!(shown.contains(name), "{name} {shown}");
    }
    let log = served.stopped();
    let named = format!(" is self-signed for localhost, 127.0.0.1, ::1 and {machine}, its SHA-256");
    assert!(log[0].contains(&named), "{log:?}");
}

#[test]
fn a_reload_takes_certificate_and_settings_or_neither() {
    let (first, second) = (made(&["localhost"]), made(&["localhost"]));
    let served = with(&first).serve();
    let mut staying = encrypted(&served, &first).unwrap();
    second.put(served.folder.path.path());
    served.signal("HUP");
    let start = Instant::now();
    while encrypted(&served, &second).is_err() {
        assert!(start.elapsed() < Duration::from_secs(20), "the certificate is not shown");
    }
    staying.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    staying.read_exact(&mut [0; 17]).unwrap();
    first.put_certificate(served.folder.path.path());
    std::fs::write(served.folder.file("jot.toml"), "[server]\nmax_connections = 9\n").unwrap();
    served.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    live(&served, &second).is(200, LIVE);
    // Idle connections do not hold up the end.
    let log = served.stopped();
    assert!(log.iter().any(|line| line.contains("is not that of the certificate")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("max_connections")), "{log:?}");
}
