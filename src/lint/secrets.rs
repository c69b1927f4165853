//! How secrets are known: by the name of their claim, and by their own form.

use crate::json::Json;

/// Names of claims that hold secrets, without capitals and what joins words.
const NAMES: [&str; 18] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "passwordhash",
    "secret",
    "clientsecret",
    "secretkey",
    "apikey",
    "apisecret",
    "accesskey",
    "secretaccesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "cvv",
    "cvc",
    "creditcard",
];

/// Whether a claim has the name of a secret.
pub(super) fn is_named(name: &str) -> bool {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return false;
    }
    let bare: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.contains(&bare.as_str())
}

/// Whether a value says something: a flag, or what is empty, is no secret.
pub(super) fn is_said(value: &Json) -> bool {
    match value {
        Json::String(text) => !text.is_empty(),
        Json::Number(_) => true,
        _ => false,
    }
}

/// A JWK with the private member of its kind (RFC 7518 6).
pub(super) fn is_private_jwk(value: &Json) -> bool {
    let kty = value.get("kty").and_then(Json::as_str);
    match kty {
        Some("oct") => value.get("k").is_some(),
        Some(_) => value.get("d").is_some(),
        None => false,
    }
}

/// The number of a card: the beginning and length that one of the large issuers gives, and Luhn's
/// check digit (ISO/IEC 7812-1). Other numbers of ids are too often right by chance.
pub(super) fn is_card(text: &str) -> bool {
    const LONGEST: usize = 32;
    if text.len() > LONGEST || !text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-')) {
        return false;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let beginning = digits.iter().take(4).fold(0, |number, digit| number * 10 + digit);
    let issued = match digits.len() {
        14 => matches!(beginning, 3000..=3059 | 3600..=3699 | 3800..=3999),
        15 => matches!(beginning, 3400..=3499 | 3700..=3799),
        16 => matches!(
            beginning,
            4000..=4999 | 5100..=5599 | 2221..=2720 | 6011 | 6500..=6599 | 3528..=3589
        ),
        _ => false,
    };
    issued && luhn(&digits)
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let weighed = digits.iter().rev().enumerate();
    let sum: u32 =
        weighed.map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_known_and_other_numbers_are_not() {
        for card in
            ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "30569309025904"]
        {
            assert!(is_card(card), "{card}");
        }
        // A wrong check digit, an id of a social network, milliseconds, a phone, a UUID in digits.
        for other in [
            "4111111111111112",
            "1700000000000000003",
            "1700000000000",
            "+49 170 1234567",
            "41111111-1111-1111-1111-111111111111",
            "",
        ] {
            assert!(!is_card(other), "{other}");
        }
    }

    #[test]
    fn names_are_compared_without_what_joins_their_words() {
        for name in ["password", "Api_Key", "client-secret", "privateKey"] {
            assert!(is_named(name), "{name}");
        }
        for name in ["password_changed_at", "secretary", "key", "kid", "pin_code"] {
            assert!(!is_named(name), "{name}");
        }
    }
}
