//! Imports name each bad row with line, column and problem, and keep the good ones.
use crate::world::{World, both, system};
use domain::import::{ImportKind, ImportReport};
use lazaret::desk::ImportOrder;

fn problems(report: &ImportReport) -> Vec<(u64, &str, &str)> {
    report.problems.iter().map(|one| (one.line, one.column.as_str(), one.problem.as_str())).collect()
}

async fn leases(world: &World) -> i64 {
    world.desk.store().read().await.unwrap().lease_count().await.unwrap()
}

#[tokio::test]
async fn bad_leases_are_named_and_good_ones_kept() {
    both(|world| async move {
        let before = leases(&world).await;
        let csv = "address,port_from,port_to,service_number,from,to,source,colour
198.51.100.1,,,ln-1,2026-11-01T00:00:00Z,,dhcp,red
300.1.2.3,,,ln-1,2026-11-01T00:00:00Z,,,red
198.51.100.2,,,ln-99,2026-11-01T00:00:00Z,,,red
198.51.100.3,,,ln-1,2026-11-01 00:00:00,,,red
198.51.100.4,2000,1000,ln-1,2026-11-01T00:00:00Z,,,red
198.51.100.5,,,ln-1,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z,,red
198.51.100.6,,,ln-1
198.51.100.7,,,ln-1,2026-11-01T00:00:00+01:00,,,red
";
        let report = world.import(ImportKind::Leases, csv, true).await;
        assert_eq!((report.rows, report.good, report.refused), (8, 2, 6));
        assert_eq!(leases(&world).await, before, "a dry run writes nothing");
        let report = world.import(ImportKind::Leases, csv, false).await;
        assert_eq!((report.good, leases(&world).await), (2, before + 2));
        let named = problems(&report);
        assert_eq!(named[0], (1, "colour", "unknown column, left out"));
        let columns: Vec<_> = named[1..].iter().map(|one| (one.0, one.1)).collect();
        let expected = [(3, "address"), (4, "service_number"), (5, "from"), (6, "port_to"), (7, "to"), (8, "")];
        assert_eq!(columns, expected);
        assert!(named[3].2.contains("no time zone"), "{}", named[3].2);
        assert!(named[6].2.contains("has 4 fields, the header has 8"), "{}", named[6].2);
    })
    .await;
}

#[tokio::test]
async fn a_file_without_a_needed_column_is_refused_as_a_whole() {
    both(|world| async move {
        let order = ImportOrder { kind: ImportKind::Leases, dry_run: false, progress: &|_| {} };
        let refused = world.desk.import(&system(), b"address,from\n198.51.100.1,2026-11-01T00:00:00Z\n", order).await;
        let problem = refused.unwrap_err().to_string();
        assert!(problem.contains("service_number is missing"), "{problem}");
    })
    .await;
}

#[tokio::test]
async fn customers_are_changed_in_place_and_addresses_move_from_now_on() {
    both(|world| async move {
        let header = "customer_number,name,email,contract_number,terms_version,service_number,product,addresses";
        let csv = format!(
            "{header}\nC-2,Bakkerij De Vries BV,new@customer.example,K-2,2026-03,ln-2,Fibre 100,203.0.113.10\n\
             C-2,Another name,new@customer.example,K-2,2026-03,ln-2,Fibre 100,\n\
             C-9,Thief,thief@customer.example,K-1,2026-03,ln-9,Fibre 100,\n\
             C-10,Nobody,not an address,K-10,2026-03,ln-10,,\n\
             C-11,Nobody,a@b.example,K-11,1999-01,ln-11,,\n"
        );
        let report = world.import(ImportKind::Customers, &csv, false).await;
        assert_eq!((report.good, report.refused), (1, 4), "{:?}", report.problems);
        let mut named = problems(&report);
        named.sort_unstable();
        let columns: Vec<_> = named.iter().map(|one| (one.0, one.1)).collect();
        assert_eq!(columns, [(3, "name"), (4, "contract_number"), (5, "email"), (6, "terms_version")]);
        let mut conn = world.desk.store().read().await.unwrap();
        let customer = conn.customer_by_number("C-2").await.unwrap().unwrap();
        assert_eq!(customer.email, "new@customer.example");
        let service = conn.service_by_number("ln-2").await.unwrap().unwrap();
        let mut held = Vec::new();
        for lease in conn.leases_of(service.id, 10).await.unwrap() {
            held.push((lease.net.to_string(), lease.to.is_none()));
        }
        assert!(held.contains(&("203.0.113.10/32".to_owned(), true)), "{held:?}");
        assert!(held.contains(&("203.0.113.9/32".to_owned(), false)), "the old address ended: {held:?}");
    })
    .await;
}

#[tokio::test]
async fn published_terms_keep_their_words() {
    both(|world| async move {
        let header = "version,published_at,clause,text,permits,days_max";
        let same = format!(
            "{header}\n2026-03,2026-03-01T00:00:00Z,7.2,We may restrict an infected line.,port_block walled_garden,30\n"
        );
        let report = world.import(ImportKind::Terms, &same, false).await;
        assert_eq!((report.good, report.refused), (1, 0));
        let other = format!(
            "{header}\n2026-03,2026-03-01T00:00:00Z,7.2,We may do anything.,suspension,365\n\
             2026-03,2026-03-01T00:00:00Z,7.3,Text.,teleport,30\n2026-03,2026-03-01T00:00:00Z,7.4,Text.,,400\n"
        );
        let report = world.import(ImportKind::Terms, &other, false).await;
        let columns: Vec<_> = problems(&report).iter().map(|one| (one.0, one.1)).collect();
        assert_eq!(columns, [(2, "clause"), (3, "permits"), (4, "days_max")]);
    })
    .await;
}

#[tokio::test]
async fn computed_ports_lead_to_who_had_the_inside_address() {
    both(|world| async move {
        let leases =
            "address,service_number,from\n100.64.0.1,ln-1,2026-11-01T00:00:00Z\n100.64.0.2,ln-2,2026-11-01T00:00:00Z\n";
        assert_eq!(world.import(ImportKind::Leases, leases, false).await.good, 2);
        let header = "inside,outside,ports,first_port,from,to";
        let rules = format!(
            "{header}\n100.64.0.0/26,192.0.2.200,1008,,2026-11-01T00:00:00Z,\n\
             100.64.1.0/24,192.0.2.200,1008,,2026-11-02T00:00:00Z,\n\
             100.64.2.0/24,192.0.2.201,1008,,2026-11-02T00:00:00Z,\n\
             100.64.3.0/26,192.0.2.202,0,,2026-11-02T00:00:00Z,\n"
        );
        let report = world.import(ImportKind::CgnatRules, &rules, false).await;
        let named: Vec<_> = problems(&report).into_iter().map(|one| (one.0, one.1)).collect();
        assert_eq!((report.good, named), (1, vec![(3, "outside"), (4, "outside"), (5, "ports")]));
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let who = async |port| {
            let answer = world.desk.answer_at(&system(), "192.0.2.200".parse().unwrap(), Some(port), at).await.unwrap();
            (answer.certainty.as_str(), answer.candidates.len())
        };
        // 1024 and 1008 ports belong to 100.64.0.0, the next to .1, the next to .2.
        assert_eq!(who(1024 + 1008).await, ("certain", 1));
        assert_eq!(who(1024).await.0, "unknown");
        let end = format!("{header}\n100.64.0.0/26,192.0.2.200,1008,,2026-11-01T00:00:00Z,2026-11-10T00:00:00Z\n");
        assert_eq!(world.import(ImportKind::CgnatRules, &end, false).await.good, 1);
        assert_eq!(world.import(ImportKind::CgnatRules, &end, false).await.good, 1);
        assert_eq!(who(1024 + 1008).await.0, "unknown");
    })
    .await;
}
