//! Whether the words before a link say that the page is the rightful one: the reporter's, or that of those who were copied.
use super::page_words::{BAD, says};

/// Words that make it somebody else's page, for certain.
const RIGHTFUL: [&str; 27] = [
    "original",
    "legitimate",
    "legit",
    "official",
    "authorized",
    "authorised",
    "genuine",
    "authentic",
    "rightful",
    "holder",
    "owner",
    "formerly",
    "representatives",
    "representing",
    "licensed",
    "real",
    "client's",
    "homepage",
    "oficial",
    "my",
    "client",
    "impersonates",
    "impersonating",
    "mimics",
    "mimicking",
    "rightsholder",
    "main",
];

/// What is said of the one who complains: a page named behind it is his.
const BEHALF: [&str; 35] = [
    "authorized example",
    "authorised example",
    "was taken from",
    "were taken from",
    "was copied from",
    "stolen from",
    "protected by copyright",
    "authorized agent",
    "authorised agent",
    "our client",
    "my client",
    "representing",
    "representatives of",
    "legal representative",
    "owns ",
    "owner of",
    "owned by",
    "official",
    "legitimate",
    "copyrighted work",
    "markets and sells",
    "copyright holder",
    "original work",
    "users of",
    "of these works",
    "list of works",
    "copyrighted property",
    "i own",
    "own the",
    "imitating",
    "imitates",
    "belong to",
    "belongs to",
    "copyrighted content:",
    "with my permission",
];

/// Whether a text has one of the words that make a page somebody else's for certain.
pub(crate) fn is_named(text: &str) -> bool {
    says(&RIGHTFUL, text, false)
}

/// A text without what only sounds like a claim: "it came to my attention", "your client", who is the accused, and
/// "officially", which is how somebody speaks.
pub(crate) fn without_seeming(text: &str) -> String {
    let text = text.replace(" my attention", " notice").replace(" our attention", " notice");
    text.replace("your client", "your customer").replace("officially", "")
}

/// Whether the words before a link say that the page behind it is the rightful one.
pub(crate) fn is_rightful(sentence: &str, near: &str) -> bool {
    if is_named(near) {
        return true;
    }
    // "A phishing attack against the users of the site:" names whom it hurts.
    if is_aimed(sentence) {
        return true;
    }
    // "The following page imitates ours:" announces the imitation.
    let announces = sentence.ends_with(':');
    let of = |b: &str| sentence.rfind(b).is_some_and(|at| sentence.get(..at).is_some_and(|s| s.ends_with("of the ")));
    let spoken = BEHALF.iter().filter(|b| !(announces && b.starts_with("imitat") || b.ends_with("holder") && of(b)));
    let Some(said) = spoken.filter_map(|b| sentence.rfind(b)).max() else { return false };
    // "... the official site, to avoid falling victim to scams:" speaks of what it is good for.
    let after = sentence.get(said..).unwrap_or_default().split(" to avoid ").next().unwrap_or_default();
    let near = if after.starts_with("our client") || after.starts_with("my client") { 60 } else { 130 };
    // "Our client has found the following page": not his.
    const FOUND: [&str; 7] =
        [" noticed ", " discovered ", " found ", " detected ", " identified ", " informed ", " reports "];
    let first = after.get(..after.len().min(60)).unwrap_or(after);
    if near == 60 && FOUND.iter().any(|f| first.contains(f)) {
        return false;
    }
    // "Works in which we own exclusive rights on the site of ..." is about what stands there.
    if after.contains(" rights on the") {
        return false;
    }
    after.len() < near && !says(&BAD, after, true) && !ends_within(after) && !after.contains("your ")
}

/// Whether a sentence ends with those whom an attack is aimed at.
pub(crate) fn is_aimed(sentence: &str) -> bool {
    const WHOM: [&str; 4] = ["users of", "customers of", "clients of", "visitors of"];
    WHOM.iter().any(|whom| {
        let Some(at) = sentence.rfind(whom) else { return false };
        let (before, after) = sentence.split_at(at);
        let aimed = ["against the ", "against ", "targeting the ", "targeting "].iter().any(|a| before.ends_with(a));
        aimed && after.split_whitespace().count() <= 6
    })
}

/// Whether a sentence ends in the text; the dot of "Ltd. " ends none.
fn ends_within(text: &str) -> bool {
    const SHORT: [&str; 6] = ["ltd", "pvt", "inc", "co", "corp", "gmbh"];
    text.match_indices(". ").any(|(at, _)| {
        let word = text.get(..at).and_then(|t| t.rsplit(' ').next()).unwrap_or_default();
        !SHORT.contains(&word.trim_end_matches(['.', ',']))
    })
}
