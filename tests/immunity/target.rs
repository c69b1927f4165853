//! What is attacked: a folder with a key, and whoever makes tokens against it.

use std::process::{Command, Stdio};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jot::json::{Json, MAX_DEPTH};
use jot::key::{Key, TooOpen, Wanted, read_file};

use crate::served::{Folder, now};

/// The three HMAC algorithms, as a header names them.
pub(crate) const HMACS: [(&str, hmac::Algorithm); 3] =
    [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)];

/// A folder with one key of its own.
pub(crate) struct Target {
    pub(crate) folder: Folder,
    pub(crate) alg: &'static str,
}

impl Target {
    pub(crate) fn new(alg: &'static str) -> Self {
        let folder = Folder::empty();
        folder.run(&["keygen", "--alg", alg], "");
        // The first token makes the store, which every later answer looks at.
        folder.run(&["--quiet", "issue", "--user", "mallory"], "");
        Self { folder, alg }
    }

    /// Of the default algorithm of these tests.
    pub(crate) fn ready() -> Self {
        Self::new("ES256")
    }

    pub(crate) fn key(&self) -> Key {
        key(&self.folder, "jwt-signing.pem")
    }

    /// A header of the target's own, with more members, which begin with a comma.
    pub(crate) fn header(&self, more: &str) -> String {
        format!(r#"{{"alg":"{}","typ":"JWT"{more}}}"#, self.alg)
    }

    /// What the ring says of a token.
    pub(crate) fn stage(&self, token: &str) -> Option<String> {
        self.stages(&[token.to_owned()]).remove(0)
    }

    /// The stage at which each of many tokens is refused by the ring; none: it is valid.
    pub(crate) fn stages(&self, tokens: &[String]) -> Vec<Option<String>> {
        self.judged(&[], tokens)
    }

    /// The same with more flags. Tokens are read from stdin, one a line, in one process.
    #[track_caller]
    pub(crate) fn judged(&self, flags: &[&str], tokens: &[String]) -> Vec<Option<String>> {
        let arguments = [&["--json", "validate"], flags, &["-"]].concat();
        let output = self.folder.told(&arguments, &tokens.join("\n"));
        let text = String::from_utf8(output.stdout).unwrap();
        let stage = |line: &str| {
            // It keeps any number as it stands, and so must its reader.
            let report = Json::read(line, MAX_DEPTH).unwrap();
            assert!(report.get("valid").is_some(), "{report} {:?}", output.stderr);
            report.get("stage").and_then(Json::as_str).map(str::to_owned)
        };
        let stages: Vec<_> = text.lines().map(stage).collect();
        assert_eq!(stages.len(), tokens.len(), "one answer for each token");
        let refused = stages.iter().any(Option::is_some);
        assert_eq!(!refused, output.status.success(), "the exit code says so too");
        stages
    }

    /// Every one of these tokens is refused at that stage.
    #[track_caller]
    pub(crate) fn refuses(&self, tokens: &[String], expected: &str) {
        for (token, stage) in tokens.iter().zip(self.stages(tokens)) {
            assert_eq!(stage.as_deref(), Some(expected), "{token:.300}");
        }
    }
}

/// A key of a folder's file.
pub(crate) fn key(folder: &Folder, file: &str) -> Key {
    let wanted = Wanted { algs: &[], passphrase: None };
    read_file(&folder.file(file), &wanted, TooOpen::Refuse).unwrap().keys.remove(0)
}

/// Good claims of an access token.
pub(crate) fn claims() -> String {
    claims_with("", "")
}

/// Claims of an access token without one member, and with another text behind the others.
pub(crate) fn claims_with(without: &str, more: &str) -> String {
    let now = now();
    let members = [
        ("iat", format!(r#""iat":{}"#, now - 10)),
        ("exp", format!(r#""exp":{}"#, now + 300)),
        ("jti", r#""jti":"j""#.to_owned()),
        ("type", r#""type":"access""#.to_owned()),
        ("user", r#""user":{"username":"mallory","id":null,"perms":[]}"#.to_owned()),
    ];
    let kept = members.into_iter().filter(|(name, _)| *name != without).map(|(_, text)| text);
    let more = (!more.is_empty()).then(|| more.to_owned());
    format!("{{{}}}", kept.chain(more).collect::<Vec<_>>().join(","))
}

/// A token over exactly these bytes, signed with the key whatever the header says.
pub(crate) fn forge(header: &str, payload: impl AsRef<[u8]>, key: &Key) -> String {
    // The provider of signatures is installed by the first signature.
    jot::jws::sign("JWT", &Json::read("{}", MAX_DEPTH).unwrap(), key).unwrap();
    let signed = format!("{}.{}", encode(header), encode(payload));
    let secret = key.signing().unwrap();
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), secret, key.alg()).unwrap();
    format!("{signed}.{signature}")
}

/// A token with an HMAC under any secret.
pub(crate) fn mac(header: &str, secret: &[u8], alg: hmac::Algorithm) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims()));
    let tag = hmac::sign(&hmac::Key::new(alg, secret), signed.as_bytes());
    format!("{signed}.{}", encode(tag))
}

/// The token under other bytes for a signature.
pub(crate) fn signed_by(token: &str, signature: &[u8]) -> String {
    format!("{}.{}", token.rsplit_once('.').unwrap().0, encode(signature))
}

/// The bytes of a token's signature.
pub(crate) fn signature(token: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(token.rsplit_once('.').unwrap().1).unwrap()
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
}

/// The order of P-256 (FIPS 186-5), which neither number of a signature reaches.
pub(crate) const P256: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of Ed25519's curve, little-endian (RFC 8032 5.1).
pub(crate) const ED25519: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The sum of two little-endian numbers of 32 bytes.
pub(crate) fn sum(one: &[u8], other: &[u8; 32]) -> Vec<u8> {
    let mut carry = 0;
    let digits = one.iter().zip(other).map(|(one, other)| {
        let sum = u16::from(*one) + u16::from(*other) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    digits.collect()
}

/// Minus a big-endian number, modulo the order of P-256.
pub(crate) fn negated(number: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut digits: Vec<_> = P256
        .iter()
        .zip(number)
        .rev()
        .map(|(order, digit)| {
            let difference = 256 + i16::from(*order) - i16::from(*digit) - borrow;
            borrow = i16::from(difference < 256);
            difference.to_le_bytes()[0]
        })
        .collect();
    digits.reverse();
    digits
}

/// An ECDSA signature as OpenSSL writes it (RFC 3279 2.2.3).
pub(crate) fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8]| {
        let body = [if bytes[0] > 0x7f { &[0][..] } else { &[] }, bytes].concat();
        [&[2, u8::try_from(body.len()).unwrap()][..], &body].concat()
    };
    let body = [number(r), number(s)].concat();
    [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
}

/// A script with the same surroundings as a command; `$0` is jot.
pub(crate) fn shell(folder: &Folder, script: &str) -> Command {
    let jot = folder.jot(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_jot")]).current_dir(folder.path.path());
    let variables = jot.get_envs().filter_map(|(name, value)| Some((name, value?)));
    shell.envs(variables.collect::<Vec<_>>());
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}
