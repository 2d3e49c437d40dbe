//! A private authority, for peers that speak TLS: made by `openssl`, as an operator would.
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// An authority (`ca.pem`), and a certificate for localhost (`cert.pem`, `key.pem`) that it signed.
pub(crate) fn certificate(at: &Path) {
    let run = |args: &str| {
        let args = args.split(' ');
        let done = Command::new("openssl").args(args).current_dir(at).stderr(Stdio::null()).status().unwrap();
        assert!(done.success());
    };
    fs::write(at.join("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    run(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 30 -subj /CN=authority"));
    run(&format!("req {key} -keyout key.pem -out request.pem -subj /CN=localhost"));
    run("x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 30 -extfile san");
}
