//! The figures, composed of parts.

use app::ui::{BarRow, BarTable, Day, DayChart, Figure, Figures, LinkBtn, Tab, Tabs, Top};
use leptos::prelude::*;

pub(crate) fn page() -> AnyView {
    let tab = |word: &str, current| Tab::new(word, format!("/figures?period={word}"), None, current);
    let tabs = vec![tab("7 days", false), tab("30 days", true), tab("Quarter", false), tab("Own period", false)];
    view! {
        <Top title="Figures">
            <Tabs tabs=tabs />
            <span class="end"><LinkBtn label="CSV" href="/figures.csv" /></span>
        </Top>
        <Figures>
            <Figure title="Open cases" big="86" spread="oldest 9 days"><p><span class="down">"12 fewer"</span> " than 30 days ago"</p></Figure>
            <Figure title="Time to notice" big="14 min" spread="p90 1 h 20"><p>"first event stored → first notice delivered, median"</p></Figure>
            <Figure title="Time to containment" big="24 h 3" spread="p90 26 h"><p>"notice delivered → quarantine confirmed, where one was ordered"</p></Figure>
            <Figure title="Time to release" big="38 min" spread="p90 5 h 10"><p>"customer asked → network confirmed"</p></Figure>
            <Figure title="Cases opened and closed per day" wide=true>
                <DayChart label="Cases opened and closed per day, 24 October to 22 November" bar="opened" line="closed" days=days() />
            </Figure>
            <Figure title="Released themselves" big="64 %" spread="of 211"><p>"71 % of these had no further event in 30 days. " <a href="#">"The 61 that had"</a></p></Figure>
            <Figure title="Calls avoided" big="≈ 148" spread="€ 2,960"><p>"self-releases × 70 % who would have called × € 20 a call. " <a href="#">"Change the numbers"</a></p></Figure>
            <Figure title="What it was" wide=true><BarTable label="Events by kind" rows=kinds() /></Figure>
            <Figure title="Reporters that hold up" wide=true>{reporters()}</Figure>
        </Figures>
    }
    .into_any()
}

fn days() -> Vec<Day> {
    let bars = [
        21, 19, 25, 23, 31, 29, 24, 35, 33, 40, 37, 34, 45, 43, 38, 35, 42, 47, 51, 44, 36, 33, 41, 47, 52, 49, 44, 38,
        46, 41,
    ];
    (0_u64..)
        .zip(bars)
        .map(|(i, bar)| Day { label: format!("{} Nov", i + 1), bar, line: (bar * 2 + 60 + i) / 4 })
        .collect()
}

fn kinds() -> Vec<BarRow> {
    [("Bot infection", 412), ("Spam sent", 201), ("Open service", 168), ("Login attack", 93), ("Copyright claim", 41)]
        .into_iter()
        .map(|(label, n)| BarRow { label: label.to_owned(), href: format!("/cases?what={n}"), n })
        .collect()
}

fn reporters() -> AnyView {
    let row = |name: &'static str, cells: [&'static str; 4], bad: bool| {
        let [events, held, late, parked] = cells;
        let class = if bad { "n up" } else { "n" };
        view! {
            <tr><td>{name}</td><td class="n">{events}</td><td class=class>{held}</td><td class="n">{late}</td><td class="n">{parked}</td></tr>
        }
    };
    view! {
        <table>
            <thead><tr><th>"Reporter"</th><th class="n">"Events"</th><th class="n">"Held up"</th><th class="n">"Late"</th><th class="n">"Parked"</th></tr></thead>
            <tbody>
                {row("Shadowserver", ["18,220", "99.1 %", "0.2 %", "0"], false)}
                {row("SpamCop", ["911", "97.4 %", "1.0 %", "3"], false)}
                {row("fail2ban senders", ["640", "71.8 %", "12 %", "44"], true)}
            </tbody>
        </table>
    }
    .into_any()
}
