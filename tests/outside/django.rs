//! The database of a real Django site: our reader sees what Django says is in it, and every
//! password that Django hashed is known here, and no other.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use jot::password;
use jot::store::Store;
use jot::store::imported::{Imported, ImportedGroup, ImportedUser};
use jot::store::sqlite::{Missing, Sqlite, django};
use serde_json::{Value, json};

use crate::program::{DJANGO, Folder};

/// What Django says it made, and what we read.
fn site() -> (Value, Imported) {
    let folder = Folder::new();
    let path = folder.path("site.sqlite3");
    let said = folder.peer(&DJANGO, &[path.to_str().unwrap()], "");
    let read = django::read(&path, Duration::ZERO).unwrap();
    (said, read)
}

fn told(user: &ImportedUser) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "hash": user.password,
        "active": user.active,
        "superuser": user.superuser,
        "permissions": user.permissions,
        "groups": user.groups,
        "attributes": user.attributes,
        "last_login": user.last_login,
        "created": user.created,
    })
}

fn told_group(group: &ImportedGroup) -> Value {
    json!({ "name": group.name, "permissions": group.permissions })
}

#[test]
fn everybody_is_seen_as_django_sees_them() {
    let (mut said, read) = site();
    let users: Vec<_> = read.users.iter().map(|user| told(user.as_ref().unwrap())).collect();
    for user in said["users"].as_array_mut().unwrap() {
        for ours in ["password", "fits"] {
            user.as_object_mut().unwrap().remove(ours).unwrap();
        }
    }
    assert_eq!(Value::Array(users), said["users"]);
    let groups = read.groups.iter().map(|group| told_group(group.as_ref().unwrap()));
    assert_eq!(Value::Array(groups.collect()), said["groups"]);
    assert!(said["users"].as_array().unwrap().len() >= 11 && said["groups"][2]["name"] == "Guests");
}

#[test]
fn every_password_fits_its_own_hash_and_no_other() {
    let (said, read) = site();
    let said = said["users"].as_array().unwrap();
    let typed: Vec<_> = said.iter().filter_map(|user| user["password"].as_str()).collect();
    let mut hasher = password::Hasher::default();
    let mut schemes = BTreeSet::new();
    for (user, said) in read.users.iter().flatten().zip(said) {
        let Some(hash) = taken(user) else { continue };
        assert_eq!(said["fits"], true, "Django itself knows it");
        schemes.insert(hash.split('$').next().unwrap());
        let own = said["password"].as_str().unwrap();
        let mut fits = |password: &str| hasher.verify(password, hash).unwrap();
        assert!(fits(own), "{}", user.username);
        let place = typed.iter().position(|password| *password == own).unwrap();
        for other in [typed[(place + 1) % typed.len()], "", &own[1..]] {
            assert!(!fits(other), "{other} for {}", user.username);
        }
        let (composed, decomposed) =
            (own.replace("u\u{308}", "\u{fc}"), own.replace('\u{fc}', "u\u{308}"));
        // From a composed form nobody can tell how it was typed when Django hashed it.
        assert_eq!(fits(&composed), user.username != "decomposed");
        assert!(fits(&decomposed), "{}", user.username);
    }
    let all = ["argon2", "bcrypt_sha256", "pbkdf2_sha256", "scrypt"];
    assert_eq!(schemes, BTreeSet::from(all));
}

/// The hash that a user keeps: none for two whose names say why.
fn taken(user: &ImportedUser) -> Option<&str> {
    match password::imported(&user.password) {
        Ok(None) => assert_eq!(user.username, "unusable"),
        Ok(hash) => return hash,
        Err(error) => {
            assert_eq!(user.username, "with_md5");
            assert!(error.to_string().contains("it is \"md5\""), "{error}");
        }
    }
    None
}

/// The whole way: the command takes the site over, the server lets everybody in as Django would,
/// and each hash becomes ours at its first login and stays then.
#[test]
fn everybody_logs_in_with_the_password_of_before() {
    let folder = Folder::new();
    let said = folder.peer(&DJANGO, &["site.sqlite3"], "");
    folder.jot("keygen --alg ES256").text();
    let imported = folder.jot("user import --django site.sqlite3 --json");
    assert_eq!(imported.code, 0, "{imported:?}");
    let lines = imported.text();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let users = said["users"].as_array().unwrap();
    let wanted = users.iter().map(|user| (user["id"].clone(), user["username"].clone()));
    let added = lines.iter().filter(|line| line["user"].is_string());
    let added: Vec<_> = added.map(|line| (line["id"].clone(), line["user"].clone())).collect();
    assert_eq!(added, wanted.collect::<Vec<_>>(), "everybody keeps the id");
    let hash = |name: &str| hash_of(&folder, name);
    let server = Server::start(&folder);
    for user in users {
        let name = user["username"].as_str().unwrap();
        let Some(password) = user["password"].as_str() else { continue };
        let is_let_in = user["active"] == true && name != "with_md5";
        assert_eq!(server.login(name, "not the password"), 401, "{name}");
        let before = hash(name);
        assert_eq!(server.login(name, password), if is_let_in { 200 } else { 401 }, "{name}");
        let after = hash(name);
        assert_eq!(after.is_some_and(|hash| hash.starts_with("$argon2id$")), is_let_in, "{name}");
        assert_eq!(server.login(name, password), if is_let_in { 200 } else { 401 }, "{name}");
        let again = hash(name);
        assert_ne!(before == again, is_let_in, "{name}: made anew");
        assert_eq!(hash(name), again, "once");
    }
    let again = folder.jot("user import --django site.sqlite3");
    let all = users.len();
    assert_eq!(
        again.text(),
        format!("imported 0 users and 0 groups; {all} users were here already, 0 were left out")
    );
    let renee = folder.jot("user show ren\u{e9}e@example.org --json").json();
    assert_eq!(renee["groups"], json!(["Editors", "\u{c9}quipe no 1"]));
    let mut granted =
        vec!["auth.add_group", "auth.add_permission", "contenttypes.view_contenttype"];
    granted.extend(["auth.change_user", "auth.view_user", "auth.view_group"]);
    assert_eq!(renee["granted"], json!(granted));
    assert_eq!(renee["attributes"]["email"], "ren\u{e9}e@example.org");
    assert_eq!(renee["created"], 1_577_934_245);
    assert_eq!(folder.jot("user show root --json").json()["superuser"], true);
    let token = folder.jot("issue --user root").text();
    assert_eq!(folder.jot(&format!("validate --perm any.thing {token}")).code, 0);
}

#[test]
fn who_is_here_already_stays_and_a_taken_id_is_told() {
    let folder = Folder::new();
    folder.peer(&DJANGO, &["site.sqlite3"], "");
    for name in ["somebody", "with_argon2"] {
        folder.jot(&format!("user add {name} --no-password")).text();
    }
    folder.jot("user perm --group Editors --add other.thing").text();
    let imported = folder.jot("user import --django site.sqlite3");
    assert_eq!(imported.code, 0, "{imported:?}");
    assert!(imported.text().starts_with("imported 10 users and 2 groups; 1 users were here"));
    for told in [
        "jot: note: the group \"Editors\" is here already and keeps its own permissions",
        "jot: note: with_pbkdf2_sha256: the id 1 is somebody else's here, to whom \
         tokens issued over there belong",
        "jot: note: with_md5: a stored password hash cannot be read: it is \"md5\", expected \
         argon2, bcrypt_sha256, pbkdf2_sha256 or scrypt; set a password: jot user passwd NAME",
    ] {
        assert!(imported.errors.lines().any(|line| line == told), "{}", imported.errors);
    }
    let id = |name: &str| folder.jot(&format!("user show {name} --json")).json()["id"].clone();
    assert_eq!((id("with_argon2"), id("with_bcrypt_sha256")), (json!(2), json!(3)));
    assert_eq!(id("with_pbkdf2_sha256"), json!(12), "the next one behind all others");
}

fn hash_of(folder: &Folder, name: &str) -> Option<String> {
    let store =
        Sqlite::open(&folder.path("jot.db"), Missing::Refuse, Duration::from_secs(5)).unwrap();
    store.user(name).unwrap().unwrap().password
}

/// A `jot serve` that ends with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Folder) -> Self {
        let mut child = folder
            .command(env!("CARGO_BIN_EXE_jot"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        told.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        // What it says further must not hold it up.
        std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        Self { child, address }
    }

    /// The status of a login.
    fn login(&self, username: &str, password: &str) -> u16 {
        let body = json!({"username": username, "password": password}).to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST /login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
