//! What to tell a customer about each kind of abuse: what it means, why it matters to him, what to do. No blame, no jargon.
//!
//! The 33 classes fall into ten groups, because a customer does the same about several of them. The customer's page and
//! the mail templates (`server/templates/notice/<group>.<language>.txt`) take their words from here.
mod de;
mod en;
mod restriction;
mod title;

use crate::{class::Class, language::Language, words::words};

pub use restriction::{clause_sentence, quarantine_sentence, what_works};
pub use title::class_title;

words! {
    /// Classes about which a customer has to do the same.
    Group {
        /// An infected device.
        Bot = "bot",
        /// Unwanted mail.
        Spam = "spam",
        /// A service that answers strangers.
        OpenService = "open_service",
        /// Break-in attempts and searches for weak spots.
        Attack = "attack",
        /// Floods.
        Ddos = "ddos",
        /// Harmful web content.
        Content = "content",
        /// A rights holder's claim; never a ground to restrict a line.
        Copyright = "copyright",
        /// A known security hole.
        Weakness = "weakness",
        /// A server somebody broke into.
        Server = "server",
        /// Everything else; also what only people should speak about.
        Other = "other",
    }
}

impl Group {
    /// The group of a class.
    ///
    /// Abuse of children is `Other`: its words say nothing, so that nobody is told what to remove before the police saw it.
    #[must_use]
    pub const fn of(class: Class) -> Self {
        use Class as C;
        match class {
            C::InfectedHost | C::Botnet => Self::Bot,
            C::Spam | C::BulkMessaging => Self::Spam,
            C::OpenService | C::ExposedData => Self::OpenService,
            C::LoginAttack | C::PortScan | C::Reconnaissance | C::Scraping | C::SqlInjection | C::VulnerabilityScan => {
                Self::Attack
            }
            C::Ddos => Self::Ddos,
            C::Phishing | C::Malware | C::Fraud | C::BrandInfringement | C::SuspiciousRegistration => Self::Content,
            C::Copyright | C::Cyberlocker | C::LinkSite | C::UgcPlatform | C::P2p | C::Usenet => Self::Copyright,
            C::Cve | C::Misconfiguration => Self::Weakness,
            C::CompromisedServer | C::RemoteCompromise => Self::Server,
            C::Csam | C::Csem | C::Blocklist | C::ThreatIntelligence | C::Unclassified => Self::Other,
        }
    }
}

/// The words for one group in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// The first line when the customer was told, as a sentence without full stop.
    pub news: &'static str,
    /// Completes "Your internet connection is restricted, because ..."; lower case, without full stop.
    pub because: &'static str,
    /// What was seen, in one to three sentences.
    pub what: &'static str,
    /// Why it matters to the customer himself; may be empty.
    pub risk: &'static str,
    /// What to do, in this order.
    pub steps: &'static [&'static str],
    /// A hint for somebody technical.
    pub expert: &'static str,
}

impl Advice {
    /// The advice about a class.
    #[must_use]
    pub const fn about(class: Class, language: Language) -> &'static Self {
        Self::of(Group::of(class), language)
    }

    /// The advice of a group.
    #[must_use]
    pub const fn of(group: Group, language: Language) -> &'static Self {
        match language {
            Language::En => en::advice(group),
            Language::De => de::advice(group),
        }
    }

    /// The steps as numbered lines for a mail.
    #[must_use]
    pub fn steps_text(&self) -> String {
        let lines: Vec<String> = self.steps.iter().zip(1..).map(|(step, n)| format!("{n}. {step}")).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const PLACEHOLDERS: [&str; 14] = [
        "customer_name",
        "case_number",
        "what",
        "source",
        "first_seen",
        "last_seen",
        "count",
        "evidence",
        "steps",
        "link",
        "deadline",
        "quarantine",
        "clause",
        "desk_name",
    ];

    #[test]
    fn every_class_has_words_in_every_language() {
        for &class in Class::ALL {
            for &language in Language::ALL {
                let advice = Advice::about(class, language);
                assert!(advice.what.ends_with('.') && !advice.news.ends_with('.') && !advice.because.ends_with('.'));
                assert!((3..=6).contains(&advice.steps.len()), "{class} {language}");
                assert!(!class_title(class, language).is_empty());
            }
        }
    }

    /// Short sentences are the best measure of plain words that a test can take.
    #[test]
    fn sentences_are_short() {
        for &group in Group::ALL {
            for &language in Language::ALL {
                let advice = Advice::of(group, language);
                let texts = [advice.what, advice.risk].into_iter().chain(advice.steps.iter().copied());
                for sentence in texts.flat_map(|text| text.split_inclusive(['.', ':', ';'])) {
                    let words = sentence.split_whitespace().count();
                    assert!(words <= 22, "{group} {language}: {words} words: {sentence}");
                }
            }
        }
    }

    #[test]
    fn nobody_is_told_to_remove_what_the_police_must_see() {
        for class in [Class::Csam, Class::Csem] {
            assert_eq!(Group::of(class), Group::Other);
            for &language in Language::ALL {
                assert_eq!(class_title(class, language), class_title(Class::Unclassified, language));
            }
        }
    }

    #[test]
    fn every_group_has_a_mail_template_with_known_placeholders() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../server/templates/notice");
        for &group in Group::ALL {
            for &language in Language::ALL {
                let path = folder.join(format!("{group}.{language}.txt"));
                let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                let (subject, body) = text.split_once('\n').unwrap();
                assert!(
                    subject.starts_with("Subject: ") && subject.contains("{{ case_number }}"),
                    "{}",
                    path.display()
                );
                for part in body.split("{{ ").skip(1).chain(subject.split("{{ ").skip(1)) {
                    let name = part.split(" }}").next().unwrap();
                    assert!(PLACEHOLDERS.contains(&name), "{}: {name}", path.display());
                }
                for needed in PLACEHOLDERS {
                    assert!(text.contains(&format!("{{{{ {needed} }}}}")), "{} lacks {needed}", path.display());
                }
                assert!(!text.contains("http") && !text.contains('<'), "{}", path.display());
            }
        }
    }
}
