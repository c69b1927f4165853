//! What the commands that change the key ring ask.

use crate::{Place, answer, ended};

/// The `kid` of the first key.
fn first(place: &Place) -> String {
    let listed = place.run("jot key list --json");
    listed.split('"').nth(3).unwrap().to_owned()
}

#[test]
fn revoking_and_removing_a_key_asks() {
    let place = Place::with_alice();
    let token = place.run("jot issue --user alice");
    let kid = first(&place);
    for (verb, question) in
        [("revoke", "Refuse all that was signed with"), ("remove", "Delete the files of")]
    {
        let question = format!("{question} the key {kid}? [y/N]: ");
        let mut jot = place.terminal(&format!("jot key {verb} {}", &kid[..9]));
        answer(&mut jot, &question, "n");
        let told = ended(&mut jot, 1);
        assert!(told.contains("nothing was changed"), "{told}");
        let mut jot = place.terminal(&format!("jot key {verb} {}", &kid[..9]));
        answer(&mut jot, &question, "y");
        ended(&mut jot, 0);
        assert_eq!(place.output(&format!("jot validate {token}")).status.code(), Some(11));
    }
    assert!(!place.names().contains(&"jwt-signing.pem".to_owned()));
}

#[test]
fn a_ring_that_is_encrypted_asks_once_for_its_next_key() {
    let place = Place::new();
    place.run("echo 'open sesame' > word; jot keygen --alg ES256 --passphrase-file word");
    let mut jot = place.terminal("jot key rotate --quiet --now");
    answer(&mut jot, "Passphrase of the signing key: ", "open sesame");
    let told = ended(&mut jot, 0);
    assert!(!told.contains("Passphrase") && !told.contains("sesame"), "{told}");
    place.run("JOT_KEYS__PASSPHRASE_FILE=word jot issue --user alice");
    assert_eq!(place.output("jot issue --user alice").status.code(), Some(21));
}
