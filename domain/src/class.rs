//! What kind of abuse an event is: XARF v4.2 `category/type`.
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The group a [`Class`] belongs to; cases are grouped by it unless a playbook says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Unwanted mail and messages.
    Messaging,
    /// Attacks and infections seen as network connections.
    Connection,
    /// Harmful content served from a URL.
    Content,
    /// Claims of rights holders.
    Copyright,
    /// Machines under somebody else's control.
    Infrastructure,
    /// Services that can be abused, before they are.
    Vulnerability,
    /// What block lists and reputation sources say.
    Reputation,
    /// Not classified yet.
    Other,
}

impl Category {
    /// Every category, in the order of XARF.
    pub const ALL: [Self; 8] = [
        Self::Messaging,
        Self::Connection,
        Self::Content,
        Self::Copyright,
        Self::Infrastructure,
        Self::Vulnerability,
        Self::Reputation,
        Self::Other,
    ];

    /// The word used in XARF, in the database and in URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messaging => "messaging",
            Self::Connection => "connection",
            Self::Content => "content",
            Self::Copyright => "copyright",
            Self::Infrastructure => "infrastructure",
            Self::Vulnerability => "vulnerability",
            Self::Reputation => "reputation",
            Self::Other => "other",
        }
    }

    /// The category of that word, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }

    /// Plain English for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Messaging => "Spam and messages",
            Self::Connection => "Attacks and infections",
            Self::Content => "Harmful content",
            Self::Copyright => "Copyright",
            Self::Infrastructure => "Compromised machines",
            Self::Vulnerability => "Weak services",
            Self::Reputation => "Reputation",
            Self::Other => "Other",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One table gives each class its category, XARF text, RSIT text (version 1003) and plain words.
macro_rules! classes {
    ($( $variant:ident, $category:ident, $text:literal, $rsit:literal, $title:literal; )*) => {
        /// The class of an event: the 32 types of XARF v4.2 and `other/unclassified`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Class {
            $( #[doc = concat!("`", $text, "`: ", $title, ".")] $variant, )*
        }

        impl Class {
            /// Every class, in the order of XARF.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// `category/type`, as in XARF, the database and URLs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }

            /// The group it belongs to.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $( Self::$variant => Category::$category, )* }
            }

            /// `first-level/second-level` of the Reference Security Incident Taxonomy, for export.
            #[must_use]
            pub const fn rsit(self) -> &'static str {
                match self { $( Self::$variant => $rsit, )* }
            }

            /// Plain English for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )* }
            }
        }
    };
}

classes! {
    Spam, Messaging, "messaging/spam", "abusive-content/spam", "Spam";
    BulkMessaging, Messaging, "messaging/bulk_messaging", "abusive-content/spam", "Unwanted bulk mail";
    LoginAttack, Connection, "connection/login_attack", "intrusion-attempts/brute-force", "Password guessing";
    PortScan, Connection, "connection/port_scan", "information-gathering/scanner", "Port scan";
    Ddos, Connection, "connection/ddos", "availability/ddos", "Denial-of-service attack";
    InfectedHost, Connection, "connection/infected_host", "malicious-code/infected-system", "Bot infection";
    Reconnaissance, Connection, "connection/reconnaissance", "information-gathering/scanner", "Probing for weak spots";
    Scraping, Connection, "connection/scraping", "other/other", "Web scraping";
    SqlInjection, Connection, "connection/sql_injection", "intrusion-attempts/exploit", "Attack on a web application";
    VulnerabilityScan, Connection, "connection/vulnerability_scan", "information-gathering/scanner", "Vulnerability scan";
    Phishing, Content, "content/phishing", "fraud/phishing", "Phishing page";
    Malware, Content, "content/malware", "malicious-code/malware-distribution", "Malware download";
    Fraud, Content, "content/fraud", "fraud/masquerade", "Fraudulent page";
    BrandInfringement, Content, "content/brand_infringement", "fraud/masquerade", "Misuse of a brand";
    Csam, Content, "content/csam", "abusive-content/violence", "Child sexual abuse material";
    Csem, Content, "content/csem", "abusive-content/violence", "Child sexual exploitation";
    ExposedData, Content, "content/exposed_data", "information-content-security/data-leak", "Exposed data";
    RemoteCompromise, Content, "content/remote_compromise", "intrusions/application-compromise", "Hacked web page";
    SuspiciousRegistration, Content, "content/suspicious_registration", "fraud/masquerade", "Suspicious domain";
    Copyright, Copyright, "copyright/copyright", "fraud/copyright", "Copyright claim";
    Cyberlocker, Copyright, "copyright/cyberlocker", "fraud/copyright", "Copyright claim (file hoster)";
    LinkSite, Copyright, "copyright/link_site", "fraud/copyright", "Copyright claim (link site)";
    UgcPlatform, Copyright, "copyright/ugc_platform", "fraud/copyright", "Copyright claim (platform)";
    P2p, Copyright, "copyright/p2p", "fraud/copyright", "Copyright claim (file sharing)";
    Usenet, Copyright, "copyright/usenet", "fraud/copyright", "Copyright claim (Usenet)";
    Botnet, Infrastructure, "infrastructure/botnet", "malicious-code/infected-system", "Member of a botnet";
    CompromisedServer, Infrastructure, "infrastructure/compromised_server", "intrusions/system-compromise", "Hacked server";
    Cve, Vulnerability, "vulnerability/cve", "vulnerable/vulnerable-system", "Known security hole";
    OpenService, Vulnerability, "vulnerability/open_service", "vulnerable/potentially-unwanted-accessible", "Open service";
    Misconfiguration, Vulnerability, "vulnerability/misconfiguration", "vulnerable/vulnerable-system", "Unsafe configuration";
    Blocklist, Reputation, "reputation/blocklist", "other/undetermined", "Block-list entry";
    ThreatIntelligence, Reputation, "reputation/threat_intelligence", "other/undetermined", "Threat intelligence";
    Unclassified, Other, "other/unclassified", "other/undetermined", "Unclassified";
}

impl Class {
    /// The class of exactly that `category/type`, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == text)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Class {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("{text:?} is no class; use one of XARF v4.2 `category/type`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_32_types_and_one_for_the_rest() {
        assert_eq!(Class::ALL.len(), 33);
    }

    #[test]
    fn text_category_and_serde_agree() {
        for &class in Class::ALL {
            assert_eq!(Class::parse(class.as_str()), Some(class));
            assert!(class.as_str().starts_with(class.category().as_str()), "{class}");
            assert_eq!(Category::parse(class.category().as_str()), Some(class.category()));
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(json, format!("\"{class}\""));
            assert_eq!(serde_json::from_str::<Class>(&json).unwrap(), class);
            assert_eq!(class.rsit().split('/').count(), 2);
        }
        assert!(serde_json::from_str::<Class>("\"connection/tea\"").is_err());
    }
}
