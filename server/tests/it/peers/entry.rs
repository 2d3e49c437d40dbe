//! What comes in from a browser: sign-in, forms, filters, settings.
use crate::support::{House, PASSWORD};
use axum::http::{Method, StatusCode};
use domain::{actor::Role, case::CaseState};
use lazaret::config::{Config, ConfigError};

/// 5, TheHive and Cortex: an empty password signed in where the directory took it for an anonymous bind.
#[tokio::test]
async fn bug_05_empty_and_endless_passwords_are_wrong_before_anything_is_asked() {
    let house = House::new().await;
    house.staff(Role::Analyst).await;
    let mut browser = house.browser();
    for password in ["", " ", "\0", &"x".repeat(100_000), &format!("{PASSWORD}{}", " ".repeat(1_000))] {
        let answer = browser.sign_in("analyst@desk.example", password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{} bytes", password.len());
        assert!(browser.cookie.is_none());
        house.sql("DELETE FROM sign_in_failures").await.unwrap();
    }
    assert_eq!(browser.sign_in("analyst@desk.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
    for password in ["", "short", &"x".repeat(300)] {
        let nobody = domain::actor::Actor::system("test");
        let made = house.desk.add_user(&nobody, "new@desk.example", "New", Role::Analyst, password).await;
        assert!(made.is_err(), "{} bytes", password.len());
    }
}

/// 6, IRIS (CVE-2026-22783, CVE-2026-42540) and AbuseIO: a form could set fields that were not in it.
#[tokio::test]
async fn bug_06_a_form_sets_its_own_fields_and_no_others() {
    let house = House::new().await;
    let number = house.with_case().await;
    let mut browser = house.browser_of(Role::Analyst).await;
    let before = house.case(&number).await;
    let fields = [
        ("id", "0199b1c0-0000-7000-8000-000000000001"),
        ("text", "called him"),
        ("state", "closed"),
        ("outcome", "false_positive"),
        ("customer_id", "0199b1c0-0000-7000-8000-000000000002"),
        ("strikes", "99"),
        ("dispute", "upheld"),
        ("number", "L-1999-000001"),
    ];
    let answer = browser.post(&format!("/cases/{number}/note"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let after = house.case(&number).await;
    assert_eq!((after.state, after.outcome, after.strikes), (CaseState::Open, None, before.strikes));
    assert_eq!((after.customer, after.dispute, after.number), (before.customer, before.dispute, before.number));
    // An analyst stays an analyst, whatever his forms say.
    let me = house.desk.store().read().await.unwrap().user_by_email("analyst@desk.example").await.unwrap().unwrap();
    let fields = [("name", "Ana"), ("role", "administrator"), ("email", "analyst@desk.example")];
    browser.post(&format!("/settings/users/{}/change", me.id), &fields).await;
    browser.post("/sign-in", &[("email", &*me.email), ("password", PASSWORD), ("role", "administrator")]).await;
    assert_eq!(browser.get("/settings/users").await.status, StatusCode::NOT_FOUND);
    // And where machines speak JSON, a field too many is an error.
    let (_, token) = house.desk.add_token(&domain::actor::Actor::system("test"), "dhcp").await.unwrap();
    let headers = [("authorization", &*format!("Bearer {token}")), ("content-type", "application/x-ndjson")];
    let line =
        r#"{"address":"198.51.100.9","service_number":"ln-20418","from":"2026-11-01T00:00:00Z","customer":"C-9"}"#;
    let told = house.browser().send(Method::POST, "/api/v1/leases", &headers, line.to_owned()).await;
    assert!(told.text.contains("customer") && !told.status.is_server_error(), "{} {}", told.status, told.text);
    let at = house.desk.clock().now();
    let question = domain::lease::look::Question::at("198.51.100.9".parse().unwrap(), None, at);
    let who = house.desk.sight(&domain::actor::Actor::system("test"), &question).await.unwrap();
    assert!(who.parts[0].rows.is_empty(), "the line was refused");
}

/// 8, AbuseIO (notify, anonymise, logout) and PacketFence (release): a GET, or another site, changed the state.
#[tokio::test]
async fn bug_08_a_get_changes_nothing_and_another_site_posts_nothing() {
    let house = House::new().await;
    let number = house.with_case().await;
    let (quarantine, _) = house.cut(&number).await;
    let link = house.link(&number).await;
    house.staff(Role::Supervisor).await;
    let mut browser = house.browser();
    browser.sign_in("supervisor@desk.example", PASSWORD).await;
    let acts = [
        format!("/cases/{number}/notify"),
        format!("/cases/{number}/close?version=1&outcome=resolved&why=because"),
        format!("/cases/{number}/quarantine"),
        format!("/quarantine/{quarantine}/release?version=2&reason=because"),
        format!("/c/{link}?claim=fixed&text=I+cleaned+it"),
        "/evidence/open?pick=x".to_owned(),
        "/mail/0199b1c0-0000-7000-8000-000000000001/cancel".to_owned(),
        "/sign-out".to_owned(),
        "/settings/users?email=a@b.example&name=A&role=administrator".to_owned(),
    ];
    let before = (house.ledger_size().await, house.case(&number).await);
    for path in &acts {
        let answer = browser.get(path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
        for headers in [vec![("sec-fetch-site", "cross-site")], vec![("origin", "https://evil.example")]] {
            let answer = browser.send(Method::POST, path, &headers, String::new()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from elsewhere");
        }
    }
    assert_eq!((house.ledger_size().await, house.case(&number).await), before);
    assert_eq!(browser.get("/cases").await.status, StatusCode::OK, "still signed in");
}

/// 10, AbuseIO: any column and operator could be searched for, and the database's errors were shown.
#[tokio::test]
async fn bug_10_filters_are_a_fixed_list_and_errors_say_nothing_of_the_inside() {
    let house = House::new().await;
    house.with_case().await;
    let mut browser = house.browser_of(Role::Supervisor).await;
    let hostile = "%27%20OR%201%3D1%3B%20DROP%20TABLE%20cases%3B--";
    for path in ["/cases", "/evidence", "/customers", "/mail", "/reports", "/record", "/quarantine", "/figures"] {
        for name in
            ["q", "sort", "state", "page", "view", "category", "reporter", "act", "case", "days", "who", "search"]
        {
            let answer = browser.get(&format!("{path}?{name}={hostile}&password=x&operator=%3E")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}?{name}");
        }
    }
    let all = browser.get("/cases?q=Okafor").await.text;
    let none = browser.get(&format!("/cases?q={hostile}")).await.text;
    assert!(all.contains("Okafor") && !none.contains("Okafor"), "text stays text");
    house.sql("ALTER TABLE notices RENAME TO gone").await.unwrap();
    let broken = browser.get("/mail").await;
    assert_eq!(broken.status, StatusCode::SERVICE_UNAVAILABLE);
    for inside in ["notices", "SELECT", "sqlite", "no such", "sqlx", "/src/"] {
        assert!(!broken.text.contains(inside), "{inside}");
    }
}

/// 22, IntelMQ's collector for RBLs: of several branches in the settings the last one won in silence.
#[test]
fn bug_22_a_setting_nobody_reads_is_an_error_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lazaret.toml");
    let read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file), std::iter::empty()).err().map(|error: ConfigError| error.to_string())
    };
    assert_eq!(read("[desk]\nname = \"A\"\n"), None);
    let unknown = read("[desk]\nnmae = \"A\"\n").unwrap();
    assert!(unknown.contains("desk.nmae") && unknown.contains("did you mean"), "{unknown}");
    assert!(read("[dseks]\nname = \"A\"\n").is_some(), "a section");
    assert!(read("[desk]\nname = \"A\"\n[desk]\nname = \"B\"\n").is_some(), "the same branch twice");
    assert!(read("[desk]\nname = \"A\"\nname = \"B\"\n").is_some(), "the same key twice");
    assert!(read("name = \"A\"\n").is_some(), "outside of any section");
    let variable = ("LAZARET_DESK__NMAE".to_owned(), "A".to_owned());
    assert!(Config::load(Some(&folder.path().join("none.toml")), std::iter::once(variable)).is_err());
}
