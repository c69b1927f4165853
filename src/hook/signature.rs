//! Signatures of what is sent, as Standard Webhooks has them: HMAC-SHA256 over the id, the moment
//! and the body.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The secret that sender and receiver share.
pub struct Secret(Key);

impl Secret {
    /// Reads one: `whsec_` and base64, as Standard Webhooks writes it, or any other text as it is.
    /// None: what follows `whsec_` is not base64, or there is nothing.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = match text.strip_prefix("whsec_") {
            Some(encoded) => STANDARD.decode(encoded).ok()?,
            None => text.as_bytes().to_vec(),
        };
        (!bytes.is_empty()).then(|| Self(Key::new(HMAC_SHA256, &bytes)))
    }

    /// The value of the header `webhook-signature`.
    pub(super) fn sign(&self, id: &str, moment: i64, body: &str) -> String {
        let tag = sign(&self.0, format!("{id}.{moment}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_receivers_expect() {
        // Computed with another implementation of HMAC.
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert!(Secret::read("").is_none() && Secret::read("whsec_").is_none());
        assert!(Secret::read("whsec_?").is_none());
    }
}
