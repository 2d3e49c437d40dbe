//! A session with an IMAP server: the few commands a mailbox needs, each with a time-out and with plain words for what
//! went wrong.
use super::Problem;
use crate::config::channel::{MailboxUrl, Tls};
use async_imap::error::Error;
use futures_util::TryStreamExt as _;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Longest wait for the connection and for TLS.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(20);
/// Longest wait for the answer to a command.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);
/// Longest wait for a whole mail; shorter than the lease of a channel.
const FETCH_TIME_MAX: Duration = Duration::from_secs(120);

/// A connection in clear or under TLS.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Wire for T {}

/// A signed-in session.
pub(super) struct Session {
    imap: async_imap::Session<Box<dyn Wire>>,
    can_idle: bool,
    can_move: bool,
    can_expunge_one: bool,
    uid_validity: u32,
}

/// After waiting.
pub(super) struct Idled {
    /// The session again.
    pub(super) session: Session,
}

impl Session {
    /// Connects and signs in.
    pub(super) async fn open(url: &MailboxUrl, password: &str, ca_file: &str) -> Result<Self, Problem> {
        let wire =
            timeout(CONNECT_TIME_MAX, connect(url, ca_file)).await.map_err(|_| "cannot be reached in time")??;
        let mut client = async_imap::Client::new(wire);
        let greeting = within(ANSWER_TIME_MAX, async { client.read_response().await.map_err(Error::from) }).await?;
        if greeting.is_none() {
            return Err("the server hung up at once".to_owned());
        }
        if url.tls == Tls::AfterGreeting {
            client = secured(client, url, ca_file).await?;
        }
        let login = async { client.login(&url.user, password).await.map_err(|(error, _)| error) };
        let mut imap = match within(ANSWER_TIME_MAX, login).await {
            Err(problem) if problem.starts_with("the server said no") => {
                return Err(format!("cannot sign in as {}: is the password right?", url.user));
            }
            other => other?,
        };
        let can = within(ANSWER_TIME_MAX, imap.capabilities()).await?;
        Ok(Self {
            can_idle: can.has_str("IDLE"),
            can_move: can.has_str("MOVE"),
            can_expunge_one: can.has_str("UIDPLUS"),
            imap,
            uid_validity: 0,
        })
    }

    /// Makes a folder, unless it is there.
    pub(super) async fn make_folder(&mut self, folder: &str) -> Result<(), Problem> {
        let imap = &mut self.imap;
        let quoted = format!("\"{}\"", folder.replace('\\', "\\\\").replace('"', "\\\""));
        let found: Vec<_> =
            within(ANSWER_TIME_MAX, async { imap.list(None, Some(&quoted)).await?.try_collect().await }).await?;
        if !found.is_empty() {
            return Ok(());
        }
        within(ANSWER_TIME_MAX, imap.create(folder)).await.map_err(|problem| format!("folder {folder}: {problem}"))
    }

    /// Opens the folder that is read.
    pub(super) async fn select(&mut self, folder: &str) -> Result<(), Problem> {
        let opened = within(ANSWER_TIME_MAX, self.imap.select(folder)).await;
        let opened = opened.map_err(|problem| format!("folder {folder}: {problem}"))?;
        self.uid_validity = opened.uid_validity.ok_or("the server gives its mails no lasting numbers (UIDVALIDITY)")?;
        Ok(())
    }

    /// The name of a mail for ever: `UIDVALIDITY.UID`.
    pub(super) fn item(&self, uid: u32) -> String {
        format!("{}.{uid}", self.uid_validity)
    }

    /// The mails in the folder, oldest first.
    pub(super) async fn waiting(&mut self) -> Result<Vec<u32>, Problem> {
        // Lets the server tell what is new; some do not look before they are asked.
        within(ANSWER_TIME_MAX, self.imap.noop()).await?;
        let found = within(ANSWER_TIME_MAX, self.imap.uid_search("NOT DELETED")).await?;
        let mut uids: Vec<u32> = found.into_iter().collect();
        uids.sort_unstable();
        Ok(uids)
    }

    /// The size of a mail in bytes; `None` when it is gone.
    pub(super) async fn size(&mut self, uid: u32) -> Result<Option<usize>, Problem> {
        let imap = &mut self.imap;
        let asked = async { imap.uid_fetch(uid.to_string(), "(UID RFC822.SIZE)").await?.try_collect::<Vec<_>>().await };
        let found = within(ANSWER_TIME_MAX, asked).await?;
        let size = found.iter().filter(|mail| mail.uid == Some(uid)).find_map(|mail| mail.size);
        Ok(size.and_then(|size| usize::try_from(size).ok()))
    }

    /// The bytes of a mail, which stays unread there; `None` when it is gone.
    pub(super) async fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Problem> {
        let imap = &mut self.imap;
        let asked = async { imap.uid_fetch(uid.to_string(), "(UID BODY.PEEK[])").await?.try_collect::<Vec<_>>().await };
        let found = within(FETCH_TIME_MAX, asked).await?;
        let mut mails = found.iter().filter(|mail| mail.uid == Some(uid));
        Ok(mails.find_map(|mail| mail.body().map(<[u8]>::to_vec)))
    }

    /// Moves mails; where the server cannot, they are copied, marked and, one by one, taken out.
    pub(super) async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), Problem> {
        if uids.is_empty() {
            return Ok(());
        }
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let imap = &mut self.imap;
        if self.can_move {
            return within(FETCH_TIME_MAX, imap.uid_mv(&set, folder)).await;
        }
        within(FETCH_TIME_MAX, imap.uid_copy(&set, folder)).await?;
        let mark = async { imap.uid_store(&set, "+FLAGS.SILENT (\\Deleted)").await?.try_collect::<Vec<_>>().await };
        within(ANSWER_TIME_MAX, mark).await?;
        // A plain EXPUNGE would take out what others have marked too: without UIDPLUS the mails stay, marked.
        if self.can_expunge_one {
            let out = async { imap.uid_expunge(&set).await?.try_collect::<Vec<_>>().await };
            within(ANSWER_TIME_MAX, out).await?;
        }
        Ok(())
    }

    /// Waits until the server tells of something, or for `pause`.
    pub(super) async fn idle(self, pause: Duration) -> Result<Idled, Problem> {
        let Self { imap, can_idle, can_move, can_expunge_one, uid_validity } = self;
        if !can_idle {
            tokio::time::sleep(pause).await;
            return Ok(Idled { session: Self { imap, can_idle, can_move, can_expunge_one, uid_validity } });
        }
        let mut handle = imap.idle();
        within(ANSWER_TIME_MAX, handle.init()).await?;
        // Dropped, the source would end the wait.
        let (told, source) = handle.wait_with_timeout(pause);
        // Some servers say "still here" more often than the pause, each of which begins it anew.
        let told = timeout(pause, told).await;
        drop(source);
        if let Ok(told) = told {
            told.map_err(|error| plain(&error))?;
        }
        let imap = within(ANSWER_TIME_MAX, handle.done()).await?;
        Ok(Idled { session: Self { imap, can_idle, can_move, can_expunge_one, uid_validity } })
    }
}

async fn connect(url: &MailboxUrl, ca_file: &str) -> Result<Box<dyn Wire>, Problem> {
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await;
    let stream = stream.map_err(|error| format!("{}:{} cannot be reached: {error}", url.host, url.port))?;
    if url.tls != Tls::Always {
        return Ok(Box::new(stream));
    }
    under_tls(Box::new(stream), url, ca_file).await
}

/// Goes on under TLS (STARTTLS). What came in clear behind the server's word is dropped with the old client, so nobody on
/// the way can put words into its mouth; nothing is said, least of all the password, if it will not.
async fn secured(
    mut client: async_imap::Client<Box<dyn Wire>>,
    url: &MailboxUrl,
    ca_file: &str,
) -> Result<async_imap::Client<Box<dyn Wire>>, Problem> {
    within(ANSWER_TIME_MAX, client.run_command_and_check_ok("STARTTLS", None))
        .await
        .map_err(|problem| format!("STARTTLS: {problem}"))?;
    let wire = timeout(CONNECT_TIME_MAX, under_tls(client.into_inner(), url, ca_file));
    Ok(async_imap::Client::new(wire.await.map_err(|_| "TLS did not begin in time")??))
}

async fn under_tls(stream: Box<dyn Wire>, url: &MailboxUrl, ca_file: &str) -> Result<Box<dyn Wire>, Problem> {
    let name = ServerName::try_from(url.host.clone()).map_err(|_| format!("{:?} is no host name", url.host))?;
    let stream = TlsConnector::from(Arc::new(tls(ca_file)?)).connect(name, stream).await;
    Ok(Box::new(stream.map_err(|error| format!("TLS with {}: {error}", url.host))?))
}

fn tls(ca_file: &str) -> Result<ClientConfig, Problem> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if !ca_file.is_empty() {
        let broken = |error: &dyn std::fmt::Display| format!("ca_file {ca_file}: {error}");
        let certificates = CertificateDer::pem_file_iter(ca_file).map_err(|error| broken(&error))?;
        for certificate in certificates {
            roots.add(certificate.map_err(|error| broken(&error))?).map_err(|error| broken(&error))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| format!("no TLS: {error}"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Problem> {
    match timeout(limit, work).await {
        Ok(outcome) => outcome.map_err(|error| plain(&error)),
        Err(_) => Err(format!("the server did not answer within {} s", limit.as_secs())),
    }
}

fn plain(error: &Error) -> Problem {
    match error {
        Error::Io(error) => format!("the connection broke: {error}"),
        Error::ConnectionLost => "the connection broke".to_owned(),
        Error::No(words) => format!("the server said no: {words}"),
        Error::Bad(words) => format!("the server did not understand: {words}"),
        other => format!("the server's answer was not understood: {other}"),
    }
}
