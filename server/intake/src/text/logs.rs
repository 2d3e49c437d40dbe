//! Lines of well-known programs: each names one address as the other side, and tells what was tried.
use domain::class::Class;

/// A program's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Log {
    /// What kind of log it is, for people.
    pub(crate) name: &'static str,
    /// What the line tells about the kind of abuse.
    pub(crate) class: Option<Class>,
}

/// All of the first and one of the second must be in the line, in lower case.
type Sign = (&'static [&'static str], &'static [&'static str], &'static str, Class);

const SIGNS: [Sign; 28] = [
    (&["auth failure"], &["relay=", "sasl"], "log of a mail server", Class::LoginAttack),
    (&[" waf: "], &[" "], "log of a web application firewall", Class::VulnerabilityScan),
    (
        &["sshd"],
        &[
            "failed ",
            "invalid user",
            "illegal user",
            "authentication fail",
            "connection closed",
            "connection reset",
            "received disconnect",
            "did not receive",
            "disconnected from",
            "disconnecting",
            "maximum auth",
            "bad protocol",
            "banner",
            "rhost=",
            "not allowed",
            "unable to negotiate",
            "preauth",
            "accepted ",
        ],
        "log of an ssh server",
        Class::LoginAttack,
    ),
    (&["failed password for"], &[" from "], "log of an ssh server", Class::LoginAttack),
    (&["invalid user "], &[" from "], "log of an ssh server", Class::LoginAttack),
    (&["sasl"], &["authentication fail", "auth failed"], "log of a mail server", Class::LoginAttack),
    (&["lost connection after auth"], &["from"], "log of a mail server", Class::LoginAttack),
    (&["rip="], &["auth", "login", "disconnected"], "log of a mailbox server", Class::LoginAttack),
    (&["authenticator failed"], &["[", "from"], "log of a mail server", Class::LoginAttack),
    (&["noqueue: reject"], &["rcpt from", "connect from", "helo from"], "log of a mail server", Class::Spam),
    (&["rejected rcpt"], &["["], "log of a mail server", Class::Spam),
    (&["postscreen"], &["pregreet", "dnsbl rank"], "log of a mail server", Class::Spam),
    (&["fail login"], &["client"], "log of an ftp server", Class::LoginAttack),
    (
        &["ftpd"],
        &["no such user", "login failed", "authentication failed", "incorrect password"],
        "log of an ftp server",
        Class::LoginAttack,
    ),
    (&["pam_unix"], &["rhost="], "log of logins", Class::LoginAttack),
    (&["authentication failure"], &["rhost="], "log of logins", Class::LoginAttack),
    (&["authentication attempt for unknown user"], &["from"], "log of a web site's logins", Class::LoginAttack),
    (&["authentication failure for"], &["from"], "log of a web site's logins", Class::LoginAttack),
    (&["login failed for user"], &["[client:"], "log of a database server", Class::LoginAttack),
    (&["registration from"], &["failed for"], "log of a telephone server", Class::LoginAttack),
    (&["securityevent="], &["remoteaddress="], "log of a telephone server", Class::LoginAttack),
    (&["modsecurity"], &["[client ", "client:"], "log of a web application firewall", Class::VulnerabilityScan),
    (&["src=", "dst="], &["proto", "dpt=", "spt=", "len="], "log of a firewall", Class::PortScan),
    (&["%asa-"], &["deny", "denied"], "log of a firewall", Class::PortScan),
    (&["%sec-6-ipaccesslog"], &["denied"], "log of a router", Class::PortScan),
    (&["ipfw"], &["deny ", "reject", "reset"], "log of a firewall", Class::PortScan),
    (&["[**]"], &["->"], "log of an intrusion detector", Class::VulnerabilityScan),
    (&["] ban "], &["[", "notice", "fail2ban"], "log of fail2ban", Class::LoginAttack),
];

/// What kind of log line this is, if it is one.
pub(crate) fn read(lower: &str) -> Option<Log> {
    if let Some(class) = web_request(lower) {
        return Some(Log { name: "log of a web server", class });
    }
    let (_, _, name, class) = SIGNS
        .iter()
        .find(|(all, any, ..)| all.iter().all(|w| lower.contains(w)) && any.iter().any(|w| lower.contains(w)))?;
    let class = if *class == Class::VulnerabilityScan { intrusion(lower) } else { *class };
    Some(Log { name, class: Some(class) })
}

/// Combined log format, or a web server's error naming its client.
fn web_request(lower: &str) -> Option<Option<Class>> {
    const METHODS: [&str; 8] =
        ["\"get ", "\"post ", "\"head ", "\"put ", "\"options ", "\"connect ", "\"propfind ", "\"-\" "];
    let combined = METHODS.iter().any(|m| lower.contains(m)) && lower.contains('[') && lower.contains(':');
    let error = (lower.contains("[error]") || lower.contains(":error]"))
        && (lower.contains("[client ") || lower.contains(", client: "));
    if !combined && !error || lower.contains("modsecurity") {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    let class = if has(&["union+select", "union select", "union%20", "%27", "sleep(", "information_schema"]) {
        Some(Class::SqlInjection)
    } else if has(&["wp-login", "xmlrpc.php", "/administrator/index", "/user/login", "/admin/login", "/login"]) {
        Some(Class::LoginAttack)
    } else if has(&[
        "../",
        "%2e%2e",
        "phpmyadmin",
        "/.env",
        "/.git",
        "/cgi-bin/",
        "eval-stdin",
        "wlwmanifest",
        "/etc/passwd",
        "${jndi",
        "/setup.php",
        "shell",
    ]) {
        Some(Class::VulnerabilityScan)
    } else {
        None
    };
    Some(class)
}

fn intrusion(lower: &str) -> Class {
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if has(&["portscan", "port scan", "scan nmap", " scan "]) {
        Class::PortScan
    } else if has(&["ddos", "denial of service"]) {
        Class::Ddos
    } else if has(&["sql injection", "sqli"]) {
        Class::SqlInjection
    } else if has(&["brute force", "brute-force", "login"]) {
        Class::LoginAttack
    } else {
        Class::VulnerabilityScan
    }
}
