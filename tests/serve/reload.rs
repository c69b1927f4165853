//! SIGHUP: the settings are read again, all or nothing, while connections stay.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::Connection;
use serde_json::Value;

use crate::http::{self, connect, form};
use crate::served::{FORM, Folder, PASSWORD, Served, VALID};

/// A server that says when it has read its settings.
struct Told {
    served: Served,
    socket: UnixDatagram,
}

impl Told {
    /// One with this settings file.
    fn with(settings: &str) -> Self {
        let folder = Folder::ready().with("NOTIFY_SOCKET", "notify");
        let socket = UnixDatagram::bind(folder.file("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        std::fs::write(folder.file("jot.toml"), settings).unwrap();
        let told = Self { served: folder.serve(), socket };
        told.hear("READY=1");
        told
    }

    fn hear(&self, state: &str) {
        let mut bytes = [0; 64];
        let length = self.socket.recv(&mut bytes).unwrap();
        let heard = std::str::from_utf8(&bytes[..length]).unwrap();
        assert!(heard.starts_with(state), "{heard}");
    }

    /// Has it read this settings file.
    fn reload(&self, settings: &str) {
        std::fs::write(self.served.folder.file("jot.toml"), settings).unwrap();
        self.hang_up();
    }

    fn hang_up(&self) {
        self.served.signal("HUP");
        self.hear("RELOADING=1");
        self.hear("READY=1");
    }
}

/// How long the access token of a new login lives.
fn lifetime(served: &Served) -> i64 {
    let (_, access) = served.tokens();
    let told = served.folder.run(&["decode", &access, "--json"], "");
    let told: Value = serde_json::from_str(&told).unwrap();
    let claim = |name: &str| told["claims"][name].as_i64().unwrap();
    claim("exp") - claim("iat")
}

/// The details of the reloads that the audit log has.
fn reloads(served: &Served) -> Vec<String> {
    let told = served.folder.run(&["events", "--kind", "settings_reloaded", "--json"], "");
    let detail = |line| serde_json::from_str::<Value>(line).unwrap()["detail"].clone();
    told.lines().map(|line| detail(line).as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_lifetime_changes_at_the_next_token() {
    let told = Told::with("[token]\naccess_lifetime = \"5m\"\n");
    let served = &told.served;
    assert_eq!(lifetime(served), 300);
    let (_, before) = served.tokens();
    told.reload("[token]\naccess_lifetime = \"7m\"\niss = \"https://a.example\"\n");
    assert_eq!(lifetime(served), 420);
    // A rule that an older token breaks holds for that token too.
    assert_eq!(served.validate(&before).status, 403);
    served.validate(&served.tokens().1).is(200, VALID);
    assert_eq!(reloads(served), ["token.iss, token.access_lifetime"]);
    let log = told.served.stopped();
    let said = log.iter().find(|line| line.contains("\"settings_reloaded\"")).unwrap();
    assert!(said.contains("\"detail\":\"token.iss, token.access_lifetime\""), "{said}");
}

#[test]
fn a_connection_that_stays_sees_it_at_its_next_request() {
    let told = Told::with("[token]\naccess_lifetime = \"5m\"\n");
    let mut staying = connect(told.served.address);
    assert_eq!(asked(&mut staying), 300);
    told.reload("[token]\naccess_lifetime = \"6m\"\n");
    assert_eq!(asked(&mut staying), 360);
}

/// How long the token of a login lives that is asked for on a connection which stays open.
fn asked(stream: &mut TcpStream) -> i64 {
    let body = form(&[("username", "alice"), ("password", PASSWORD)]);
    let head = http::head("POST", "/login/", &[FORM], body.len());
    let head = head.replace("connection: close\r\n", "");
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut answer = String::new();
    while !answer.ends_with("\"}") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(char::from(byte[0]));
    }
    let (_, access) = answer.trim_end_matches("\"}").rsplit_once('"').unwrap();
    let claims = URL_SAFE_NO_PAD.decode(access.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
}

#[test]
fn what_is_broken_changes_nothing() {
    const GOOD: &str = "[token]\naccess_lifetime = \"9m\"\n";
    let told = Told::with("[token]\naccess_lifetime = \"5m\"\n");
    let broken = [
        ("token]", "jot.toml:3"),
        ("accessLifetime = \"1m\"", "unknown key"),
        ("[keys]\nfolder = \"nowhere\"", "nowhere"),
        ("[store]\nurl = \"sqlite:gone.db\"", "gone.db"),
        ("[server]\ntls_cert = \"a\"\ntls_key = \"b\"", "there is no certificate"),
        ("[cookies]\nsame_site = \"None\"\nsecure = false", "cookies.same_site"),
    ];
    let seen = broken.iter().map(|(_, seen)| *seen).chain(["is gone"]);
    for (more, _) in broken {
        told.reload(&format!("{GOOD}{more}\n"));
        assert_eq!(lifetime(&told.served), 300);
    }
    // Without the file the defaults would do.
    std::fs::remove_file(told.served.folder.file("jot.toml")).unwrap();
    told.hang_up();
    assert_eq!(lifetime(&told.served), 300);
    assert!(!told.served.folder.file("gone.db").exists());
    assert_eq!(reloads(&told.served), [""; 0]);
    told.reload(GOOD);
    assert_eq!(lifetime(&told.served), 540);
    let log = told.served.stopped();
    let errors: Vec<_> = log.iter().filter(|line| line.contains("\"ERROR\"")).collect();
    assert_eq!(errors.len(), broken.len() + 1, "{errors:#?}");
    for (seen, line) in seen.zip(errors) {
        assert!(line.contains(seen) && line.contains("nothing changed"), "{seen}: {line}");
    }
}

#[test]
fn what_takes_a_restart_is_told() {
    let told = Told::with("[server]\nmax_connections = 50\n");
    told.reload("[server]\nmax_connections = 60\n[token]\naccess_lifetime = \"8m\"\n");
    assert_eq!(lifetime(&told.served), 480);
    let log = told.served.stopped();
    let said = log.iter().find(|line| line.contains("started again")).unwrap();
    assert!(said.contains("server.max_connections"), "{said}");
}

#[test]
fn encryption_comes_and_goes_with_the_next_connection() {
    let told = Told::with("");
    let live = |served: &Served| served.ask("GET", "/livez", &[]).status;
    assert_eq!(live(&told.served), 200);
    let mut staying = connect(told.served.address);
    assert_eq!(asked(&mut staying), 300);
    told.reload("[server]\ntls_self_signed = true\n");
    assert_eq!(live(&told.served), 400);
    assert_eq!(asked(&mut staying), 300);
    told.reload("");
    assert_eq!(live(&told.served), 200);
    let log = told.served.stopped();
    assert!(log.iter().any(|line| line.contains("fingerprint")), "{log:?}");
}

#[test]
fn a_reload_that_changes_nothing_is_one_too() {
    let told = Told::with("");
    told.reload("");
    assert_eq!(reloads(&told.served), ["nothing"]);
}

#[test]
fn a_reload_that_waits_for_the_store_holds_up_nobody() {
    let served = Folder::ready().with("JOT_STORE__BUSY_TIMEOUT", "10m").serve();
    let other = Connection::open(served.folder.file("jot.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    served.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    served.ask("GET", "/livez", &[]).is(200, r#"{"status": "live"}"#);
    served.stopped();
}
