//! Whether a text is a complaint to a provider at all, and whether somebody answers one.
use super::document::{Document, Place};
use super::handed;

/// What only complaints say to a provider, in lower case.
const STRONG: [&str; 217] = [
    "originating from these ip addresses",
    "il sito web ha commesso",
    "belong to your provider",
    "spam source",
    "vossos serviços",
    "vossa rede",
    "malicious activity coming from",
    "malicious content hosted",
    "within your range",
    "illegal use of your site",
    "it is requested that immediate steps",
    "in your area of responsibility",
    "from your server",
    "from your domain",
    "anti-spamming laws",
    "remove your spammer",
    "spam emitted from",
    "web-site is currently infected",
    "e-mail sent from your server",
    "involved in a cybersecurity incident",
    "zostało z państwa",
    "państwa systemów",
    "servidores sob sua",
    "the isp for ip",
    "you are the isp for",
    "ip adresinizden",
    "our server was attacked",
    "server's was attacked",
    "from an ip controlled by you",
    "hosted by you",
    "believe to be hosted",
    "post requests on one of our servers",
    "attacks coming from",
    "site to our attention",
    "della vostra propriet",
    "terza segnalazione",
    "segnalazione ip",
    "bad/threat actor",
    "badactor",
    "on our rbl",
    "ips continuously send",
    "used in a ddos",
    "sinkhole http events report",
    "phishing sites hospedados",
    "cert-ee monitooring",
    "violation is committed",
    "has detected a website",
    "unauthorized hosting of",
    "request for investigation",
    "attacks from multiple",
    "知识产权",
    "侵权",
    "deceptive site",
    "alert triggered",
    "isitphishing.org alert",
    "lfd on",
    "involved in a ddos",
    "reporting a phishing",
    "ddos protection / alert",
    "your network",
    "your netblock",
    "your abuse",
    "dear abuse",
    "abuse team",
    "abuse report",
    "abuse from",
    "abuse complaint",
    "abuse notification",
    "abuse incident",
    "report abuse",
    "reporting abuse",
    "network abuse",
    "ihrem netz",
    "ihrem server",
    "ihres kunden",
    "ihrer ip",
    "missbrauch",
    "bitte prüfen",
    "votre réseau",
    "su red",
    "vašeho serveru",
    "vaší ip",
    "uw netwerk",
    "vers notre",
    "nuestro servidor",
    "nuestra red",
    "a nuestro",
    "unser system",
    "unseren server",
    "unsere server",
    "auf unser",
    "de su red",
    "reporte de abuso",
    "signalement d'abus",
    "abusemelding",
    "zgłoszenie nadużycia",
    "notice of claimed",
    "notice of infringement",
    "notice of copyright",
    "infringing via",
    "bot-infected",
    "have it removed",
    "ihr system",
    "ihrem system",
    "betroffene systeme",
    "systeme in ihrem",
    "offending ip",
    "offending/source",
    "notice of trademark",
    "infringement notice",
    "notification of claimed",
    "under penalty of perjury",
    "good faith belief",
    "good-faith belief",
    "hosted on your",
    "hosted by your",
    "hosted in your",
    "hosted at your",
    "hosted under your",
    "located on your",
    "located in your",
    "you are hosting",
    "you are the hosting",
    "your platform is hosting",
    "your service is hosting",
    "your infrastructure",
    "your hosting service",
    "your ip range",
    "your ip space",
    "your constituency",
    "your autonomous system",
    "registered to you",
    "from your net",
    "responsible for this ip",
    "responsible for the ip",
    "hosting provider of",
    "dear hosting provider",
    "dear internet service provider",
    "dear isp",
    "content removal request",
    "removal request",
    "takedown request",
    "take down request",
    "take-down request",
    "takedown notice",
    "takedown assistance",
    "malware infrastructure hosted",
    "hosting infringing",
    "nachfolgenden systeme",
    "folgenden ip-adressen",
    "provider of hosting",
    "провайдеру",
    "ровайдер хостинга",
    "sua infraestrutura",
    "sua rede",
    "under your responsibility",
    "under your authority",
    "your ip address",
    "your ips",
    "attacking our network",
    "in ihren netzen",
    "kunden der ip",
    "an ihrem anschluss",
    "web host provider",
    "dear web host",
    "host provider of",
    "your web servers",
    "you provide hosting",
    "you are providing hosting",
    "internet service provider to",
    "your registrar",
    "domain registrar",
    "of your organisation",
    "vuestra red",
    "su proveedor",
    "su infraestructura",
    "redes brasileiras",
    "your as ",
    "technical contact person",
    "content removal",
    "remoção de conteúdo",
    "unwanted network activity",
    "demande de retrait",
    "block the ha",
    "stop spamming",
    "report dv-",
    "potentially vulnerable web application",
    "infiserte maskiner",
    "jūsų tinkle",
    "wir wurden über folgende",
    "wir folgende",
    "phishing attack(s) hosted",
    "providers who have the ability to disable",
    "infringing copies",
    "you are the hosting provider",
    "you are the isp",
    "you are the registrar",
    "роскомнадзор",
    "under your control",
    "jesteśmy zespołem reagowania",
    "respective service provider",
    "available with you",
    "your client's website",
    "report fraud",
    "spam from ip",
    "jūsų tinkl",
    "request for data removal",
    "non-consensual nudity",
    "削除請求",
    "削除依頼",
    "削除協力",
    "one of your clients using",
    "attack originating from your",
    "attacked from your",
    "trace back to your",
    "we have detected that you have",
    "violates your terms",
];

/// What complaints say and others too: two of them count.
const WEAK: [&str; 137] = [
    "attack from",
    "attacks from",
    "attack source",
    "take action",
    "your ip",
    "your server",
    "your user",
    "your system",
    "your host",
    "your client",
    "your range",
    "abusive",
    "suspicious activity",
    "malicious activity",
    "security incident",
    "incident report",
    "copyright infringement",
    "unauthorized access",
    "was detected",
    "has been detected",
    "takedown",
    "take down",
    "take-down",
    "take appropriate action",
    "take the appropriate",
    "appropriate measures",
    "please stop",
    "please take",
    "please block",
    "kindly take",
    "please remove",
    "content removed",
    "your attention",
    "your responsibility",
    "your infrastructure",
    "under your control",
    "please look into",
    "our website",
    "on our server",
    "to our server",
    "your subscriber",
    "votre client",
    "su servidor",
    "participated in a",
    "aus ihrem",
    "abus ",
    "we have received",
    "your customer",
    "votre serveur",
    "your datacenter",
    "please investigate",
    "originating from",
    "originated from",
    "we have detected",
    "we have observed",
    "we detected",
    "attempts from",
    "have been infected",
    "abuse desk",
    "abuse department",
    "has attacked",
    "cease and desist",
    "against our",
    "our firewall",
    "our honeypot",
    "our sensors",
    "used for an attack",
    "phishing site",
    "phishing website",
    "phishing web site",
    "phishing page",
    "phishing url",
    "fake website",
    "fake web site",
    "fake page",
    "fake shop",
    "fraudulent site",
    "fraudulent website",
    "fraudulent page",
    "malicious website",
    "malicious url",
    "malicious domain",
    "malicious site",
    "csirt",
    "incident response team",
    "emergency response team",
    "digital millennium copyright act",
    "intellectual property",
    "trademark infringement",
    "infringing material",
    "infringing content",
    "infringing url",
    "unauthorized use of",
    "unauthorised use of",
    "to whom it may concern",
    "on behalf of",
    "suspend",
    "come to our attention",
    "brought to our attention",
    "remove the content",
    "disable access",
    "block access",
    "immediate removal",
    "personal details",
    "law enforcement",
    "нарушени",
    "hosting provider",
    "informationssicherheit",
    "geeignete maßnahmen",
    "medidas",
    "remoção",
    "cyber security incident",
    "cybersecurity incident",
    "malicious content",
    "hosted on",
    "blacklisted",
    "infected with",
    "infiziert",
    "equipos infectados",
    "attacking",
    "attacked",
    "brand protection",
    "bad faith",
    "unsolicited",
    "this is spam",
    "hackers",
    "plainte",
    "web site",
    "is hosting",
    "violat",
    "unlawful",
    "site attack",
    "attack by",
    "hacker",
    "haker",
    "internet watch foundation",
    "take down the",
];

/// What services say to their users about their own logins.
const PERSONAL: [&str; 10] = [
    "if this was you",
    "wasn't you",
    "was not you",
    "your account",
    "your password",
    "new device",
    "new sign-in",
    "verify your",
    "ihr konto",
    "votre compte",
];

/// What mail to many says.
const MANY: [&str; 5] = ["unsubscribe", "view in browser", "view this email", "abmelden", "se désabonner"];

/// What providers and ticket desks say of a complaint that somebody else made, or that is settled.
const RECEIPTS: [&str; 9] = [
    "a support ticket has now been opened",
    "you will be notified when a response",
    "thank you for contacting our support",
    "the user is suspended.",
    "is in receipt of your",
    "changing the status of your ticket",
    "has been marked as resolved",
    "your ticket has been closed",
    "the case can be closed",
];

/// What coordinators say who hand a report on.
const FORWARDS: [&str; 4] = [
    "forwarding your email to the",
    "forwarding your e-mail to the",
    "forwarding your message to the",
    "i am forwarding this",
];

/// How sure we are that a text is a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It says so plainly.
    Plain,
    /// It says so in words that others use too.
    Complaint,
    /// Nothing says so.
    Unclear,
    /// It answers an earlier mail.
    Answer,
    /// It went to many.
    Bulk,
    /// A service tells somebody about his own account.
    Personal,
}

/// Judges a text by its subject and what the reporter wrote, in lower case.
pub(crate) fn judge(document: &Document, words: &str) -> Verdict {
    let subject = document.subject.to_lowercase();
    // Who shows a mail with its traces and calls it spam complains, whatever the shown mail says.
    let called = SPAM.iter().any(|w| subject.contains(w) || words.contains(w)) || is_named(&subject);
    if called && handed::shows_mail_unquoted(document) && !is_answer(document) || handed::is_handed_in(document) {
        return Verdict::Plain;
    }
    // Sites that publish complaints answer those who object, and providers those who complain.
    let closes = RECEIPTS.iter().any(|r| words.contains(r)) || subject.contains("your takedown request");
    let answers = is_answer(document) && !FORWARDS.iter().any(|f| words.contains(f)) && !complains_anew(document);
    if answers || closes {
        return Verdict::Answer;
    }
    let strong_said = STRONG.iter().any(|s| words.contains(s));
    let strong_said = strong_said || is_named(&subject) || STRONG.iter().any(|s| subject.contains(s));
    if called && handed::shows_mail(document) {
        return Verdict::Plain;
    }
    // Whoever passes a mail on to a mailbox for complaints, with its traces, complains about it.
    if traces(document, 1) && is_passed_on(&subject) && document.to.iter().any(|to| to.starts_with("abuse@")) {
        return Verdict::Complaint;
    }
    let many = document.bulk || MANY.iter().any(|m| words.contains(m));
    if many {
        // Senders' gateways and abuse mailboxes kept as lists mark complaints like newsletters.
        return if strong_said { Verdict::Complaint } else { Verdict::Bulk };
    }
    if !strong_said && PERSONAL.iter().any(|p| words.contains(p)) {
        return Verdict::Personal;
    }
    let strong = |text: &str| STRONG.iter().any(|s| text.contains(s));
    let weak = |text: &str| WEAK.iter().filter(|s| text.contains(*s)).take(2).count() == 2;
    if is_named(&subject) || strong(&subject) || strong_said {
        Verdict::Plain
    } else if weak(&subject) || weak(words) {
        Verdict::Complaint
    } else {
        Verdict::Unclear
    }
}

/// Whether a subject is that of a mail passed on.
fn is_passed_on(subject: &str) -> bool {
    let bare = without_gateway(subject);
    let returned = ["failure notice", "undeliver", "returned mail", "delivery status", "unzustellbar"];
    if returned.iter().any(|r| subject.contains(r)) {
        return false;
    }
    ["fw:", "fwd:", "wg:", "tr:", "rv:", "re:", "fw ", "i:"].iter().any(|p| bare.starts_with(p))
        || subject.contains("(fwd)")
}

/// A subject without what gateways and ticket desks put in front.
fn without_gateway(subject: &str) -> &str {
    let mut bare = subject.trim_start();
    // "[Ticket#1] [External Sender] Re: ...".
    while let Some((_, rest)) = bare.strip_prefix('[').and_then(|r| r.split_once(']')) {
        bare = rest.trim_start();
    }
    bare
}

/// What people call mail that they did not want.
const SPAM: [&str; 9] = ["cybercrime", "spam", "phish", "scam", "fraud", "unsolicited", "pourriel", "virus", "malware"];

/// Whether so many servers' lines about another mail stand in the text.
fn traces(document: &Document, least: usize) -> bool {
    let traces = document.lines.iter().filter(|l| matches!(l.place, Place::Body | Place::Attachment));
    traces
        .filter(|l| l.text.trim_start_matches(['>', ' ']).get(..9).is_some_and(|h| h.eq_ignore_ascii_case("received:")))
        .take(least)
        .count()
        == least
}

/// Whether a subject calls the mail a complaint.
pub(crate) fn is_named(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    ["abuse", "complaint", "abus", "misbruik", "missbrauch"].iter().any(|w| subject.contains(w))
}

/// Whether a mail answers an earlier one. Ticket systems and mail programs put references on first reports and on forwarded
/// ones too: only a subject that says "re" over a text that quotes, or that refers to another mail, makes an answer.
pub(crate) fn is_answer(document: &Document) -> bool {
    let subject = document.subject.to_lowercase();
    let prefix = ["re:", "aw:", "sv:", "antw:", "odp:", "ha:", "vs:", "réf:", "re :", "re[", "aw["];
    let bare = without_gateway(&subject);
    let Some(rest) = prefix.iter().find_map(|p| bare.strip_prefix(p)) else { return false };
    document.answers && !answers_shown(document, rest.trim())
}

/// Whether an answer complains by itself: it names what it is about, says so and asks for something; the page is back, or who
/// was asked first pointed to somebody else.
fn complains_anew(document: &Document) -> bool {
    const ASKS: [&str; 6] =
        ["would you please", "please take", "please remove", "please suspend", "please disable", "removal of this"];
    const SETTLED: [&str; 12] = [
        "we have removed",
        "has been removed",
        "have been removed",
        "was removed",
        "suspended",
        "resolved",
        "no longer",
        "thank you for your report",
        "thank you for reporting",
        "thanks for reporting",
        "we have received your",
        "we have taken",
    ];
    let own = document.lines.iter().filter(|l| l.place == Place::Body);
    let own =
        own.take_while(|l| !handed::is_earlier(&l.text) && !l.text.starts_with('>') && !l.text.starts_with("From:"));
    let mut text = String::new();
    for line in own.take(60) {
        text.push_str(&line.text.to_lowercase());
        text.push(' ');
    }
    let names =
        text.contains("://") && ["phish", "fraudulent", "malicious", "infring"].iter().any(|w| text.contains(w));
    let plain =
        STRONG.iter().any(|s| text.contains(s)) || WEAK.iter().filter(|s| text.contains(*s)).take(2).count() == 2;
    names && plain && ASKS.iter().any(|a| text.contains(a)) && !SETTLED.iter().any(|s| text.contains(s))
}

/// Whether somebody answers the very mail that he shows: he tells its sender and us what he thinks of it.
fn answers_shown(document: &Document, title: &str) -> bool {
    let title = crate::limits::clip(title, 24);
    let field = format!("subject: {title}");
    let shown = || document.lines.iter().any(|l| l.text.to_lowercase().contains(&field));
    title.len() >= 8 && handed::shows_mail(document) && shown()
}
