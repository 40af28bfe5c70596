//! Tokens, from whoever gives them out to mail servers that believe them.

mod grant;

use std::{
    fs::{self, Permissions},
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use counterparts::mail::oauth::Grant;
use data_encoding::BASE64;
use engine::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::feeds::{Web, fine};

/// What a mail server says of a token that it does not believe (RFC 7628, 3.2.3).
pub(crate) const COMPLAINT: &str = "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=";

/// Whether somebody who came this way with this response is fermata, and has the token.
pub(crate) fn believed(way: &str, response: &str, token: &str) -> bool {
    let said = String::from_utf8(BASE64.decode(response.as_bytes()).unwrap()).unwrap();
    let parts: Vec<_> = said.split('\u{1}').collect();
    let who = if way == "XOAUTH2" { "user=fermata" } else { "n,a=fermata," };
    parts == [who, &format!("auth=Bearer {token}"), "", ""]
}

/// What has to be said once a mail server has complained.
pub(crate) fn yielding(way: &str) -> &'static str {
    if way == "XOAUTH2" { "" } else { "AQ==" }
}

/// A clock that somebody sets.
#[derive(Default)]
struct Hand(AtomicI64);

impl Hand {
    fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn boot(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// A folder with the file that says who the house is.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    clock: Arc<Hand>,
}

impl Desk {
    /// With these lines, beside those that every file has.
    fn with(web: &Web, lines: &str) -> Self {
        Self::at(web.address, lines)
    }

    fn at(address: SocketAddr, lines: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), clock: Arc::default() };
        let endpoint = format!("http://{address}/token");
        desk.write(&format!(
            "# Ours.\nuser = fermata\ntoken-endpoint = {endpoint}\nclient-id = house\n{lines}"
        ));
        desk
    }

    pub(crate) fn refreshing(web: &Web) -> Self {
        Self::with(web, "client-secret = cs+1 &=\nrefresh-token = rt-0\n\n# The end.\n")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("oauth")
    }

    fn write(&self, text: &str) {
        fs::write(self.file(), text).unwrap();
        fs::set_permissions(self.file(), Permissions::from_mode(0o600)).unwrap();
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    pub(crate) fn grant(&self) -> Grant {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Grant::trusting(&self.file(), &[], Duration::from_secs(5), clock).unwrap()
    }
}

/// A token is given.
pub(crate) fn given(token: &str, more: &str) -> Vec<u8> {
    let body = format!("{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\"{more}}}");
    fine("Content-Type: application/json\r\n", &body)
}

/// For an hour.
pub(crate) fn for_an_hour(token: &str) -> Vec<u8> {
    given(token, ",\"expires_in\":3600")
}

pub(crate) fn refused(status: &str, body: &str) -> Vec<u8> {
    let text = String::from_utf8(fine("Location: http://127.0.0.1:1/\r\n", body)).unwrap();
    text.replacen("200 OK", status, 1).into_bytes()
}
