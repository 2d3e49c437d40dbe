//! Charts drawn on the server as SVG, each with the same numbers as a table.

use leptos::prelude::*;

use super::number;

const WIDTH: u64 = 640;
const HEIGHT: u64 = 150;
const BASE: u64 = HEIGHT - 20;

/// A trend in a row: no axes, no numbers, decoration beside the number it belongs to.
#[component]
pub fn Spark(
    /// Oldest first.
    points: Vec<u64>,
) -> AnyView {
    let line = polyline(&points, 60, 18, 1);
    view! {
        <svg class="spark" width="60" height="20" viewBox="0 0 60 20" aria-hidden="true">
            <polyline points=line fill="none" stroke="currentColor" stroke-width="1.500" stroke-linejoin="round" />
        </svg>
    }
    .into_any()
}

/// Points from the left edge to the right, the highest at the top, on a scale that starts at zero.
fn polyline(points: &[u64], width: u64, height: u64, margin: u64) -> String {
    let top = points.iter().copied().max().unwrap_or(0).max(1);
    let steps = points.len().saturating_sub(1).max(1) as u64;
    let mut out = String::new();
    for (index, value) in points.iter().enumerate() {
        let x = index as u64 * width / steps;
        let y = margin * 10 + (top - value) * height * 10 / top;
        out.push_str(&format!("{x},{}.{} ", y / 10, y % 10));
    }
    out
}

/// One day of a [`DayChart`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// As written below the chart and in the table: `22 Nov`.
    pub label: String,
    /// The bar.
    pub bar: u64,
    /// The line.
    pub line: u64,
}

/// Two numbers a day: bars and a line, an axis with its top, and the table below on demand.
#[component]
pub fn DayChart(
    /// What it shows, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// What the bars are.
    #[prop(into)]
    bar: String,
    /// What the line is.
    #[prop(into)]
    line: String,
    /// Oldest first.
    days: Vec<Day>,
) -> AnyView {
    let top = nice(days.iter().map(|d| d.bar.max(d.line)).max().unwrap_or(0));
    let slot = WIDTH * 10 / (days.len() as u64).max(1);
    let bars: Vec<_> = days.iter().enumerate().map(|(i, day)| day_bar(i as u64, day, slot, top, &bar, &line)).collect();
    let (first, last) = (days.first().map(|d| d.label.clone()), days.last().map(|d| d.label.clone()));
    let points = line_points(&days, slot, top);
    view! {
        <figure class="chart">
            <svg viewBox=format!("0 0 {} {HEIGHT}", WIDTH + 34) role="img" aria-label=label>
                {grid(top)}
                {bars}
                <polyline class="line" points=points fill="none" />
                <text x="0" y=HEIGHT.to_string() font-size="11">{first}</text>
                <text x=WIDTH.to_string() y=HEIGHT.to_string() font-size="11" text-anchor="end">{last}</text>
            </svg>
            <figcaption>
                <span class="swatch bar"></span>
                {bar.clone()}
                <span class="swatch line"></span>
                {line.clone()}
            </figcaption>
            {day_table(days, bar, line)}
        </figure>
    }
    .into_any()
}

fn day_bar(index: u64, day: &Day, slot: u64, top: u64, bar: &str, line: &str) -> AnyView {
    let height = (BASE - 6) * day.bar / top;
    let x = index * slot / 10 + 1;
    let width = (slot / 10).saturating_sub(3).max(1);
    let title = format!("{}: {} {bar}, {} {line}", day.label, number::thousands(day.bar), number::thousands(day.line));
    view! {
        <g>
            <title>{title}</title>
            <rect class="hit" x=(index * slot / 10).to_string() y="0" width=(slot / 10).max(1).to_string() height=BASE.to_string() />
            <rect
                class="bar"
                x=x.to_string()
                y=(BASE - height).to_string()
                width=width.to_string()
                height=height.to_string()
                rx="1.500"
            />
        </g>
    }
    .into_any()
}

fn line_points(days: &[Day], slot: u64, top: u64) -> String {
    let mut out = String::new();
    for (index, day) in days.iter().enumerate() {
        let x = (index as u64 * slot + slot / 2) / 10;
        out.push_str(&format!("{x},{} ", BASE - (BASE - 6) * day.line / top));
    }
    out
}

/// Nothing, half and all of the scale.
fn grid(top: u64) -> AnyView {
    let marks = if top.is_multiple_of(2) { vec![0, top / 2, top] } else { vec![0, top] };
    let lines: Vec<_> = marks
        .into_iter()
        .map(|value| {
            let y = BASE - (BASE - 6) * value / top;
            view! {
                <line class="grid" x1="0" x2=WIDTH.to_string() y1=y.to_string() y2=y.to_string() />
                <text x=(WIDTH + 6).to_string() y=(y + 4).to_string() font-size="11">{number::thousands(value)}</text>
            }
        })
        .collect();
    lines.into_any()
}

/// The next round number: 1, 2, 4, 5, 6 or 8 times a power of ten.
fn nice(max: u64) -> u64 {
    let mut unit = 1;
    while unit * 10 <= max {
        unit *= 10;
    }
    [1, 2, 4, 5, 6, 8, 10].into_iter().map(|step| step * unit).find(|n| *n >= max).unwrap_or(max).max(1)
}

fn day_table(days: Vec<Day>, bar: String, line: String) -> AnyView {
    let rows: Vec<_> = days
        .into_iter()
        .rev()
        .map(|day| {
            view! {
                <tr>
                    <th scope="row">{day.label}</th>
                    <td class="n">{number::thousands(day.bar)}</td>
                    <td class="n">{number::thousands(day.line)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <details class="numbers">
            <summary>"As a table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Numbers"><table>
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        <th scope="col" class="n">{bar}</th>
                        <th scope="col" class="n">{line}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table></div>
        </details>
    }
    .into_any()
}

/// One row of a [`BarTable`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BarRow {
    /// What was counted.
    pub label: String,
    /// Where the things behind it are; "" for nowhere.
    pub href: String,
    /// How many.
    pub n: u64,
}

/// Counts by kind: a table whose rows carry their bar.
#[component]
pub fn BarTable(
    /// What is counted, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// Highest first.
    rows: Vec<BarRow>,
) -> AnyView {
    let top = rows.iter().map(|r| r.n).max().unwrap_or(0).max(1);
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let name = if row.href.is_empty() {
                row.label.into_any()
            } else {
                view! { <a href=row.href>{row.label}</a> }.into_any()
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="n">{number::thousands(row.n)}</td>
                    <td class="bars">
                        <svg width="100%" height="10" aria-hidden="true">
                            <rect class="bar" width=format!("{}%", row.n * 100 / top) height="10" rx="2" />
                        </svg>
                    </td>
                </tr>
            }
        })
        .collect();
    view! { <table class="bartable" aria-label=label><tbody>{rows}</tbody></table> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::{nice, polyline};

    #[test]
    fn scales_are_round() {
        for (max, top) in [(0, 1), (1, 1), (3, 4), (7, 8), (9, 10), (41, 50), (86, 100), (412, 500)] {
            assert_eq!(nice(max), top);
        }
    }

    #[test]
    fn a_flat_line_stays_inside() {
        assert_eq!(polyline(&[0, 0, 0], 60, 18, 1), "0,19.0 30,19.0 60,19.0 ");
        assert_eq!(polyline(&[5, 10], 60, 18, 1), "0,10.0 60,1.0 ");
        assert_eq!(polyline(&[], 60, 18, 1), "");
    }
}
