//! Who held something when, as a strip: one row of bars for what can be held by one at a time, and the asked time across.
use super::time;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

const WIDTH: i64 = 760;
const GUTTER: i64 = 96;
const PLOT: i64 = WIDTH - GUTTER;
const ROW: i64 = 24;
const TOP: i64 = 22;
/// Rows of bars that are drawn; the table below has all.
const ROWS_MAX: usize = 14;
/// Width of a letter of the bars' labels.
const LETTER: i64 = 7;

/// One span of time in the strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripBar {
    /// Bars of the same lane stand in one row, unless they overlap.
    pub lane: String,
    /// A word that stands in the bar where there is room.
    pub word: String,
    /// What a pointer at rest is told.
    pub title: String,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; none = goes on.
    pub to: Option<DateTime<Utc>>,
    /// The rest from here on is only presumed.
    pub sure_until: Option<DateTime<Utc>>,
    /// One of the answer's.
    pub meant: bool,
}

/// The strip. Give a table with the same rows beneath it.
#[component]
pub fn Strip(
    /// What it shows, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// First and last instant of the picture.
    around: (DateTime<Utc>, DateTime<Utc>),
    /// First and last instant that was asked for.
    window: (DateTime<Utc>, DateTime<Utc>),
    /// The bars.
    bars: Vec<StripBar>,
) -> AnyView {
    let scale = Scale { from: around.0, to: around.1 };
    let rows = rows(&bars);
    let hidden = rows.len().saturating_sub(ROWS_MAX);
    let shown: Vec<&Vec<&StripBar>> = rows.iter().take(ROWS_MAX).collect();
    let count = i64::try_from(shown.len()).unwrap_or(0);
    let height = TOP + count * ROW + 4;
    let mut last = "";
    let drawn: Vec<_> = (0_i64..)
        .zip(&shown)
        .map(|(index, row)| {
            let lane = row.first().map_or("", |bar| bar.lane.as_str());
            let name = if lane == last { String::new() } else { lane.to_owned() };
            last = lane;
            let y = TOP + index * ROW;
            let bars: Vec<_> = row.iter().map(|bar| drawn(bar, &scale, y)).collect();
            view! {
                <text x="0" y=(y + 16).to_string() font-size="11">{name}</text>
                <line class="grid" x1=GUTTER.to_string() x2=WIDTH.to_string() y1=(y + ROW).to_string() y2=(y + ROW).to_string() />
                {bars}
            }
        })
        .collect();
    let (left, right) = (scale.x(window.0), scale.x(window.1));
    let more = (hidden > 0).then(|| view! { <p class="note">{format!("{hidden} more rows stand in the table.")}</p> });
    view! {
        <div class="strip" tabindex="0" role="region" aria-label="Strip of leases">
            <svg viewBox=format!("0 0 {WIDTH} {height}") role="img" aria-label=label>
                {days(&scale, height)}
                {drawn}
                <rect
                    class="asked"
                    x=(left - 1).to_string()
                    y=(TOP - 6).to_string()
                    width=(right - left).max(2).to_string()
                    height=(height - TOP + 4).to_string()
                >
                    <title>{format!("Asked: {}", time::full(window.0))}</title>
                </rect>
            </svg>
        </div>
        {more}
    }
    .into_any()
}

struct Scale {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Scale {
    /// Where an instant stands, within the picture.
    fn x(&self, at: DateTime<Utc>) -> i64 {
        let whole = (self.to - self.from).num_seconds().max(1);
        let part = (at.clamp(self.from, self.to) - self.from).num_seconds();
        GUTTER + part * PLOT / whole
    }
}

/// Bars of one lane in as few rows as they need without covering each other; lanes in the order of their names.
fn rows(bars: &[StripBar]) -> Vec<Vec<&StripBar>> {
    let mut sorted: Vec<&StripBar> = bars.iter().collect();
    sorted.sort_by(|one, two| (&one.lane, one.from).cmp(&(&two.lane, two.from)));
    let mut rows: Vec<Vec<&StripBar>> = Vec::new();
    for bar in sorted {
        let free = |row: &Vec<&StripBar>| {
            row.last().is_some_and(|last| last.lane == bar.lane && last.to.is_some_and(|to| to <= bar.from))
        };
        match rows.iter_mut().find(|row| free(row)) {
            Some(row) => row.push(bar),
            None => rows.push(vec![bar]),
        }
    }
    // The answer's rows are always drawn.
    rows.sort_by_key(|row| if rows_are_many(bars) && !row.iter().any(|bar| bar.meant) { 1 } else { 0 });
    rows
}

const fn rows_are_many(bars: &[StripBar]) -> bool {
    bars.len() > ROWS_MAX
}

fn drawn(bar: &StripBar, scale: &Scale, y: i64) -> AnyView {
    let end = bar.to.unwrap_or(scale.to);
    let (left, right) = (scale.x(bar.from), scale.x(end));
    let sure = bar.sure_until.map_or(right, |sure| scale.x(sure.max(bar.from))).min(right);
    let rect = |from: i64, to: i64, class: String| {
        view! {
            <rect
                class=class
                x=(from + 1).to_string()
                y=(y + 3).to_string()
                width=(to - from - 1).max(2).to_string()
                height=(ROW - 7).to_string()
                rx="3"
            />
        }
    };
    let class = if bar.meant { "held meant" } else { "held" };
    let presumed = (sure < right).then(|| rect(sure, right, format!("{class} presumed")));
    let letters = i64::try_from(bar.word.chars().count()).unwrap_or(i64::MAX);
    let word = (right - left > letters.saturating_mul(LETTER) + 8).then(|| {
        let class = if bar.meant { "word meant" } else { "word" };
        view! { <text class=class x=(left + 6).to_string() y=(y + 16).to_string() font-size="11">{bar.word.clone()}</text> }
    });
    view! {
        <g>
            <title>{bar.title.clone()}</title>
            {(sure > left || presumed.is_none()).then(|| rect(left, sure, class.to_owned()))}
            {presumed}
            {word}
        </g>
    }
    .into_any()
}

/// Midnights with their dates.
fn days(scale: &Scale, height: i64) -> AnyView {
    let days = (scale.to - scale.from).num_days().max(1);
    let every = (days / 8).max(1);
    let first = scale.from.date_naive();
    let marks: Vec<_> = (1..=days + 1)
        .filter(|n| n % every == 0)
        .filter_map(|n| first.checked_add_signed(TimeDelta::days(n))?.and_hms_opt(0, 0, 0))
        .map(|at| at.and_utc())
        .filter(|at| *at < scale.to)
        .map(|at| {
            let x = scale.x(at).to_string();
            view! {
                <line class="grid" x1=x.clone() x2=x.clone() y1="14" y2=height.to_string() />
                <text x=x y="10" font-size="11" text-anchor="middle">{at.format("%-d %b").to_string()}</text>
            }
        })
        .collect();
    marks.into_any()
}

#[cfg(test)]
mod tests {
    use super::{StripBar, rows};
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn bars_that_overlap_stand_in_rows_of_their_own() {
        let at = |hour: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hour);
        let bar = |lane: &str, from: i64, to: Option<i64>| StripBar {
            lane: lane.into(),
            word: String::new(),
            title: String::new(),
            from: at(from),
            to: to.map(at),
            sure_until: None,
            meant: false,
        };
        let bars = [bar("a", 0, Some(2)), bar("a", 2, None), bar("a", 3, Some(4)), bar("b", 0, Some(1))];
        let rows = rows(&bars);
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1]);
    }
}
