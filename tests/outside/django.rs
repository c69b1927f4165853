//! The database of a real Django site: our reader sees what Django says is in it, and every
//! password that Django hashed is known here, and no other.

use std::collections::BTreeSet;
use std::time::Duration;

use jot::password;
use jot::store::imported::{Imported, ImportedGroup, ImportedUser};
use jot::store::sqlite::django;
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
