//! Leases that come in late: open answers settle by themselves, a certain one is shown to a person and never changed.
use crate::{
    contradictions::open,
    world::{World, arf, at, both, system},
};
use chrono::TimeDelta;
use domain::{
    attribution::{Answer, Certainty, Doubt},
    case::Outcome,
    class::Category,
    evidence::{Event, EventState},
    id::CgnatRuleId,
    import::ImportKind,
    lease::{CgnatRule, Heard, ImportPlace, LeaseSourceKind, SourceSetUp, Taken},
    saying::{HolderName, Saying, SourceName, Word},
};
use std::net::IpAddr;
use store::testing::rows;

fn source(name: &str) -> SourceName {
    SourceName::new(name).unwrap()
}

fn says(net: &str, holder: &str, word: Word) -> Saying {
    let net = net.parse().unwrap();
    Saying { line: 1, net, ports: (0, 65_535), protocol: None, holder: HolderName::Username(holder.to_owned()), word }
}

fn held(from: &str, to: Option<&str>) -> Word {
    Word::Held { from: at(from), to: to.map(at) }
}

fn start(when: &str) -> Word {
    Word::Start { at: at(when), session: "bng-3/1".to_owned() }
}

fn alive(when: &str) -> Word {
    Word::Alive { at: at(when), session: "bng-3/1".to_owned(), started: None }
}

fn stop(when: &str) -> Word {
    Word::Stop { at: at(when), session: "bng-3/1".to_owned(), started: None }
}

async fn take(world: &World, name: &str, sayings: &[Saying]) -> Taken {
    let taken = world.desk.leases_take(&system(), &source(name), sayings, &Heard::default()).await.unwrap();
    while world.desk.ask_again().await.unwrap() {}
    taken
}

async fn event(world: &World, address: &str, port: Option<u16>, when: &str) -> Event {
    let report = world.take_in(arf(address, port, &at(when).to_rfc3339()).as_bytes()).await;
    world.event(report.id).await
}

async fn now(world: &World, event: &Event) -> (Event, Answer) {
    let mut conn = world.desk.store().read().await.unwrap();
    let event = conn.event_by_id(event.id).await.unwrap().unwrap();
    let answers = conn.attributions_of(event.id).await.unwrap();
    (event, answers[0].answer.clone())
}

async fn who(world: &World, address: &str, port: Option<u16>, when: &str) -> Answer {
    let address: IpAddr = address.parse().unwrap();
    world.desk.answer_at(&system(), address, port, at(when)).await.unwrap()
}

#[tokio::test]
async fn an_event_before_its_lease_settles_and_joins_the_case() {
    both(|world| async move {
        // Nadia has an open case of this kind already.
        let first = event(&world, "198.51.100.77", None, "20T09:00:00").await;
        let nadia = first.customer.unwrap();
        world.desk.open_case(&system(), nadia, Category::Messaging).await.unwrap();
        let early = event(&world, "198.51.100.90", None, "20T10:00:00").await;
        assert_eq!((early.certainty, early.state), (Certainty::Unknown, EventState::Pending));
        take(
            &world,
            "radius.bng-3",
            &[says("198.51.100.90/32", "nadia@isp.example", held("20T09:00:00", Some("20T11:00:00")))],
        )
        .await;
        let (settled, answer) = now(&world, &early).await;
        assert_eq!((settled.certainty, settled.state), (Certainty::Certain, EventState::OnCase));
        assert_eq!(settled.customer, Some(nadia));
        let row = answer.candidates[0].row.clone().unwrap();
        assert_eq!(row.net.to_string(), "198.51.100.90/32");
        assert_eq!(answer.method, "lease");
        let mut conn = world.desk.store().read().await.unwrap();
        assert_eq!(conn.attributions_of(early.id).await.unwrap().len(), 2, "the first answer stays");
        drop(conn);
        // Said again, it changes nothing.
        take(
            &world,
            "radius.bng-3",
            &[says("198.51.100.90/32", "nadia@isp.example", held("20T09:00:00", Some("20T11:00:00")))],
        )
        .await;
        let mut conn = world.desk.store().read().await.unwrap();
        assert_eq!(conn.attributions_of(early.id).await.unwrap().len(), 2);
        drop(conn);
        let case = world.desk.store().read().await.unwrap().case_by_id(settled.case.unwrap()).await.unwrap().unwrap();
        assert_eq!(case.events, 2);
        world.close(&case.number, Outcome::Resolved).await;
    })
    .await;
}

#[tokio::test]
async fn a_certain_answer_is_never_changed_by_itself() {
    both(|world| async move {
        let certain = event(&world, "198.51.100.77", None, "19T09:00:00").await;
        assert_eq!(certain.certainty, Certainty::Certain);
        let other = HolderName::Service("ln-3".to_owned());
        let word = held("19T08:00:00", Some("19T10:00:00"));
        take(&world, "late-1", &[Saying { holder: other, ..says("198.51.100.77/32", "x", word) }]).await;
        let (after, answer) = now(&world, &certain).await;
        assert_eq!((after.certainty, after.service), (Certainty::Certain, certain.service));
        assert_eq!(answer.certainty, Certainty::Certain);
        let doubts = open(&world).await;
        assert_eq!(doubts.len(), 1);
        assert_eq!(doubts[0].contradiction.answer.doubt, Some(Doubt::SeveralHolders));
        world.desk.keep_answers(&system(), &[certain.id], "the late file has a wrong clock").await.unwrap();
        assert!(open(&world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_name_settles_when_the_customer_import_brings_it() {
    both(|world| async move {
        take(
            &world,
            "radius.bng-3",
            &[says("198.51.100.91/32", "new@isp.example", held("20T09:00:00", Some("21T09:00:00")))],
        )
        .await;
        let early = event(&world, "198.51.100.91", None, "20T10:00:00").await;
        let (_, answer) = now(&world, &early).await;
        assert_eq!(answer.doubt, Some(Doubt::NameUnknown), "{}", answer.why);
        let csv = "customer_number,name,email,contract_number,terms_version,accepted_at,service_number,username\n\
                   C-9,New One,new@customer.example,K-9,2026-03,2026-03-14T10:00:00Z,ln-9,new@isp.example\n";
        assert_eq!(world.import(ImportKind::Customers, csv, false).await.refused, 0);
        while world.desk.ask_again().await.unwrap() {}
        let (settled, answer) = now(&world, &early).await;
        assert_eq!(settled.certainty, Certainty::Certain, "{}", answer.why);
        // Said again: whose the name is was seen now.
        let again = says("198.51.100.93/32", "new@isp.example", held("20T09:00:00", Some("20T10:00:00")));
        take(&world, "radius.bng-3", &[again]).await;
        // The name goes to another line: what was, stays whose it was.
        let csv = "customer_number,name,email,contract_number,terms_version,accepted_at,service_number,username\n\
                   C-9,New One,new@customer.example,K-9,2026-03,2026-03-14T10:00:00Z,ln-9,old@isp.example\n\
                   C-10,Other,other@customer.example,K-10,2026-03,2026-03-14T10:00:00Z,ln-10,new@isp.example\n";
        assert_eq!(world.import(ImportKind::Customers, csv, false).await.refused, 0);
        let before = who(&world, "198.51.100.91", None, "20T10:00:00").await;
        assert_eq!(before.holder().unwrap().service, settled.service.unwrap());
        // What is said from then on is about the other.
        let from = world.desk.clock().now() + TimeDelta::hours(1);
        let to = Some(from + TimeDelta::hours(2));
        take(&world, "radius.bng-3", &[says("198.51.100.94/32", "new@isp.example", Word::Held { from, to })]).await;
        let address: IpAddr = "198.51.100.94".parse().unwrap();
        let after = world.desk.answer_at(&system(), address, None, from + TimeDelta::hours(1)).await.unwrap();
        assert_eq!(after.certainty, Certainty::Certain, "{}", after.why);
        assert_ne!(after.holder().unwrap().service, settled.service.unwrap());
    })
    .await;
}

#[tokio::test]
async fn sessions_fold_whatever_their_order_and_a_lost_stop_is_never_certain() {
    both(|world| async move {
        let net = "198.51.100.92/32";
        let say = |word: Word| says(net, "nadia@isp.example", word);
        let words = [stop("20T12:00:00"), alive("20T11:00:00"), start("20T10:00:00")];
        let before = world.desk.store().read().await.unwrap().lease_count().await.unwrap();
        let first = take(&world, "radius.bng-3", &[say(words[0].clone())]).await;
        assert!(first.refused[0].1.contains("without a Start"), "{:?}", first.refused);
        for word in [&words[1], &words[2], &words[0], &words[1], &words[2], &words[0]] {
            take(&world, "radius.bng-3", &[say(word.clone())]).await;
        }
        let after = world.desk.store().read().await.unwrap().lease_count().await.unwrap();
        assert_eq!(after, before + 1);
        for when in ["20T10:01:00", "20T11:30:00", "20T11:59:00"] {
            assert_eq!(who(&world, "198.51.100.92", None, when).await.certainty, Certainty::Certain, "{when}");
        }
        assert_eq!(who(&world, "198.51.100.92", None, "20T12:01:00").await.doubt, Some(Doubt::NoLease));
        // Another session, whose Stop is lost.
        let session = |when: &str| Word::Start { at: at(when), session: "bng-3/2".to_owned() };
        take(&world, "radius.bng-3", &[say(session("20T13:00:00"))]).await;
        let lost = who(&world, "198.51.100.92", None, "20T15:00:00").await;
        assert_eq!((lost.certainty, lost.doubt), (Certainty::Ambiguous, Some(Doubt::Presumed)));
        let other = Word::Start { at: at("20T14:00:00"), session: "bng-3/3".to_owned() };
        let reboot = Word::Reboot { nas: "bng-3".to_owned(), at: at("20T18:00:00") };
        take(&world, "radius.bng-3", &[says(net, "other@isp.example", other), says("::/128", "x", reboot)]).await;
        let over = who(&world, "198.51.100.92", None, "20T15:00:00").await;
        assert_eq!(over.doubt, Some(Doubt::NameUnknown), "only the later one may have had it: {}", over.why);
        assert_eq!(who(&world, "198.51.100.92", None, "20T19:00:00").await.doubt, Some(Doubt::NoLease));
    })
    .await;
}

#[tokio::test]
async fn behind_a_cgnat_the_inside_address_is_looked_up() {
    both(|world| async move {
        let inside: IpAddr = "100.64.0.7".parse().unwrap();
        let logged = Saying {
            ports: (4_096, 5_103),
            holder: HolderName::Inside(inside),
            ..says("192.0.2.200/32", "x", held("20T09:00:00", Some("20T12:00:00")))
        };
        take(&world, "cgnat-1", &[logged]).await;
        let early = event(&world, "192.0.2.200", Some(4_500), "20T10:00:00").await;
        assert_eq!(early.certainty, Certainty::Unknown);
        take(&world, "dhcp-1", &[says("100.64.0.7/32", "nadia@isp.example", held("20T08:00:00", Some("20T23:00:00")))])
            .await;
        let (settled, answer) = now(&world, &early).await;
        assert_eq!(settled.certainty, Certainty::Certain, "{}", answer.why);
        assert_eq!(answer.candidates[0].row.as_ref().unwrap().inside, Some(inside));
        assert_eq!(who(&world, "192.0.2.200", None, "20T10:00:00").await.doubt, Some(Doubt::NoPort));
        assert_eq!(who(&world, "192.0.2.200", Some(6_000), "20T10:00:00").await.certainty, Certainty::Unknown);
        // Computed instead of logged.
        let rule = CgnatRule {
            id: CgnatRuleId::new(),
            inside: "100.64.0.0/24".parse().unwrap(),
            outside: "192.0.2.208/30".parse().unwrap(),
            ports: 1_008,
            first_port: 1_024,
            from: at("01T00:00:00"),
            to: None,
        };
        world.desk.cgnat_rule_add(&system(), &rule).await.unwrap();
        let computed = who(&world, "192.0.2.208", Some(1_024 + 7 * 1_008), "20T10:00:00").await;
        assert_eq!(computed.certainty, Certainty::Certain, "{}", computed.why);
        assert_eq!(
            who(&world, "192.0.2.208", Some(1_024 + 8 * 1_008), "20T10:00:00").await.certainty,
            Certainty::Unknown
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_that_goes_on_has_only_its_new_hours_asked_again() {
    both(|world| async move {
        let say = |word| says("198.51.100.92/32", "nadia@isp.example", word);
        take(&world, "radius.bng-3", &[say(start("20T09:00:00")), say(alive("20T10:00:00"))]).await;
        let proven = event(&world, "198.51.100.92", None, "20T09:30:00").await;
        let presumed = event(&world, "198.51.100.92", None, "20T10:30:00").await;
        assert_eq!((proven.certainty, presumed.certainty), (Certainty::Certain, Certainty::Ambiguous));
        let sayings = [say(alive("20T11:00:00"))];
        world.desk.leases_take(&system(), &source("radius.bng-3"), &sayings, &Heard::default()).await.unwrap();
        let due = world.desk.store().read().await.unwrap().event_asks_due(world.clock_now(), 10).await.unwrap();
        assert_eq!(due, [presumed.id], "what was proven before is not asked about every ten minutes");
        while world.desk.ask_again().await.unwrap() {}
        assert_eq!(now(&world, &presumed).await.0.certainty, Certainty::Certain);
    })
    .await;
}

#[tokio::test]
async fn a_later_lease_of_the_inside_address_casts_doubt_on_a_certain_answer() {
    both(|world| async move {
        let inside = HolderName::Inside("100.64.0.7".parse().unwrap());
        let outside = says("192.0.2.200/32", "x", held("20T09:00:00", Some("20T12:00:00")));
        take(&world, "cgnat-1", &[Saying { ports: (4_096, 5_103), holder: inside, ..outside }]).await;
        let late = event(&world, "192.0.2.200", Some(4_500), "20T10:00:00").await;
        let nadia = says("100.64.0.7/32", "nadia@isp.example", held("20T08:00:00", Some("20T23:00:00")));
        take(&world, "dhcp-1", &[nadia]).await;
        assert_eq!(now(&world, &late).await.0.certainty, Certainty::Certain, "it settled by itself");
        let at_once = event(&world, "192.0.2.200", Some(4_600), "20T11:00:00").await;
        assert_eq!(at_once.certainty, Certainty::Certain);
        let before = event(&world, "192.0.2.200", Some(4_700), "20T09:10:00").await;
        let other = says("100.64.0.7/32", "x", held("20T09:30:00", Some("20T11:30:00")));
        take(&world, "dhcp-2", &[Saying { holder: HolderName::Service("ln-3".to_owned()), ..other }]).await;
        let mut doubted: Vec<_> = open(&world).await.into_iter().map(|one| one.event.id).collect();
        doubted.sort_unstable();
        let mut two = [late.id, at_once.id];
        two.sort_unstable();
        assert_eq!(doubted, two, "two may have had the inside address then");
        assert_eq!(now(&world, &before).await.0.certainty, Certainty::Certain, "of its time nothing new is known");
        // When the leases of that time are gone, nothing can come any more.
        let waits = async || rows(&mut world.desk.store().read().await.unwrap(), "event_waits").await.unwrap();
        assert_eq!(waits().await, 3);
        world.later(20);
        while world.desk.leases_expire(1).await.unwrap() {}
        assert_eq!(waits().await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_watermark_keeps_an_open_lease_waiting_and_then_settles_it() {
    both(|world| async move {
        let name = source("dhcp-1");
        let set_up = SourceSetUp { kind: LeaseSourceKind::Dhcp, skew: None, silent_after: Some(TimeDelta::hours(1)) };
        world.desk.lease_source_set_up(&name, set_up).await.unwrap();
        let sayings = [says("198.51.100.93/32", "nadia@isp.example", held("22T08:00:00", Some("22T20:00:00")))];
        let heard = |through: &str| Heard { through: Some(at(through)), place: None };
        world.desk.leases_take(&system(), &name, &sayings, &heard("22T09:00:00")).await.unwrap();
        let early = event(&world, "198.51.100.93", None, "22T09:30:00").await;
        let (_, answer) = now(&world, &early).await;
        assert_eq!(answer.doubt, Some(Doubt::Waiting), "{}", answer.why);
        world.desk.leases_take(&system(), &name, &[], &heard("22T10:00:00")).await.unwrap();
        while world.desk.ask_again().await.unwrap() {}
        assert_eq!(now(&world, &early).await.0.certainty, Certainty::Certain);
        let known = world.desk.lease_sources(&system()).await.unwrap();
        let dhcp = known.iter().find(|source| source.name == "dhcp-1").unwrap();
        assert_eq!(dhcp.known_through, Some(at("22T10:00:00")));
        assert!(!dhcp.silent(world.clock_now()));
        assert!(dhcp.silent(world.clock_now() + TimeDelta::hours(2)));
    })
    .await;
}

#[tokio::test]
async fn bad_rows_are_named_good_ones_kept_and_an_import_knows_its_place() {
    both(|world| async move {
        let good =
            |n: u64| Saying { line: n, ..says("198.51.100.94/32", "nadia@isp.example", held("20T08:00:00", None)) };
        let zero = Saying { line: 2, ..says("198.51.100.94/32", "u", held("20T08:00:00", Some("20T08:00:00"))) };
        let future = Saying { line: 3, ..says("198.51.100.94/32", "u", held("29T08:00:00", None)) };
        let nobody = Saying { line: 4, holder: HolderName::Service("ln-404".to_owned()), ..good(4) };
        let wide = Saying { line: 5, ..says("198.51.100.94/24", "u", held("20T08:00:00", None)) };
        let place = ImportPlace { sha256: "ab".repeat(32), rows_done: 6 };
        let heard = Heard { through: None, place: Some(place.clone()) };
        let batch = [good(1), zero, future, nobody, wide, good(6)];
        let taken = world.desk.leases_take(&system(), &source("file-1"), &batch, &heard).await.unwrap();
        assert_eq!((taken.kept, taken.known_before), (2, 1));
        let mut lines: Vec<u64> = taken.refused.iter().map(|refused| refused.0).collect();
        lines.sort_unstable();
        assert_eq!(lines, [2, 3, 4, 5], "{:?}", taken.refused);
        let known = world.desk.lease_import_place(&source("file-1"), &place.sha256).await.unwrap();
        assert_eq!(known, Some(place));
        // Erased with its time, and said so.
        let before = at("21T00:00:00");
        let ended = says("198.51.100.95/32", "nadia@isp.example", held("19T08:00:00", Some("19T20:00:00")));
        take(&world, "file-1", &[ended]).await;
        assert!(world.desk.leases_erase(&system(), &source("file-1"), before).await.unwrap() >= 1);
        assert_eq!(who(&world, "198.51.100.95", None, "19T10:00:00").await.doubt, Some(Doubt::Gone));
    })
    .await;
}

/// What a source says in a file of its own order: sessions that begin, go on and end, spans, doubles and bad rows.
fn much(many: u64, net: u8) -> Vec<Saying> {
    let saying = |n: u64| {
        let place = n * 7_919 % 5_003;
        let round = i64::try_from(n / 5_003).unwrap();
        let (begun, session) =
            (at("20T08:00:00") + TimeDelta::seconds(i64::try_from(place).unwrap()), format!("bng-7/{place}"));
        let after = |hours| begun + TimeDelta::hours(hours);
        let word = match (place % 4, round) {
            (0, 0) => Word::Start { at: begun, session },
            (0, 1) => Word::Alive { at: after(1), session, started: None },
            (0, _) => Word::Stop { at: after(2), session, started: Some(begun) },
            // Its end is corrected; the last word counts.
            (1, _) => Word::Held { from: begun, to: Some(after(30 - round)) },
            (2, _) => Word::Held { from: after(round), to: Some(after(round + 1)) },
            // Ends before it begins.
            _ if place % 1_000 == 3 => Word::Held { from: after(1), to: Some(begun) },
            _ => Word::Held { from: begun, to: None },
        };
        let net = format!("10.{net}.{}.{}/32", place / 256, place % 256).parse().unwrap();
        let holder = HolderName::Username(format!("p{place}@isp.example"));
        Saying { line: n + 1, net, ports: (0, 65_535), protocol: None, holder, word }
    };
    (0..many).map(saying).collect()
}

#[tokio::test]
async fn a_large_batch_in_several_turns_is_the_same_as_small_ones_in_the_order_of_its_file() {
    both(|world| async move {
        let many = 17_000;
        let place = ImportPlace { sha256: "cd".repeat(32), rows_done: many };
        let heard = Heard { through: None, place: Some(place.clone()) };
        let taken = world.desk.leases_take(&system(), &source("large"), &much(many, 7), &heard).await.unwrap();
        let mut refused: Vec<u64> = taken.refused.iter().map(|(line, _)| *line).collect();
        refused.sort_unstable();
        assert_eq!(taken.kept + refused.len() as u64, many);
        let mut kept = 0;
        for part in much(many, 8).chunks(3_000) {
            let part = world.desk.leases_take(&system(), &source("small"), part, &Heard::default()).await.unwrap();
            kept += part.kept;
        }
        assert_eq!(kept, taken.kept);
        let mut conn = world.desk.store().read().await.unwrap();
        let known = conn.lease_sources().await.unwrap();
        let id = |name: &str| known.iter().find(|source| source.name == name).unwrap().id;
        let (large, small) = (id("large"), id("small"));
        // Each lease has its twin.
        let twins = format!(
            "leases a JOIN leases b ON b.day = a.day AND b.holder_id = a.holder_id AND b.started_at = a.started_at
                AND b.ended_at IS NOT DISTINCT FROM a.ended_at AND b.sure_until IS NOT DISTINCT FROM a.sure_until
            WHERE a.source_id = {large} AND b.source_id = {small}"
        );
        let twins = rows(&mut conn, &twins).await.unwrap();
        assert!(twins > 5_000, "{twins}");
        for source in [large, small] {
            assert_eq!(rows(&mut conn, &format!("leases WHERE source_id = {source}")).await.unwrap(), twins);
        }
        let ended = format!("leases WHERE source_id = {large} AND ended_at - started_at = 27 * 3600000000");
        assert!(rows(&mut conn, &ended).await.unwrap() > 400, "the last word counts");
        assert_eq!(conn.lease_import_place("large", &place.sha256).await.unwrap(), Some(place));
        let import = conn.lease_imports(5).await.unwrap();
        assert_eq!(import[0].rows_refused, refused.len() as i64);
    })
    .await;
}

#[tokio::test]
async fn a_large_batch_with_a_reboot_keeps_its_order_from_turn_to_turn() {
    both(|world| async move {
        take(&world, "bng", &[]).await;
        let many = 8_300;
        let session = |n: usize| format!("bng-7/{n}");
        let said =
            |n: usize, word| says(&format!("10.9.{}.{}/32", n / 256, n % 256), &format!("r{n}@isp.example"), word);
        let start = |n| said(n, Word::Start { at: at("20T08:00:00"), session: session(n) });
        let stop = |n| said(n, Word::Stop { at: at("20T09:00:00"), session: session(n), started: None });
        let reboot = said(many, Word::Reboot { nas: "bng-9".to_owned(), at: at("20T08:30:00") });
        // All that begin are in the first transaction, all that end in the second.
        let batch: Vec<Saying> = (0..many).map(start).chain([reboot]).chain((0..many).map(stop)).collect();
        let taken = world.desk.leases_take(&system(), &source("bng"), &batch, &Heard::default()).await.unwrap();
        assert!(taken.refused.is_empty(), "{:?}", taken.refused.first());
        let mut conn = world.desk.store().read().await.unwrap();
        let of_bng = "leases l JOIN lease_sources s ON s.id = l.source_id WHERE s.name = 'bng'";
        assert_eq!(rows(&mut conn, of_bng).await.unwrap(), i64::try_from(many).unwrap());
        let open = format!("{of_bng} AND (l.ended_at IS NULL OR l.ended_at - l.started_at <> 3600000000)");
        assert_eq!(rows(&mut conn, &open).await.unwrap(), 0);
    })
    .await;
}
