//! What the settings of resolvers must look like: systems that are asked who had an address.
use super::{Config, ConfigError, wrong};
use chrono::TimeDelta;
use domain::saying::SourceName;
use ipnet::IpNet;
use reqwest::Url;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    time::Duration,
};

/// A system that is asked who had an address.
#[derive(Clone)]
pub struct Resolver {
    /// Its section in the settings and the source it speaks for: `resolver.NAME`.
    pub source: SourceName,
    /// Where it is asked.
    pub url: Url,
    /// Bearer token; empty = none.
    pub token: String,
    /// What it is asked about; empty = all own ranges.
    pub prefixes: Vec<IpNet>,
    /// How long it has to answer.
    pub patience: Duration,
    /// Time between the beginnings of two questions.
    pub pause: Duration,
    /// How far its clock may be off; none = as usual.
    pub skew: Option<TimeDelta>,
    /// The authority of its certificate, where it is a private one.
    pub ca_file: Option<PathBuf>,
}

impl Resolver {
    /// How narrow the prefix is in which it is asked about an address; none = it is not asked.
    pub fn narrowness(&self, ip: IpAddr) -> Option<u8> {
        if self.prefixes.is_empty() {
            return Some(0);
        }
        self.prefixes.iter().filter(|net| net.contains(&ip)).map(IpNet::prefix_len).max()
    }

    /// Where it is asked, without what may be secret.
    pub fn place(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}{}", self.url.scheme(), self.url.host_str().unwrap_or_default(), self.url.path())
    }
}

impl Config {
    /// The resolvers by name.
    pub fn resolvers(&self) -> Vec<Resolver> {
        self.names("resolver").iter().filter_map(|name| resolver(self, name).ok()).collect()
    }
}

/// Names the first setting of a resolver that cannot be used.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    for name in config.names("resolver") {
        resolver(config, &name)?;
    }
    Ok(())
}

fn resolver(config: &Config, name: &str) -> Result<Resolver, ConfigError> {
    let key = |end: &str| format!("resolver.{name}.{end}");
    let text = |end: &str| config.text(&key(end)).to_owned();
    let url = address(&text("url")).map_err(|problem| wrong(&key("url"), problem))?;
    let source = SourceName::new(&format!("resolver.{name}"));
    let source = source.ok_or_else(|| wrong(&key("url"), format!("{name:?} names no source")))?;
    let mut prefixes = Vec::new();
    for part in text("prefixes").split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let net = part.parse::<IpNet>().map(|net| net.trunc()).or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
        prefixes.push(net.map_err(|_| wrong(&key("prefixes"), format!("{part:?} is no address or prefix")))?);
    }
    config.check_number(&key("timeout_seconds"), 1, 40)?;
    config.check_number(&key("per_second"), 1, 100)?;
    let skew = match text("skew_seconds").as_str() {
        "" => None,
        _ => {
            config.check_number(&key("skew_seconds"), 0, 3_600)?;
            Some(TimeDelta::seconds(config.number(&key("skew_seconds"))))
        }
    };
    let number = |end: &str| u32::try_from(config.number(&key(end))).unwrap_or(1).max(1);
    let ca_file = text("ca_file");
    Ok(Resolver {
        source,
        url,
        token: text("token"),
        prefixes,
        patience: Duration::from_secs(u64::from(number("timeout_seconds"))),
        pause: Duration::from_secs(1) / number("per_second"),
        skew,
        ca_file: (!ca_file.is_empty()).then(|| PathBuf::from(ca_file)),
    })
}

/// Under TLS, or on this machine: whose addresses are asked about, and the token, are nobody else's business.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| format!("{text:?} is no address such as https://leases.isp.example/who"))?;
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let local = host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        "http" => return Err("would send what is asked in clear: use https://".to_owned()),
        _ => return Err(format!("{text:?} must begin with https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a password: use the setting token".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs = pairs.iter().map(|(end, value)| (format!("LAZARET_RESOLVER__{end}"), (*value).to_owned()));
        Config::load(None, pairs.collect::<Vec<_>>().into_iter()).map_err(|error| error.to_string())
    }

    #[test]
    fn resolvers_are_read_and_their_mistakes_named() {
        let good = [
            ("BOOKS__URL", "https://leases.isp.example/who?key=x"),
            ("BOOKS__TOKEN", "geheim"),
            ("BOOKS__PREFIXES", "198.51.100.7/24, 2001:db8::/32,203.0.113.9"),
            ("BOOKS__PER_SECOND", "10"),
            ("BOOKS__SKEW_SECONDS", "0"),
            ("LOCAL__URL", "http://127.0.0.1:8080/who"),
        ];
        let resolvers = load(&good).unwrap().resolvers();
        let books = &resolvers[0];
        assert_eq!(
            (books.source.as_str(), books.place().as_str()),
            ("resolver.books", "https://leases.isp.example/who")
        );
        assert_eq!((books.pause.as_millis(), books.patience.as_secs()), (100, 10));
        assert_eq!(books.skew.unwrap().num_seconds(), 0);
        let narrow = |text: &str| books.narrowness(text.parse().unwrap());
        assert_eq!((narrow("198.51.100.200"), narrow("203.0.113.9"), narrow("192.0.2.1")), (Some(24), Some(32), None));
        assert_eq!(resolvers[1].narrowness("192.0.2.1".parse().unwrap()), Some(0));
        assert_eq!(resolvers[1].skew, None);
        for (end, value, named) in [
            ("BOOKS__URL", "leases.isp.example", "resolver.books.url"),
            ("BOOKS__URL", "ftp://leases.isp.example", "must begin with https://"),
            ("BOOKS__URL", "http://leases.isp.example/", "in clear"),
            ("BOOKS__URL", "https://user:secret@leases.isp.example/", "use the setting token"),
            ("BOOKS__PREFIXES", "198.51.100.0/24, all", "\"all\" is no address or prefix"),
            ("BOOKS__TIMEOUT_SECONDS", "0", "resolver.books.timeout_seconds"),
            ("BOOKS__PER_SECOND", "1000", "resolver.books.per_second"),
            ("BOOKS__SKEW_SECONDS", "-1", "resolver.books.skew_seconds"),
            ("BOOKS__URI", "https://leases.isp.example/", "did you mean resolver.*.url"),
            ("OTHER__TOKEN", "geheim", "resolver.other.url"),
        ] {
            let mut pairs = good.to_vec();
            pairs.push((end, value));
            let problem = load(&pairs).err().unwrap();
            assert!(problem.contains(named), "{end}: {problem}");
            assert!(!problem.contains("secret@"), "{problem}");
        }
    }
}
