//! Search boxes: the words a noun is found by, and the words that somebody typed.
//!
//! A noun is found by the beginning of a word, or of a part of one: `anna.huber@mail.example` by `anna`, `huber@`,
//! `mail.ex`; `L-2026-000123` by `2026-0001`, `000123` and `123`. Every typed word has to be found.
use std::collections::BTreeSet;

/// What the search boxes say about it.
pub const HINT: &str = "Words are found by how they begin, or how a part of them begins: huber, 192.0.2, 000123";
/// Longest word that is kept, in characters.
const WORD_CHARS_MAX: usize = 64;
/// Most words that one search looks for.
const WORDS_MAX: usize = 6;

/// The words that a text is found by, in lower case.
pub fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for token in text.to_lowercase().split_whitespace() {
        let mut inside = false;
        for (place, letter) in token.char_indices() {
            let part = letter.is_alphanumeric();
            if part && !inside {
                let word: String = token[place..].chars().take(WORD_CHARS_MAX).collect();
                // People leave out the zeros in front.
                let short = word.trim_start_matches('0');
                if short.len() < word.len() && short.starts_with(char::is_alphanumeric) {
                    words.insert(short.to_owned());
                }
                words.insert(word);
            }
            inside = part;
        }
    }
    words
}

/// The beginnings of words that a typed text asks for, in lower case; none for a text without letters and digits.
pub fn asked(text: &str) -> Vec<String> {
    let typed = text.to_lowercase();
    let begins = typed.split_whitespace().map(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric()));
    begins
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| word.chars().take(WORD_CHARS_MAX).collect())
        .collect()
}

/// The first word, in the order of bytes, after all that begin with `word`.
pub fn after(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_the_beginning_of_each_part() {
        let words = words("L-2026-000123 Huber-Maier, Anna anna@mail.example +43 0660 ÖKO");
        let found = |typed: &str| asked(typed).iter().all(|begin| words.iter().any(|word| word.starts_with(begin)));
        for typed in [
            "l-2026-000123",
            "2026-0001",
            "000123",
            "123",
            "HUBER",
            "maier",
            "anna hub",
            "@mail",
            "mail.ex",
            "+43",
            "660",
            "öko",
        ] {
            assert!(found(typed), "{typed}: {words:?}");
        }
        for typed in ["uber", "23", "nna", "anna muster"] {
            assert!(!found(typed), "{typed}");
        }
    }

    #[test]
    fn what_has_no_letters_asks_for_nothing() {
        assert!(asked(" -- %_ ").is_empty());
        assert_eq!(asked("a b c d e f g h").len(), WORDS_MAX);
        assert!(words(&"x".repeat(500)).iter().all(|word| word.chars().count() == WORD_CHARS_MAX));
        let word = "hub";
        assert!(
            *"huber" < *after(word).as_str()
                && *"hub\u{ffff}" < *after(word).as_str()
                && *"huc" > *after(word).as_str()
        );
    }
}
