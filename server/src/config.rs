//! Settings: `lazaret.toml`, then `LAZARET_SECTION__KEY` in the environment, then flags. Every key stands in [`KEYS`].
use std::{collections::BTreeMap, fmt::Write as _, path::Path};
use thiserror::Error;

/// A setting: name, default, what it means. The type is that of the default; an empty default means "not set".
pub struct Key {
    /// `section.key`.
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
    key("desk.phone", "", "Telephone number shown to customers who need help."),
    secret(
        "smtp.url",
        "Relay for outgoing mail: smtp://HOST:PORT, smtps://USER:PASSWORD@HOST. Empty: mail is kept and shown on the mail page only.",
    ),
    key("mail.from", "abuse@desk.example", "Sender address of notices; its domain makes Message-IDs."),
    key(
        "mail.bounce_domain",
        "",
        "Domain of the return address bounce+KEY@DOMAIN, mail to which must reach intake. Default: the domain of mail.from.",
    ),
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
        name: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
}

/// All settings, checked.
#[derive(Clone)]
pub struct Config {
    values: BTreeMap<&'static str, String>,
}

impl Config {
    /// From nothing but defaults; for tests and the demo, with [`Config::with`].
    pub fn defaults() -> Self {
        Self { values: KEYS.iter().map(|key| (key.name, key.default.to_owned())).collect() }
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
            for (name, value) in keys {
                let value = match value {
                    toml::Value::String(text) => text,
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Boolean(truth) => truth.to_string(),
                    other => {
                        return Err(broken(format!("{section}.{name}: a {} is not expected here", other.type_str())));
                    }
                };
                self.set(&format!("{section}.{name}"), value, &path.display().to_string())?;
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: String, place: &str) -> Result<(), ConfigError> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            return Err(ConfigError::Unknown { name: name.to_owned(), place: place.to_owned(), hint: hint(name) });
        };
        self.values.insert(key.name, value);
        Ok(())
    }

    /// The same with one value replaced. Unknown names are ignored in release and caught by tests.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        debug_assert!(KEYS.iter().any(|key| key.name == name), "unknown setting {name}");
        self.values.insert(name, value.into());
        self
    }

    fn check(&self) -> Result<(), ConfigError> {
        for name in ["mail.undo_seconds", "quarantine.reconcile_seconds", "ledger.head_minutes"] {
            let value = self.text(name);
            if !value.parse::<i64>().is_ok_and(|number| (0..=86_400).contains(&number)) {
                let problem = format!("{value:?} is not a whole number from 0 to 86400");
                return Err(ConfigError::Value { name, problem });
            }
        }
        if self.text("http.listen").parse::<std::net::SocketAddr>().is_err() {
            let problem = format!("{:?} is not ADDRESS:PORT, such as 127.0.0.1:8025", self.text("http.listen"));
            return Err(ConfigError::Value { name: "http.listen", problem });
        }
        if !self.text("mail.from").contains('@') {
            return Err(ConfigError::Value { name: "mail.from", problem: "is not a mail address".to_owned() });
        }
        for name in ["http.public_url", "quarantine.url"] {
            let value = self.text(name);
            if !(value.is_empty() || value.starts_with("http://") || value.starts_with("https://")) {
                return Err(ConfigError::Value { name, problem: "must begin with http:// or https://".to_owned() });
            }
        }
        Ok(())
    }

    /// The value of a known key; empty when not set.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
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
    for key in KEYS {
        let Some((head, name)) = key.name.split_once('.') else { continue };
        if head != section {
            section = head;
            let _ = write!(text, "\n[{section}]\n");
        }
        let _ = write!(text, "# {}\n# {name} = {:?}\n", key.meaning, key.default);
    }
    text
}

fn hint(name: &str) -> String {
    let best = KEYS.iter().min_by_key(|key| distance(key.name, name)).map_or("", |key| key.name);
    format!("did you mean {best}? `lazaret check --explain` lists all")
}

/// Number of characters that differ, roughly: enough to guess a typing error.
fn distance(one: &str, other: &str) -> usize {
    let common = one.chars().filter(|letter| other.contains(*letter)).count();
    let section = usize::from(one.split('.').next() != other.split('.').next()) * 8;
    one.len().abs_diff(other.len()) + (one.len() - common.min(one.len())) + section
}
