//! What the settings of mailboxes, feeds and block lists must look like.
use super::{Config, ConfigError, wrong};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// Where LMTP is listened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// A loopback address.
    Tcp(SocketAddr),
    /// A unix socket.
    Unix(PathBuf),
}

/// When a mail server is spoken to under TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the start: `imaps`.
    Always,
    /// After the greeting (STARTTLS, RFC 9051 §6.2.1), and never without: `imap+starttls`.
    AfterGreeting,
    /// Never: `imap`, on loopback only.
    Never,
}

/// A mailbox's address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxUrl {
    /// When TLS is spoken.
    pub tls: Tls,
    /// Who signs in.
    pub user: String,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// The folder that is read.
    pub folder: String,
}

impl Config {
    /// The same without anything that fetches or listens by itself.
    #[must_use]
    pub fn without_channels(mut self) -> Self {
        self.values.retain(|name, _| {
            !["lmtp.", "mailbox.", "feed.", "dnsbl.", "lease.", "radius."].iter().any(|head| name.starts_with(head))
        });
        self
    }

    /// Where LMTP is listened for, if it is.
    pub fn lmtp_door(&self) -> Option<Door> {
        door(self.text("lmtp.listen")).ok().flatten()
    }

    /// The address of a mailbox that [`Config::load`] has checked.
    pub fn mailbox_url(&self, name: &str) -> Option<MailboxUrl> {
        mailbox(self.text(&format!("mailbox.{name}.url"))).ok()
    }

    /// The DNS server that is asked about block lists; none = the system's.
    pub fn dnsbl_resolver(&self) -> Option<SocketAddr> {
        resolver(self.text("dnsbl.resolver")).ok().flatten()
    }

    /// Single addresses that are looked up in a block list too.
    pub fn dnsbl_hosts(&self, name: &str) -> Vec<IpAddr> {
        listed(self.text(&format!("dnsbl.{name}.hosts"))).unwrap_or_default()
    }

    /// Answers of a block list that are no listing. Spamhaus' policy lists say what an address is for, not what it did.
    pub fn dnsbl_ignored(&self, name: &str) -> Vec<Ipv4Addr> {
        let mut ignored = listed(self.text(&format!("dnsbl.{name}.ignore"))).unwrap_or_default();
        if self.text(&format!("dnsbl.{name}.zone")).trim_end_matches('.').ends_with("spamhaus.org") {
            ignored.extend([Ipv4Addr::new(127, 0, 0, 10), Ipv4Addr::new(127, 0, 0, 11)]);
        }
        ignored
    }
}

/// Names the first setting of a channel that cannot be used.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    config.check_number("channel.alarm_hours", 0, 8_760)?;
    config.check_number("lmtp.silent_hours", 0, 8_760)?;
    door(config.text("lmtp.listen")).map_err(|problem| wrong("lmtp.listen", problem))?;
    resolver(config.text("dnsbl.resolver")).map_err(|problem| wrong("dnsbl.resolver", problem))?;
    for name in config.names("mailbox") {
        let key = |end: &str| format!("mailbox.{name}.{end}");
        mailbox(config.text(&key("url"))).map_err(|problem| wrong(&key("url"), problem))?;
        config.check_number(&key("poll_seconds"), 1, 1_740)?;
        config.check_number(&key("silent_hours"), 0, 8_760)?;
        for folder in ["done_folder", "parked_folder"] {
            let value = config.text(&key(folder));
            if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
                return Err(wrong(&key(folder), "must name a folder, in ASCII"));
            }
        }
    }
    for name in config.names("feed") {
        let key = |end: &str| format!("feed.{name}.{end}");
        let url = config.text(&key("url"));
        let scheme = reqwest::Url::parse(url).map(|url| url.scheme().to_owned()).unwrap_or_default();
        if !matches!(scheme.as_str(), "http" | "https") {
            return Err(wrong(&key("url"), format!("{url:?} must begin with http:// or https://")));
        }
        let header = config.text(&key("header"));
        if !header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(wrong(&key("header"), format!("{header:?} is no name of a header")));
        }
        config.check_number(&key("every_seconds"), 1, 2_592_000)?;
        config.check_number(&key("silent_hours"), 0, 8_760)?;
    }
    for name in config.names("dnsbl") {
        let key = |end: &str| format!("dnsbl.{name}.{end}");
        let zone = config.text(&key("zone")).trim_end_matches('.');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if zone.is_empty() || zone.len() > 150 || !zone.bytes().all(plain) {
            return Err(wrong(&key("zone"), format!("{zone:?} is no name of a zone")));
        }
        config.check_number(&key("every_hours"), 1, 8_760)?;
        config.check_number(&key("queries_per_minute"), 10, 60_000)?;
        listed::<IpAddr>(config.text(&key("hosts"))).map_err(|problem| wrong(&key("hosts"), problem))?;
        listed::<Ipv4Addr>(config.text(&key("ignore"))).map_err(|problem| wrong(&key("ignore"), problem))?;
    }
    Ok(())
}

fn listed<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| format!("{part:?} is no address"))).collect()
}

fn door(text: &str) -> Result<Option<Door>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.starts_with('/') {
        return Ok(Some(Door::Unix(PathBuf::from(text))));
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(Some(Door::Tcp(address))),
        Ok(_) => Err(format!("{text:?} is not on loopback: LMTP knows no password, so only this machine may reach it")),
        Err(_) => Err(format!("{text:?} is neither ADDRESS:PORT, such as 127.0.0.1:8024, nor the path of a socket")),
    }
}

fn resolver(text: &str) -> Result<Option<SocketAddr>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let alone = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
    match text.parse::<SocketAddr>().or_else(|_| alone()) {
        Ok(address) => Ok(Some(address)),
        Err(_) => Err(format!("{text:?} is neither ADDRESS nor ADDRESS:PORT")),
    }
}

fn mailbox(text: &str) -> Result<MailboxUrl, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let tls = match scheme {
        "imaps" => Tls::Always,
        "imap+starttls" => Tls::AfterGreeting,
        "imap" => Tls::Never,
        _ => return Err(format!("{text:?} is not imaps://USER@HOST/FOLDER")),
    };
    let (authority, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let Some((user, host)) = authority.rsplit_once('@') else {
        return Err("names no user: imaps://USER@HOST/FOLDER".to_owned());
    };
    if user.contains(':') {
        return Err("must not hold the password: it has a setting of its own".to_owned());
    }
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| format!("{port:?} is no port"))?),
        _ => (host, if tls == Tls::Always { 993 } else { 143 }),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let (user, folder) = (plain(user)?, plain(folder)?);
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if host.is_empty() || user.is_empty() {
        return Err("names no host or no user: imaps://USER@HOST/FOLDER".to_owned());
    }
    if tls == Tls::Never && !local {
        return Err("would send the password in clear: use imaps:// or imap+starttls://".to_owned());
    }
    let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
    Ok(MailboxUrl { tls, user, host, port, folder })
}

/// A part of an address without its percent signs, in ASCII.
fn plain(text: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (two, after) = rest.split_at_checked(2).ok_or_else(|| format!("{text:?} ends in the middle of a %"))?;
        bytes.extend(hex::decode(two).map_err(|_| format!("{text:?} has a % without two hex digits"))?);
        rest = after;
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') => Ok(text),
        _ => Err(format!("{text:?} holds characters other than ASCII")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Door, MailboxUrl, Tls, door, mailbox, resolver};
    use crate::config::{Config, explained};

    fn load(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::load(None, pairs.into_iter()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mailbox_is_named_by_its_address() {
        let found = mailbox("imaps://abuse%40isp.example@mail.isp.example/Reports").unwrap();
        let wanted = MailboxUrl {
            tls: Tls::Always,
            user: "abuse@isp.example".into(),
            host: "mail.isp.example".into(),
            port: 993,
            folder: "Reports".into(),
        };
        assert_eq!(found, wanted);
        let local = mailbox("imap://abuse@[::1]:1143").unwrap();
        assert_eq!((local.host.as_str(), local.port, local.folder.as_str()), ("::1", 1143, "INBOX"));
        let later = mailbox("imap+starttls://abuse@mail.isp.example").unwrap();
        assert_eq!((later.tls, later.port), (Tls::AfterGreeting, 143));
        for bad in ["imap://a@mail.isp.example/", "imaps://mail.isp.example/", "imaps://a:b@h/", "pop3://a@h", ""] {
            assert!(mailbox(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn doors_open_on_this_machine_only() {
        assert!(matches!(door("127.0.0.1:8024"), Ok(Some(Door::Tcp(_)))));
        assert!(matches!(door("/run/lazaret/lmtp"), Ok(Some(Door::Unix(_)))));
        assert!(door("0.0.0.0:24").unwrap_err().contains("loopback"));
        assert_eq!(resolver("192.0.2.53").unwrap().unwrap().to_string(), "192.0.2.53:53");
    }

    #[test]
    fn sections_of_ones_own_are_known_and_their_mistakes_named() {
        let config = load(&[
            ("LAZARET_MAILBOX__ABUSE__URL", "imaps://abuse@mail.isp.example/INBOX"),
            ("LAZARET_MAILBOX__ABUSE__PASSWORD", "secret"),
            ("LAZARET_DNSBL__RESOLVER", "127.0.0.1:5353"),
            ("LAZARET_DNSBL__ZEN__ZONE", "zen.spamhaus.org"),
        ])
        .unwrap();
        assert_eq!(config.names("mailbox"), ["abuse"]);
        assert_eq!(config.names("dnsbl"), ["zen"]);
        assert_eq!(config.text("mailbox.abuse.done_folder"), "Lazaret-done");
        assert_eq!(config.dnsbl_ignored("zen").len(), 2);
        assert!(config.in_force().iter().any(|(name, _)| name == "mailbox.abuse.url"));
        let unknown = load(&[("LAZARET_MAILBOX__ABUSE__URLL", "x")]).err().unwrap();
        assert!(unknown.contains("mailbox.*.url"), "{unknown}");
        assert!(load(&[("LAZARET_MAILBOX__ABUSE__PASSWORD", "x")]).err().unwrap().contains("mailbox.abuse.url"));
        assert!(load(&[("LAZARET_FEED__X__URL", "file:///etc/passwd")]).err().unwrap().contains("http"));
        assert!(load(&[("LAZARET_DNSBL__X__ZONE", "a b")]).is_err());
    }

    #[test]
    fn the_explanation_is_itself_a_settings_file() {
        let text = explained();
        assert!(text.contains("# [mailbox.NAME]") && text.contains("# [dnsbl.NAME]"), "{text}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lazaret.toml");
        std::fs::write(&file, &text).unwrap();
        Config::load(Some(&file), std::iter::empty()).unwrap();
        let more = format!("{text}\n[mailbox.abuse]\nurl = \"imaps://abuse@mail.isp.example\"\npoll_seconds = 30\n");
        std::fs::write(&file, more).unwrap();
        let config = Config::load(Some(&file), std::iter::empty()).unwrap();
        assert_eq!(config.number("mailbox.abuse.poll_seconds"), 30);
    }
}
