//! What kind of abuse a text is about, by the words that reporters use.
use super::class_words::WORDS;
use super::class_words_more::MORE;
use super::excerpt;
use super::lines::{Ready, Setting};
use crate::suggestion::Hinted;
use domain::class::{Category, Class};
use std::borrow::Cow;

/// A class and the sum of the words that speak for it.
#[derive(Debug, Clone)]
pub(crate) struct Scored {
    pub(crate) class: Class,
    pub(crate) score: i32,
    /// Whether the subject holds one of the words.
    pub(crate) in_subject: bool,
    words: Vec<&'static str>,
    line: String,
}

impl Scored {
    pub(crate) fn hinted(&self) -> Hinted<Class> {
        let words = self.words.iter().take(3).map(|w| format!("“{}”", w.trim())).collect::<Vec<_>>().join(", ");
        Hinted { value: self.class, reason: format!("the words {words}"), excerpt: excerpt(&self.line) }
    }
}

/// Classes by the words of the subject and of what the reporter wrote, loudest first.
pub(crate) fn scores(subject: &str, lines: &[Ready], words: &str) -> Vec<Scored> {
    let mut scored: Vec<Scored> = Vec::new();
    let subject_lower = without_links(&subject.to_ascii_lowercase()).into_owned();
    // What a filter thought of the letter says nothing of its matter.
    let subject_lower = subject_lower.replace("[possible spam]", "").replace("[suspected spam]", "");
    let plain = lines.iter().filter(|l| l.setting == Setting::Plain).take(2000);
    let plain: Vec<(&Ready, Cow<'_, str>)> = plain.map(|l| (l, without_links(&l.lower))).collect();
    for (word, class, weight) in WORDS.iter().chain(&MORE) {
        let in_subject = holds(&subject_lower, word);
        // Most words are nowhere: one search over the whole text saves one in each line.
        let lines = if words.contains(word) { &plain[..] } else { &[] };
        let line = lines.iter().find(|(_, said)| holds(said, word)).map(|(line, _)| *line);
        let score = if in_subject { weight * 3 } else { 0 } + if line.is_some() { *weight } else { 0 };
        if score == 0 {
            continue;
        }
        let shown = if in_subject { subject } else { line.map_or("", |l| l.raw.as_str()) };
        match scored.iter_mut().find(|s| s.class == *class) {
            Some(s) => {
                s.score += score;
                s.in_subject |= in_subject;
                s.words.push(word);
            }
            None => scored.push(Scored { class: *class, score, in_subject, words: vec![word], line: shown.to_owned() }),
        }
    }
    merely_infringing(&mut scored);
    for (narrow, wide) in NARROWER {
        absorb(&mut scored, narrow, wide);
    }
    // An infection that the subject names is one of a machine; the malware is what infects it.
    if scored.iter().any(|s| s.class == Class::InfectedHost && s.in_subject && s.words.len() >= 2) {
        absorb(&mut scored, Class::InfectedHost, Class::Malware);
    }
    // "Malicious activity" says something only where nothing else does.
    if scored.iter().any(|s| s.class != Class::Unclassified && s.score >= 3) {
        scored.retain(|s| s.class != Class::Unclassified);
    }
    // An attack of whatever kind is said of every kind.
    let deed =
        |s: &Scored| s.class.category() == Category::Connection && s.class != Class::Reconnaissance && s.score >= 3;
    if scored.iter().any(deed) {
        scored.retain(|s| s.class != Class::Reconnaissance);
    }
    scored.sort_by_key(|s| std::cmp::Reverse(s.score));
    scored
}

/// "Infringement" and the name of a law alone say copyright only where nothing speaks of a brand, or plainly of something else.
fn merely_infringing(scored: &mut Vec<Scored>) {
    const LAWS: [&str; 3] = ["infring", "dmca", "digital millennium"];
    let Some(at) = scored.iter().position(|s| s.class == Class::Copyright) else { return };
    let words = scored.get(at).map(|s| s.words.clone()).unwrap_or_default();
    let trade = scored.iter().any(|s| s.class == Class::BrandInfringement && s.words.contains(&"trademark"));
    let other = |s: &Scored| s.class.category() == Category::Content && !RIGHTS.contains(&s.class) && s.score >= 6;
    if trade && words.iter().all(|w| LAWS.contains(w)) {
        let gone = scored.remove(at);
        for brand in scored.iter_mut().filter(|s| s.class == Class::BrandInfringement) {
            brand.score += gone.score;
            brand.in_subject |= gone.in_subject;
        }
    } else if words == ["infring"] && scored.iter().any(other) {
        scored.remove(at);
    }
}

/// What a shown mail can be: its own words about rights and brands are no claim of the reporter. Without any other word it is
/// simply unwanted.
pub(crate) fn of_mail(scored: &mut Vec<Scored>) {
    let mails = |c: Class| {
        c.category() == Category::Messaging
            || matches!(c, Class::Phishing | Class::Fraud | Class::Malware | Class::ExposedData)
    };
    if scored.iter().any(|s| mails(s.class)) {
        scored.retain(|s| mails(s.class));
        // "Spam, and a scam": the mail was unwanted whatever it wanted.
        absorb(scored, Class::Spam, Class::Fraud);
        // A phishing mail is unsolicited too.
        let of = |class| scored.iter().find(|s| s.class == class).map(|s| (s.score, s.in_subject));
        if let (Some((phishing, true)), Some((spam, _))) = (of(Class::Phishing), of(Class::Spam))
            && phishing > spam
        {
            absorb(scored, Class::Phishing, Class::Spam);
        }
        scored.sort_by_key(|s| std::cmp::Reverse(s.score));
    } else if scored.is_empty() {
        let words = vec!["a mail shown as evidence"];
        scored.push(Scored { class: Class::Spam, score: 3, in_subject: false, words, line: String::new() });
    }
}

/// A class and a wider one whose words speak for it too: file sharing is a copyright matter.
const NARROWER: [(Class, Class); 4] = [
    (Class::P2p, Class::Copyright),
    (Class::SqlInjection, Class::VulnerabilityScan),
    (Class::LoginAttack, Class::VulnerabilityScan),
    (Class::InfectedHost, Class::Botnet),
];

/// The narrower class takes the words of the wider one.
fn absorb(scored: &mut Vec<Scored>, narrow: Class, wide: Class) {
    let found = |class| scored.iter().position(|s| s.class == class);
    let (Some(to), Some(from)) = (found(narrow), found(wide)) else { return };
    let (more, subject) = scored.get(from).map_or((0, false), |s| (s.score, s.in_subject));
    if let Some(s) = scored.get_mut(to).filter(|s| s.score >= 3) {
        s.score += more;
        s.in_subject |= subject;
        scored.remove(from);
    }
}

/// Classes that reporters mention as the likely cause of another.
const CAUSES: [Class; 7] = [
    Class::InfectedHost,
    Class::Botnet,
    Class::Malware,
    Class::Cve,
    Class::Blocklist,
    Class::Fraud,
    Class::CompromisedServer,
];

/// What rights holders claim; letters about one speak of the other.
const RIGHTS: [Class; 2] = [Class::Copyright, Class::BrandInfringement];

/// The class that stands clear of all others. One loud word is enough, one that happens to be there is not.
pub(crate) fn clear(scores: &[Scored], plain_complaint: bool) -> Option<Class> {
    let is_cause = |s: &Scored| CAUSES.contains(&s.class);
    let deeds = scores.iter().any(|s| !is_cause(s) && s.score >= 4);
    let mut weighed: Vec<(i32, Class, usize)> = scores
        .iter()
        .map(|s| {
            let part = if s.class == Class::Blocklist { 3 } else { 2 };
            // A subject that speaks of nothing but the listing.
            let listing =
                s.class == Class::Blocklist && s.in_subject && scores.iter().filter(|s| s.in_subject).count() == 1;
            (if deeds && is_cause(s) && !listing { s.score / part } else { s.score }, s.class, s.words.len())
        })
        .collect();
    weighed.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let (first, class, words) = *weighed.first()?;
    let second = weighed.get(1).map_or(0, |(score, ..)| *score);
    // Two of one kind, or one that the subject names alone: the louder one.
    let near = weighed.get(1).map(|(_, class, _)| *class);
    let titled = |class: Class| scores.iter().any(|s| s.class == class && s.in_subject);
    let ahead = near.is_none_or(|n| {
        n.category() == class.category()
            || RIGHTS.contains(&n) && RIGHTS.contains(&class)
            || first > second && titled(class) && !titled(n) && plain_complaint
    });
    let enough = (plain_complaint && class == Class::Unclassified && first >= 2)
        || first >= 5
        || words >= 2
        || (plain_complaint && first >= 3);
    (enough && (first * 2 >= second * 3 || ahead)).then_some(class)
}

/// A line without the links in it: their words are the offender's.
fn without_links(lower: &str) -> Cow<'_, str> {
    if !lower.contains("://") {
        return Cow::Borrowed(lower);
    }
    Cow::Owned(lower.split(' ').filter(|w| !w.contains("://")).collect::<Vec<_>>().join(" "))
}

/// Whether the word begins a word of the text.
fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        // Names of firms that guard against it.
        if word == "ddos" && text.get(at + 4..).is_some_and(|t| t.starts_with("-guard") || t.starts_with(" guard")) {
            return false;
        }
        // Names of those who fight it.
        let after = text.get(at + word.len()..).unwrap_or_default();
        if word == "copyright" && [" ©", " (c)", "©"].iter().any(|sign| after.starts_with(sign)) {
            return false;
        }
        // The name of a law is no claim of its own.
        if word == "copyright" && (after.starts_with(" act") || after.starts_with(" directive")) {
            return false;
        }
        if word == "spam" && ["haus", "cop", "-list", "rats"].iter().any(|name| after.starts_with(name)) {
            return false;
        }
        // What stands at the foot of pages and letters.
        if word == "copyright" && text.get(at + 9..).is_some_and(is_footer) {
            return false;
        }
        // Scripts without spaces put words side by side.
        if word.starts_with(|c| c > '\u{2e80}') {
            return true;
        }
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '@' || c == '/')
    })
}

/// Whether "copyright" goes on as a notice does: a sign, or a year.
fn is_footer(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with('©')
        || rest.starts_with("(c)")
        || rest.get(..4).is_some_and(|y| y.bytes().all(|b| b.is_ascii_digit()))
}
