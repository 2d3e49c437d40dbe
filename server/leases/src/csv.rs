//! Our own CSV of leases and of logs of address translation: one header, one row a saying.
use crate::{
    Out, Refused,
    reader::{Rows, Settings},
    row::{Header, cut, say},
};
use chrono::{DateTime, Utc};

/// The reader.
pub(crate) struct Csv {
    settings: Settings,
    delimiter: char,
    header: Option<Header>,
}

impl Csv {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, delimiter: ',', header: None }
    }
}

impl Rows for Csv {
    fn written(&mut self, at: DateTime<Utc>) {
        self.settings.written = at;
    }

    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        if text.trim().is_empty() || text.starts_with('#') {
            return;
        }
        let Some(header) = &self.header else {
            // Spreadsheets of some countries write semicolons.
            let count = |wanted| text.matches(wanted).count();
            self.delimiter = if count(';') > count(',') { ';' } else { ',' };
            let header = Header::new(&cut(text, self.delimiter).unwrap_or_default());
            out.useless = header.missing().or(out.useless.take());
            for name in header.unknown() {
                let reason = format!("{name}: unknown column, left out");
                out.noted.push(Refused { line: number, reason });
            }
            self.header = Some(header);
            return;
        };
        out.rows += 1;
        match cut(text, self.delimiter) {
            Ok(fields) if fields.len() == header.width() => {
                say(number, &self.settings, &|name| header.field(&fields, name), out);
            }
            Ok(fields) => {
                out.refuse(number, format!("has {} fields, the header has {}", fields.len(), header.width()));
            }
            Err(problem) => out.refuse(number, problem),
        }
    }
}
