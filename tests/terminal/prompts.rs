//! Questions and answers.

use crate::{PASSWORD, Place, answer, ended};

#[test]
fn user_add_asks_twice_and_again_until_both_are_the_same() {
    let place = Place::new();
    let mut jot = place.terminal("jot user add bob");
    answer(&mut jot, "Password: ", PASSWORD);
    answer(&mut jot, "Again: ", "something else altogether");
    let told = answer(&mut jot, "Password: ", PASSWORD);
    assert!(told.contains("These were not the same."), "{told}");
    let told = answer(&mut jot, "Again: ", PASSWORD);
    let told = told + &ended(&mut jot, 0);
    assert!(told.contains("added \"bob\", id 1"), "{told}");
    assert!(!told.contains(PASSWORD), "the password is on the screen");
    assert!(place.run("jot user list").contains("bob"));
}

#[test]
fn user_add_refuses_a_weak_password_and_a_name_that_is_taken_before_it_asks() {
    let place = Place::with_alice();
    let mut jot = place.terminal("jot user add bob");
    answer(&mut jot, "Password: ", "password");
    answer(&mut jot, "Again: ", "password");
    let told = ended(&mut jot, 2);
    assert!(told.contains("--allow-weak-password"), "{told}");
    assert!(!place.run("jot user list").contains("bob"));
    let mut jot = place.terminal("jot user add alice");
    let told = ended(&mut jot, 23);
    assert!(!told.contains("Password"), "{told}");
}

#[test]
fn passwd_asks_too_and_corrections_are_not_part_of_it() {
    let place = Place::with_alice();
    let mut jot = place.terminal("jot user passwd alice");
    answer(&mut jot, "Password: ", "wrong\u{15}ein Käse für den Könix\u{7f}g");
    answer(&mut jot, "Again: ", "ein Käse für den König");
    let told = ended(&mut jot, 0);
    assert!(told.contains("changed the password of \"alice\""), "{told}");
}

#[test]
fn init_asks_through_to_the_end() {
    let place = Place::new();
    let mut jot = place.terminal("jot init");
    let algorithm = "Algorithm (RS256, ES256, EdDSA), empty for RS256: ";
    answer(&mut jot, algorithm, "RS257");
    answer(&mut jot, algorithm, "es256");
    answer(&mut jot, "Issuer (iss), empty for none: ", "https://login.example");
    answer(&mut jot, "First user, empty for none: ", "carol");
    answer(&mut jot, "Password: ", "short");
    answer(&mut jot, "Again: ", "short");
    let told = answer(&mut jot, "Password: ", PASSWORD);
    assert!(told.contains("jot: warning: "), "{told}");
    answer(&mut jot, "Again: ", PASSWORD);
    let told = ended(&mut jot, 0);
    for made in
        ["jot.toml", "jwt-signing.pem", "jwt-signing.pub", "jot.db", "added the user \"carol\""]
    {
        assert!(told.contains(made), "{told}");
    }
    let claims = place.run("jot decode $(jot issue --user carol)");
    assert!(
        claims.contains("\"https://login.example\"") && claims.contains("\"ES256\""),
        "{claims}"
    );
}

#[test]
fn init_takes_nothing_for_an_answer() {
    let place = Place::new();
    let mut jot = place.terminal("jot init");
    answer(&mut jot, "empty for RS256: ", "");
    answer(&mut jot, "Issuer (iss), empty for none: ", "");
    answer(&mut jot, "First user, empty for none: ", "");
    let told = ended(&mut jot, 0);
    assert!(told.contains("hint: jot issue --user alice"), "{told}");
    let claims = place.run("jot decode $(jot issue --user alice)");
    assert!(claims.contains("\"RS256\"") && !claims.contains("\"iss\""), "{claims}");
}

#[test]
fn an_encrypted_key_asks_for_its_passphrase() {
    let place = Place::new();
    place.run("echo 'open sesame' > word; jot keygen --passphrase-file word");
    let mut jot = place.terminal("jot issue --user alice --quiet");
    answer(&mut jot, "Passphrase of the signing key: ", "open sesame");
    let told = ended(&mut jot, 0);
    assert!(told.contains("eyJ") && !told.contains("sesame"), "{told}");
    let mut jot = place.terminal("jot issue --user alice");
    answer(&mut jot, "Passphrase of the signing key: ", "open barley");
    let told = ended(&mut jot, 21);
    assert!(!told.contains("eyJ") && !told.contains("barley"), "{told}");
}

#[test]
fn without_a_terminal_the_missing_answer_names_its_flag() {
    let place = Place::new();
    place.run("echo 'open sesame' > word; jot keygen --passphrase-file word");
    for (line, code, flag) in [
        ("jot user add bob", 2, "--password-stdin"),
        ("jot init", 2, "jot init --yes"),
        ("jot revoke --all", 2, "--yes"),
        ("jot issue --user alice", 21, "keys.passphrase_file"),
    ] {
        let output = place.output(line);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "$ {line}\n{told}");
        assert!(told.contains(flag), "$ {line}\n{told}");
    }
}

#[test]
fn revoke_all_asks_and_a_no_revokes_nothing() {
    let place = Place::with_alice();
    let token = place.run("jot issue --user alice");
    for no in ["n", "", "no", "perhaps", "y\u{7f}n"] {
        let mut jot = place.terminal("jot revoke --all");
        answer(&mut jot, "Refuse every token of everybody? [y/N]: ", no);
        let told = ended(&mut jot, 1);
        assert!(told.contains("nothing was revoked"), "{told}");
    }
    place.run(&format!("jot validate {token}"));
    let mut jot = place.terminal("jot revoke --all");
    answer(&mut jot, "[y/N]: ", "y");
    ended(&mut jot, 0);
    assert_eq!(place.output(&format!("jot validate {token}")).status.code(), Some(16));
}

#[test]
fn taking_a_revocation_back_asks() {
    let place = Place::with_alice();
    let token = place.run("jot issue --user alice");
    place.run(&format!("jot revoke {token}"));
    let listed = place.run("jot revocations list --json");
    let (_, id) = listed.split_once("\"id\":\"").unwrap();
    let remove = format!("jot revocations remove {}", id.split('"').next().unwrap());
    let mut jot = place.terminal(&remove);
    answer(&mut jot, "[y/N]: ", "n");
    ended(&mut jot, 1);
    assert_eq!(place.output(&format!("jot validate {token}")).status.code(), Some(16));
    let mut jot = place.terminal(&remove);
    answer(&mut jot, "[y/N]: ", "yes");
    ended(&mut jot, 0);
    place.run(&format!("jot validate {token}"));
}

#[test]
fn restoring_asks_and_a_no_changes_nothing() {
    let place = Place::with_alice();
    place.run("jot backup copy.db; jot user remove alice --yes");
    let mut jot = place.terminal("jot restore copy.db");
    let told = answer(&mut jot, ", and log everybody out? [y/N]: ", "n");
    let told = told + &ended(&mut jot, 1);
    assert!(told.contains("users and groups of \"copy.db\""), "{told}");
    assert!(told.contains("nothing was restored"), "{told}");
    assert!(!place.run("jot user list; ls -A").contains("alice"));
    let mut jot = place.terminal("jot restore copy.db --keep-sessions");
    let told = answer(&mut jot, "? [y/N]: ", "yes");
    assert!(!told.contains("everybody"), "{told}");
    assert!(ended(&mut jot, 0).contains("jot user enable alice"));
}
