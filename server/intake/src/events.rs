//! The events of a report: kept, or, those of a large table, read from its bytes each time somebody asks for them.
use crate::copies::{Copies, Key};
use crate::{Context, Parsed, copies, limits};
use domain::event::{Format, Observation};
use std::ops::Range;
use std::sync::Arc;

/// Rows of one table whose events are kept; of a larger one only the bytes are.
pub(crate) const KEPT: usize = 500;

/// Reads a table from its start: hands over the event of each row, and notes what was wrong with the others.
type Read = dyn Fn(&[u8], &mut Parsed, &mut dyn FnMut(Observation)) + Send + Sync;

/// A table whose events were seen and let go.
#[derive(Clone)]
pub(crate) struct Table {
    bytes: Held,
    format: Format,
    read: Arc<Read>,
    len: usize,
    /// Of each event, where copies are looked for.
    keys: Vec<Key>,
}

/// Bytes of a table: a part of the report's own, or a copy of what stood packed in it.
#[derive(Clone)]
struct Held {
    whole: Arc<Vec<u8>>,
    part: Range<usize>,
}

impl Held {
    fn of(bytes: &[u8], whole: &Arc<Vec<u8>>) -> Self {
        let part = bytes.as_ptr().addr().checked_sub(whole.as_ptr().addr()).map(|from| from..from + bytes.len());
        match part.filter(|part| part.end <= whole.len()) {
            Some(part) => Self { whole: Arc::clone(whole), part },
            None => Self { whole: Arc::new(bytes.to_vec()), part: 0..bytes.len() },
        }
    }

    fn bytes(&self) -> &[u8] {
        self.whole.get(self.part.clone()).unwrap_or_default()
    }
}

impl Table {
    /// How many events it has, copies and all.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    fn visit(&self, each: &mut dyn FnMut(Observation)) {
        (self.read)(self.bytes.bytes(), &mut Parsed::events(self.format, Vec::new()), each);
    }

    fn digest(&self) -> copies::Digest {
        let mut digest = copies::Digest::default();
        self.visit(&mut |event| digest.add(&Key::of(&event)));
        digest
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({} events)", self.len)
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && (self.bytes.bytes() == other.bytes.bytes() || self.digest() == other.digest())
    }
}

/// Reads a table by `read`. Where the report is read for its events one by one, those of a large table are let go: `read`
/// is asked again when they are wanted, and has to say the same again.
pub(crate) fn of_table(
    format: Format,
    bytes: &[u8],
    context: Context<'_>,
    read: impl Fn(&[u8], &mut Parsed, &mut dyn FnMut(Observation)) + Send + Sync + 'static,
) -> Parsed {
    let (mut kept, mut len, mut keys) = (Vec::new(), 0, Vec::new());
    let most = if context.streamed.is_some() { KEPT } else { usize::MAX };
    let mut parsed = Parsed::events(format, Vec::new());
    read(bytes, &mut parsed, &mut |event| {
        len += 1;
        if context.streamed.is_some() && joins(format) {
            keys.push(Key::of(&event));
        }
        if len <= most {
            kept.push(event);
        } else {
            kept = Vec::new();
        }
    });
    parsed.end_rows();
    match context.streamed.filter(|_| len > most) {
        Some(whole) => {
            let bytes = Held::of(bytes, whole);
            parsed.tables = vec![Table { bytes, format, read: Arc::new(read), len, keys }];
        }
        None => parsed.events = kept,
    }
    parsed
}

/// Whether what stands several times in a report is one event. A row of a Shadowserver file is an event, whatever the
/// other rows say.
fn joins(format: Format) -> bool {
    format != Format::Shadowserver
}

/// All events of a report, copies counted once.
#[derive(Debug, Clone, Default)]
struct Events {
    kept: Vec<Observation>,
    tables: Vec<Table>,
    copies: Copies,
    len: usize,
}

impl Events {
    fn of(kept: Vec<Observation>, mut tables: Vec<Table>, format: Format) -> Self {
        let all = kept.len() + tables.iter().map(|table| table.len).sum::<usize>();
        let copies = if all > 1 && joins(format) {
            let mut keys = tables.first_mut().map(|table| std::mem::take(&mut table.keys)).unwrap_or_default();
            tables.iter_mut().for_each(|table| keys.append(&mut table.keys));
            keys.extend(kept.iter().map(Key::of));
            Copies::among(keys)
        } else {
            Copies::default()
        };
        let len = all - copies.superfluous();
        Self { kept, tables, copies, len }
    }

    fn visit(&self, each: &mut dyn FnMut(Observation)) {
        let mut counting = self.copies.counting();
        let mut once = |event| {
            if let Some(mut event) = counting.once(event) {
                clean(&mut event);
                each(event);
            }
        };
        self.kept.iter().cloned().for_each(&mut once);
        for table in &self.tables {
            table.visit(&mut once);
        }
    }
}

/// A report that was read, and its events one after the other: those of a large table are not in memory.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What was read but the events: its `events` is empty.
    pub parsed: Parsed,
    events: Events,
}

impl Opened {
    /// Makes what was read agree with itself.
    pub(crate) fn of(mut parsed: Parsed) -> Self {
        let (kept, tables) = (std::mem::take(&mut parsed.events), std::mem::take(&mut parsed.tables));
        let events = Events::of(kept, tables, parsed.format);
        parsed.settle(events.len);
        Self { parsed, events }
    }

    /// How many events there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.events.len
    }

    /// Hands over every event, in the order of the report; as often as it is called the same ones.
    pub fn visit(&self, each: &mut dyn FnMut(Observation)) {
        self.events.visit(each);
    }

    /// The report with all its events in memory.
    #[must_use]
    pub fn collect(self) -> Parsed {
        let Self { mut parsed, events } = self;
        parsed.events.reserve_exact(events.len);
        let mut counting = events.copies.counting();
        parsed.events.extend(events.kept.into_iter().filter_map(|event| counting.once(event)));
        for table in &events.tables {
            table.visit(&mut |event| parsed.events.extend(counting.once(event)));
        }
        parsed.events.iter_mut().for_each(clean);
        parsed
    }
}

impl From<Parsed> for Opened {
    fn from(parsed: Parsed) -> Self {
        Self::of(parsed)
    }
}

/// Bounds every text and takes out control characters: these texts go to databases, logs and pages.
fn clean(event: &mut Observation) {
    limits::shorten(&mut event.source.value, limits::SOURCE_BYTES);
    for text in event.reference.iter_mut().chain(&mut event.faults) {
        limits::shorten(text, limits::NAME_BYTES);
    }
    for (_, value) in &mut event.details {
        if let serde_json::Value::String(text) = value {
            limits::shorten(text, limits::DETAIL_BYTES);
        }
    }
}
