//! The other sides: Dovecot, rbldnsd, Python's LMTP client, each a process on loopback that ends with its test.
use crate::{
    authority,
    house::{Process, free_port, have},
};
use std::{
    fs,
    net::{SocketAddr, TcpStream},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Debian's nobody: who owns the mail when the tests run as root, which Dovecot refuses.
const NOBODY: u32 = 65_534;

/// Dovecot with one user, `abuse`, whose password is `secret`.
pub(crate) struct Dovecot {
    folder: TempDir,
    pub(crate) port: u16,
    pub(crate) tls_port: u16,
    process: Process,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // The master ends its children when it is asked to; kill -9 would leave them.
        let _ = Command::new("kill").arg(self.process.0.id().to_string()).status();
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end && matches!(self.process.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Dovecot {
    /// `capability`: what it says it can; empty = everything. `None` without Dovecot.
    pub(crate) fn start(capability: &str) -> Option<Self> {
        if !have("dovecot") || !have("openssl") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        open_to_all(at);
        authority::certificate(at);
        let me = fs::metadata(at).unwrap().uid();
        let mail = at.join("mail");
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(mail.join(part)).unwrap();
        }
        let owner = if me == 0 { NOBODY } else { me };
        if me == 0 {
            for path in [mail.clone(), mail.join("cur"), mail.join("new"), mail.join("tmp")] {
                chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        let (port, tls_port) = (free_port(), free_port());
        let name = Command::new("id").arg("-un").output().unwrap();
        let name = String::from_utf8(name.stdout).unwrap().trim().to_owned();
        let users = match me {
            0 => String::new(),
            _ => format!(
                "default_internal_user = {name}\ndefault_login_user = {name}\ndefault_internal_group = {name}\n"
            ),
        };
        let capability =
            if capability.is_empty() { String::new() } else { format!("imap_capability = {capability}\n") };
        let config = format!(
            "base_dir = {0}/run\nstate_dir = {0}/state\nlog_path = {0}/log\nprotocols = imap\nlisten = 127.0.0.1\n{users}{capability}\
             mail_location = maildir:{0}/mail\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\nssl = yes\n\
             ssl_cert = <{0}/cert.pem\nssl_key = <{0}/key.pem\nmail_max_userip_connections = 50\n\
             passdb {{\n driver = static\n args = password=secret\n}}\n\
             userdb {{\n driver = static\n args = uid={owner} gid={owner} home={0}/mail\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = {port}\n }}\n inet_listener imaps {{\n port = {tls_port}\n ssl = yes\n }}\n}}\n\
             service anvil {{\n chroot =\n}}\nservice stats {{\n chroot =\n}}\n",
            at.display()
        );
        fs::write(at.join("dovecot.conf"), config).unwrap();
        let mut command = Command::new("dovecot");
        command.arg("-F").arg("-c").arg(at.join("dovecot.conf")).env("PATH", path()).stdin(Stdio::null());
        let child = command.spawn().unwrap();
        let dovecot = Self { port, tls_port, process: Process(child), folder };
        listening(port, || fs::read_to_string(dovecot.folder.path().join("log")).unwrap_or_default());
        Some(dovecot)
    }

    /// The authority of its certificate.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Delivers a mail, as a mail server does: written aside, then moved to where new mail lies.
    pub(crate) fn deliver(&self, name: &str, mail: &[u8]) {
        let aside = self.folder.path().join("mail/tmp").join(name);
        fs::write(&aside, mail).unwrap();
        fs::set_permissions(&aside, fs::Permissions::from_mode(0o666)).unwrap();
        fs::rename(aside, self.folder.path().join("mail/new").join(name)).unwrap();
    }

    /// The mails of a folder: those not marked as deleted.
    pub(crate) fn mails(&self, folder: &str) -> Vec<Vec<u8>> {
        let at = self.folder.path().join("mail");
        let at = if folder == "INBOX" { at } else { at.join(format!(".{folder}")) };
        let files =
            ["cur", "new"].into_iter().flat_map(|part| fs::read_dir(at.join(part)).into_iter().flatten().flatten());
        let kept = files.filter(|file| !flags(&file.path()).contains('T'));
        kept.filter_map(|file| fs::read(file.path()).ok()).collect()
    }

    /// What it has to say.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn flags(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.rsplit_once(":2,").map(|(_, flags)| flags.to_owned()).unwrap_or_default()
}

fn path() -> String {
    std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin"
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

fn listening(port: u16, log: impl Fn() -> String) {
    let end = Instant::now() + Duration::from_secs(10);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
        assert!(Instant::now() < end, "nobody listens on {port}: {}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// rbldnsd with zones of one's own.
pub(crate) struct Rbldnsd {
    folder: TempDir,
    pub(crate) address: String,
    _process: Process,
}

impl Rbldnsd {
    /// Each zone is a name and its entries. `None` without rbldnsd.
    pub(crate) fn start(zones: &[(&str, &str)]) -> Option<Self> {
        if !have("rbldnsd") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("rbldnsd");
        command.args(["-n", "-c", "1", "-b", &format!("127.0.0.1/{port}"), "-w"]).arg(folder.path());
        for (zone, entries) in zones {
            write_zone(folder.path(), zone, entries);
            command.arg(format!("{zone}:ip4set:{zone}"));
        }
        let process = Process(command.env("PATH", path()).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
        std::thread::sleep(Duration::from_millis(300));
        Some(Self { folder, address: format!("127.0.0.1:{port}"), _process: process })
    }

    /// Other entries; they are served a second later.
    pub(crate) fn change(&self, zone: &str, entries: &str) {
        write_zone(self.folder.path(), zone, entries);
        std::thread::sleep(Duration::from_millis(2_200));
    }
}

fn write_zone(folder: &Path, zone: &str, entries: &str) {
    let file = folder.join(zone);
    fs::write(&file, format!("$TTL 1\n{entries}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
}

/// A Python that runs a script with arguments; `None` without Python.
pub(crate) fn python(script: &str, args: &[&str]) -> Option<Command> {
    let python = std::env::var("LAZARET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !python.contains('/') && !have(&python) {
        return None;
    }
    let mut command = Command::new(python);
    command.arg("-c").arg(script).args(args).stdin(Stdio::null());
    Some(command)
}
