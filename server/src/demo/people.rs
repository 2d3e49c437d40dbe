//! Names, products and texts of a provider that does not exist.

/// Given name, family name, whether letters go out in German.
pub(super) const GIVEN: &[(&str, bool)] = &[
    ("Anna", true),
    ("Lukas", true),
    ("Miriam", true),
    ("Jürgen", true),
    ("Sabine", true),
    ("Thomas", true),
    ("Petra", true),
    ("Emine", true),
    ("Mehmet", true),
    ("Zofia", false),
    ("Piotr", false),
    ("Joanna", false),
    ("Emily", false),
    ("Oliver", false),
    ("Grace", false),
    ("Niamh", false),
    ("Camille", false),
    ("Antoine", false),
    ("Lucía", false),
    ("Javier", false),
    ("Sanne", false),
    ("Daan", false),
    ("Ingrid", false),
    ("Björn", false),
    ("Giulia", false),
    ("Marco", false),
    ("Amina", false),
    ("Kwame", false),
    ("Mei", false),
    ("Hiroshi", false),
    ("Priya", false),
    ("Olena", false),
];

pub(super) const FAMILY: &[&str] = &[
    "Gruber",
    "Huber",
    "Schäfer",
    "Winkler",
    "Yıldız",
    "Öztürk",
    "Kowalska",
    "Nowak",
    "Wójcik",
    "Taylor",
    "O'Brien",
    "Clarke",
    "Whitfield",
    "Dubois",
    "Lefèvre",
    "García",
    "Fernández",
    "de Vries",
    "Janssen",
    "Lindqvist",
    "Åkesson",
    "Rossi",
    "Esposito",
    "Diallo",
    "Mensah",
    "Chen",
    "Nakamura",
    "Sharma",
    "Kovalenko",
    "Novák",
    "Horvat",
    "Papadakis",
    "Brandt",
    "Steiner",
    "Maurer",
    "Pichler",
    "Baumgartner",
    "Fuchs",
    "Moser",
    "Lehner",
];

pub(super) const TRADES: &[&str] = &[
    "Bäckerei",
    "Schreinerei",
    "Architects",
    "Dental Practice",
    "Fahrradladen",
    "Logistics",
    "Kanzlei",
    "Garage",
    "Print Shop",
    "Hotel",
    "Weingut",
    "Pharmacy",
    "Steuerberatung",
    "Studio",
    "Metallbau",
];

/// Protected services: name, why, product.
pub(super) const PROTECTED: &[(&str, &str, &str)] = &[
    ("Clinic am Park", "hospital: telemetry of the ward runs over this line", "Business Fibre 1000"),
    ("Senior Residence Lindenhof", "emergency call buttons of 64 flats", "Business Fibre 200"),
    ("Alarm Centre North", "alarm receiving centre", "Business Fibre 200"),
    ("Fire Brigade Oberdorf", "alarm line of a fire station", "DSL 100"),
    ("Dialysis Practice Dr. Maurer", "dialysis machines report over this line", "Business Fibre 200"),
    ("Water Works Seetal", "control of pumping stations", "Business Fibre 200"),
];

/// What people write when they have fixed it.
pub(super) const FIXED: &[&str] = &[
    "I ran the virus scanner, it found two things and removed them. I changed my passwords too.",
    "Wir haben den Router zurückgesetzt und ein neues Kennwort vergeben.",
    "The NAS was open to the internet. My nephew closed the port and installed the update.",
    "Der Drucker war aus dem Internet erreichbar, das ist jetzt abgestellt.",
    "Reinstalled the server from backup, updated the shop software and rotated all keys.",
    "The camera was the problem. I unplugged it.",
    "Habe den Rechner meines Sohnes neu aufgesetzt.",
];

/// What people write when they deny it.
pub(super) const NOT_ME: &[&str] = &[
    "I was on holiday that week, the computer was switched off.",
    "Wir haben gar keinen Server. Das muss eine Verwechslung sein.",
    "My flatmate moved out in October, the modem was unplugged.",
];

/// What people write when they do not know what to do.
pub(super) const HELP: &[&str] = &[
    "I do not understand what an open resolver is. Can somebody call me?",
    "Ich bin 78 und habe nur ein Tablet. Was muss ich tun?",
    "The shop where I bought the router says it is fine. What now?",
];

/// Objections.
pub(super) const DISPUTE: &[&str] = &[
    "You have cut me off without telling me. I need the line for my work and want compensation.",
    "Ich bestreite den Vorfall. Bitte legen Sie mir die Protokolle vor.",
    "The report is from a company that wants money from us. We did nothing wrong.",
];

/// Notes of the staff.
pub(super) const NOTES: &[&str] = &[
    "Called, no answer. Will try again tomorrow.",
    "Customer is friendly and wants to help. Son is a student and comes on Saturday.",
    "Third time this year with the same camera. Offer the replacement router.",
    "Checked the flow data of that hour: matches the report.",
    "Invoice department says the contract was taken over by the daughter.",
];

/// Answers to customers.
pub(super) const REPLIES: &[&str] = &[
    "Thank you. We saw nothing more since yesterday and keep watching for a week.",
    "Danke für die Rückmeldung. Bitte ändern Sie auch das Kennwort des Routers.",
    "A colleague will call you today between 14 and 16 o'clock.",
    "Please switch the device off until it has an update; the manufacturer has published one.",
];

/// Free text that no parser can read: subject and body. `{address}` and `{seen}` stand for a source and a time.
pub(super) const LETTERS: &[(&str, &str)] = &[
    (
        "Stop attacking my server!!!",
        "Somebody of yours at {address} tries to log in to my server since Sunday, my log has {seen}. Other addresses\n\
         like 203.0.113.245 did so too, I do not know who belongs to whom. Do something or I call the police.",
    ),
    ("Question", "Hello, I received a strange letter from you. Is it real? Regards"),
    (
        "Spam from your network",
        "I get twenty mails a day from your customers about casino. One came through {address}. See screenshot.",
    ),
    ("Anfrage", "Guten Tag, wer ist bei Ihnen für Urheberrecht zuständig? Bitte um Rückruf."),
    (
        "phishing site",
        "There is a fake bank page on one of your servers, the name starts with login-secure. Please take it down.",
    ),
    ("Re: your ticket", "As discussed on the telephone I send you the log tomorrow."),
];

/// The name as it stands in a mail address or a user name: ASCII, lower case, words joined by dots.
pub(super) fn plain(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'å' | 'á' | 'à' => out.push('a'),
            'è' | 'é' => out.push('e'),
            'í' | 'ı' => out.push('i'),
            'ó' => out.push('o'),
            'ş' => out.push('s'),
            ' ' | '-' => out.push('.'),
            _ => {}
        }
    }
    out
}
