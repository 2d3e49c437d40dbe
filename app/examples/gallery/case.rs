//! A case that was answered, composed of parts.

use app::ui::{
    Act, Btn, Card, Choice, DataTable, Desk, Fact, Field, Glance, KeyValues, LinkBtn, LongField, Moment, Pair, Pill,
    PostForm, Quote, Tag, Timeline, Top,
};
use leptos::prelude::*;

pub(crate) fn page() -> AnyView {
    view! {
        <Top title="L-2026-001204" sub="Bot infection · Okafor, Nadia">
            <Pill word="answered" />
            <span class="sub">"assigned to you"</span>
            <span class="end"><LinkBtn label="Next in queue" href="/cases/L-2026-001205" key="→" /></span>
        </Top>
        <Glance>
            <Fact term="Who" sub="ln-20418 · 3rd case in 12 months"><a href="/customers/0">"Okafor, Nadia"</a></Fact>
            <Fact term="How sure" sub="184 of 184 events, RADIUS lease"><Tag word="certain" /></Fact>
            <Fact term="Told" sub="seen on her page 21 Nov 18:20">"21 Nov 10:51, delivered"</Fact>
            <Fact term="Cut" sub="in force since 22 Nov 10:51, verified 2 min ago" class="quarantined">"Walled garden"</Fact>
            <Fact term="She says" sub="asks for release, 22 Nov 13:04" class="answered">"Fixed"</Fact>
            <Fact term="Why we may" sub="terms 2026-03, at most 14 days">"Clause 7.2"</Fact>
        </Glance>
        <Desk side=Some(side())>{history()} {evidence()}</Desk>
    }
    .into_any()
}

fn history() -> AnyView {
    let order = view! { "times in UTC · " <a href="?order=oldest">"oldest first"</a> }.into_any();
    view! {
        <Card title="What happened" aside=order flush=true>
            <Timeline>
                <Moment time="13:04" full="2026-11-22 13:04:11 UTC" class="answered">
                    <b>"Customer"</b> " stated: fixed, and asks for release"
                    <Quote text="I reset the old tablet of my son to factory settings and changed the wifi password. Nothing else is older than 2024." />
                    <small>"from her page · record 18,442"</small>
                </Moment>
                <Moment time="12:30">"Last event seen 10:38, none for 2 hours"</Moment>
                <Moment time="10:51" class="quarantined">
                    <b>"Walled garden in force"</b> ", ordered by policy 12 (24 h after notice), confirmed by bng-3 in 0.4 s"
                    <small>"ground: clause 7.2 · review by 6 Dec · " <a href="/quarantine/1">"back-end calls"</a></small>
                </Moment>
                <Moment time="21 Nov 10:51" class="notified">
                    <b>"Notice"</b> " “Your line is sending out malware traffic” delivered to n.okafor@mail.example"
                    <small>"250 2.0.0 queued · Message-ID known · English · " <a href="/mail/1">"as sent"</a></small>
                </Moment>
                <Moment time="21 Nov 10:50" class="open">
                    <b>"Mara Lind"</b> " opened the case from 171 events"
                    <small>"grouping: customer + bot, 14 days · 13 more events joined since"</small>
                </Moment>
            </Timeline>
        </Card>
    }
    .into_any()
}

fn evidence() -> AnyView {
    let all = view! { "184 events from 2 reporters · " <a href="/events?case=1">"all"</a> }.into_any();
    let row = |seen: &'static str, source: &'static str, detail: &'static str, reporter: &'static str| {
        view! {
            <tr data-row="">
                <td class="mono nowrap"><a href="/events/1">{seen}</a></td>
                <td class="mono">{source}</td>
                <td>{detail}</td>
                <td>{reporter}</td>
                <td class="opt"><Tag word="certain" /></td>
            </tr>
        }
    };
    view! {
        <Card title="Evidence" aside=all flush=true>
            <DataTable label="Newest events" class="stack">
                <thead><tr><th>"Seen (UTC)"</th><th>"Source"</th><th>"Detail"</th><th>"Reporter"</th><th class="opt">"Certainty"</th></tr></thead>
                <tbody>
                    {row("22 Nov 10:38:12", "198.51.100.77:49431", "avalanche-andromeda, http", "Shadowserver")}
                    {row("22 Nov 09:51:40", "198.51.100.77:49907", "avalanche-andromeda, http", "Shadowserver")}
                    {row("22 Nov 08:44:03", "198.51.100.77:49220", "avalanche, tcp", "CERT-NL")}
                </tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn side() -> AnyView {
    let deadline = "within 3 h 12 min".into_any();
    view! {
        <Card title="Your turn" aside=deadline kind="next">
            <p>"She has used both self-releases of the last 90 days, so a person decides. Quiet for 2 h 26 min; her last two releases held for 61 and 44 days."</p>
            <div class="btns">
                <PostForm action="/cases/L-2026-001204/release" class="inline" hidden=vec![("version".to_owned(), "7".to_owned())]>
                    <Btn label="Release" kind="main" key="r" />
                </PostForm>
                <Act label="Refuse with reason…" group="turn">
                    <PostForm action="/cases/L-2026-001204/refuse">
                        <LongField label="Reason" name="reason" id="refuse-reason" hint="She reads this on her page." rows=2 />
                        <Btn label="Refuse" kind="hard" />
                    </PostForm>
                </Act>
                <Act label="Ask her…" group="turn"><p>"…"</p></Act>
            </div>
        </Card>
        <Card title="Quarantine">
            <KeyValues>
                <Pair term="Measure">"Walled garden"</Pair>
                <Pair term="Held by">"this case only"</Pair>
                <Pair term="Ends">"6 Dec 10:51 at the latest"</Pair>
                <Pair term="Network">"in force, 40 MB blocked"</Pair>
            </KeyValues>
            <div class="btns"><Act label="Change measure…"><p>"…"</p></Act><Act label="Extend…"><p>"…"</p></Act></div>
        </Card>
        <Card title="Also possible">
            <div class="btns">
                <Act label="Note…" key="m" group="also"><p>"…"</p></Act>
                <LinkBtn label="Notice" href="/cases/L-2026-001204/notice" key="n" />
                <Act label="Snooze…" group="also">
                    <PostForm action="/cases/L-2026-001204/snooze">
                        <Field label="Until" name="until" kind="date" error=Some("Name a day after today.".to_owned()) />
                        <Btn label="Snooze" />
                    </PostForm>
                </Act>
                <PostForm action="/cases/L-2026-001204/hand-back" class="inline"><Btn label="Hand back" /></PostForm>
                {close()}
            </div>
        </Card>
        <Card title="For a dispute">
            <p><a href="#">"Statement of reasons"</a> " · " <a href="#">"Dispute pack"</a></p>
            <small>"21 entries in the record, proven up to head 18,442"</small>
        </Card>
    }
    .into_any()
}

fn close() -> AnyView {
    let option = |value: &str, word: &str, why: &str| (value.to_owned(), word.to_owned(), why.to_owned());
    let options = vec![
        option("resolved", "Resolved", "The cause is gone."),
        option("false_positive", "False positive", "The report was wrong; it counts against the reporter."),
        option("not_ours", "Not ours", "Not our customer's doing."),
    ];
    view! {
        <Act label="Close…" kind="hard" key="c" group="also">
            <PostForm action="/cases/L-2026-001204/close">
                <Choice label="Outcome" name="outcome" options=options value="resolved" />
                <Btn label="Close the case" kind="hard" />
            </PostForm>
        </Act>
    }
    .into_any()
}
