//! The ways by which reports come in: how each does, what it brought today, what is wrong and how to add one.
use super::tabs;
use crate::{
    routes,
    ui::{Card, DataTable, Desk, EmptyState, Tabs, Tag, Top, When, defang, number, time},
};
use chrono::{DateTime, Utc};
use domain::{
    channel::{Alarm, ChannelBoard, ChannelRow, ChannelState, Health, Listing, Tally, TurnedAway},
    lease::board::LeaseWay,
    report::Channel,
};
use leptos::prelude::*;

/// What to write into the settings for each kind, and what it is for.
const HOW: [(&str, &str, &str); 4] = [
    (
        "A mailbox",
        "Mails are fetched by IMAP and moved to a done folder once they are durable here.",
        "[mailbox.abuse]\nurl = \"imaps://abuse%40isp.example@mail.isp.example/INBOX\"\n# LAZARET_MAILBOX__ABUSE__PASSWORD",
    ),
    (
        "The mail server, directly",
        "It hands reports over by LMTP and keeps them while the desk is away.",
        "[lmtp]\nlisten = \"127.0.0.1:8024\"",
    ),
    (
        "A feed",
        "A web address that is fetched on a schedule.",
        "[feed.sensors]\nurl = \"https://feeds.example/today.csv\"\nevery_seconds = 3600\n# LAZARET_FEED__SENSORS__TOKEN",
    ),
    (
        "A block list",
        "The own ranges are looked up in it; a listing makes a report.",
        "[dnsbl]\nresolver = \"192.0.2.53\"\n\n[dnsbl.zen]\nzone = \"zen.spamhaus.org\"\nqueries_per_minute = 300",
    ),
];

/// The channels.
pub fn channels(board: ChannelBoard) -> AnyView {
    let now = board.now;
    let healths = board.own.iter().map(|row| row.health).chain(board.leases.iter().map(LeaseWay::health));
    let healths: Vec<Health> = healths.collect();
    let how_many = |health| healths.iter().filter(|one| **one == health).count();
    let sub = match (how_many(Health::Alarm), how_many(Health::Failing)) {
        (0, 0) => "how reports and leases come in".to_owned(),
        (0, 1) => format!("1 of {} does not work right now", healths.len()),
        (0, n) => format!("{n} of {} do not work right now", healths.len()),
        (1, _) => format!("1 of {} needs attention", healths.len()),
        (n, _) => format!("{n} of {} need attention", healths.len()),
    };
    let warnings: Vec<_> = board.own.iter().filter_map(|row| warning(row, now)).collect();
    let open: Vec<_> = board.open.into_iter().map(|row| open_row(row, now)).collect();
    let watches = board.own.iter().any(|row| row.channel == Channel::Dnsbl) || board.listed > 0;
    let listings = watches.then(|| listings(board.listings, board.listed, now));
    let away = (!board.turned_away.is_empty()).then(|| away(board.turned_away, now));
    let own = own(board.own, now);
    let leases = super::channel_leases::leases(&board.leases, now);
    view! {
        <Top title="Channels" sub=sub />
        <Tabs tabs=tabs("channels") />
        <Desk side=Some(how_to())>
            {warnings}
            <Card title="Fetched or handed over" flush=true>{own}</Card>
            {leases}
            {listings}
            {away}
            <Card title="Always open" flush=true>
                <DataTable label="Channels that are always open" class="stack">
                    <thead>
                        <tr>
                            <th scope="col">"Channel"</th>
                            <th scope="col">"Last today"</th>
                            <th scope="col">"Today"</th>
                        </tr>
                    </thead>
                    <tbody>{open}</tbody>
                </DataTable>
            </Card>
        </Desk>
    }
    .into_any()
}

fn how_to() -> AnyView {
    let ways: Vec<_> = HOW
        .into_iter()
        .map(|(title, what, text)| {
            view! {
                <h3>{title}</h3>
                <p>{what}</p>
                <pre class="raw" tabindex="0">{text}</pre>
            }
        })
        .collect();
    view! {
        <Card title="Add a channel">
            <p>"In " <code>"lazaret.toml"</code> ", then start again; " <code>"lazaret check --explain"</code> " lists every setting."</p>
            {ways}
        </Card>
    }
    .into_any()
}

/// What a person must look at.
fn warning(row: &ChannelRow, now: DateTime<Utc>) -> Option<AnyView> {
    let state = row.state.as_ref()?;
    let since = state.failing_since.or(state.news_at).unwrap_or(state.created_at);
    let since = time::stamp(since, now);
    let (title, words) = match state.alarm? {
        Alarm::Failing => {
            (format!("{} has not worked since {since}", row.name), format!("Last error: {}", problem(state)))
        }
        Alarm::Silent => (
            format!("{} has brought nothing since {since}", row.name),
            "It answers, but nothing new comes. Ask its sender whether it still sends.".to_owned(),
        ),
    };
    let after = match row.channel {
        _ if state.alarm == Some(Alarm::Silent) => "",
        Channel::Imap | Channel::Lmtp => "Nothing is lost: mail waits where it is until this works again.",
        _ => "It is tried again every quarter of an hour.",
    };
    let view = view! {
        <Card title=title kind="bad">
            <p>{words}</p>
            <p>{after}</p>
        </Card>
    };
    Some(view.into_any())
}

fn problem(state: &ChannelState) -> String {
    state.problem.clone().unwrap_or_else(|| "not known".to_owned())
}

fn own(rows: Vec<ChannelRow>, now: DateTime<Utc>) -> AnyView {
    if rows.is_empty() {
        return view! {
            <EmptyState title="No mailbox, feed or block list yet">
                "Reports come only from those who bring them. Add the abuse mailbox first: the text to copy stands beside."
            </EmptyState>
        }
        .into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(|row| own_row(row, now)).collect();
    view! {
        <DataTable label="Channels that fetch or listen" class="stack">
            <thead>
                <tr>
                    <th scope="col">"Channel"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Last worked"</th>
                    <th scope="col">"Today"</th>
                    <th scope="col">"Last error"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// How a way does, in one word.
pub(super) fn health(health: Health) -> AnyView {
    let kind = match health {
        Health::Fine => "sure",
        Health::New | Health::Off => "",
        Health::Failing => "unsure",
        Health::Alarm => "bad",
    };
    view! { <Tag word=health.as_str() kind=kind /> }.into_any()
}

/// How long ago, or never.
pub(super) fn ago(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    match at {
        Some(at) => view! { <When at=at now=now relative=true /> }.into_any(),
        None => view! { <small>"never"</small> }.into_any(),
    }
}

/// What went wrong the last time, and when.
pub(super) fn fault(state: Option<&ChannelState>, now: DateTime<Utc>) -> AnyView {
    let Some(state) = state.filter(|state| state.problem.is_some()) else {
        return view! { <small>"none"</small> }.into_any();
    };
    let at = state.problem_at.map(|at| view! { <small><When at=at now=now /></small> });
    view! { {problem(state)} " " {at} }.into_any()
}

fn own_row(row: ChannelRow, now: DateTime<Utc>) -> AnyView {
    let state = row.state.as_ref();
    let news = state
        .and_then(|state| state.news_at)
        .map(|at| view! { <small>"news " <When at=at now=now relative=true /></small> });
    let (worked, error) = (ago(state.and_then(|state| state.ok_at), now), fault(state, now));
    view! {
        <tr>
            <td class="lead"><b>{row.name}</b> <small class="mono">{row.place}</small></td>
            <td data-label="State">{health(row.health)}</td>
            <td data-label="Last worked">{worked} " " {news}</td>
            <td class="nowrap" data-label="Today">{today(&row.today)}</td>
            <td data-label="Last error">{error}</td>
        </tr>
    }
    .into_any()
}

fn today(tally: &Tally) -> String {
    let n = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut words = number::plural(n(tally.received), "report", "reports");
    if tally.duplicates > 0 {
        words += &format!(", {} came before", number::thousands(n(tally.duplicates)));
    }
    if tally.refused > 0 {
        words += &format!(", {} refused", number::thousands(n(tally.refused)));
    }
    words
}

fn open_row(row: ChannelRow, now: DateTime<Utc>) -> AnyView {
    let (name, what) = match row.channel {
        Channel::Api => ("API", "POST /api/v1/reports with a token"),
        Channel::Pipe => ("Mail pipe", "lazaret ingest -"),
        Channel::File => ("Files", "lazaret ingest FILE..."),
        Channel::Form => ("Form for reporters", "complaints, at /report"),
        _ => ("By hand", "the upload on the page of reports"),
    };
    let last = match row.today.last_at {
        Some(at) => view! { <When at=at now=now relative=true /> }.into_any(),
        None => view! { <small>"nothing today"</small> }.into_any(),
    };
    view! {
        <tr>
            <td class="lead"><b>{name}</b> <small class="mono">{what}</small></td>
            <td data-label="Last today">{last}</td>
            <td class="nowrap" data-label="Today">{today(&row.today)}</td>
        </tr>
    }
    .into_any()
}

fn listings(rows: Vec<Listing>, listed: i64, now: DateTime<Utc>) -> AnyView {
    let title = format!("Own addresses on block lists: {listed}");
    if rows.is_empty() {
        return view! {
            <Card title="Own addresses on block lists" flush=true>
                <EmptyState title="None that we know of">"Each address is looked up again in every round."</EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let address = row.address.to_string();
            let who = routes::with_query(routes::who(), &[("address", &address)]);
            view! {
                <tr>
                    <td class="lead mono"><a href=who>{address}</a></td>
                    <td data-label="List">{row.zone} <small class="mono">{row.answers}</small></td>
                    <td data-label="Since"><When at=row.listed_at now=now /></td>
                    <td data-label="Its words" class="opt-break">{defang(&row.reason)}</td>
                    <td><a href=routes::report(row.report)>"report"</a></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title=title flush=true>
            <DataTable label="Own addresses on block lists" class="stack">
                <thead>
                    <tr>
                        <th scope="col">"Address"</th>
                        <th scope="col">"List"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Its words"</th>
                        <th scope="col"><span class="sr">"Report"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn away(rows: Vec<TurnedAway>, now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td class="lead"><b>{row.channel}</b></td>
                    <td data-label="When"><When at=row.at now=now /></td>
                    <td data-label="What">{row.what}</td>
                    <td data-label="Why">{row.reason}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title="Could not be taken in" flush=true>
            <DataTable label="What could not be taken in" class="stack">
                <thead>
                    <tr>
                        <th scope="col">"Channel"</th>
                        <th scope="col">"When"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Why"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}
