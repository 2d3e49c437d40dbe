//! The events of a Linux router's connection tracking: `conntrack -E -e NEW,DESTROY -o timestamp`.
use crate::{
    Out,
    reader::{Rows, Settings},
    time::leading,
};
use chrono::{DateTime, Utc};
use domain::saying::{HolderName, Saying, Word};
use ipnet::IpNet;
use std::net::IpAddr;

/// The reader.
pub(crate) struct Conntrack {
    settings: Settings,
}

impl Conntrack {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings }
    }

    fn saying(&self, line: u64, text: &str, new: bool) -> Result<Option<Saying>, String> {
        let (stamp, rest) = leading(text).ok_or("begins with no time: write the log with -o timestamp")?;
        let at = stamp.instant(self.settings.zone, self.settings.written)?;
        let rest = rest.split_once(']').map_or(rest, |(_, rest)| rest);
        let mut words = rest.split_whitespace();
        let (_, number) = (words.next(), words.next());
        let protocol: u8 = number.and_then(|number| number.parse().ok()).ok_or("names no protocol")?;
        if !matches!(protocol, 6 | 17 | 33 | 132) {
            return Ok(None);
        }
        let all = |name: &str| -> Vec<&str> {
            rest.split_whitespace().filter_map(|word| word.strip_prefix(name)?.strip_prefix('=')).collect()
        };
        let (sources, targets) = (all("src"), all("dst"));
        let address = |text: Option<&&str>| text.and_then(|text| text.parse::<IpAddr>().ok());
        let port = |texts: Vec<&str>, index: usize| texts.get(index).and_then(|text| text.parse::<u16>().ok());
        let missing = "does not tell both directions of a connection";
        let inside = address(sources.first()).ok_or(missing)?;
        // The answer comes back to the outside address and port.
        let outside = address(targets.get(1)).ok_or(missing)?;
        let outside_port = port(all("dport"), 1).ok_or(missing)?;
        if inside == outside {
            return Ok(None);
        }
        let session = match all("id").last() {
            Some(id) => format!("/{id}"),
            None => {
                let (source_port, port) = (port(all("sport"), 0).unwrap_or(0), port(all("dport"), 0).unwrap_or(0));
                let target = targets.first().copied().unwrap_or_default();
                format!("/{protocol}:{inside}:{source_port}>{target}:{port}")
            }
        };
        let word = if new { Word::Start { at, session } } else { Word::Stop { at, session, started: None } };
        Ok(Some(Saying {
            line,
            net: IpNet::from(outside),
            ports: (outside_port, outside_port),
            protocol: Some(protocol),
            holder: HolderName::Inside(inside),
            word,
        }))
    }
}

impl Rows for Conntrack {
    fn written(&mut self, at: DateTime<Utc>) {
        self.settings.written = at;
    }

    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        let new = text.contains("[NEW]");
        if !new && !text.contains("[DESTROY]") {
            return;
        }
        out.rows += 1;
        // The first bracket may be the time's own.
        let text = text.replacen("[NEW]", "]", 1).replacen("[DESTROY]", "]", 1);
        match self.saying(number, &text, new) {
            Ok(Some(saying)) => out.say(saying),
            Ok(None) => {}
            Err(problem) => out.refuse(number, problem),
        }
    }
}
