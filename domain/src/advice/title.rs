//! The name of each class for customers. Where a name would give away what only people should speak about, it says nothing.
use crate::{class::Class, language::Language};

/// The name of a class in the customer's language.
#[must_use]
pub const fn class_title(class: Class, language: Language) -> &'static str {
    match (language, class) {
        (Language::En, Class::Csam | Class::Csem | Class::Unclassified) => "Complaint",
        (Language::En, _) => class.title(),
        (Language::De, _) => german(class),
    }
}

const fn german(class: Class) -> &'static str {
    use Class as C;
    match class {
        C::Spam => "Spam",
        C::BulkMessaging => "Unerwünschte Massenmails",
        C::LoginAttack => "Ausprobieren von Passwörtern",
        C::PortScan => "Abtasten von Ports",
        C::Ddos => "Überlastungsangriff",
        C::InfectedHost => "Infiziertes Gerät",
        C::Reconnaissance => "Suche nach Schwachstellen",
        C::Scraping => "Massenhaftes Abrufen von Webseiten",
        C::SqlInjection => "Angriff auf eine Web-Anwendung",
        C::VulnerabilityScan => "Suche nach Sicherheitslücken",
        C::Phishing => "Phishing-Seite",
        C::Malware => "Schadsoftware zum Herunterladen",
        C::Fraud => "Betrügerische Seite",
        C::BrandInfringement => "Missbrauch einer Marke",
        C::Csam | C::Csem | C::Unclassified => "Beschwerde",
        C::ExposedData => "Offen liegende Daten",
        C::RemoteCompromise => "Gehackte Webseite",
        C::SuspiciousRegistration => "Verdächtige Domain",
        C::Copyright => "Urheberrecht",
        C::Cyberlocker => "Urheberrecht (Datei-Speicherdienst)",
        C::LinkSite => "Urheberrecht (Linksammlung)",
        C::UgcPlatform => "Urheberrecht (Plattform)",
        C::P2p => "Urheberrecht (Tauschbörse)",
        C::Usenet => "Urheberrecht (Usenet)",
        C::Botnet => "Teil eines Botnetzes",
        C::CompromisedServer => "Gehackter Server",
        C::Cve => "Bekannte Sicherheitslücke",
        C::OpenService => "Offener Dienst",
        C::Misconfiguration => "Unsichere Einstellung",
        C::Blocklist => "Eintrag in einer Sperrliste",
        C::ThreatIntelligence => "Warnung eines Sicherheitsdienstes",
    }
}
