//! The figures of a small desk, counted by hand, on both engines.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Role},
    case::Outcome,
    clock::FrozenClock,
    id::UserId,
    ledger::NewEntry,
    metrics::{Period, Share},
};
use std::sync::Arc;
use store::{
    Store,
    testing::{both, tamper},
};

const HOUR: i64 = 3_600_000_000;

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Types SQL as it stands; `#n` is the id number n in this engine's writing.
async fn fill(store: &Store, sql: &[String]) {
    let mut tx = store.write().await.unwrap();
    for statement in sql {
        let mut text = String::new();
        let mut parts = statement.split('#');
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            let hex = format!("{:032x}", digits.parse::<u128>().unwrap());
            let id = match store.engine_name() {
                "postgres" => format!("CAST('{hex}' AS UUID)"),
                _ => format!("X'{hex}'"),
            };
            text.push_str(&id);
            text.push_str(&part[digits.len()..]);
        }
        tamper(&mut tx, &text).await.unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
    tx.commit_chore(store::Chore::Verified).await.unwrap();
}

/// Case `n` of customer `customer`: opened and closed so many hours before now, told after so many hours.
fn case(n: i64, customer: i64, opened: i64, told: Option<i64>, closed: Option<(i64, &str)>) -> String {
    let at = |hours: i64| now().timestamp_micros() - hours * HOUR;
    let text = |value: Option<i64>| value.map_or("NULL".to_owned(), |at| at.to_string());
    let (state, outcome) = closed.map_or(("open", "NULL".to_owned()), |(_, word)| ("closed", format!("'{word}'")));
    format!(
        "INSERT INTO cases (id, number, customer_id, category, class, state, outcome, dispute, opened_at, first_event_at,
            last_event_at, first_stored_at, events, notified_at, closed_at, strikes, unread, search, version, joinable)
         VALUES (#{n}, 'L-{n}', #{customer}, 'messaging', 'messaging/spam', '{state}', {outcome}, 'none', {opened},
            {opened}, {opened}, {opened}, 1, {told}, {closed}, 0, FALSE, '', 1, {joinable})",
        joinable = if closed.is_none() { "TRUE" } else { "FALSE" },
        opened = at(opened),
        told = text(told.map(|hours| at(opened - hours))),
        closed = text(closed.map(|(hours, _)| at(hours))),
    )
}

fn desk() -> Vec<String> {
    let mut sql: Vec<String> = (1..=4)
        .map(|n| {
            format!(
                "INSERT INTO customers (id, number, name, email, phone, language, search, created_at)
                 VALUES (#{n}, 'c{n}', 'Customer {n}', 'c{n}@example', '', 'en', '', 0)"
            )
        })
        .collect();
    sql.extend([
        // Told after 2 h, closed as resolved, a relapse nine days later.
        case(11, 1, 24 * 20, Some(2), Some((24 * 15, "resolved"))),
        case(12, 1, 24 * 6, Some(4), None),
        // Told after 10 h, closed as resolved, nothing since.
        case(13, 2, 24 * 10, Some(10), Some((24 * 2, "resolved"))),
        // Not told, false alarm.
        case(14, 3, 24 * 3, None, Some((24, "false_positive"))),
        // Old and open; opened before the period.
        case(15, 4, 24 * 40, Some(1), None),
    ]);
    let day = now().timestamp_micros() / (24 * HOUR);
    sql.push(format!(
        "INSERT INTO event_days (day, class, reporter, events) VALUES ({}, 'messaging/spam', 'a.example', 5),
            ({day}, 'messaging/spam', 'a.example', 2), ({day}, 'connection/port_scan', 'b.example', 3),
            ({}, 'messaging/spam', 'a.example', 900)",
        day - 3,
        day - 60
    ));
    sql
}

#[tokio::test]
async fn figures_are_what_a_person_would_count() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), |store| async move {
        fill(&store, &desk()).await;
        let figures = store.read().await.unwrap().figures(Period::last_days(now(), 30), now()).await.unwrap();
        let it = &figures.now;
        assert_eq!((it.opened, it.closed, it.open, it.ageing), (4, 3, 2, 1));
        assert_eq!(it.oldest_at, Some(now() - TimeDelta::days(40)));
        let notice = it.to_notice.unwrap();
        assert_eq!((notice.count, notice.median, notice.p90), (3, TimeDelta::hours(4), TimeDelta::hours(10)));
        assert_eq!(it.to_containment, None);
        assert_eq!(it.repeats, Share { part: 1, whole: 2 });
        assert_eq!((figures.before.opened, figures.before.open), (1, 1));
        assert_eq!(figures.outcomes, [(Outcome::Resolved, 2), (Outcome::FalsePositive, 1)]);
        assert_eq!(figures.days.len(), 30);
        assert_eq!(
            figures.days.iter().map(|day| (day.opened, day.closed)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
            (4, 3)
        );
        let classes: Vec<_> = figures.classes.iter().map(|(class, n)| (class.as_str(), *n)).collect();
        assert_eq!(classes, [("messaging/spam", 7), ("connection/port_scan", 3)]);
        let reporters: Vec<_> = figures.reporters.iter().map(|row| (row.reporter.as_str(), row.events)).collect();
        assert_eq!(reporters, [("a.example", 7), ("b.example", 3)]);
    })
    .await;
}

#[tokio::test]
async fn work_is_counted_from_the_ledger_by_person() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), |store| async move {
        let anna = Actor::User { id: UserId::new(), name: "Anna".to_owned(), role: Role::Analyst };
        let tx = store.write().await.unwrap();
        let entries = store::Entries::from(NewEntry::new(&anna, Act::CaseOpened, "case", 1))
            .and(NewEntry::new(&anna, Act::CaseClosed, "case", 1))
            .and(NewEntry::new(&anna, Act::SignedIn, "user", 1))
            .and(NewEntry::new(&Actor::system("mailer"), Act::NoticeSent, "notice", 1));
        tx.commit(entries).await.unwrap();
        let work = store.read().await.unwrap().figure_work(Period::last_days(now(), 7)).await.unwrap();
        assert_eq!(work.len(), 1);
        assert_eq!((work[0].opened, work[0].closed, work[0].acts), (1, 1, 2));
        assert_eq!(Actor::label(&work[0].actor), "Anna");
        assert!(
            store.read().await.unwrap().figure_work(Period::last_days(now(), 7).before()).await.unwrap().is_empty()
        );
    })
    .await;
}
