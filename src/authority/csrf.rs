//! CSRF tokens: what a page of ours has to show that a foreign page cannot know. A token is
//! authentic by itself, and says of which session it is, so that one visitor's does not serve in
//! another's session.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::authority::Authority;
use crate::error::Result;

const NONCE: usize = 12;
const BOND: usize = 12;
const TAG: usize = 18;

/// Of which session an authentic CSRF token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond([u8; BOND]);

impl Bond {
    /// The bond to a session, or to none.
    pub fn to(sid: Option<&str>) -> Self {
        let mut bond = [0; BOND];
        if let Some(sid) = sid {
            let hash = digest(&SHA256, sid.as_bytes());
            bond.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        }
        Self(bond)
    }
}

impl Authority {
    /// Reads what requests are judged and tokens signed by, or says what is missing: no request is
    /// to wait for that.
    pub fn warm_up(&self) -> Result<()> {
        self.ring()?.signing(self.now())?;
        self.csrf_key().map(drop)
    }

    /// A fresh CSRF token, of a session or of none.
    pub fn csrf_token(&self, sid: Option<&str>) -> Result<String> {
        let mut token = [0; NONCE];
        self.chance.fill(&mut token);
        let content = [token.as_slice(), &Bond::to(sid).0].concat();
        let tag = hmac::sign(self.csrf_key()?, &content);
        let tag = tag.as_ref().iter().take(TAG);
        Ok(URL_SAFE_NO_PAD.encode(content.iter().chain(tag).copied().collect::<Vec<_>>()))
    }

    /// Of which session a CSRF token is; none if it is not one of ours.
    pub fn csrf_bond(&self, token: &str) -> Result<Option<Bond>> {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return Ok(None) };
        let Some((said, tag)) = bytes.split_at_checked(NONCE + BOND) else { return Ok(None) };
        let right = hmac::sign(self.csrf_key()?, said);
        let right = right.as_ref().get(..TAG).unwrap_or_default();
        if aws_lc_rs::constant_time::verify_slices_are_equal(right, tag).is_err() {
            return Ok(None);
        }
        let bond = said.get(NONCE..).and_then(|bond| bond.try_into().ok());
        Ok(bond.map(Bond))
    }

    pub(super) fn csrf_key(&self) -> Result<&hmac::Key> {
        if let Some(key) = self.csrf.get() {
            return Ok(key);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.store.csrf_key()?);
        Ok(self.csrf.get_or_init(|| key))
    }
}
