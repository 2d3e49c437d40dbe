//! Mapping a feed in the browser, without script: a sample, what its columns are, the events, saved, changed, gone back.
use crate::support::{Answer, Browser, House};
use axum::http::{Method, StatusCode};
use domain::{actor::Role, report::Channel};
use lazaret::desk::Arrival;

const LIST: &str = "first_seen;src_ip;attack;hits;comment\n22.11.2026 08:00;198.51.100.77;brute-force;12;<b>ssh</b>\n\
    22.11.2026 08:05;198.51.100.300;tea;1;x\n";

impl Browser {
    async fn upload(&mut self, path: &str, file: &str) -> Answer {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n{file}\r\n--b--\r\n"
        );
        let headers = [("content-type", "multipart/form-data; boundary=b"), ("sec-fetch-site", "same-origin")];
        self.send(Method::POST, path, &headers, body).await
    }
}

/// The fields of the mapping form as a browser would send them.
fn fields(page: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let form = page.split("<form").find(|form| form.contains("class=\"map\"")).expect("the mapping form");
    let form = form.split("</form").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(plain(rest.split('"').next().unwrap()))
    };
    for part in form.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        let tag = &format!(" {tag} ");
        if tag.starts_with(" input") {
            all.extend(attribute(tag, "name").map(|name| (name, attribute(tag, "value").unwrap_or_default())));
        } else if tag.starts_with(" select") {
            all.extend(attribute(tag, "name").map(|name| (name, String::new())));
        } else if tag.starts_with(" option") && tag.contains(" selected") {
            all.last_mut().unwrap().1 = attribute(tag, "value").unwrap_or_default();
        } else if tag.starts_with(" textarea") {
            all.extend(attribute(tag, "name").map(|name| (name, plain(text.trim_start_matches('\n')))));
        }
    }
    all
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    fields.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no field {name}")).1 =
        value.to_owned();
}

async fn send(browser: &mut Browser, fields: &[(String, String)], act: &str) -> Answer {
    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    pairs.push(("act", act));
    browser.post("/settings/feeds/map", &pairs).await
}

#[tokio::test]
async fn a_feed_is_mapped_tried_saved_changed_and_taken_back() {
    let house = House::new().await;
    let mut browser = house.signed_in(Role::Supervisor).await;
    let page = browser.upload("/settings/feeds/new", LIST).await;
    assert_eq!(page.status, StatusCode::OK);
    let mut form = fields(&page.text);
    let meanings: Vec<&str> = form.iter().filter(|(n, _)| n == "is").map(|(_, v)| v.as_str()).collect();
    assert_eq!(meanings, ["time", "source", "class", "count", "detail"]);
    assert!(page.text.contains("1 of 2 rows would be events"), "{}", page.text);
    assert!(
        page.text.contains("&quot;198.51.100.300&quot; is no address")
            || page.text.contains("\"198.51.100.300\" is no address")
    );
    assert!(!page.text.contains("<b>ssh</b>"), "a stranger's markup stays text");

    // Nothing said about name and reporter: told which, and nothing typed is lost.
    set(&mut form, "zone", "Europe/Berlin");
    let refused = send(&mut browser, &form, "save").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Not saved yet") && refused.text.contains("say who vouches"));
    let mut form = fields(&refused.text);
    assert!(form.contains(&("zone".into(), "Europe/Berlin".into())));
    set(&mut form, "zone", "Berlin Time");
    let tried = send(&mut browser, &form, "preview").await;
    assert_eq!(tried.status, StatusCode::OK);
    assert!(tried.text.contains("is no zone"));

    set(&mut form, "zone", "Europe/Berlin");
    set(&mut form, "name", "cert-list");
    set(&mut form, "reporter", "cert.example");
    let tried = send(&mut browser, &form, "preview").await;
    assert!(tried.text.contains("2026-11-22 07:00:00 UTC"), "local time of Berlin: {}", tried.text);
    let saved = send(&mut browser, &form, "save").await;
    assert_eq!((saved.status, saved.location.as_str()), (StatusCode::SEE_OTHER, "/settings/feeds/cert-list"));
    let twice = send(&mut browser, &form, "save").await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text.contains("there is a feed of that name already"));

    let edit = browser.get("/settings/feeds/cert-list/edit").await;
    let mut form = fields(&edit.text);
    set(&mut form, "zone", "UTC");
    set(&mut form, "sample", LIST);
    let tried = send(&mut browser, &form, "preview").await;
    assert!(tried.text.contains("What the new version changes") && tried.text.contains("<del>Europe/Berlin"));
    let saved = send(&mut browser, &form, "save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let twice = send(&mut browser, &form, "save").await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER, "the same once more is no further version");
    set(&mut form, "zone", "+01:00");
    let stale = send(&mut browser, &form, "save").await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text.contains("somebody saved another version meanwhile"), "{}", stale.text);

    let back = browser.post("/settings/feeds/cert-list/restore", &[("version", "2"), ("to", "1")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let page = browser.get("/settings/feeds/cert-list").await;
    assert!(page.text.contains("Version 3 is as version 1 was.") && page.text.contains("version 3"));
    browser.post("/settings/feeds/cert-list/retire", &[]).await;
    assert!(browser.get("/settings/feeds").await.text.contains("retired"));
}

#[tokio::test]
async fn a_parked_report_teaches_and_is_read() {
    let house = House::new().await;
    house.with_evidence().await;
    let arrival = Arrival {
        channel: Channel::Desk,
        bytes: LIST.as_bytes(),
        content_type: "text/csv",
        file_name: "list.csv",
        read_by_caller: true,
    };
    let actor = domain::actor::Actor::system("test");
    let id = house.desk.receive(&actor, arrival).await.unwrap().id;
    house.desk.read_report(id).await.unwrap();
    let mut browser = house.signed_in(Role::Administrator).await;
    let page = browser.get(&format!("/settings/feeds/new?report={id}")).await;
    let mut form = fields(&page.text);
    for (name, value) in [("name", "cert-list"), ("reporter", "cert.example"), ("zone", "UTC")] {
        set(&mut form, name, value);
    }
    let saved = send(&mut browser, &form, "save").await;
    assert_eq!(saved.location, format!("/settings/feeds/cert-list?report={id}"));
    let page = browser.get(&saved.location).await;
    assert!(page.text.contains("1 parked report could be read with it"), "{}", page.text);
    let done = browser.post("/settings/feeds/cert-list/reread", &[("report", &id.to_string())]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let report = house.desk.read_report(id).await.unwrap();
    assert_eq!((report.events, report.reporter.as_deref()), (1, Some("cert.example")));
    assert!(browser.get("/settings/feeds").await.text.contains("cert-list"));
    let bad = browser.upload("/settings/feeds/new", "\u{1}\u{2}").await;
    assert_eq!(bad.status, StatusCode::OK, "anything is shown as a table, and nothing of it is saved");
    let empty = browser.post("/settings/feeds/map", &[("act", "guess"), ("sample", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}
