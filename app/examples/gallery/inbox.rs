//! The evidence inbox, composed of parts.

use app::{
    islands::LiveQueue,
    ui::{
        Act, AllCheck, Btn, BulkBar, Cols, DataTable, KeyValues, LongField, Pager, Pair, Peek, PostForm, Query, Raw,
        RowCheck, Select, Spark, Strikes, Tab, Tabs, Tag, Th, Top,
    },
};
use leptos::prelude::*;

struct Row {
    events: &'static str,
    ago: &'static str,
    trend: Vec<u64>,
    who: &'static str,
    strikes: u64,
    line: &'static str,
    what: &'static str,
    class: &'static str,
    source: &'static str,
    sure: &'static str,
    reporters: &'static str,
}

pub(crate) fn page() -> AnyView {
    let query = Query::new("/evidence", "view=decide&sort=-events");
    let tab = |word: &str, n, current| Tab::new(word, format!("/evidence?view={word}"), n, current);
    let tabs = vec![
        tab("Needs a decision", Some(41), true),
        tab("On a case", Some(1166), false),
        tab("Ambiguous", Some(5), false),
        tab("Unknown", Some(2), false),
        tab("My saved view: bots on fibre", None, false),
    ];
    let rows: Vec<_> = rows().into_iter().enumerate().map(|(i, row)| line(i, row)).collect();
    view! {
        <Top title="Evidence by customer" />
        <Tabs tabs=tabs>
            <LiveQueue poll="/live/evidence?since=1".to_owned() href="/evidence".to_owned() text="Updated 10:42:07".to_owned() />
        </Tabs>
        <Cols side=Some(peek())>
            <DataTable label="Evidence that needs a decision" class="stack">
                <thead>
                    <tr>
                        <th><AllCheck form="pick" /></th>
                        <Th label="Events" class="n" sort="events" query=query.clone() down_first=true />
                        <Th label="10 days" class="opt" />
                        <Th label="Customer" sort="customer" query=query.clone() />
                        <Th label="What" sort="class" query=query.clone() />
                        <Th label="Source, certainty, reported by" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            <Pager from=1 to=7 total=Some(41) next=Some("/evidence?after=7".to_owned()) />
            <BulkBar id="pick" action="/evidence/open">
                <Btn label="Open cases" key="o" action="/evidence/open" />
                <Btn label="Notify" key="n" action="/evidence/notify" />
                <Act label="Close with reason…">
                    <p>"The reason goes into the record of each."</p>
                </Act>
            </BulkBar>
        </Cols>
    }
    .into_any()
}

fn line(index: usize, row: Row) -> AnyView {
    let chosen = if index == 0 { "true" } else { "false" };
    let href = format!("/customers/{index}");
    view! {
        <tr data-row="" data-peek=format!("/evidence?at={index}") aria-selected=chosen>
            <td><RowCheck form="pick" value=index.to_string() label=row.who /></td>
            <td class="n"><b>{row.events}</b><small>{row.ago}</small></td>
            <td class="opt"><Spark points=row.trend /></td>
            <td class="lead"><a class="who" href=href>{row.who}</a>" "<Strikes n=row.strikes /><small>{row.line}</small></td>
            <td>{row.what}<small class="mono">{row.class}</small></td>
            <td><span class="mono">{row.source}</span>" "<Tag word=row.sure /><small>{row.reporters}</small></td>
        </tr>
    }
    .into_any()
}

fn peek() -> AnyView {
    view! {
        <Peek title="Okafor, Nadia" sub="Fibre 500 · ln-20418 · customer since 2019 · terms 2026-03, accepted 14 Mar 2026" href="/customers/0">
            <KeyValues>
                <Pair term="What">"Her line talks to the Avalanche sinkhole, 184 times in 6 days, every 40 to 90 minutes, also at night."</Pair>
                <Pair term="How sure"><Tag word="certain" />" lease 198.51.100.77, ports 49152–50175, from 16 Nov 03:12 to now (RADIUS bng-3)"</Pair>
                <Pair term="Before">
                    "2 strikes in 12 months: " <a href="/cases/L-2026-000871">"L-2026-000871"</a> " bot, "
                    <a href="/cases/L-2026-000644">"L-2026-000644"</a> " bot. Released herself both times."
                </Pair>
                <Pair term="Policy">"Third bot case: notify now, walled garden after 24 h. Ground: clause 7.2."</Pair>
            </KeyValues>
            <div class="btns">
                <PostForm action="/evidence/notify" class="inline"><Btn label="Open case and notify" kind="main" key="n" /></PostForm>
                <PostForm action="/evidence/open" class="inline"><Btn label="Open case" key="o" /></PostForm>
                <Act label="Not abuse…" key="c">
                    <PostForm action="/evidence/close">
                        <Select
                            label="Outcome"
                            name="outcome"
                            options=vec![("false_positive".to_owned(), "False positive".to_owned()), ("not_ours".to_owned(), "Not ours".to_owned())]
                        />
                        <LongField label="Reason" name="reason" hint="One sentence for the record." rows=2 />
                        <Btn label="Close 184 events" kind="hard" />
                    </PostForm>
                </Act>
            </div>
            <div>
                <h3>"Newest of 184 events"</h3>
                <Raw text="2026-11-22 10:38:12Z  tcp\n198.51.100.77:49431 → 203.0.113.200:80\nfamily    avalanche-andromeda\nreporter  Shadowserver event4_sinkhole_http\nhost      http://xdqzpbcgrvkj.example/gate.php" />
                <p class="sub">
                    <a href="/events">"All events"</a> " · " <a href="/reports/1">"Report as received"</a> " · " <a href="/events/1">"Proof of attribution"</a>
                </p>
            </div>
        </Peek>
    }
    .into_any()
}

/// Events, newest, trend, customer, strikes, line, what, class, source, certainty, reporters.
const ROWS: &str = "\
184|4 min ago|1 2 1 6 11 18 30 44 58 64|Okafor, Nadia|2|Fibre 500 · ln-20418|Bot infection|connection/infected_host|198.51.100.77:49431|certain|Shadowserver, CERT-NL
61|11 min ago|0 0 0 1 6 12 9 14 11 8|Bakkerij De Vries BV|1|Business DSL · ln-00917|Spam sent|messaging/spam|203.0.113.9|certain|SpamCop, Yahoo FBL +2
38|18 min ago|3 4 4 5 3 4 6 3 4 2|2 candidates|0|CGNAT, port missing|Login attack|connection/login_attack|192.0.2.14|ambiguous|blocklist.de
12|1 h ago|1 1 1 1 1 1 1 1 1 1|Hoekstra, Wim|0|Fibre 100 · ln-31177|Open resolver|vulnerability/open_service|2001:db8:4f:1200::/56|certain|Shadowserver scan_dns
9|2 h ago|0 1 0 2 0 1 0 2 1 2|Studentenhuis Noord|7|Fibre 1000 · ln-08820|Copyright claim|copyright/p2p|198.51.100.140:34890|certain|IP-Echelon
3|3 h ago|0 0 0 0 0 0 0 1 1 1|Yilmaz, Ece|0|Cable 250 · ln-41260|Phishing page|content/phishing|hxxps://kamer[.]example/login|certain|Netcraft
1|6 h ago|0 0 0 0 0 0 0 0 0 1|not our range|0|—|Port scan|connection/port_scan|198.18.4.4|unknown|fail2ban@kuiper.example";

fn rows() -> Vec<Row> {
    ROWS.lines()
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split('|').collect();
            let [events, ago, trend, who, strikes, line, what, class, source, sure, reporters] =
                cells.try_into().ok()?;
            let trend = trend.split(' ').filter_map(|n| n.parse().ok()).collect();
            let strikes = strikes.parse().ok()?;
            Some(Row { events, ago, trend, who, strikes, line, what, class, source, sure, reporters })
        })
        .collect()
}
