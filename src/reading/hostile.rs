//! Input made to hurt: nothing may panic, and nothing may take more than its length's time.

use proptest::prelude::*;

use super::read;
use super::tests::usual;

/// Each is quadratic when read carelessly and would not end in this test's life.
#[test]
fn hostile_lengths_end() {
    let size = 2 << 20;
    for unit in
        ["ey ", "eyJ ", "eyJ9.", ".", "e30.e30\n", "eyJhIjo ", "%65", "e30 .", "{\"a\":", "\""]
    {
        let _ = read(unit.repeat(size / unit.len()).as_bytes());
    }
    let wrapped = usual().replace('.', "\n.") + &"\nAAAA".repeat(size / 5);
    assert!(read(wrapped.as_bytes()).is_ok());
}

/// A part may end within a character: its last byte is not to be cut off.
#[test]
fn a_part_with_half_a_character_too_many_is_shown() {
    for part in ["e30é", "é", "e30ééé"] {
        let signature = r#"{"protected":"eyJhbGciOiJub25lIn0","signature":""}"#;
        let pasted = format!(r#"{{"payload":"{part}","signatures":[{signature}]}}"#);
        assert!(read(pasted.as_bytes()).is_ok(), "{part}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_mutation_panics(at in 0_usize..100, with in any::<char>(), cut in 0_usize..100) {
        let mut text: Vec<char> = format!("Cookie: a={}; b", usual()).chars().collect();
        let at = at % text.len();
        text[at] = with;
        text.truncate(text.len() - cut);
        let _ = read(text.into_iter().collect::<String>().as_bytes());
    }

    #[test]
    fn token_like_text_never_panics(text in "[eyJ3w0.=+/ \n>%\"{}:a;-]{0,200}") {
        let _ = read(text.as_bytes());
    }
}
