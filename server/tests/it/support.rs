//! A desk in a temporary folder and a browser for it, without a network between.
use axum::{
    Router,
    body::Body,
    http::{Method, Request, Response, StatusCode, header},
};
use domain::{
    actor::{Actor, Role},
    class::Category,
    clock::FrozenClock,
    feed::FeedProfile,
    id::ReportId,
    import::ImportKind,
    report::Channel,
    user::User,
};
use lazaret::{
    config::Config,
    desk::{Arrival, Desk, ImportOrder},
    http::{AppState, router},
};
use std::{path::PathBuf, sync::Arc};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The password of every account made here.
pub(crate) const PASSWORD: &str = "correct horse battery";

const TERMS: &str = "version,published_at,clause,text,permits,days_max\n\
    2026-03,2026-03-01T00:00:00Z,7.2,We may limit the line until it is clean.,port_block walled_garden,14\n";
const CUSTOMERS: &str = "customer_number,name,email,phone,language,contract_number,terms_version,accepted_at,\
    service_number,product,username,circuit_id,mac,protected,addresses\n\
    C-1,\"Okafor, Nadia\",nadia@mail.example,,en,K-1,2026-03,2026-03-14T10:00:00Z,ln-20418,Fibre 500,nadia,,,,198.51.100.77\n";
/// A complaint about 198.51.100.77.
pub(crate) const REPORT: &str = "From: fbl@reporter.example\r\nTo: abuse@desk.example\r\nSubject: FW: Earn money\r\n\
    Date: Sun, 22 Nov 2026 09:00:00 +0000\r\nMessage-ID: <r1@reporter.example>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n\
    --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Some/1.0\r\nVersion: 1\r\n\
    Source-IP: 198.51.100.77\r\nArrival-Date: Sun, 22 Nov 2026 08:30:00 +0000\r\n\r\n\
    --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@spam.example\r\nSubject: Earn money\r\n\r\nHello\r\n--b--\r\n";

/// A desk over a fresh SQLite file, at a standing clock.
pub(crate) struct House {
    /// The desk.
    pub(crate) desk: Desk,
    /// Its clock.
    pub(crate) clock: Arc<FrozenClock>,
    /// Goes when the house goes.
    folder: TempDir,
}

impl House {
    /// A new one; it is Sunday, 22 November 2026, 10:42 UTC.
    pub(crate) async fn new() -> Self {
        Self::with(Config::defaults()).await
    }

    /// The same with these settings.
    pub(crate) async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FrozenClock::at("2026-11-22T10:42:00Z".parse().unwrap()));
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        let store = Store::open(&url, clock.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let desk = Desk::new(store, config).with_cheap_passwords();
        Self { desk, clock, folder }
    }

    /// The database's file.
    pub(crate) fn file_of_database(&self) -> PathBuf {
        self.folder.path().join("desk.db")
    }

    /// An account of that role; its address is `ROLE@desk.example`.
    pub(crate) async fn user(&self, role: Role) -> User {
        let email = format!("{role}@desk.example");
        self.desk.add_user(&Actor::system("test"), &email, role.as_str(), role, PASSWORD).await.unwrap()
    }

    /// An account with that address.
    pub(crate) async fn user_named(&self, email: &str, role: Role) -> User {
        self.desk.add_user(&Actor::system("test"), email, email, role, PASSWORD).await.unwrap()
    }

    /// Terms, one customer with the fixed address 198.51.100.77, and one spam report against it, read.
    pub(crate) async fn with_evidence(&self) {
        let system = Actor::system("test");
        for (kind, csv) in [(ImportKind::Terms, TERMS), (ImportKind::Customers, CUSTOMERS)] {
            let order = ImportOrder { kind, dry_run: false, progress: &|_| {} };
            let report = self.desk.import(&system, csv.as_bytes(), order).await.unwrap();
            assert_eq!(report.refused, 0, "{report:?}");
        }
        self.report(REPORT).await;
    }

    /// Takes in one mail and reads it.
    pub(crate) async fn report(&self, mail: &str) -> ReportId {
        let arrival = Arrival {
            channel: Channel::Api,
            bytes: mail.as_bytes(),
            content_type: "message/rfc822",
            file_name: "",
            read_by_caller: true,
        };
        let received = self.desk.receive(&Actor::system("test"), arrival).await.unwrap();
        self.desk.read_report(received.id).await.unwrap();
        received.id
    }

    /// Opens the case of that report; its number.
    pub(crate) async fn with_case(&self) -> String {
        self.with_evidence().await;
        self.with_case_open().await
    }

    /// Opens a case of the evidence that is there; its number.
    pub(crate) async fn with_case_open(&self) -> String {
        let customer = self.desk.store().read().await.unwrap().customer_by_number("C-1").await.unwrap().unwrap();
        let opened = self.desk.open_case(&Actor::system("test"), customer.id, Category::Messaging).await.unwrap();
        opened.number
    }

    /// A feed that reads addresses and times.
    pub(crate) async fn with_feed(&self, name: &str) {
        let system = Actor::system("test");
        let guess =
            self.desk.guess_feed(&system, "time,ip,kind\n2026-11-22 08:00:00,198.51.100.77,scan\n").await.unwrap();
        let profile = FeedProfile { name: name.into(), reporter: "cert.example".into(), zone: "UTC".into(), ..guess };
        self.desk.save_feed(&system, profile).await.unwrap();
    }

    /// A browser nobody is signed in with.
    pub(crate) fn browser(&self) -> Browser {
        Browser { router: router(AppState::new(self.desk.clone())), cookie: None }
    }

    /// A browser with a new account of that role signed in.
    pub(crate) async fn signed_in(&self, role: Role) -> Browser {
        self.user(role).await;
        let mut browser = self.browser();
        let answer = browser.sign_in(&format!("{role}@desk.example"), PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }
}

/// Keeps the cookie, follows nothing.
pub(crate) struct Browser {
    router: Router,
    /// The session's cookie, `name=value`.
    pub(crate) cookie: Option<String>,
}

/// What came back.
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: StatusCode,
    /// Where it leads, for a redirect.
    pub(crate) location: String,
    /// Headers.
    pub(crate) headers: header::HeaderMap,
    /// The body as text.
    pub(crate) text: String,
}

impl Browser {
    /// GET.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// POST of a form from our own pages.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.send(Method::POST, path, &[("sec-fetch-site", "same-origin")], pairs.join("&")).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Anything.
    pub(crate) async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "desk.example");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        self.read(answer).await
    }

    async fn read(&mut self, answer: Response<Body>) -> Answer {
        let (parts, body) = answer.into_parts();
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            self.cookie = (!pair.ends_with('=')).then_some(pair);
        }
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let location =
            parts.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer {
            status: parts.status,
            location,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
