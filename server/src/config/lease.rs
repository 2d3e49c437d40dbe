//! What the settings of lease sources must look like: followed files and RADIUS clients.
use super::{Config, ConfigError, wrong};
use chrono::TimeDelta;
use domain::saying::SourceName;
use ipnet::IpNet;
use leases::{Format, Prefer, Zone};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Shortest secret of a RADIUS client, in bytes; RFC 2865 §3 wants 16, much equipment is set up with less.
const SECRET_BYTES_MIN: usize = 6;

/// A file that is followed.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The source it speaks for.
    pub source: SourceName,
    /// Its section in the settings, such as `lease.dhcp-1`.
    pub section: String,
    /// The file.
    pub file: PathBuf,
    /// Its form.
    pub format: Format,
    /// The zone of times that name none.
    pub zone: Option<Zone>,
    /// By which name it calls holders.
    pub prefer: Prefer,
    /// How far its clock may be off; none = as usual for its kind.
    pub skew: Option<TimeDelta>,
    /// An alarm when nothing is heard for so long; none = never.
    pub silent_after: Option<TimeDelta>,
}

/// An access server, or a RADIUS server that passes accounting on.
#[derive(Clone)]
pub struct RadiusClient {
    /// The source it speaks for: `radius.NAME`.
    pub source: SourceName,
    /// From where its requests come.
    pub net: IpNet,
    /// What signs them.
    pub secret: Vec<u8>,
    /// By which name it calls holders.
    pub prefer: Prefer,
    /// How far its clock may be off; none = as usual.
    pub skew: Option<TimeDelta>,
    /// An alarm when nothing is heard for so long; none = never.
    pub silent_after: Option<TimeDelta>,
}

impl Config {
    /// The files that are followed.
    pub fn lease_origins(&self) -> Vec<Origin> {
        self.names("lease").iter().filter_map(|name| origin(self, name).ok()).collect()
    }

    /// Where accounting is listened for, if it is.
    pub fn radius_listen(&self) -> Option<SocketAddr> {
        self.text("radius.listen").parse().ok()
    }

    /// Who may send accounting; the nearest prefix first.
    pub fn radius_clients(&self) -> Vec<RadiusClient> {
        let mut clients: Vec<RadiusClient> =
            self.names("radius").iter().filter_map(|name| client(self, name).ok()).collect();
        clients.sort_by_key(|client| std::cmp::Reverse(client.net.prefix_len()));
        clients
    }
}

/// Names the first setting of a lease source that cannot be used.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    for name in config.names("lease") {
        origin(config, &name)?;
    }
    let listen = config.text("radius.listen");
    if !listen.is_empty() && listen.parse::<SocketAddr>().is_err() {
        return Err(wrong("radius.listen", format!("{listen:?} is not ADDRESS:PORT, such as 0.0.0.0:1813")));
    }
    for name in config.names("radius") {
        client(config, &name)?;
    }
    if !listen.is_empty() && config.names("radius").is_empty() {
        return Err(wrong("radius.listen", "nobody may send: name at least one radius.NAME.client with its secret"));
    }
    Ok(())
}

fn origin(config: &Config, name: &str) -> Result<Origin, ConfigError> {
    let key = |end: &str| format!("lease.{name}.{end}");
    let text = |end: &str| config.text(&key(end)).to_owned();
    let file = text("file");
    if !file.starts_with('/') {
        return Err(wrong(&key("file"), format!("{file:?} is not the whole path of a file, beginning with /")));
    }
    let words = || Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
    let word = text("format");
    let format =
        Format::parse(&word).ok_or_else(|| wrong(&key("format"), format!("{word:?} is none of {}", words())))?;
    let zone =
        match text("zone").as_str() {
            "" => None,
            zone => Some(Zone::parse(zone).ok_or_else(|| {
                wrong(&key("zone"), format!("{zone:?} is no zone such as UTC, Europe/Berlin or +02:00"))
            })?),
        };
    let source = SourceName::new(name).ok_or_else(|| wrong(&key("file"), format!("{name:?} names no source")))?;
    let (prefer, skew, silent_after) = common(config, &key)?;
    let section = format!("lease.{name}");
    Ok(Origin { source, section, file: PathBuf::from(file), format, zone, prefer, skew, silent_after })
}

fn client(config: &Config, name: &str) -> Result<RadiusClient, ConfigError> {
    let key = |end: &str| format!("radius.{name}.{end}");
    let text = config.text(&key("client"));
    let net = text.parse::<IpNet>().map(|net| net.trunc()).or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let net = net.map_err(|_| wrong(&key("client"), format!("{text:?} is no address or prefix")))?;
    let secret = config.text(&key("secret")).as_bytes().to_vec();
    if secret.len() < SECRET_BYTES_MIN {
        let problem = format!("has less than {SECRET_BYTES_MIN} characters; 16 or more are right");
        return Err(wrong(&key("secret"), problem));
    }
    let source = SourceName::new(&format!("radius.{name}"));
    let source = source.ok_or_else(|| wrong(&key("client"), format!("{name:?} names no source")))?;
    let (prefer, skew, silent_after) = common(config, &key)?;
    Ok(RadiusClient { source, net, secret, prefer, skew, silent_after })
}

type Common = (Prefer, Option<TimeDelta>, Option<TimeDelta>);

fn common(config: &Config, key: &dyn Fn(&str) -> String) -> Result<Common, ConfigError> {
    let word = config.text(&key("holder"));
    let prefer = Prefer::parse(word)
        .ok_or_else(|| wrong(&key("holder"), format!("{word:?} is none of best, username, circuit, mac")))?;
    config.check_number(&key("silent_hours"), 0, 8_760)?;
    let silent = config.number(&key("silent_hours"));
    let skew = match config.text(&key("skew_seconds")) {
        "" => None,
        _ => {
            config.check_number(&key("skew_seconds"), 0, 3_600)?;
            Some(TimeDelta::seconds(config.number(&key("skew_seconds"))))
        }
    };
    Ok((prefer, skew, (silent > 0).then(|| TimeDelta::hours(silent))))
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::load(None, pairs.into_iter()).map_err(|error| error.to_string())
    }

    #[test]
    fn sources_are_named_and_their_mistakes_too() {
        let good = [
            ("LAZARET_LEASE__DHCP-1__FILE", "/var/lib/kea/kea-leases4.csv"),
            ("LAZARET_LEASE__DHCP-1__FORMAT", "kea"),
            ("LAZARET_LEASE__DHCP-1__SKEW_SECONDS", "9"),
            ("LAZARET_RADIUS__LISTEN", "127.0.0.1:1813"),
            ("LAZARET_RADIUS__ALL__CLIENT", "192.0.2.0/24"),
            ("LAZARET_RADIUS__ALL__SECRET", "testing123"),
            ("LAZARET_RADIUS__BNG__CLIENT", "192.0.2.7"),
            ("LAZARET_RADIUS__BNG__SECRET", "testing456"),
        ];
        let config = load(&good).unwrap();
        assert_eq!(config.lease_origins()[0].source.as_str(), "dhcp-1");
        let clients: Vec<String> = config.radius_clients().iter().map(|client| client.source.to_string()).collect();
        assert_eq!(clients, ["radius.bng", "radius.all"]);
        for (name, value, named) in [
            ("LAZARET_LEASE__X__FILE", "leases.csv", "lease.x.file"),
            ("LAZARET_LEASE__DHCP-1__FORMAT", "dhcp", "radius-detail"),
            ("LAZARET_LEASE__DHCP-1__ZONE", "Berlin", "lease.dhcp-1.zone"),
            ("LAZARET_LEASE__DHCP-1__HOLDER", "name", "lease.dhcp-1.holder"),
            ("LAZARET_RADIUS__BNG__SECRET", "x", "radius.bng.secret"),
            ("LAZARET_RADIUS__BNG__CLIENT", "bng.example", "radius.bng.client"),
            ("LAZARET_RADIUS__LISTEN", "1813", "radius.listen"),
        ] {
            let mut pairs = good.to_vec();
            pairs.push((name, value));
            assert!(load(&pairs).err().unwrap().contains(named), "{name}");
        }
        assert!(load(&[("LAZARET_RADIUS__LISTEN", "127.0.0.1:1813")]).err().unwrap().contains("nobody may send"));
    }
}
