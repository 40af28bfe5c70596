//! The file that says who we are to whoever gives tokens out: `NAME = VALUE` on a line each, for its
//! owner's eyes alone.

use std::{
    fs::{File, Permissions},
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use tempfile::NamedTempFile;
use ureq::http::Uri;

use crate::https;

/// Bytes of such a file, and of a value.
const LARGEST: u64 = 64 * 1024;
const LONGEST: usize = 8 * 1024;
const REFRESH_TOKEN: &str = "refresh-token";

/// What the file says.
pub(super) struct Credentials {
    pub(super) user: String,
    pub(super) endpoint: Uri,
    pub(super) refresh_token: Option<String>,
    client_id: String,
    client_secret: Option<String>,
    scope: Option<String>,
}

impl Credentials {
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        Self::of(&text(file)?.0)
    }

    fn of(text: &str) -> Result<Self, String> {
        let names =
            ["user", "token-endpoint", "client-id", "client-secret", REFRESH_TOKEN, "scope"];
        let mut values = [const { None }; 6];
        for (number, line) in (1_usize..).zip(text.lines()) {
            let wrong = |why: &str| format!("line {number}: {why}");
            let Some((name, value)) = entry(line) else {
                if says_something(line) {
                    return Err(wrong("write NAME = VALUE"));
                }
                continue;
            };
            let place = names.iter().zip(&mut values).find(|(known, _)| **known == name);
            let (_, place) = place.ok_or_else(|| wrong("a name that is not known here"))?;
            if !is_value(value) {
                return Err(wrong(&format!("{name} is not followed by a line of ASCII")));
            }
            if place.replace(value.to_owned()).is_some() {
                return Err(wrong(&format!("{name} stands there twice")));
            }
        }
        let [user, endpoint, client_id, client_secret, refresh_token, scope] = values;
        let missing = |name| move || format!("{name} is missing");
        let endpoint = endpoint.ok_or_else(missing("token-endpoint"))?;
        let endpoint = https::place(&endpoint).map_err(|why| format!("token-endpoint: {why}"))?;
        if refresh_token.is_none() && client_secret.is_none() {
            return Err("refresh-token or client-secret is missing".into());
        }
        Ok(Self {
            user: user.ok_or_else(missing("user"))?,
            endpoint,
            refresh_token,
            client_id: client_id.ok_or_else(missing("client-id"))?,
            client_secret,
            scope,
        })
    }

    /// What is asked: with a refresh token (RFC 6749, 6), or without one (4.4).
    pub(super) fn form(&self) -> Vec<(&str, &str)> {
        let grant =
            if self.refresh_token.is_some() { "refresh_token" } else { "client_credentials" };
        let more = [
            ("client_secret", &self.client_secret),
            ("refresh_token", &self.refresh_token),
            ("scope", &self.scope),
        ];
        let more = more.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        [("grant_type", grant), ("client_id", &self.client_id)].into_iter().chain(more).collect()
    }

    /// The first sentence of somebody's words; nothing, if they hold something secret.
    pub(super) fn shown(&self, words: &str) -> String {
        let secrets = [&self.client_secret, &self.refresh_token];
        if secrets.into_iter().flatten().any(|secret| words.contains(secret)) {
            return String::new();
        }
        let line = words.lines().next().unwrap_or_default();
        let first = line.split_once(". ").map_or(line, |(first, _)| first);
        first.chars().filter(|letter| !letter.is_control()).collect()
    }
}

/// Puts a refresh token in the place of another, with one stroke: at each moment one of them is there.
/// If a third one is there by now, somebody has written it, and it stays.
pub(super) fn replace(file: &Path, old: &str, new: &str) -> Result<(), String> {
    let (text, mode) = text(file)?;
    let is_old = |line: &&str| entry(line) == Some((REFRESH_TOKEN, old));
    if !text.lines().any(|line| is_old(&line)) {
        return Ok(());
    }
    let lines = text.lines().map(|line| match line {
        line if is_old(&line) => format!("{REFRESH_TOKEN} = {new}\n"),
        line => format!("{line}\n"),
    });
    let folder = file.parent().unwrap_or(Path::new("."));
    let written = NamedTempFile::new_in(folder).and_then(|mut unfinished| {
        unfinished.write_all(lines.collect::<String>().as_bytes())?;
        unfinished.as_file().set_permissions(mode)?;
        unfinished.as_file().sync_all()?;
        unfinished.persist(file)?;
        File::open(folder)?.sync_all()
    });
    written.map_err(|error| format!("it cannot be replaced: {error}"))
}

/// The text, and who may read it: its owner alone.
fn text(file: &Path) -> Result<(String, Permissions), String> {
    let unreadable = |error| format!("it cannot be read: {error}");
    let opened = File::open(file).map_err(unreadable)?;
    let mode = opened.metadata().map_err(unreadable)?.permissions();
    if mode.mode() & 0o077 != 0 {
        return Err("others than its owner may read it: chmod 600 helps".into());
    }
    let mut text = String::new();
    let read = opened.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if read as u64 > LARGEST {
        return Err("it is larger than 64 KiB".into());
    }
    Ok((text, mode))
}

fn says_something(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=').filter(|_| says_something(line))?;
    Some((name.trim(), value.trim()))
}

/// Whether this can stand in a line of the file.
pub(super) fn is_value(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    plain && !text.is_empty() && text.len() <= LONGEST && text.trim() == text
}
