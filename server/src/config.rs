//! Settings: `lazaret.toml`, then `LAZARET_SECTION__KEY` in the environment, then flags. Every key stands in [`KEYS`].
pub mod channel;
pub mod lease;
pub mod resolver;

use chrono::{DateTime, FixedOffset, Offset as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use std::{collections::BTreeMap, fmt::Write as _, path::Path};
use thiserror::Error;

/// A setting: name, default, what it means. The type is that of the default; an empty default means "not set".
pub struct Key {
    /// `section.key`, or `section.*.key` where there may be several: the star stands for a name of one's choice.
    pub name: &'static str,
    /// Value when nothing else is said.
    pub default: &'static str,
    /// One sentence with the unit.
    pub meaning: &'static str,
    /// Never shown or logged.
    pub secret: bool,
}

const fn key(name: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, default, meaning, secret: false }
}

const fn secret(name: &'static str, meaning: &'static str) -> Key {
    Key { name, default: "", meaning, secret: true }
}

/// Every setting there is.
pub const KEYS: &[Key] = &[
    secret(
        "database.url",
        "Where everything is kept: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME. Default: sqlite://lazaret.db",
    ),
    key("http.listen", "127.0.0.1:8025", "Address and port of the web server; port 0 picks a free one."),
    key(
        "http.public_url",
        "",
        "Address under which browsers and customers reach the desk, without a trailing slash. Default: the listening address.",
    ),
    key("http.address_file", "", "Written with the listening address once the server is ready; for scripts."),
    key("http.trusted_proxies", "", "Addresses (comma separated) whose X-Forwarded-For is believed."),
    key("desk.name", "Abuse desk", "Name of the provider as customers see it."),
    key(
        "desk.zone",
        "UTC",
        "Time zone in which staff and customers read times, such as Europe/Vienna. Evidence and proofs stay in UTC.",
    ),
    key("desk.phone", "", "Telephone number shown to customers who need help."),
    key(
        "desk.redress",
        "",
        "Regulator or arbitration body that a customer may turn to, by name, perhaps with its address. Default: none is named.",
    ),
    secret("smtp.url", "Relay for outgoing mail: smtp://HOST:PORT, smtps://USER:PASSWORD@HOST. Empty: notices wait."),
    key("mail.from", "abuse@desk.example", "Sender address of notices; its domain makes Message-IDs."),
    key(
        "mail.bounce_domain",
        "",
        "Domain of the return address bounce+KEY@DOMAIN, mail to which must reach intake. Default: the domain of mail.from.",
    ),
    key(
        "mail.keep",
        "false",
        "true: without smtp.url, notices are kept on the mail page and count as given. Only for trying out: nobody is told.",
    ),
    key(
        "mail.authserv_id",
        "",
        "Name that your own mail server writes into Authentication-Results; only its verdicts are believed. Empty: none are.",
    ),
    key("mail.feedback_per_day", "50", "Receipts and outcomes that one reporter's address gets within a day, at most."),
    secret("webhook.signing_key", "Secret that signs webhooks (HMAC-SHA256); without it none goes out."),
    key("webhook.private", "no", "yes: reporters' webhooks may lead to an address inside a private network."),
    key("webhook.seconds", "15", "Seconds that a webhook of any kind has to answer."),
    key("mail.undo_seconds", "10", "Seconds during which a notice ordered by a person can be taken back."),
    key(
        "quarantine.url",
        "",
        "Base address of the quarantine back end (docs/quarantine-api.md). Empty: the built-in demo back end.",
    ),
    secret("quarantine.token", "Bearer token for the back end."),
    secret("quarantine.signing_key", "Secret that signs requests to the back end (HMAC-SHA256)."),
    key(
        "quarantine.reconcile_seconds",
        "60",
        "Seconds between comparisons of what the network holds with what it should hold.",
    ),
    key(
        "ledger.key_file",
        "lazaret-ledger-key.pem",
        "Ed25519 key that signs heads of the record; made at the first start.",
    ),
    key("ledger.heads_file", "", "Signed heads are appended here too: keep it on another machine."),
    key("ledger.head_minutes", "60", "Minutes between signed heads, when there is something new."),
    key(
        "channel.alarm_hours",
        "24",
        "Hours for which a mailbox, feed or block list may fail before it raises an alarm; 0: never.",
    ),
    key(
        "lmtp.listen",
        "",
        "Where the mail server hands reports over (LMTP): ADDRESS:PORT on loopback, or the path of a unix socket. Empty: off.",
    ),
    key("lmtp.silent_hours", "0", "Hours without a mail by LMTP that raise an alarm; 0: never."),
    key(
        "mailbox.*.url",
        "",
        "Mailbox to fetch reports from: imaps://USER@HOST/FOLDER, or imap+starttls://; imap:// (no TLS) on loopback only. An @ in USER is %40.",
    ),
    secret("mailbox.*.password", "Password of the mailbox."),
    key("mailbox.*.done_folder", "Lazaret-done", "Folder into which a mail is moved once its bytes are durable here."),
    key("mailbox.*.parked_folder", "Lazaret-parked", "Folder for mails that are too large or cannot be fetched."),
    key("mailbox.*.poll_seconds", "120", "Seconds between looks; a server with IDLE tells of new mail at once."),
    key("mailbox.*.silent_hours", "0", "Hours without a new mail that raise an alarm; 0: never."),
    key(
        "mailbox.*.ca_file",
        "",
        "PEM file of the authority that signed the server's certificate, if it is a private one.",
    ),
    key("feed.*.url", "", "Address of a feed that is fetched: http:// or https://."),
    key("feed.*.every_seconds", "3600", "Seconds between fetches."),
    key("feed.*.profile", "", "Feed of the page Feeds that reads it. Empty: recognised as any other report."),
    key("feed.*.header", "", "Header that carries the token, such as Auth-Key. Default: Authorization: Bearer."),
    secret("feed.*.token", "Token for the feed's server."),
    key("feed.*.silent_hours", "48", "Hours without new content that raise an alarm; 0: never."),
    key(
        "dnsbl.resolver",
        "",
        "DNS server that is asked about block lists: ADDRESS or ADDRESS:PORT. Default: the system's. Many lists refuse public resolvers.",
    ),
    key("dnsbl.*.zone", "", "Block list in which the own ranges are looked up, such as bl.example.net."),
    key("dnsbl.*.every_hours", "24", "Hours between the beginnings of two rounds."),
    key("dnsbl.*.queries_per_minute", "300", "Queries a minute at most, from 10: stay below what the list allows."),
    key("dnsbl.*.hosts", "", "Single addresses looked up too (comma separated): IPv6 is asked only for these."),
    key("dnsbl.*.ignore", "", "Answers that are no listing (comma separated), such as 127.0.0.10 of a policy list."),
    key(
        "lease.*.file",
        "",
        "Lease file, accounting file or log that is read as it grows (docs/lease-sources.md): its whole path.",
    ),
    key("lease.*.format", "", "Its form: kea, kea6, isc, isc6, radius-detail, cgnat, conntrack, csv or ndjson."),
    key(
        "lease.*.zone",
        "",
        "Zone of times that name none, such as Europe/Berlin. Empty: rows with such times are refused.",
    ),
    key("lease.*.holder", "best", "What names the holder: best (as the form allows), username, circuit or mac."),
    key("lease.*.silent_hours", "0", "Hours without anything new that raise an alarm; 0: never."),
    key("lease.*.skew_seconds", "", "Seconds by which its clock may be off. Default: 2."),
    key(
        "leases.keep_days",
        "14",
        "Days for which leases are kept after their end; then they are erased. What is frozen in an attribution stays.",
    ),
    key(
        "leases.report_days",
        "7",
        "Days that a report may be old: a warning when lease sources know less of the past.",
    ),
    key("radius.listen", "", "Where RADIUS accounting is taken (UDP): ADDRESS:PORT, such as 0.0.0.0:1813. Empty: off."),
    key("radius.*.client", "", "Address or prefix from which accounting requests may come."),
    secret("radius.*.secret", "Secret shared with it; 16 characters or more."),
    key(
        "radius.*.holder",
        "best",
        "What names the holder: best (user, then circuit, then device), username, circuit or mac.",
    ),
    key("radius.*.silent_hours", "0", "Hours without a request that raise an alarm; 0: never."),
    key("radius.*.skew_seconds", "", "Seconds by which its clock may be off. Default: 5."),
    key(
        "resolver.*.url",
        "",
        "System that is asked by HTTP who had an address (docs/lease-sources.md): https://, or http:// on loopback.",
    ),
    secret("resolver.*.token", "Bearer token for it."),
    key(
        "resolver.*.prefixes",
        "",
        "Addresses it is asked about (comma separated), such as 198.51.100.0/24. Default: all own ranges.",
    ),
    key("resolver.*.timeout_seconds", "10", "Seconds that it has to answer, 1 to 40."),
    key("resolver.*.per_second", "5", "Questions a second at most, 1 to 100."),
    key("resolver.*.skew_seconds", "", "Seconds by which its clock may be off. Default: 2."),
    key("resolver.*.ca_file", "", "PEM file of the authority that signed its certificate, if it is a private one."),
    key("passon.*.url", "", "Webhook to which evidence may be passed on as XARF v4: https://."),
    secret("passon.*.key", "Secret that signs what is posted there (HMAC-SHA256, docs/operations.md)."),
    key("passon.*.private", "no", "yes: the webhook may lead to an address inside a private network, and be http://."),
];

/// A setting that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: {problem}")]
    File {
        /// Which file.
        file: String,
        /// Why.
        problem: String,
    },
    /// No such key.
    #[error("unknown setting {name} ({place}); {hint}")]
    Unknown {
        /// The key as written.
        name: String,
        /// File or environment variable.
        place: String,
        /// The nearest known key.
        hint: String,
    },
    /// A value of the wrong form.
    #[error("setting {name}: {problem}")]
    Value {
        /// Which key.
        name: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

/// All settings, checked.
#[derive(Clone)]
pub struct Config {
    values: BTreeMap<String, String>,
}

impl Config {
    /// From nothing but defaults; for tests and the demo, with [`Config::with`].
    pub fn defaults() -> Self {
        Self { values: BTreeMap::new() }
    }

    /// Reads the file (when given or when `lazaret.toml` exists) and the environment.
    ///
    /// # Errors
    /// [`ConfigError`] naming the file or variable and the key.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut config = Self::defaults();
        let default_file = Path::new("lazaret.toml");
        if let Some(path) = file.or_else(|| default_file.exists().then_some(default_file)) {
            config.read_file(path)?;
        }
        for (variable, value) in environment {
            let Some(rest) = variable.strip_prefix("LAZARET_") else { continue };
            // Variables without a section (LAZARET_LOG, LAZARET_TEST_PG...) are not settings.
            if rest.contains("__") {
                config.set(&rest.replace("__", ".").to_lowercase(), value, &variable)?;
            }
        }
        config.check()?;
        Ok(config)
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let broken = |problem: String| ConfigError::File { file: path.display().to_string(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| broken(error.to_string()))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| broken(error.to_string()))?;
        for (section, keys) in table {
            let toml::Value::Table(keys) = keys else {
                return Err(broken(format!("{section} must be a section: [{section}]")));
            };
            self.read_section(&section, keys, &path.display().to_string())?;
        }
        Ok(())
    }

    fn read_section(&mut self, section: &str, keys: toml::Table, file: &str) -> Result<(), ConfigError> {
        for (name, value) in keys {
            let name = format!("{section}.{name}");
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(truth) => truth.to_string(),
                // [mailbox.abuse]: as deep as it goes.
                toml::Value::Table(keys) if !section.contains('.') => {
                    self.read_section(&name, keys, file)?;
                    continue;
                }
                other => {
                    let problem = format!("{name}: a {} is not expected here", other.type_str());
                    return Err(ConfigError::File { file: file.to_owned(), problem });
                }
            };
            self.set(&name, value, file)?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: String, place: &str) -> Result<(), ConfigError> {
        if key_of(name).is_none() {
            return Err(ConfigError::Unknown { name: name.to_owned(), place: place.to_owned(), hint: hint(name) });
        }
        self.values.insert(name.to_owned(), value);
        Ok(())
    }

    /// The same with one value replaced. Unknown names are ignored in release and caught by tests.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        debug_assert!(key_of(name).is_some(), "unknown setting {name}");
        self.values.insert(name.to_owned(), value.into());
        self
    }

    fn check(&self) -> Result<(), ConfigError> {
        for name in
            ["mail.undo_seconds", "mail.feedback_per_day", "quarantine.reconcile_seconds", "ledger.head_minutes"]
        {
            self.check_number(name, 0, 86_400)?;
        }
        if !matches!(self.text("mail.keep"), "true" | "false") {
            let problem = format!("{:?} is neither true nor false", self.text("mail.keep"));
            return Err(ConfigError::Value { name: "mail.keep".to_owned(), problem });
        }
        if self.text("http.listen").parse::<std::net::SocketAddr>().is_err() {
            let problem = format!("{:?} is not ADDRESS:PORT, such as 127.0.0.1:8025", self.text("http.listen"));
            return Err(wrong("http.listen", problem));
        }
        if zone_named(self.text("desk.zone")).is_none() {
            let problem = format!("{:?} is no zone of the tz database, such as Europe/Vienna", self.text("desk.zone"));
            return Err(wrong("desk.zone", problem));
        }
        if !self.text("mail.from").contains('@') {
            return Err(wrong("mail.from", "is not a mail address"));
        }
        for name in ["http.public_url", "quarantine.url"] {
            let value = self.text(name);
            if !(value.is_empty() || value.starts_with("http://") || value.starts_with("https://")) {
                return Err(wrong(name, "must begin with http:// or https://"));
            }
        }
        if !matches!(self.text("webhook.private"), "yes" | "no") {
            return Err(wrong("webhook.private", format!("{:?} is neither yes nor no", self.text("webhook.private"))));
        }
        // Below the job's lease, so that nobody else posts it meanwhile.
        self.check_number("webhook.seconds", 1, 40)?;
        for name in self.names("passon") {
            let key = |end: &str| format!("passon.{name}.{end}");
            let (url, private) = (self.text(&key("url")), self.text(&key("private")));
            if !matches!(private, "yes" | "no") {
                return Err(wrong(&key("private"), format!("{private:?} is neither yes nor no")));
            }
            if !(url.starts_with("https://") || private == "yes" && url.starts_with("http://")) {
                return Err(wrong(&key("url"), format!("{url:?} must begin with https://")));
            }
        }
        self.check_number("leases.keep_days", 1, 3_650)?;
        self.check_number("leases.report_days", 1, 3_650)?;
        channel::check(self)?;
        lease::check(self)?;
        resolver::check(self)
    }

    fn check_number(&self, name: &str, least: i64, most: i64) -> Result<(), ConfigError> {
        let value = self.text(name);
        if value.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number)) {
            return Ok(());
        }
        Err(wrong(name, format!("{value:?} is not a whole number from {least} to {most}")))
    }

    /// The value of a known key, or its default; empty when not set.
    pub fn text(&self, name: &str) -> &str {
        let default = || key_of(name).map_or("", |key| key.default);
        self.values.get(name).map_or_else(default, String::as_str)
    }

    /// The names chosen for the sections `[section.NAME]`, in order.
    pub fn names(&self, section: &str) -> Vec<String> {
        let parts = self.values.keys().filter_map(|key| {
            let (head, rest) = key.split_once('.')?;
            let (name, _) = rest.split_once('.')?;
            (head == section).then(|| name.to_owned())
        });
        parts.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// Every setting with the key that explains it; those of several sections once for each.
    pub fn in_force(&self) -> Vec<(String, &'static Key)> {
        let each = |key: &'static Key| match key.name.split_once(".*.") {
            None => vec![(key.name.to_owned(), key)],
            Some((section, end)) => {
                self.names(section).into_iter().map(|name| (format!("{section}.{name}.{end}"), key)).collect()
            }
        };
        KEYS.iter().flat_map(each).collect()
    }

    /// The value of a key that was checked to be a whole number.
    pub fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }

    /// Address of the database.
    pub fn database_url(&self) -> &str {
        match self.text("database.url") {
            "" => "sqlite://lazaret.db",
            url => url,
        }
    }

    /// The zone in which staff and customers read times.
    pub fn zone(&self) -> Tz {
        zone_named(self.text("desk.zone")).unwrap_or(Tz::UTC)
    }

    /// How far the customers' clocks are from UTC: a letter or page says all its times by the offset of its own day.
    pub fn offset(&self, now: DateTime<Utc>) -> FixedOffset {
        self.zone().offset_from_utc_datetime(&now.naive_utc()).fix()
    }

    /// Domain of the address to which undeliverable notices return.
    pub fn bounce_domain(&self) -> &str {
        match self.text("mail.bounce_domain") {
            "" => self.mail_domain(),
            domain => domain,
        }
    }

    /// Domain of `mail.from`.
    pub fn mail_domain(&self) -> &str {
        self.text("mail.from").rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }
}

/// The settings as a commented `lazaret.toml`: the one place they are explained.
pub fn explained() -> String {
    let mut text = String::from("# Every setting with its default. In the environment: LAZARET_SECTION__KEY.\n");
    let mut section = "";
    let section_of = |key: &Key| key.name.rsplit_once('.').map_or("", |(head, _)| head);
    let mut keys: Vec<&Key> = KEYS.iter().collect();
    // A section may stand in a file once only, wherever its keys are declared.
    keys.sort_by_key(|key| KEYS.iter().position(|first| section_of(first) == section_of(key)));
    for key in keys {
        let Some((head, name)) = key.name.rsplit_once('.') else { continue };
        if head != section {
            section = head;
            let _ = match head.strip_suffix(".*") {
                // Commented out: as many as wanted, none to begin with.
                Some(head) => write!(text, "\n# [{head}.NAME]\n"),
                None => write!(text, "\n[{section}]\n"),
            };
        }
        let _ = write!(text, "# {}\n# {name} = {:?}\n", key.meaning, key.default);
    }
    text
}

/// The key that a setting's name belongs to: `mailbox.abuse.url` to `mailbox.*.url`.
fn key_of(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| match key.name.split_once('*') {
        None => key.name == name,
        Some((head, end)) => {
            let chosen = name.strip_prefix(head).and_then(|rest| rest.strip_suffix(end)).unwrap_or_default();
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
            (1..=40).contains(&chosen.len()) && chosen.bytes().all(plain)
        }
    })
}

fn zone_named(name: &str) -> Option<Tz> {
    chrono_tz::TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name.trim()))
}

fn wrong(name: &str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Value { name: name.to_owned(), problem: problem.into() }
}

fn hint(name: &str) -> String {
    // A name of one's choice says nothing about the key.
    let parts: Vec<&str> = name.split('.').collect();
    let name = match parts.as_slice() {
        [section, _, end] => format!("{section}.*.{end}"),
        _ => name.to_owned(),
    };
    let best = KEYS.iter().min_by_key(|key| distance(key.name, &name)).map_or("", |key| key.name);
    format!("did you mean {best}? `lazaret check --explain` lists all")
}

/// Number of characters that differ, roughly: enough to guess a typing error.
fn distance(one: &str, other: &str) -> usize {
    let common = one.chars().filter(|letter| other.contains(*letter)).count();
    let section = usize::from(one.split('.').next() != other.split('.').next()) * 8;
    one.len().abs_diff(other.len()) + (one.len() - common.min(one.len())) + section
}
