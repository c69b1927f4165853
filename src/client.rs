//! Clients: programs that prove who they are by a secret (RFC 6749 2.3), such as a server that asks
//! whether a token is good. They are no users: a token of one is about the client itself.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use crate::error::{Code, Error, Result};
use crate::user::merged;

/// The longest id, in characters.
const MAX_ID: usize = 150;

/// How many bytes of chance make a secret.
pub const SECRET_BYTES: usize = 32;

/// The hash of a secret. Secrets are drawn at random and long, so that nobody can go through them:
/// the slow hash that a password needs would only make each request dear.
pub type SecretHash = [u8; SHA256_OUTPUT_LEN];

/// A stored client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Chosen by whoever adds it.
    pub id: String,
    /// The hash of its secret.
    pub secret: SecretHash,
    /// What its own tokens may say, in the order they were given.
    pub permissions: Vec<String>,
    /// When it was added; of its tokens, those issued later are good.
    pub created: i64,
}

impl Client {
    /// Whether that is its secret. How long it takes tells nothing of the hash.
    pub fn has_secret(&self, shown: &str) -> bool {
        verify_slices_are_equal(&hash(shown), &self.secret).is_ok()
    }
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> SecretHash {
    let mut kept = SecretHash::default();
    kept.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    kept
}

/// What a scope (RFC 6749 3.3) asks for, each once, if all of it is among what may be given.
pub fn within(scope: &str, given: &[String]) -> Option<Vec<String>> {
    let asked: Vec<_> = scope.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let known = !asked.is_empty() && asked.iter().all(|one| given.contains(one));
    known.then(|| merged(&asked))
}

/// An id: RFC 6749 A.1 allows visible ASCII characters; the space that it allows too would be lost
/// on the way.
pub fn id(typed: &str) -> Result<String> {
    let fits = (1..=MAX_ID).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_graphic());
    if fits {
        return Ok(typed.to_owned());
    }
    let seen = format!(
        "\"{}\" is not the id of a client: 1 to {MAX_ID} visible ASCII characters were expected",
        typed.escape_debug()
    );
    Err(Error::new(Code::Usage, seen).hint("call it like billing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_knows_its_secret_and_no_other() {
        let client = Client {
            id: "billing".to_owned(),
            secret: hash("s3cret"),
            permissions: Vec::new(),
            created: 1,
        };
        assert!(client.has_secret("s3cret"));
        for other in ["", "s3cre", "s3cret ", "S3cret"] {
            assert!(!client.has_secret(other), "{other:?}");
        }
    }

    #[test]
    fn a_scope_is_all_that_may_be_given_or_less() {
        let given = ["a.x", "b.y"].map(str::to_owned);
        assert_eq!(within("b.y", &given).unwrap(), ["b.y"]);
        assert_eq!(within(" b.y a.x  b.y", &given).unwrap(), ["b.y", "a.x"]);
        for beyond in ["", " ", "c.z", "a.x c.z", "a.x,b.y", "A.X"] {
            assert_eq!(within(beyond, &given), None, "{beyond:?}");
        }
    }

    #[test]
    fn an_id_can_be_sent() {
        for good in ["a", "billing", "s6BhdRkqt3:+%&=\"\\", &"x".repeat(MAX_ID)] {
            assert_eq!(id(good).unwrap(), good);
        }
        for bad in ["", "a b", "ü", "a\n", &"x".repeat(MAX_ID + 1)] {
            assert_eq!(id(bad).unwrap_err().code(), Code::Usage, "{bad:?}");
        }
    }
}
