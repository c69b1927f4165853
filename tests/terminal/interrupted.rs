//! Control-C at a question.

use crate::{PASSWORD, Place, answer};

/// Interrupts what runs in a session, and asserts that the terminal is as it was.
fn interrupt(jot: &mut rexpect::session::PtySession) {
    jot.send_control('c').unwrap();
    let told = jot.exp_string("[ended ").unwrap();
    let rest = jot.exp_eof().unwrap();
    assert!(!rest.starts_with('0'), "{told}");
    assert!(!told.contains("panicked"), "{told}");
    for mode in ["echo", "icanon", "isig"] {
        let is_kept = rest.split_whitespace().any(|word| word == mode);
        assert!(is_kept, "the terminal has not {mode} any more: {told}{rest}");
    }
    let (hidden, shown) = (told.rfind("\u{1b}[?25l"), told.rfind("\u{1b}[?25h"));
    assert!(hidden <= shown, "the cursor is hidden: {told}");
}

#[test]
fn at_a_password_leaves_the_terminal_sane_and_no_user() {
    let place = Place::with_alice();
    let mut jot = place.terminal("jot user add bob");
    jot.exp_string("Password: ").unwrap();
    interrupt(&mut jot);
    let mut jot = place.terminal("jot user add bob");
    answer(&mut jot, "Password: ", PASSWORD);
    jot.exp_string("Again: ").unwrap();
    interrupt(&mut jot);
    assert!(!place.run("jot user list").contains("bob"));
}

#[test]
fn at_any_question_of_init_leaves_nothing_behind() {
    let place = Place::new();
    let mut jot = place.terminal("jot init");
    jot.exp_string("empty for RS256: ").unwrap();
    interrupt(&mut jot);
    let mut jot = place.terminal("jot init");
    answer(&mut jot, "empty for RS256: ", "");
    jot.exp_string("Issuer").unwrap();
    interrupt(&mut jot);
    assert_eq!(place.names(), [""; 0]);
}

#[test]
fn at_revoke_all_revokes_nothing() {
    let place = Place::with_alice();
    let token = place.run("jot issue --user alice");
    let mut jot = place.terminal("jot revoke --all");
    jot.exp_string("[y/N]").unwrap();
    interrupt(&mut jot);
    place.run(&format!("jot validate {token}"));
}

#[test]
fn while_primes_are_looked_for_leaves_no_file() {
    let place = Place::new();
    let mut jot = place.terminal("jot keygen --bits 8192");
    jot.exp_string("looking for primes").unwrap();
    interrupt(&mut jot);
    assert_eq!(place.names(), [""; 0]);
}

#[test]
fn at_the_question_of_a_restore_leaves_no_copy_behind() {
    let place = Place::with_alice();
    place.run("jot backup copy.db");
    let before = place.run("ls -A");
    let mut jot = place.terminal("jot restore copy.db");
    jot.exp_string("[y/N]: ").unwrap();
    interrupt(&mut jot);
    assert_eq!(place.run("ls -A"), before);
}
