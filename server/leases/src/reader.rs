//! Bytes as they come, cut into lines and given to the reader of their form.
use crate::{
    Out,
    cgnat::Cgnat,
    conntrack::Conntrack,
    csv::Csv,
    format::{Format, Prefer},
    isc::Isc,
    kea::Kea,
    ndjson::Ndjson,
    radius::detail::Detail,
    time::Zone,
};
use chrono::{DateTime, Utc};

/// Longest line, in bytes.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// What the file does not say of itself.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The zone of times that name none; without one such rows are refused.
    pub zone: Option<Zone>,
    /// When the file was written, at the latest: the year of dates without year is counted back from here.
    pub written: DateTime<Utc>,
    /// By which name holders are called.
    pub prefer: Prefer,
}

/// A place in a file from which it can be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Bytes before it.
    pub offset: u64,
    /// Lines before it.
    pub line: u64,
}

/// The readers of single forms: one line after the other.
pub(crate) trait Rows {
    /// Takes a line without its end.
    fn line(&mut self, number: u64, text: &str, out: &mut Out);
    /// Says everything that is known so far.
    fn pause(&mut self, _out: &mut Out) {}
    /// Whether it stands inside a record of several lines.
    fn inside(&self) -> bool {
        false
    }
    /// The file is written until now: years are counted back from here.
    fn written(&mut self, _at: DateTime<Utc>) {}
    /// The file has ended, perhaps inside a record.
    fn end(&mut self, out: &mut Out) {
        self.pause(out);
    }
}

/// Reads one file or stream.
pub struct Reader {
    rows: Box<dyn Rows + Send>,
    out: Out,
    partial: Vec<u8>,
    too_long: bool,
    /// The end of the last whole line.
    here: Place,
    /// The end of the last whole record.
    settled: Place,
}

impl Reader {
    /// A reader of a form.
    pub fn new(format: Format, settings: &Settings) -> Self {
        let settings = settings.clone();
        let rows: Box<dyn Rows + Send> = match format {
            Format::Kea => Box::new(Kea::v4(settings.prefer)),
            Format::Kea6 => Box::new(Kea::v6(settings.prefer)),
            Format::Isc => Box::new(Isc::v4(settings)),
            Format::Isc6 => Box::new(Isc::v6(settings)),
            Format::RadiusDetail => Box::new(Detail::new(settings)),
            Format::Cgnat => Box::new(Cgnat::new(settings)),
            Format::Conntrack => Box::new(Conntrack::new(settings)),
            Format::Csv => Box::new(Csv::new(settings)),
            Format::Ndjson => Box::new(Ndjson::new(settings)),
        };
        let (here, settled) = (Place::default(), Place::default());
        Self { rows, out: Out::default(), partial: Vec::new(), too_long: false, here, settled }
    }

    /// Goes on at a place where a reader of the same file had stopped; `header` is the file's first line.
    pub fn resume(&mut self, place: Place, header: &str) {
        self.rows.line(1, header, &mut self.out);
        self.out = Out::default();
        (self.here, self.settled) = (place, place);
    }

    /// Takes the next bytes.
    pub fn bytes(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end + 1);
            bytes = rest;
            if self.partial.is_empty() && !self.too_long {
                self.whole(line);
            } else {
                self.keep(line);
                let kept = std::mem::take(&mut self.partial);
                self.whole(&kept);
            }
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.partial.len() + bytes.len() > LINE_BYTES_MAX {
            self.too_long = true;
            // What is passed over still counts as bytes of the file.
            self.here.offset += u64::try_from(self.partial.len() + bytes.len()).unwrap_or(0);
            self.partial.clear();
            return;
        }
        self.partial.extend_from_slice(bytes);
    }

    fn whole(&mut self, line: &[u8]) {
        self.here.offset += u64::try_from(line.len()).unwrap_or(0);
        self.here.line += 1;
        let number = self.here.line;
        if std::mem::take(&mut self.too_long) {
            self.out.rows += 1;
            self.out.refuse(number, format!("is longer than {LINE_BYTES_MAX} bytes"));
        } else {
            let line = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
            let text = String::from_utf8_lossy(line);
            self.rows.line(number, text.trim_end_matches(['\n', '\r']), &mut self.out);
        }
        if !self.rows.inside() {
            self.settled = self.here;
        }
    }

    /// Says everything that is known so far: the file may go on.
    pub fn pause(&mut self) {
        self.rows.pause(&mut self.out);
    }

    /// The file has ended: its last line needs no line end.
    pub fn end(&mut self) {
        if !self.partial.is_empty() || self.too_long {
            let kept = std::mem::take(&mut self.partial);
            self.whole(&kept);
        }
        self.rows.end(&mut self.out);
    }

    /// The next bytes are of another file that follows this one: what is known of leases stays, places begin anew.
    pub fn next_file(&mut self) {
        self.end();
        (self.here, self.settled) = (Place::default(), Place::default());
    }

    /// The file, read to its end before, is read on now: the year of dates without year is counted back from here, and what
    /// comes was written since this was last said.
    pub fn written(&mut self, at: DateTime<Utc>) {
        self.rows.written(at);
    }

    /// What was read since this was last called.
    pub fn take(&mut self) -> Out {
        std::mem::take(&mut self.out)
    }

    /// Sayings that wait to be taken.
    pub fn waiting(&self) -> usize {
        self.out.said.len()
    }

    /// Where a later reader of this file may begin.
    pub const fn settled(&self) -> Place {
        self.settled
    }
}
