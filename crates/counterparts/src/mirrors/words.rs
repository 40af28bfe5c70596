//! What git says of a fetch that failed, in plain words and without secrets.
//!
//! Some of it is the server's, and so anybody's: it is shown in part, as text, and decides nothing.

use std::path::Path;

use engine::ports::PortError;

use super::origin::{Origin, Way};
use crate::mail::server::Login;

/// How much of git's or a server's words is shown, in characters.
const MOST: usize = 200;

/// A fetch that failed.
pub(super) struct Complaint<'a> {
    pub(super) origin: &'a Origin,
    pub(super) folder: &'a Path,
    pub(super) login: Option<&'a Login>,
    pub(super) said: &'a str,
}

impl From<Complaint<'_>> for PortError {
    fn from(complaint: Complaint<'_>) -> Self {
        match complaint.known() {
            Some(words) => Self::Refused(words),
            None => Self::Unreached(complaint.git_says()),
        }
    }
}

impl Complaint<'_> {
    /// What a person has to do about it, where that is known.
    fn known(&self) -> Option<String> {
        let said = |words: &str| self.said.contains(words);
        let host = self.origin.host().unwrap_or("this machine");
        let is_http = matches!(self.origin.way, Way::Http { .. });
        let refused = ["Authentication failed", "could not read Username", "prompts disabled"];
        let refused = refused.into_iter().any(said);
        if is_http && (refused || said("returned error: 403") || said("returned error: 401")) {
            return Some(match self.login {
                Some(_) => format!(
                    "{host} does not let the house in with the name and password that \
                     --fetch-login names for it"
                ),
                None => format!(
                    "{host} asks for a name and a password: whoever runs the house names them with \
                     --fetch-login"
                ),
            });
        }
        if is_http && said("returned error: 3") {
            return Some(format!(
                "{host} sends the house elsewhere, and it does not go there: give the mirror the \
                 repository’s new address with “git remote set-url”"
            ));
        }
        if said("does not appear to be a git repository") {
            return Some("where the mirror was cloned from, there is no repository".into());
        }
        if said("Host key verification failed") {
            return Some(format!(
                "the key of {host} is not the one in the known hosts of the account that runs the \
                 house, or there is none"
            ));
        }
        if said("Permission denied (") {
            return Some(format!("{host} does not let the house in with its SSH key"));
        }
        if said("fsck error") {
            let object = self.said.lines().find_map(|line| line.strip_prefix("error: object "));
            return Some(format!(
                "the server sent an object that git calls broken ({}); fetch branches and tags alone,                  or allow it with git’s “fetch.fsck” settings",
                self.shown(object.unwrap_or("it does not say which"))
            ));
        }
        if said(".lock': File exists") {
            return Some(
                "another program is at work in the mirror, or was killed there; a lock that is left \
                 goes away within two hours"
                    .into(),
            );
        }
        None
    }

    fn git_says(&self) -> String {
        let lines = || self.said.lines().map(str::trim);
        let server = lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
        let server = server.filter(|line| !line.is_empty()).map(|line| self.shown(line)).next();
        let of_git = |start: &'static str| lines().find_map(move |line| line.strip_prefix(start));
        let git = of_git("fatal: ").or_else(|| of_git("error: ")).or_else(|| lines().next_back());
        let git = self.shown(git.unwrap_or_default());
        match server {
            Some(server) => format!("git says: {git}; the server says: {server}"),
            None => format!("git says: {git}"),
        }
    }

    /// A line without secrets, and without the places where this machine keeps its files.
    fn shown(&self, line: &str) -> String {
        let mut line = without_people(line);
        let secrets = self.login.iter().flat_map(|login| login.secrets());
        let places = [self.folder.display().to_string()].into_iter().chain(self.origin.path());
        for hidden in secrets.chain(places) {
            line = line.replace(&hidden, "…");
        }
        let plain = line.chars().filter(|c| !c.is_control());
        let mut shown: String = plain.take(MOST).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        shown
    }
}

/// Addresses without what stands before their `@`.
fn without_people(line: &str) -> String {
    let mut parts = line.split("://");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['/', ' ', '\'', '"']).unwrap_or(part.len());
        let (host, rest) = part.split_at(end);
        plain.push_str("://");
        plain.push_str(host.rsplit_once('@').map_or(host, |(_, host)| host));
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(said: &str) -> String {
        let way = Way::Http { scheme: "https", host: "example.org".into() };
        let origin = Origin { remote: "origin".into(), way };
        let login = Login::new("fermata", "open sesame").unwrap();
        let (login, folder) = (Some(&login), Path::new("/srv/clones/a.git"));
        PortError::from(Complaint { origin: &origin, folder, login, said }).to_string()
    }

    #[test]
    fn no_secret_is_told() {
        let login = Login::new("fermata", "open sesame").unwrap();
        for said in [
            "fatal: unable to access 'https://a:open sesame@example.org/p/': no route".to_owned(),
            "fatal: unable to access 'https://fermata:b@example.org/p/': no route".to_owned(),
            format!("fatal: header Basic {} was refused", login.basic()),
            "remote: you said open sesame\nfatal: no".to_owned(),
        ] {
            let told = told(&said);
            for secret in ["sesame", "fermata:", ":b@", &login.basic()] {
                assert!(!told.contains(secret), "{said}: {told}");
            }
            assert!(told.contains("git says: "), "{told}");
        }
    }

    #[test]
    fn no_place_of_this_machine_is_told() {
        let told = told("error: unable to write /srv/clones/a.git/objects/pack: disk full");
        assert_eq!(told, "not reached: git says: unable to write …/objects/pack: disk full");
    }

    #[test]
    fn what_a_server_says_is_shown_in_part_and_without_controls() {
        let told = told(&format!("remote: \u{1b}[2Jgone {}\nfatal: early EOF", "x".repeat(9_000)));
        assert!(told.contains("git says: early EOF; the server says: [2Jgone xx"), "{told}");
        assert!(told.len() < 400 && !told.contains('\u{1b}'), "{told}");
    }
}
