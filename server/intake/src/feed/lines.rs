//! Feeds of one event a line, whose events are handed over one by one.
use crate::{Context, Parsed, events, limits};
use domain::event::{Format, Observation};

/// What a line is: an event, nothing of interest, or a row with a fault.
pub(super) type Row = Result<Option<Observation>, String>;

/// Reads a text line by line. `row` is asked again whenever the events of a long text are wanted.
pub(super) fn read(
    format: Format,
    reporter: &str,
    text: &str,
    context: Context<'_>,
    row: impl Fn(&str, Context<'_>) -> Row + Send + Sync + 'static,
) -> Parsed {
    let received_at = context.received_at;
    let rows = move |bytes: &[u8], parsed: &mut Parsed, each: &mut dyn FnMut(Observation)| {
        let mut events = 0_usize;
        for (number, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
            match row(line, Context::of(received_at)) {
                Ok(Some(event)) if events < limits::EVENTS => {
                    events += 1;
                    each(event);
                }
                Ok(Some(_)) => {
                    let number = number + 1;
                    parsed.fault(format!(
                        "line {number} and all after it were not read: more than {} events",
                        limits::EVENTS
                    ));
                    break;
                }
                Ok(None) => {}
                Err(fault) => parsed.bad_row(format!("line {}: {fault}", number + 1)),
            }
        }
    };
    events::of_table(format, text.as_bytes(), context, rows).from(Some(reporter.to_owned()))
}
