//! Refusals in the original's words.

use crate::claims::Kind;
use crate::claims::report::{Check, Fault};
use crate::error::Stage;

/// Why a token of which that kind was asked did not pass.
pub(in crate::server) fn words(token: &str, failed: &Check, kind: Kind) -> String {
    let word = match (failed.stage, failed.name.as_str(), failed.fault) {
        (Stage::Parse, ..) if token.split('.').count() < 3 => "Not enough segments",
        (Stage::Parse, ..) => "Invalid header string",
        (Stage::Alg, ..) => "The specified alg value is not allowed",
        (Stage::Key | Stage::Signature, ..) => "Signature verification failed",
        (Stage::NotYetValid, ..) => "The token is not yet valid (nbf)",
        (Stage::Expired, ..) => "Signature has expired",
        (Stage::Revoked, ..) => "Token was revoked.",
        (Stage::Permission, ..) => "Insufficient Permissions.",
        (Stage::Claims, "type", _) => {
            return format!("Token type must be \"{kind}\".");
        }
        (Stage::Claims, "exp", Some(Fault::Mistyped)) => {
            "Expiration Time claim (exp) must be an integer."
        }
        (Stage::Claims, "jti", Some(Fault::Mistyped)) => "JWT ID must be a string",
        (Stage::Claims, "claims", _) => "Invalid payload string",
        (Stage::Claims, name, Some(Fault::Missing)) => {
            return format!("Token is missing the \"{name}\" claim");
        }
        (Stage::Claims, "iss", _) => "Invalid issuer",
        (Stage::Claims, "sub", _) => "Invalid subject",
        (Stage::Claims, "aud", Some(Fault::Unasked)) => "Invalid audience",
        (Stage::Claims, "aud", _) => "Audience doesn't match",
        (Stage::Claims, ..) => "Failed to validate token.",
    };
    word.to_owned()
}
