//! Mailboxes: each mail is fetched, made durable, and only then moved to the done folder; nothing is ever deleted that is
//! not durable. IDLE tells of new mail; without it the folder is looked at every so often.
use super::{
    Post, Problem, away,
    imap_session::{Idled, Session},
};
use crate::desk::{Arrival, Kept};
use chrono::{DateTime, Utc};
use domain::{limit::REPORT_BYTES_MAX, report::Channel};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
    time::{Duration, Instant},
};

/// Mails made durable before they are moved in one go.
const AT_ONCE: usize = 50;
/// How often a worker says that it still has the mailbox.
const KEEP_EVERY: Duration = Duration::from_secs(45);
/// Sessions that may break while fetching one mail before it is put aside.
const BREAKS_MAX: u32 = 3;

/// Mails during whose fetch a session broke, by mailbox and item; forgotten with the process, then it is tried again.
static BREAKS: LazyLock<Mutex<HashMap<(String, String), u32>>> = LazyLock::new(Mutex::default);

/// Watches the mailbox until something breaks.
pub(super) async fn turn(post: &Post) -> Result<DateTime<Utc>, Problem> {
    let url = post.desk.config().mailbox_url(post.short()).ok_or("its address cannot be read")?;
    let mut session = Session::open(&url, post.set("password"), post.set("ca_file")).await?;
    for folder in [post.set("done_folder"), post.set("parked_folder")] {
        session.make_folder(folder).await?;
    }
    session.select(&url.folder).await?;
    let pause = Duration::from_secs(u64::try_from(post.number("poll_seconds")).unwrap_or(120));
    loop {
        while empty(post, &mut session).await? {
            post.keep().await?;
        }
        post.desk.channel_went_well(&post.name, None).await.map_err(|error| away(&error))?;
        session = wait(post, session, pause).await?;
    }
}

/// Waits for new mail, or for the pause to end.
async fn wait(post: &Post, session: Session, pause: Duration) -> Result<Session, Problem> {
    let waiting = session.idle(pause);
    tokio::pin!(waiting);
    loop {
        tokio::select! {
            idled = &mut waiting => {
                let Idled { session } = idled?;
                return Ok(session);
            }
            () = tokio::time::sleep(KEEP_EVERY) => post.keep().await?,
        }
    }
}

/// Takes in what lies in the folder, at most [`AT_ONCE`] mails; whether there may be more.
async fn empty(post: &Post, session: &mut Session) -> Result<bool, Problem> {
    let uids = session.waiting().await?;
    let (now, more) = uids.split_at(uids.len().min(AT_ONCE));
    let (mut done, mut parked) = (Vec::new(), Vec::new());
    let mut kept = Instant::now();
    for uid in now {
        if kept.elapsed() >= KEEP_EVERY {
            post.keep().await?;
            kept = Instant::now();
        }
        match take_in(post, session, *uid).await? {
            Taken::Durable => done.push(*uid),
            Taken::Aside => parked.push(*uid),
            Taken::Gone => {}
        }
    }
    let items: Vec<String> = done.iter().map(|uid| session.item(*uid)).collect();
    session.move_to(&done, post.set("done_folder")).await?;
    session.move_to(&parked, post.set("parked_folder")).await?;
    if !items.is_empty() {
        post.desk.channel_items_moved(&post.name, &items).await.map_err(|error| away(&error))?;
    }
    Ok(!more.is_empty())
}

/// What became of a mail.
enum Taken {
    /// Its bytes are durable.
    Durable,
    /// It cannot be taken in.
    Aside,
    /// It is not there any more.
    Gone,
}

async fn take_in(post: &Post, session: &mut Session, uid: u32) -> Result<Taken, Problem> {
    let item = session.item(uid);
    // Durable before a crash, but not moved: only the move is left to do.
    if post.desk.channel_item_taken(&post.name, &item).await.map_err(|error| away(&error))? {
        return Ok(Taken::Durable);
    }
    let Some(size) = session.size(uid).await? else { return Ok(Taken::Gone) };
    if size > REPORT_BYTES_MAX {
        let reason = format!("larger than {} MiB", REPORT_BYTES_MAX / (1024 * 1024));
        return put_aside(post, uid, size, &reason).await;
    }
    let key = (post.name.clone(), item.clone());
    if breaks(&key) >= BREAKS_MAX {
        return put_aside(post, uid, size, "it could not be fetched three times").await;
    }
    note_break(&key);
    let Some(bytes) = session.fetch(uid).await? else { return Ok(Taken::Gone) };
    forget_breaks(&key);
    let arrival = Arrival {
        channel: Channel::Imap,
        bytes: &bytes,
        content_type: "message/rfc822",
        file_name: "",
        read_by_caller: false,
    };
    let kept = Kept { channel: &post.name, item: Some(&item), mark: None, envelope: None };
    match post.desk.channel_receive(kept, arrival).await {
        Ok(_) => Ok(Taken::Durable),
        // The server had announced a smaller mail.
        Err(error) if error.refusal().is_some() => put_aside(post, uid, bytes.len(), &error.to_string()).await,
        Err(error) => Err(away(&error)),
    }
}

async fn put_aside(post: &Post, uid: u32, size: usize, reason: &str) -> Result<Taken, Problem> {
    let what = format!("mail {uid}, {} KiB, now in {}", size / 1024, post.set("parked_folder"));
    post.desk.channel_turned_away(&post.name, &what, reason).await.map_err(|error| away(&error))?;
    Ok(Taken::Aside)
}

fn breaks(key: &(String, String)) -> u32 {
    BREAKS.lock().map_or(0, |breaks| breaks.get(key).copied().unwrap_or(0))
}

fn note_break(key: &(String, String)) {
    if let Ok(mut breaks) = BREAKS.lock() {
        *breaks.entry(key.clone()).or_default() += 1;
    }
}

fn forget_breaks(key: &(String, String)) {
    if let Ok(mut breaks) = BREAKS.lock() {
        breaks.remove(key);
    }
}
