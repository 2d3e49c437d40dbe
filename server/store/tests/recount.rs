//! The figures, whose sums triggers keep, beside a plain count of the rows, after every kind of change, on both engines.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    clock::FrozenClock,
    metrics::{Figures, Period, Spread, Summary},
    page::PageOf,
};
use std::sync::Arc;
use store::{
    Conn, Store,
    testing::{both, rows, tamper},
};

const HOUR: i64 = 3_600_000_000;

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn hours_ago(hours: i64) -> i64 {
    now().timestamp_micros() - hours * HOUR
}

/// Types SQL as it stands; `#n` is the id number n in this engine's writing, `~n` some bytes.
async fn run(store: &Store, sql: &str) {
    let mut tx = store.write().await.unwrap();
    for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
        let mut text = String::new();
        let mut rest = statement;
        while let Some(place) = rest.find(['#', '~']) {
            text.push_str(&rest[..place]);
            let digits: String = rest[place + 1..].chars().take_while(char::is_ascii_digit).collect();
            let hex = format!("{:032x}", digits.parse::<u128>().unwrap());
            match (store.engine_name(), &rest[place..=place]) {
                ("postgres", "#") => text.push_str(&format!("CAST('{hex}' AS UUID)")),
                ("postgres", _) => text.push_str(&format!("decode('{hex}', 'hex')")),
                _ => text.push_str(&format!("X'{hex}'")),
            }
            rest = &rest[place + 1 + digits.len()..];
        }
        text.push_str(rest);
        tamper(&mut tx, &text).await.unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
    tx.commit_chore(store::Chore::Verified).await.unwrap();
}

/// Case `n` of customer 1 to 4, opened so many hours ago.
fn case(n: i64, customer: i64, opened: i64) -> String {
    let at = hours_ago(opened);
    format!(
        "INSERT INTO cases (id, number, customer_id, category, class, state, dispute, opened_at, first_event_at,
            last_event_at, first_stored_at, events, strikes, unread, search, version, joinable)
         VALUES (#{n}, 'L-{n}', #{customer}, 'messaging', 'messaging/spam', 'open', 'none', {at}, {at}, {at}, {at}, 1, 0,
            FALSE, '', 1, FALSE);"
    )
}

fn event(n: i64, case: i64, reporter: &str) -> String {
    format!(
        "INSERT INTO events (id, report_id, position, reporter, source_kind, source, at, time_grade, class, category, role,
            count, details, faults, received_at, certainty, state, case_id, fingerprint)
         VALUES (#{n}, #900, {n}, '{reporter}', 'ip', '192.0.2.1', {at}, 'stated', 'messaging/spam', 'messaging', 'actor', 1,
            '[]', '[]', {at}, 'certain', 'on_case', #{case}, ~{n});",
        at = hours_ago(900)
    )
}

fn world() -> String {
    let mut sql = String::from(
        "INSERT INTO terms (version, published_at) VALUES ('1', 0);
         INSERT INTO clauses (id, terms_version, number, wording, permits, days_max)
            VALUES (#800, '1', '7', 'May be cut off', 'walled_garden', 30);
         INSERT INTO report_bytes (sha256, bytes) VALUES ('00', ~1);
         INSERT INTO reports (id, received_at, channel, sha256, size, file_name, content_type, state, events, parser_version)
            VALUES (#900, 0, 'api', '00', 1, '', '', 'done', 0, 1);",
    );
    for n in 1..=4 {
        sql.push_str(&format!(
            "INSERT INTO customers (id, number, name, email, phone, language, search, created_at)
                VALUES (#{n}, 'c{n}', 'Customer {n}', 'c{n}@example', '', 'en', '', 0);
             INSERT INTO contracts (id, customer_id, number, terms_version) VALUES (#{n}, #{n}, 'k{n}', '1');
             INSERT INTO services (id, customer_id, contract_id, number, product, username, circuit_id, mac)
                VALUES (#{n}, #{n}, #{n}, 'ln-{n}', '', '', '', '');"
        ));
    }
    sql
}

fn quarantine(n: i64, service: i64) -> String {
    format!(
        "INSERT INTO quarantines (id, service_id, customer_id, measure, ports, state, clause_id, reason, ordered_by,
            ordered_at, starts_at, review_at, expires_at, attempts, answer, version)
         VALUES (#{n}, #{service}, #{service}, 'walled_garden', '', 'applying', #800, 'because', 'x', 0, 0, 0, 0, 0, '', 1);"
    )
}

fn release(n: i64, quarantine: i64, case: i64, customer: i64, asked: i64, state: &str, himself: bool) -> String {
    format!(
        "INSERT INTO releases (id, quarantine_id, case_id, customer_id, asked_by, asked_at, state, by_himself, reason)
         VALUES (#{n}, #{quarantine}, #{case}, #{customer}, 'x', {}, '{state}', {}, '');",
        hours_ago(asked),
        if himself { "TRUE" } else { "FALSE" }
    )
}

async fn count(conn: &mut Conn, sql: &str) -> i64 {
    rows(conn, &format!("({sql}) AS counted")).await.unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

async fn same_spread(conn: &mut Conn, spread: Option<Spread>, lasted: &str) {
    let all = count(conn, &format!("SELECT lasted FROM ({lasted}) AS l")).await;
    assert_eq!(spread.map_or(0, |spread| spread.count), all, "{lasted}");
    let Some(Spread { median, p90, .. }) = spread else { return };
    for (value, percent) in [(median, 50), (p90, 90)] {
        let value = value.num_microseconds().unwrap();
        let below = count(conn, &format!("SELECT lasted FROM ({lasted}) AS l WHERE lasted < {value}")).await;
        let up_to = count(conn, &format!("SELECT lasted FROM ({lasted}) AS l WHERE lasted <= {value}")).await;
        let rank = (all * percent + 99) / 100;
        assert!(below < rank && rank <= up_to, "{percent} %: {value} is not rank {rank} of {lasted}");
    }
}

/// The times that passed, of the period as somebody would work them out from the rows alone.
async fn same_spreads(conn: &mut Conn, it: &Summary, of: Period) {
    let (from, to) = (of.from.timestamp_micros(), of.to.timestamp_micros());
    let within = |column: &str| format!("{column} >= {from} AND {column} < {to}");
    let told = format!(
        "SELECT notified_at - first_stored_at AS lasted FROM cases WHERE notified_at IS NOT NULL AND {}",
        within("opened_at")
    );
    same_spread(conn, it.to_notice, &told).await;
    let contained = format!(
        "SELECT lasted FROM (SELECT q.confirmed_at - (SELECT MIN(c.notified_at) FROM quarantine_causes k
            JOIN cases c ON c.id = k.case_id WHERE k.quarantine_id = q.id) AS lasted FROM quarantines q WHERE {}) AS m
         WHERE lasted IS NOT NULL",
        within("q.confirmed_at")
    );
    same_spread(conn, it.to_containment, &contained).await;
    let lifted = format!(
        "SELECT lasted FROM (SELECT q.lifted_at - (SELECT MIN(r.asked_at) FROM releases r
            WHERE r.quarantine_id = q.id AND r.state = 'granted') AS lasted FROM quarantines q WHERE {}) AS m
         WHERE lasted IS NOT NULL",
        within("q.lifted_at")
    );
    same_spread(conn, it.to_release, &lifted).await;
}

/// Every figure of the period as somebody would count it from the rows alone.
async fn recount(store: &Store, period: Period) {
    let mut conn = store.read().await.unwrap();
    let figures: Figures = conn.figures(period, now()).await.unwrap();
    for (it, of) in [(&figures.now, period), (&figures.before, period.before())] {
        let (from, to) = (of.from.timestamp_micros(), of.to.timestamp_micros());
        let within = |column: &str| format!("{column} >= {from} AND {column} < {to}");
        let conn = &mut conn;
        assert_eq!(it.opened, count(conn, &format!("SELECT id FROM cases WHERE {}", within("opened_at"))).await);
        assert_eq!(it.closed, count(conn, &format!("SELECT id FROM cases WHERE {}", within("closed_at"))).await);
        let open = format!("SELECT id FROM cases WHERE opened_at < {to} AND (closed_at IS NULL OR closed_at >= {to})");
        assert_eq!(it.open, count(conn, &open).await);
        let old = to - 7 * 24 * HOUR;
        assert_eq!(it.ageing, count(conn, &format!("{open} AND opened_at < {old}")).await);
        if let Some(oldest) = it.oldest_at {
            assert_eq!(count(conn, &format!("{open} AND opened_at < {}", oldest.timestamp_micros())).await, 0);
        }
        assert_eq!(it.oldest_at.is_some(), it.open > 0);
        let himself = format!(
            "SELECT id FROM releases r WHERE state = 'granted' AND by_himself = TRUE AND {}",
            within("asked_at")
        );
        let granted = format!("SELECT id FROM releases r WHERE state = 'granted' AND {}", within("asked_at"));
        assert_eq!(it.self_released.part, count(conn, &himself).await);
        assert_eq!(it.self_released.whole, count(conn, &granted).await);
        let month = 30 * 24 * HOUR;
        let relapse = format!(
            "EXISTS (SELECT 1 FROM cases o WHERE o.customer_id = r.customer_id AND o.opened_at > r.asked_at
                AND o.opened_at <= r.asked_at + {month}
                AND COALESCE(o.outcome, '') <> 'wrong_customer')"
        );
        assert_eq!(it.stayed_clean.part, count(conn, &format!("{himself} AND NOT {relapse}")).await);
        assert_eq!(it.stayed_clean.whole, it.self_released.part);
        let resolved = format!("SELECT id FROM cases c WHERE outcome = 'resolved' AND {}", within("closed_at"));
        let repeat = format!(
            "EXISTS (SELECT 1 FROM cases o WHERE o.customer_id = c.customer_id AND o.category = c.category
                AND o.opened_at > c.closed_at AND o.opened_at <= c.closed_at + {month}
                AND COALESCE(o.outcome, '') <> 'wrong_customer')"
        );
        assert_eq!(it.repeats.whole, count(conn, &resolved).await);
        assert_eq!(it.repeats.part, count(conn, &format!("{resolved} AND {repeat}")).await);
        same_spreads(conn, it, of).await;
    }
    let (from, to) = (period.from.timestamp_micros(), period.to.timestamp_micros());
    for (outcome, n) in &figures.outcomes {
        let sql =
            format!("SELECT id FROM cases WHERE outcome = '{outcome}' AND closed_at >= {from} AND closed_at < {to}");
        assert_eq!(*n, count(&mut conn, &sql).await, "{outcome}");
    }
    assert_eq!(figures.days.iter().map(|day| day.opened).sum::<i64>(), figures.now.opened);
    assert_eq!(figures.days.iter().map(|day| day.closed).sum::<i64>(), figures.now.closed);
    for row in &figures.reporters {
        let sql = format!(
            "SELECT e.id FROM events e JOIN cases c ON c.id = e.case_id WHERE e.reporter = '{}'
                AND c.outcome IN ('false_positive', 'not_ours') AND c.closed_at >= {from} AND c.closed_at < {to}",
            row.reporter
        );
        assert_eq!(row.refuted, count(&mut conn, &sql).await.min(row.events), "{}", row.reporter);
    }
}

fn changes() -> Vec<String> {
    let at = hours_ago;
    let close = |n: i64, outcome: &str, hours: i64| {
        format!("UPDATE cases SET state = 'closed', outcome = '{outcome}', closed_at = {} WHERE id = #{n}", at(hours))
    };
    let told = |n: i64, hours: i64| format!("UPDATE cases SET notified_at = {} WHERE id = #{n}", at(hours));
    let day = at(0) / (24 * HOUR);
    vec![
        (11..=19).map(|n| case(n, n % 4 + 1, 24 * 70 - n * 100)).collect(),
        [
            event(31, 11, "a.example"),
            event(32, 11, "a.example"),
            event(33, 11, "b.example"),
            event(34, 12, "b.example"),
        ]
        .concat(),
        format!(
            "INSERT INTO event_days (day, class, reporter, events) VALUES ({day}, 'messaging/spam', 'a.example', 50),
            ({day}, 'messaging/spam', 'b.example', 1)"
        ),
        (11..=18).map(|n| told(n, 24 * 70 - n * 100 - n) + ";").collect(),
        // A report that was stored earlier joins.
        format!("UPDATE cases SET first_stored_at = first_stored_at - {HOUR} WHERE id = #13"),
        [quarantine(51, 1), quarantine(52, 2), quarantine(53, 3)].concat(),
        "INSERT INTO quarantine_causes (quarantine_id, case_id) VALUES (#51, #12), (#52, #13), (#53, #14)".to_owned(),
        format!("UPDATE quarantines SET state = 'in_force', confirmed_at = {} WHERE id IN (#51, #52)", at(200)),
        format!("UPDATE quarantines SET state = 'in_force', confirmed_at = {} WHERE id = #53", at(100)),
        // Another cause, told earlier; and one whose telling is known later.
        "INSERT INTO quarantine_causes (quarantine_id, case_id) VALUES (#53, #11), (#51, #19)".to_owned(),
        told(19, 24 * 60),
        release(61, 51, 12, 1, 96, "granted", true) + &release(62, 52, 13, 2, 50, "waiting", false),
        "UPDATE releases SET state = 'granted' WHERE id = #62".to_owned(),
        format!("UPDATE quarantines SET state = 'lifted', lifted_at = {} WHERE id IN (#51, #52)", at(40)),
        release(63, 53, 14, 3, 24 * 35, "granted", true),
        close(11, "false_positive", 30),
        close(12, "resolved", 90),
        close(13, "resolved", 24 * 29),
        close(14, "not_ours", 24 * 33),
        // Decided otherwise; opened again.
        "UPDATE cases SET outcome = 'victim' WHERE id = #14".to_owned(),
        "UPDATE cases SET state = 'open', outcome = NULL, closed_at = NULL WHERE id = #11".to_owned(),
        // Closed again, and then events leave it.
        "UPDATE cases SET events = 3 WHERE id = #11".to_owned(),
        close(11, "false_positive", 25),
        "UPDATE events SET case_id = NULL, state = 'pending' WHERE id IN (#32, #33);
         UPDATE cases SET events = 1 WHERE id = #11"
            .to_owned(),
        // New cases of customers who had ended theirs, in time and too late.
        [case(21, 1, 20), case(22, 2, 10), case(23, 3, 5)].concat(),
        format!("UPDATE cases SET opened_at = opened_at WHERE id = #21"),
        // One was opened by mistake: no relapse of his.
        case(24, 3, 4),
        close(21, "wrong_customer", 1),
        close(24, "wrong_customer", 1),
        "DELETE FROM quarantine_causes WHERE case_id = #999".to_owned(),
    ]
}

#[tokio::test]
async fn sums_are_what_a_plain_count_says() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), |store| async move {
        run(&store, &world()).await;
        for change in changes() {
            run(&store, &change).await;
            for days in [1, 7, 30, 90] {
                recount(&store, Period::last_days(now(), days)).await;
            }
        }
        let mut conn = store.read().await.unwrap();
        let it = conn.figures(Period::last_days(now(), 30), now()).await.unwrap();
        assert!(it.now.to_release.is_some() && it.now.to_containment.is_some() && it.now.repeats.part > 0);
        assert_eq!(it.now.self_released.part, 1);
        // Deleted together, nothing is left of them.
        drop(conn);
        run(&store, "DELETE FROM figure_facts").await;
        let mut conn = store.read().await.unwrap();
        assert_eq!(rows(&mut conn, "figure_days").await.unwrap(), 0);
        assert_eq!(it.period.to - it.period.from, TimeDelta::days(30));
    })
    .await;
}

#[tokio::test]
async fn a_desk_from_before_is_searched_too() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), |store| async move {
        run(&store, &world()).await;
        run(&store, "UPDATE customers SET search = 'c1 anna huber anna.huber@mail.example' WHERE id = #1").await;
        store.migrate().await.unwrap();
        let mut conn = store.read().await.unwrap();
        for (text, found) in [("hub", 1), ("mail.ex anna", 1), ("uber", 0), ("", 4), ("%", 0), ("anna c2", 0)] {
            assert_eq!(conn.customer_list(text, PageOf::default()).await.unwrap().rows.len(), found, "{text}");
        }
    })
    .await;
}
