//! The known word that was probably meant.

/// The nearest of `words`, if it is near enough to be a slip of the hand.
pub fn nearest<'a>(typed: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let typed: Vec<char> =
        typed.chars().take(LONGEST + 1).map(|c| c.to_ascii_lowercase()).collect();
    if typed.len() > LONGEST {
        return None;
    }
    let allowed = typed.len().div_ceil(3);
    let distances = words.map(|word| (distance(&typed, word), word));
    distances.min_by_key(|(far, _)| *far).filter(|(far, _)| *far <= allowed).map(|(_, word)| word)
}

/// How many insertions, deletions and replacements lead from one to the other (Levenshtein).
fn distance(typed: &[char], word: &str) -> usize {
    let mut row: Vec<usize> = (0..=typed.len()).collect();
    for (above, known) in word.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut corner = std::mem::replace(&mut row[0], above + 1);
        for (index, c) in typed.iter().enumerate() {
            let replaced = corner + usize::from(*c != known);
            corner = row[index + 1];
            row[index + 1] = replaced.min(corner + 1).min(row[index] + 1);
        }
    }
    row[typed.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let words = ["token.iss", "token.iat", "refresh.grace"];
        let near = |typed| nearest(typed, words.into_iter());
        assert_eq!(near("token.isss"), Some("token.iss"));
        assert_eq!(near("TOKEN.IAT"), Some("token.iat"));
        assert_eq!(near("refersh.grace"), Some("refresh.grace"));
        assert_eq!(near("hooks.logged_in"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(&"x".repeat(100_000)), None);
        assert_eq!(distance(&['a', 'b', 'c'], "abd"), 1);
        assert_eq!(distance(&[], "abc"), 3);
        assert_eq!(distance(&['k', 'i', 't', 't', 'e', 'n'], "sitting"), 3);
    }
}
