//! The figures page and the same numbers as CSV.
use super::{AppState, HttpError, Staff, show};
use app::{
    pages::figures::{FiguresPage, figures},
    ui::Place,
};
use axum::{
    Router,
    extract::{Query, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    actor::Actor,
    metrics::{DAYS_MAX, Figures, Period, Share, Spread, definition},
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/figures", get(page)).route("/figures.csv", get(as_csv))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    days: String,
    from: String,
    to: String,
}

/// The period asked for, the tab it belongs to, and what was wrong with it.
struct Chosen {
    period: Period,
    days: Option<i64>,
    problem: Option<String>,
}

fn chosen(asked: &Asked, now: DateTime<Utc>) -> Chosen {
    let usual = |problem: Option<String>| Chosen { period: Period::last_days(now, 30), days: Some(30), problem };
    if !asked.days.is_empty() {
        return match asked.days.parse() {
            Ok(days @ (7 | 30 | 90)) => {
                Chosen { period: Period::last_days(now, days), days: Some(days), problem: None }
            }
            _ => usual(Some("Periods are 7, 30 or 90 days, or two dates. These are the last 30 days.".to_owned())),
        };
    }
    if asked.from.is_empty() && asked.to.is_empty() {
        return usual(None);
    }
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    match (day(&asked.from), day(&asked.to)) {
        (Some(from), Some(to)) => match Period::between(from, to) {
            Some(period) => Chosen { period, days: None, problem: None },
            None => usual(Some(format!(
                "The first day must not be after the last, and they may be {DAYS_MAX} days apart at most. These are the last 30 days."
            ))),
        },
        _ => usual(Some("A date looks like 2026-11-22. These are the last 30 days.".to_owned())),
    }
}

async fn page(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let now = state.desk.clock().now();
    let Chosen { period, days, problem } = chosen(&asked, now);
    let numbers = state.desk.figures(&staff.actor(), period).await?;
    let page = FiguresPage { figures: numbers, days, problem, now };
    show(&state, &staff, Place::Figures, "Figures", || figures(page)).await
}

async fn as_csv(
    State(state): State<AppState>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let period = chosen(&asked, state.desk.clock().now()).period;
    let numbers = state.desk.figures(&staff.actor(), period).await?;
    let name = format!("figures-{}-{}.csv", period.from.date_naive(), period.last_day());
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, sheet(&numbers)).into_response())
}

/// Makes text harmless in a spreadsheet: a cell that begins like a formula gets an apostrophe before it.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// One line of the sheet.
fn line(out: &mut String, figure: &str, of: &str, value: &str, unit: &str) {
    for (place, cell) in [figure, of, value, unit, definition(figure)].into_iter().enumerate() {
        out.push_str(if place == 0 { "" } else { "," });
        let cell = harmless(cell);
        if cell.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn sheet(figures: &Figures) -> String {
    let mut out = String::from("figure,of,value,unit,definition\r\n");
    summary(&mut out, figures);
    for day in &figures.days {
        line(&mut out, "cases_per_day", &format!("{} opened", day.day), &day.opened.to_string(), "cases");
        line(&mut out, "cases_per_day", &format!("{} closed", day.day), &day.closed.to_string(), "cases");
    }
    for (outcome, n) in &figures.outcomes {
        line(&mut out, "outcomes", outcome.as_str(), &n.to_string(), "cases");
    }
    for (class, n) in &figures.classes {
        line(&mut out, "events_by_class", class.as_str(), &n.to_string(), "events");
    }
    for row in &figures.reporters {
        line(&mut out, "events_by_reporter", &row.reporter, &row.events.to_string(), "events");
        let held = Share { part: row.refuted, whole: row.events }.rest();
        share(&mut out, "events_by_reporter", &format!("{} held up", row.reporter), held);
    }
    for row in &figures.work {
        line(&mut out, "work_by_analyst", Actor::label(&row.actor), &row.acts.to_string(), "acts");
    }
    out
}

fn summary(out: &mut String, figures: &Figures) {
    for (when, it) in [("", &figures.now), ("period before", &figures.before)] {
        line(out, "open_cases", when, &it.open.to_string(), "cases");
        line(out, "ageing_cases", when, &it.ageing.to_string(), "cases");
        lasting(out, "time_to_notice", when, it.to_notice);
        lasting(out, "time_to_containment", when, it.to_containment);
        lasting(out, "time_to_release", when, it.to_release);
        share(out, "self_released", when, it.self_released);
        share(out, "stayed_clean", when, it.stayed_clean);
        share(out, "repeat_rate", when, it.repeats);
    }
    line(out, "quarantines", "in force", &figures.quarantines.whole.to_string(), "quarantines");
    line(out, "quarantines", "review overdue", &figures.quarantines.part.to_string(), "quarantines");
}

fn lasting(out: &mut String, figure: &str, when: &str, spread: Option<Spread>) {
    let Some(Spread { count, median, p90 }) = spread else {
        return line(out, figure, when, "", "minutes");
    };
    let minutes = |span: TimeDelta| format!("{}.{}", span.num_seconds() / 60, span.num_seconds() % 60 / 6);
    let of = |what: &str| if when.is_empty() { what.to_owned() } else { format!("{what}, {when}") };
    line(out, figure, &of("median"), &minutes(median), "minutes");
    line(out, figure, &of("p90"), &minutes(p90), "minutes");
    line(out, figure, &of("measured"), &count.to_string(), "cases");
}

/// Per cent with one digit; empty where there is no whole.
fn share(out: &mut String, figure: &str, of: &str, Share { part, whole }: Share) {
    let value = if whole == 0 { String::new() } else { format!("{}.{}", part * 100 / whole, part * 1000 / whole % 10) };
    line(out, figure, of, &value, "%");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_become_formulas() {
        let mut out = String::new();
        line(&mut out, "events_by_class", "=HYPERLINK(\"http://evil.example\",\"x\")", "1", "events");
        assert!(
            out.starts_with("events_by_class,\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",1,events,"),
            "{out}"
        );
        for bad in ["=1", "+1", "-1", "@A1", "\tx"] {
            assert!(harmless(bad).starts_with('\''));
        }
        assert_eq!(harmless("a=1"), "a=1");
    }

    #[test]
    fn a_period_that_cannot_be_says_so() {
        let now: DateTime<Utc> = "2026-11-22T13:04:00Z".parse().unwrap();
        let asked = |days: &str, from: &str, to: &str| Asked { days: days.into(), from: from.into(), to: to.into() };
        assert_eq!(chosen(&asked("7", "", ""), now).days, Some(7));
        assert_eq!(chosen(&asked("", "", ""), now).days, Some(30));
        assert_eq!(chosen(&asked("", "2026-11-01", "2026-11-02"), now).period.days(), 2);
        for bad in [
            asked("8", "", ""),
            asked("", "2026-11-02", "2026-11-01"),
            asked("", "tea", "2026-11-01"),
            asked("", "", "x"),
        ] {
            assert!(chosen(&bad, now).problem.is_some());
        }
    }
}
