//! The staff's pages of evidence: hostile text stays text, raw bytes stay a download, roles are kept.
use crate::world::{World, arf, both, system};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{actor::Role, evidence::InboxTab};
use lazaret::http::{AppState, router};
use tower::ServiceExt as _;

const PASSWORD: &str = "correct horse battery";

pub(crate) struct Browser {
    router: Router,
    cookie: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }
}

impl Browser {
    pub(crate) async fn of(world: &World, role: Role) -> Self {
        let email = format!("{role}@desk.example");
        world.desk.add_user(&system(), &email, role.as_str(), role, PASSWORD).await.unwrap();
        let mut browser = Self { router: router(AppState::new(world.desk.clone())), cookie: String::new() };
        let answer = browser.post("/sign-in", &format!("email={email}&password={}", PASSWORD.replace(' ', "+"))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    /// Somebody who is not signed in.
    pub(crate) fn stranger(world: &World) -> Self {
        Self { router: router(AppState::new(world.desk.clone())), cookie: String::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "text/plain", Body::empty()).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send(Method::POST, path, "application/x-www-form-urlencoded", Body::from(form.to_owned())).await
    }

    async fn upload(&mut self, path: &str, file: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str(&format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n{file}\r\n--b--\r\n"
        ));
        self.send(Method::POST, path, "multipart/form-data; boundary=b", Body::from(body)).await
    }

    async fn send(&mut self, method: Method, path: &str, kind: &str, body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "desk.example")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, kind)
            .header(header::COOKIE, &self.cookie)
            .body(body)
            .unwrap();
        let peer: std::net::SocketAddr = "127.0.0.1:1".parse().unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

#[tokio::test]
async fn hostile_text_stays_text_and_raw_bytes_stay_a_download() {
    both(|world| async move {
        let mail = arf("198.51.100.77", None, "2026-11-21T00:00:00Z");
        let mail = mail.replace("Spam.", "<script>alert(1)</script> http://evil.example/x");
        let mail = mail.replace("Subject: complaint 198.51.100.77", "Subject: <img src=x onerror=alert(1)>");
        let report = world.take_in(mail.as_bytes()).await;
        let event = world.event(report.id).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        for path in [format!("/reports/{}", report.id), format!("/events/{}", event.id), "/reports".into(), "/".into()]
        {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x"), "{path}");
            assert!(!page.text.contains("http://evil.example"), "{path}: links are defanged");
        }
        let raw = browser.get(&format!("/reports/{}/raw", report.id)).await;
        assert_eq!(raw.text, mail);
        assert!(raw.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        assert!(raw.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox"));
        assert_eq!(raw.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(browser.get("/reports/nonsense").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn from_the_inbox_to_a_case() {
    both(|world| async move {
        world.take_in(arf("198.51.100.77", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        let inbox = browser.get("/").await;
        assert!(inbox.text.contains("Bakkerij De Vries BV") && inbox.text.contains("Open case"));
        let row = world.rows(InboxTab::Decide).await.remove(0);
        let without = browser.post("/evidence/dismiss", &format!("pick={}&reason=", row.event)).await;
        assert_eq!(without.status, StatusCode::SEE_OTHER);
        assert_eq!(world.rows(InboxTab::Decide).await.len(), 1, "without a reason nothing is set aside");
        let forged = browser.post("/evidence/open", "pick=not-an-id").await;
        assert!(forged.status.is_client_error(), "{}", forged.status);
        let opened = browser.post("/evidence/open", &format!("pick={}", row.event)).await;
        assert!(opened.location().starts_with("/cases/L-2026-"), "{}", opened.location());
        let again = browser.post("/evidence/open", &format!("pick={}", row.event)).await;
        assert_eq!(again.location(), opened.location(), "a double click opens one case");
        let found = browser.get(&format!("/find?q={}", opened.location().trim_start_matches("/cases/"))).await;
        assert_eq!(found.location(), opened.location());
        let who = browser.get("/find?q=198.51.100.77:25").await;
        assert!(who.location().starts_with("/who?address=198.51.100.77&port=25"), "{}", who.location());
        let wrong = browser.post("/who", "address=300.1.2.3&reason=a+look").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn who_may_only_read_is_offered_nothing_and_refused() {
    both(|world| async move {
        world.take_in(arf("198.51.100.77", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let row = world.rows(InboxTab::Decide).await.remove(0);
        let mut browser = Browser::of(&world, Role::Auditor).await;
        let inbox = browser.get("/").await;
        assert!(inbox.text.contains("Bakkerij De Vries BV") && !inbox.text.contains("/evidence/dismiss"));
        let refused = browser.post("/evidence/open", &format!("pick={}", row.event)).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let refused = browser.upload("/reports", "anything", &[]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/settings/import").await.status, StatusCode::NOT_FOUND);
        let refused = browser.post("/settings/import/confirm", "kind=terms&csv=version").await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert_eq!(world.rows(InboxTab::Decide).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sees_what_an_import_would_do_before_it_does() {
    both(|world| async move {
        let mut browser = Browser::of(&world, Role::Administrator).await;
        let csv = "version,published_at,clause,text\n2027-01,2027-01-01T00:00:00Z,1,Text\n2027-01,2027-01-01,2,Text\n";
        let shown = browser.upload("/settings/import", csv, &[("kind", "terms")]).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        assert!(shown.text.contains("1 of 2 rows would be imported, 1 refused") && shown.text.contains("no time zone"));
        let terms = async || world.desk.store().read().await.unwrap().terms_by_version("2027-01").await.unwrap();
        assert!(terms().await.is_none());
        let form = "kind=terms&file_name=t.csv&csv=version%2Cpublished_at%2Cclause%2Ctext%0D%0A2027-01%2C2027-01-01T00%3A00%3A00Z%2C1%2CText%0D%0A";
        let done = browser.post("/settings/import/confirm", form).await;
        assert!(done.text.contains("1 of 1 row imported, 0 refused"), "{}", done.text);
        assert_eq!(terms().await.unwrap().clauses.len(), 1);
        let broken = browser.upload("/settings/import", "a,b\n1,2\n", &[("kind", "leases")]).await;
        assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(broken.text.contains("column address is missing"));
    })
    .await;
}
