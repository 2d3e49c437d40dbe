//! Where a letter ends, and where another one or an appendix begins below it.
use super::page_words::{BAD, says};

/// What begins the end of a letter.
const FAREWELL: [&str; 17] = [
    "regards",
    "best regards",
    "kind regards",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "mit freundlichen",
    "cordialement",
    "atentamente",
    "atenciosamente",
    "saludos",
    "thanks,",
    "thank you,",
    "cheers",
    "с уважением",
    "best,",
    "distinti saluti",
];

/// Whether a line in lower case ends a letter.
pub(crate) fn is_farewell(bare: &str) -> bool {
    bare.len() < 60 && FAREWELL.iter().any(|f| bare.starts_with(f))
}

/// Whether a line begins another letter or an appendix.
pub(crate) fn begins_again(bare: &str) -> bool {
    const AGAIN: [&str; 16] = [
        "dear ",
        "hello",
        "from:",
        "subject:",
        "appendix",
        "annex",
        "exhibit",
        "schedule",
        "list of",
        "evidence",
        "details",
        "begin ",
        "-----begin",
        "to whom",
        "attachment",
        "anexo",
    ];
    AGAIN.iter().any(|a| bare.starts_with(a))
        || (bare.ends_with(':') && says(&BAD, bare, true))
        || bare.starts_with("infringing")
}
