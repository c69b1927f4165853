//! The SQLite file of a Django site: what is read from it, and what it is refused for. The tables are
//! those that Django 5.2 makes, as far as they are read.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jot::error::{Code, Error};
use jot::json::Json;
use jot::store::imported::{Imported, ImportedGroup, ImportedUser};
use jot::store::sqlite::{BUSY, django};
use rusqlite::Connection;

pub(crate) const SHORT: Duration = Duration::from_millis(20);

pub(crate) const SITE: &str = "
    CREATE TABLE auth_user (
        id integer PRIMARY KEY AUTOINCREMENT, password varchar(128), last_login datetime,
        is_superuser bool, username varchar(150), last_name varchar(150), email varchar(254),
        is_staff bool, is_active bool, date_joined datetime, first_name varchar(150));
    CREATE TABLE auth_group (id integer PRIMARY KEY, name varchar(150));
    CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label varchar(100), model text);
    CREATE TABLE auth_permission (
        id integer PRIMARY KEY, content_type_id integer, codename varchar(100), name text);
    CREATE TABLE auth_user_groups (id integer PRIMARY KEY, user_id integer, group_id integer);
    CREATE TABLE auth_user_user_permissions (
        id integer PRIMARY KEY, user_id integer, permission_id integer);
    CREATE TABLE auth_group_permissions (
        id integer PRIMARY KEY, group_id integer, permission_id integer);
    INSERT INTO django_content_type VALUES (1, 'shop', 'order'), (2, 'shop', 'invoice');
    INSERT INTO auth_permission VALUES
        (1, 1, 'view', ''), (2, 2, 'view', ''), (3, 1, 'add', ''), (4, 1, 'my own', '');
    INSERT INTO auth_group VALUES (1, 'Writers'), (2, 'Editors'), (3, 'nobody''s');
    INSERT INTO auth_user VALUES
        (3, 'pbkdf2_sha256$1$a$b', '2027-01-01 00:00:00.5', 0, 'alice', 'Liddell', 'a@b.example',
            1, 1, '2026-01-01 00:00:00', 'Alice'),
        (8, '!', NULL, 1, 'bob', '', '', 0, 0, '2026-01-01 00:00:00+00:00', '');";

const LINKS: &str = "
    INSERT INTO auth_user_groups VALUES (1, 3, 1), (2, 3, 2), (3, 99, 1), (4, 3, 77);
    INSERT INTO auth_group_permissions VALUES (1, 1, 3), (2, 2, 1), (3, 2, 2), (4, 2, 3);
    INSERT INTO auth_user_user_permissions VALUES (1, 3, 1), (2, 3, 2), (3, 3, 99);";

pub(crate) struct Site {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Site {
    pub(crate) fn new(sql: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.sqlite3");
        let site = Self { folder, path };
        site.connect().execute_batch(sql).unwrap();
        site
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }

    pub(crate) fn read(&self) -> Imported {
        django::read(&self.path, BUSY).unwrap()
    }

    pub(crate) fn refused(&self) -> Error {
        django::read(&self.path, SHORT).unwrap_err()
    }

    /// Every file of the folder, with its content.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        files.sort();
        files
    }
}

pub(crate) fn with_links() -> String {
    SITE.to_owned() + LINKS
}

pub(crate) fn names(imported: &Imported) -> Vec<&str> {
    imported.users.iter().flatten().map(|user| user.username.as_str()).collect()
}

fn attributes(text: &str) -> Json {
    Json::read(text, 2).unwrap()
}

#[test]
fn users_and_groups_come_with_what_is_theirs() {
    let read = Site::new(&with_links()).read();
    let groups: Vec<ImportedGroup> = read.groups.into_iter().map(Result::unwrap).collect();
    let group = |name: &str, permissions: &[&str]| ImportedGroup {
        name: name.into(),
        permissions: permissions.iter().map(|&p| p.into()).collect(),
    };
    let editors = group("Editors", &["shop.add", "shop.view"]);
    assert_eq!(groups, [group("Writers", &["shop.add"]), editors, group("nobody's", &[])]);
    let users: Vec<ImportedUser> = read.users.into_iter().map(Result::unwrap).collect();
    let alice = ImportedUser {
        id: 3,
        username: "alice".into(),
        password: "pbkdf2_sha256$1$a$b".into(),
        active: true,
        superuser: false,
        permissions: vec!["shop.view".into()],
        groups: vec!["Editors".into(), "Writers".into()],
        attributes: attributes(
            r#"{"email":"a@b.example","first_name":"Alice","last_name":"Liddell","is_staff":true}"#,
        ),
        last_login: Some(1_798_761_600),
        created: 1_767_225_600,
    };
    let bob = ImportedUser {
        id: 8,
        username: "bob".into(),
        password: "!".into(),
        active: false,
        superuser: true,
        permissions: Vec::new(),
        groups: Vec::new(),
        attributes: attributes(r#"{"email":"","first_name":"","last_name":"","is_staff":false}"#),
        last_login: None,
        created: 1_767_225_600,
    };
    assert_eq!(users, [alice, bob]);
}

#[test]
fn a_strange_row_keeps_nobody_else_out() {
    for (change, why) in [
        ("username = 'al' || char(0) || 'ice'", "holds the control character U+0000"),
        ("username = ''", "a user name needs at least one character"),
        ("username = x'ff'", "username is of the type blob"),
        ("username = CAST(x'ff' AS TEXT)", "username: invalid utf-8 sequence"),
        ("password = NULL", "password is of the type null"),
        ("email = NULL", "email is of the type null"),
        ("is_active = 'perhaps'", "is_active is of the type text"),
        ("is_superuser = 0.5", "is_superuser is of the type real"),
        ("is_staff = NULL", "is_staff is of the type null"),
        ("last_login = 'yesterday'", "last_login: \"yesterday\" is not a time"),
        ("last_login = 1798761600", "last_login is of the type integer"),
        ("date_joined = NULL", "date_joined is of the type null"),
        ("date_joined = '2026-02-30 00:00:00'", "date_joined: \"2026-02-30 00:00:00\" is not"),
        ("id = id", "\"shop.my own\" is not a permission"),
    ] {
        let sql = format!("{SITE} UPDATE auth_user SET {change} WHERE id = 3;");
        let site = Site::new(&sql);
        if change == "id = id" {
            site.connect()
                .execute_batch("INSERT INTO auth_user_user_permissions VALUES (1, 3, 4)")
                .unwrap();
        }
        let read = site.read();
        assert_eq!(names(&read), ["bob"], "{change}");
        let error = read.users[0].as_ref().unwrap_err();
        assert_eq!(error.code(), Code::Failed);
        let said = error.to_string();
        let whole = said.starts_with("the row 3 of auth_user cannot be taken over: ");
        assert!(whole && said.contains(why), "{change}: {said}");
    }
}

#[test]
fn a_strange_group_is_told_and_a_strange_link_ends_it() {
    let site = Site::new(&format!("{SITE} UPDATE auth_group SET name = NULL WHERE id = 2"));
    let read = site.read();
    assert_eq!(read.groups.iter().flatten().count(), 2);
    let said = read.groups[1].as_ref().unwrap_err().to_string();
    assert_eq!(said, "the row 2 of auth_group cannot be taken over: name is of the type null");
    let sql = "UPDATE auth_permission SET codename = NULL";
    let said = Site::new(&format!("{}{sql}", with_links())).refused().to_string();
    let row = "the row 1 of auth_group_permissions cannot be taken over";
    assert_eq!(said, format!("{row}: permission is of the type null"));
}

#[test]
fn a_name_comes_in_its_kept_form() {
    let sql = format!("{SITE} UPDATE auth_user SET username = 'cafe' || char(0x301) WHERE id = 3");
    assert_eq!(names(&Site::new(&sql).read()), ["caf\u{e9}", "bob"]);
}

#[test]
fn what_is_no_site_is_told_what_it_is() {
    for (change, why) in [
        (
            "DROP TABLE auth_user",
            "PATH has no table auth_user: users of a model of the site's own are not read",
        ),
        ("DROP TABLE auth_group", "PATH has no table auth_group"),
        ("DROP TABLE django_content_type", "PATH has no table django_content_type"),
        ("DROP TABLE auth_user_user_permissions", "PATH has no table auth_user_user_permissions"),
        (
            "ALTER TABLE auth_user DROP COLUMN last_login",
            "the table auth_user in PATH has no column last_login",
        ),
        (
            "ALTER TABLE auth_permission RENAME COLUMN codename TO code",
            "the table auth_permission in PATH has no column codename",
        ),
        (
            "ALTER TABLE auth_user RENAME TO people;
             CREATE VIEW auth_user AS SELECT * FROM people",
            "PATH has no table auth_user: users of a model of the site's own are not read",
        ),
    ] {
        let site = Site::new(&format!("{SITE} {change}"));
        assert_told(&site.path, why);
    }
    let other = Site::new("CREATE TABLE notes (text)");
    assert_told(
        &other.path,
        "PATH is not the database of a Django site: it has none of its tables",
    );
}

pub(crate) fn assert_told(path: &Path, why: &str) {
    let error = django::read(path, SHORT).unwrap_err();
    let expected = why.replace("PATH", &path.display().to_string());
    assert_eq!((error.code(), error.to_string()), (Code::Failed, expected));
}
