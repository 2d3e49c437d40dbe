//! Lease files as they grow, are renamed and are cut; imports that are broken off.
use crate::{
    house::{House, system},
    world::{holders, services},
};
use chrono::{DateTime, Utc};
use domain::saying::SourceName;
use lazaret::desk::{LeaseImport, LeaseOrder};
use leases::{Format, Prefer, Settings, Zone};
use std::{fs, io::Write as _, path::Path};

const SERVICES: [(&str, &str, &str, &str); 2] =
    [("ln-1", "anna@isp.example", "", "00:1a:2b:3c:4d:01"), ("ln-2", "bert@isp.example", "", "00-1A-2B-3C-4D-02")];

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn append(path: &Path, text: &str) {
    fs::File::options().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn record(status: &str, user: &str, session: u32, address: &str, at: i64) -> String {
    format!(
        "Fri Nov 20 10:00:00 2026\n\tAcct-Status-Type = {status}\n\tUser-Name = \"{user}@isp.example\"\n\tNAS-Identifier = \"bng-1\"\n\
         \tAcct-Session-Id = \"{session}\"\n\tFramed-IP-Address = {address}\n\tTimestamp = {at}\n\n"
    )
}

async fn following(format: &str, name: &str) -> (House, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let file = path.display().to_string();
    let url = format!("sqlite://{}", folder.path().join("desk.db").display());
    let settings = [("lease.one.file", file.as_str()), ("lease.one.format", format)];
    let house = House::on(folder, &url, &settings).await;
    services(&house, &SERVICES).await;
    (house, path)
}

#[tokio::test]
async fn a_detail_file_is_followed_through_renaming_cutting_and_crashes() {
    let (house, path) = following("radius-detail", "detail").await;
    // 1795168800 is 2026-11-20 10:00 UTC.
    append(&path, &record("Start", "anna", 1, "198.51.100.10", 1_795_168_800));
    let process = house.serve();
    let at = utc("2026-11-20T10:30:00Z");
    let there = async |address: &str| !holders(&house, address, at).await.is_empty();
    house.until("what was there is read", async || there("198.51.100.10").await).await;
    append(&path, &record("Start", "bert", 2, "198.51.100.11", 1_795_168_900));
    house.until("what comes is read", async || there("198.51.100.11").await).await;
    // A record in two pieces, the first before a crash.
    let third = record("Start", "anna", 3, "198.51.100.12", 1_795_169_000);
    append(&path, &third[..60]);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    process.crash();
    append(&path, &third[60..]);
    // Renamed while nobody looks, and the next one begun.
    fs::rename(&path, path.with_extension("1")).unwrap();
    append(
        &path,
        "Fri Nov 20 10:00:00 2026\n\tAcct-Status-Type = Start\n\tUser-Name = \"x\"\n\tNAS-Identifier = \"bng-1\"\n\tFramed-IP-Address = 198.51.100.99\n\tTimestamp = 1795169000\n\n",
    );
    append(&path, &record("Start", "bert", 4, "198.51.100.13", 1_795_169_100));
    house.due("lease.one").await;
    let process = house.serve();
    house.until("the old file's end is read", async || there("198.51.100.12").await).await;
    house.until("and the new file", async || there("198.51.100.13").await).await;
    house.until("the bad row is named", async || !house.acts("channel.turned_away").await.is_empty()).await;
    // Cut and written anew, as logrotate's copytruncate does.
    fs::write(&path, "").unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    append(&path, &record("Stop", "anna", 3, "198.51.100.12", 1_795_172_600));
    house
        .until("the end is read", async || {
            holders(&house, "198.51.100.12", at)
                .await
                .first()
                .is_some_and(|one| one.2 == Some(utc("2026-11-20T11:03:20Z")))
        })
        .await;
    assert_eq!(holders(&house, "198.51.100.10", at).await.len(), 1);
    let sources = house.desk.lease_sources(&system()).await.unwrap();
    let one = sources.iter().find(|source| source.name == "one").unwrap();
    assert_eq!((one.kind.as_str(), one.known_through), ("radius", Some(utc("2026-11-20T11:03:20Z"))));
    drop(process);
}

#[tokio::test]
async fn a_kea_file_is_followed_through_its_clean_up() {
    let (house, path) = following("kea", "kea-leases4.csv").await;
    let header =
        "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n";
    append(&path, header);
    append(&path, "198.51.100.10,00:1a:2b:3c:4d:01,,3600,1795172400,1,0,0,,0,\n");
    let process = house.serve();
    let at = utc("2026-11-20T10:30:00Z");
    house.until("the lease is read", async || !holders(&house, "198.51.100.10", at).await.is_empty()).await;
    // Kea begins another file; the device of somebody else takes the address over before its end.
    fs::rename(&path, path.with_extension("csv.1")).unwrap();
    append(&path, header);
    append(&path, "198.51.100.10,00:1a:2b:3c:4d:02,,3600,1795174200,1,0,0,,0,\n");
    let both = [
        ("ln-2".to_owned(), utc("2026-11-20T10:30:00Z"), Some(utc("2026-11-20T11:30:00Z"))),
        ("ln-1".to_owned(), utc("2026-11-20T10:00:00Z"), Some(utc("2026-11-20T10:30:00Z"))),
    ];
    house.until("the first ended early", async || holders(&house, "198.51.100.10", at).await == both).await;
    drop(process);
}

fn order(sha256: Option<&str>, format: Format, dry_run: bool) -> LeaseOrder {
    let settings = Settings { zone: Zone::parse("UTC"), written: utc("2026-11-22T12:00:00Z"), prefer: Prefer::Best };
    let source = SourceName::new("books").unwrap();
    LeaseOrder { source, format, settings, dry_run, sha256: sha256.map(str::to_owned) }
}

/// Rows of CSV with bad ones in the middle.
fn rows(count: u32) -> String {
    let mut text = "address,service_number,from,to\n".to_owned();
    for number in 0..count {
        let (net, high, low) = (number / 62_500, number / 250 % 250, number % 250);
        match number % 1_000 {
            500 => text += "nonsense\n",
            501 => text += "10.0.0.0,ln-9,2026-11-20T10:00:00Z,\n",
            502 => text += "10.0.0.0,ln-1,2026-11-20 10:00,2026-11-20 09:00\n",
            _ => {
                text +=
                    &format!("10.{net}.{high}.{low},ln-{},2026-11-20T10:00:00Z,2026-11-20T11:00:00Z\n", number % 2 + 1)
            }
        }
    }
    text
}

#[tokio::test]
async fn an_import_that_was_broken_off_goes_on_and_twice_is_once() {
    let house = House::new(&[]).await;
    services(&house, &SERVICES).await;
    let (rows_all, bad) = (150_000, 450);
    let (text, cli) = (rows(rows_all), system());
    let good = i64::from(rows_all - bad);
    let count = async || house.desk.store().read().await.unwrap().lease_count().await.unwrap();
    let mut dry = LeaseImport::begin(&house.desk, &cli, order(Some("aa"), Format::Csv, true)).await.unwrap();
    dry.bytes(text.as_bytes()).await.unwrap();
    let dry = dry.end().await.unwrap();
    assert_eq!((dry.rows, dry.good, dry.refused), (rows_all.into(), (rows_all - bad).into(), bad.into()));
    assert_eq!(count().await, 0);
    let mut broken = LeaseImport::begin(&house.desk, &cli, order(Some("aa"), Format::Csv, false)).await.unwrap();
    broken.bytes(&text.as_bytes()[..text.len() / 10 * 9]).await.unwrap();
    drop(broken);
    let part = count().await;
    assert!(part > 120_000 && part < 135_000, "{part}");
    let mut rest = LeaseImport::begin(&house.desk, &cli, order(Some("aa"), Format::Csv, false)).await.unwrap();
    assert!(rest.known_before() > 120_000);
    rest.bytes(text.as_bytes()).await.unwrap();
    let report = rest.end().await.unwrap();
    assert_eq!((report.rows, count().await), (rows_all.into(), good));
    assert!(report.good < 30_000, "{}", report.good);
    let first: Vec<(u64, &str)> = report.problems.iter().take(3).map(|one| (one.line, one.column.as_str())).collect();
    assert_eq!(first[0].0, 502, "{:?}", &report.problems[..3]);
    // Without a place to go on from it is all said again, and nothing changes.
    let mut again = LeaseImport::begin(&house.desk, &cli, order(None, Format::Csv, false)).await.unwrap();
    again.bytes(text.as_bytes()).await.unwrap();
    assert_eq!((again.end().await.unwrap().refused, count().await), (bad.into(), good));
}

#[tokio::test]
async fn bad_histories_are_named_and_harm_nobody() {
    let house = House::new(&[]).await;
    services(&house, &SERVICES).await;
    let text = r#"{"event":"stop","address":"198.51.100.20","username":"anna@isp.example","at":"2026-11-20T11:00:00Z","nas":"b","session":"1"}
{"event":"start","address":"198.51.100.21","username":"bert@isp.example","at":"2026-11-20T11:00:00Z","nas":"b","session":"2"}
{"event":"start","address":"198.51.100.21","username":"bert@isp.example","at":"2026-11-20T11:00:00Z","nas":"b","session":"2"}
{"event":"stop","address":"198.51.100.21","username":"bert@isp.example","at":"2026-11-20T10:00:00Z","nas":"b","session":"2"}
{"address":"198.51.100.22","service_number":"ln-1","from":"2126-11-20T11:00:00Z"}
{"address":"198.51.100.23","service_number":"ln-1","from":"2026-11-20T11:00:00Z","to":"2026-11-20T11:00:00Z"}
{"address":"198.51.100.24","service_number":"ln-1","from":"2026-11-20T10:00:00Z","to":"2026-11-20T12:00:00Z"}
{"address":"198.51.100.24","service_number":"ln-2","from":"2026-11-20T11:00:00Z","to":"2026-11-20T13:00:00Z"}
"#;
    let cli = system();
    let mut import = LeaseImport::begin(&house.desk, &cli, order(None, Format::Ndjson, false)).await.unwrap();
    import.bytes(text.as_bytes()).await.unwrap();
    let report = import.end().await.unwrap();
    let lines: Vec<u64> = report.problems.iter().map(|problem| problem.line).collect();
    assert!(lines.contains(&5) && lines.contains(&6), "{:?}", report.problems);
    let at = |text: &str| utc(text);
    let who = async |address: &str, when: &str| {
        house.desk.answer_at(&cli, address.parse().unwrap(), None, at(when)).await.unwrap()
    };
    // A Stop alone says nothing of the time before it.
    assert_eq!(who("198.51.100.20", "2026-11-20T10:00:00Z").await.certainty.as_str(), "unknown");
    assert_eq!(who("198.51.100.24", "2026-11-20T10:30:00Z").await.certainty.as_str(), "certain");
    assert_eq!(who("198.51.100.24", "2026-11-20T11:30:00Z").await.certainty.as_str(), "ambiguous");
}
