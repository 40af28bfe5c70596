//! Mail that is read in a mailbox.

mod fetcher;
mod hostile;
mod replies;
mod session;
mod tokens;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
    sync::Mutex,
};

use counterparts::mail::imap::{
    Account, Intake, Login, Watched,
    session::{Next, Session, Wait},
};
use engine::{Bookmark, EngineError};

use crate::oauth::{COMPLAINT, believed, yielding};

fn account() -> Account {
    let login = Login::new("fermata", "open \"sesame\"").unwrap();
    Account { login, mailbox: "Reports".parse().unwrap() }
}

/// A mail that no other is like.
fn mail(number: u32) -> Vec<u8> {
    format!("Subject: {number}\r\n\r\n* {number} FETCH (UID 1)\r\nf1 OK {{5}}\r\n").into_bytes()
}

/// What a house does.
#[derive(Debug, Default)]
struct Kept {
    /// The mails that are in it, the first ones first; the same bytes are the same mail.
    mails: Vec<Vec<u8>>,
    /// How often one was brought.
    brought: usize,
    bookmarks: BTreeMap<String, Bookmark>,
    /// What it can do from now on, before it fails; for ever, if `None`.
    left: Option<usize>,
    /// Words of mails that are nobody's.
    nobodys: BTreeSet<&'static str>,
    /// Words of mails that it cannot keep now.
    unkept: BTreeSet<&'static str>,
    stands: Vec<Option<String>>,
}

impl Kept {
    /// Fails once everything is used up, without having done anything.
    fn may(&mut self) -> Result<(), EngineError> {
        match &mut self.left {
            Some(0) => Err(EngineError::Busy),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

#[derive(Default)]
struct House(Mutex<Kept>);

impl House {
    fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    fn mails(&self) -> Vec<Vec<u8>> {
        self.kept(|kept| kept.mails.clone())
    }

    fn bookmark(&self) -> Bookmark {
        self.kept(|kept| kept.bookmarks.get(&account().key()).cloned().unwrap_or_default())
    }
}

impl Intake for House {
    fn bookmark(&self, mailbox: &str) -> Result<Option<Bookmark>, EngineError> {
        self.kept(|kept| Ok(kept.bookmarks.get(mailbox).cloned()))
    }

    fn remember(&self, mailbox: &str, bookmark: &Bookmark) -> Result<(), EngineError> {
        self.kept(|kept| {
            kept.may()?;
            kept.bookmarks.insert(mailbox.to_owned(), bookmark.clone());
            Ok(())
        })
    }

    fn take(&self, raw: &[u8]) -> Result<bool, EngineError> {
        self.kept(|kept| {
            kept.may()?;
            let text = String::from_utf8_lossy(raw);
            if kept.unkept.iter().any(|words| text.contains(words)) {
                return Err(EngineError::Busy);
            }
            if kept.nobodys.iter().any(|words| text.contains(words)) {
                return Ok(false);
            }
            kept.brought += 1;
            if !kept.mails.contains(&raw.to_vec()) {
                kept.mails.push(raw.to_vec());
            }
            Ok(true)
        })
    }
}

impl Watched for House {
    fn stands(&self, _: &str, _: &str, trouble: Option<&str>) {
        self.kept(|kept| kept.stands.push(trouble.map(ToOwned::to_owned)));
    }
}

/// A server with one mailbox, as a well-behaved one speaks.
#[derive(Debug, Clone)]
struct Server {
    validity: u32,
    mails: BTreeMap<u32, Vec<u8>>,
    idles: bool,
    /// How it lets anybody in, beside LOGIN.
    ways: &'static [&'static str],
    /// The token that it believes; without one, whatever is said.
    token: Option<&'static str>,
    /// The way that was taken, and whether it complained of what was said then.
    way: String,
    complained: bool,
    /// What it says instead, once, to a command that holds these words; `{tag}` stands for its tag.
    tricks: Vec<(&'static str, Vec<u8>)>,
    /// Everything that was said to it.
    said: Vec<String>,
    /// The tag of a command that goes on.
    open: String,
}

impl Server {
    fn with(uids: impl IntoIterator<Item = u32>) -> Self {
        Self {
            validity: 7,
            mails: uids.into_iter().map(|uid| (uid, mail(uid))).collect(),
            idles: true,
            ways: &["PLAIN"],
            token: None,
            way: String::new(),
            complained: false,
            tricks: Vec::new(),
            said: Vec::new(),
            open: String::new(),
        }
    }

    fn trick(mut self, at: &'static str, say: impl AsRef<[u8]>) -> Self {
        self.tricks.push((at, say.as_ref().to_vec()));
        self
    }

    fn greeting(&mut self) -> Vec<u8> {
        self.tricked("greeting", "")
            .unwrap_or_else(|| b"* OK [CAPABILITY IMAP4rev1] {9}\r\n".to_vec())
    }

    fn tricked(&mut self, line: &str, tag: &str) -> Option<Vec<u8>> {
        let at = self.tricks.iter().position(|(words, _)| line.contains(words))?;
        let (_, say) = self.tricks.remove(at);
        let cut = b"{tag}";
        let Some(end) = say.windows(cut.len()).rposition(|found| found == cut) else {
            return Some(say);
        };
        Some([&say[..end], tag.as_bytes(), &say[end + cut.len()..]].concat())
    }

    /// What it answers to a line.
    fn answer(&mut self, line: &str) -> Vec<u8> {
        self.said.push(line.to_owned());
        let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
        if command == "IDLE" || command.starts_with("AUTHENTICATE ") {
            tag.clone_into(&mut self.open);
        }
        if let Some(trick) = self.tricked(line, tag) {
            return trick;
        }
        let fine = |data: &str| format!("{data}{tag} OK done\r\n").into_bytes();
        let words: Vec<_> = command.split(' ').collect();
        match words.as_slice() {
            ["CAPABILITY"] => {
                let idle = if self.idles { " IDLE" } else { "" };
                let ways = self.ways.iter().map(|way| format!("AUTH={way}"));
                let ways = ways.collect::<Vec<_>>().join(" ");
                fine(&format!("* CAPABILITY IMAP4rev1 {ways}{idle}\r\n"))
            }
            ["IDLE"] => b"+ go on\r\n".to_vec(),
            ["AUTHENTICATE", way] if self.ways.contains(way) => {
                (*way).clone_into(&mut self.way);
                b"+ \r\n".to_vec()
            }
            // What was promised: who it is, or DONE.
            [""] => self.promised(line).into_bytes(),
            ["LOGIN", ..] | ["NOOP"] => fine(""),
            ["EXAMINE", "\"Reports\""] => fine(&format!(
                "* FLAGS (\\Seen $Junk)\r\n* {} EXISTS\r\n* OK [UIDVALIDITY {}] UIDs\r\n",
                self.mails.len(),
                self.validity
            )),
            ["UID", "FETCH", set, "(UID)"] => fine(&self.list(set)),
            ["UID", "FETCH", uid, "(UID", what] => self.give(tag, uid.parse().unwrap(), what),
            ["LOGOUT"] => fine("* BYE see you\r\n"),
            _ => format!("{tag} BAD what is {command}?\r\n").into_bytes(),
        }
    }

    fn promised(&mut self, line: &str) -> String {
        let open = &self.open;
        if mem::take(&mut self.complained) {
            assert_eq!(line, yielding(&self.way));
            return format!("{open} NO [AUTHENTICATIONFAILED] no\r\n");
        }
        match self.token {
            Some(token) if line != "DONE" && !believed(&self.way, line, token) => {
                self.complained = true;
                format!("+ {COMPLAINT}\r\n")
            }
            _ => format!("{open} OK done\r\n"),
        }
    }

    /// The mails of a set of UIDs. The last mail is in every set that ends with `*`.
    fn list(&self, set: &str) -> String {
        let last = self.mails.keys().next_back().copied().unwrap_or_default();
        let wanted = |uid: u32| {
            set.split(',').any(|range| match range.split_once(':') {
                Some((first, "*")) => uid >= first.parse().unwrap() || uid == last,
                _ => range == uid.to_string(),
            })
        };
        let uids = self.mails.keys().zip(1..).filter(|(uid, _)| wanted(**uid));
        let line = |(uid, number)| format!("* {number} FETCH (FLAGS (\\Seen) UID {uid})\r\n");
        uids.map(line).collect::<Vec<String>>().concat()
    }

    fn give(&self, tag: &str, uid: u32, what: &str) -> Vec<u8> {
        let most = what.strip_prefix("BODY.PEEK[]<0.").unwrap().strip_suffix(">)").unwrap();
        let Some(mail) = self.mails.get(&uid) else {
            return format!("{tag} OK nothing\r\n").into_bytes();
        };
        let given = &mail[..mail.len().min(most.parse().unwrap())];
        let head = format!("* 1 FETCH (UID {uid} BODY[]<0> {{{}}}\r\n", given.len());
        let tail = format!(" FLAGS (\\Seen))\r\n{tag} OK done\r\n");
        [head.as_bytes(), given, tail.as_bytes()].concat()
    }
}

/// How a conversation stands when nothing is left to be said.
#[derive(Debug, PartialEq, Eq)]
enum Stands {
    Listens,
    Over,
}

/// Lets a session talk with a server, whose words come in pieces of these sizes by turns.
fn converse(session: &mut Session<'_>, server: &mut Server, cuts: &[usize]) -> Stands {
    let mut cuts = cuts.iter().cycle();
    let mut replies = VecDeque::from(server.greeting());
    go_on(session, server, &mut replies, &mut cuts)
}

fn go_on<'c>(
    session: &mut Session<'_>,
    server: &mut Server,
    replies: &mut VecDeque<u8>,
    cuts: &mut impl Iterator<Item = &'c usize>,
) -> Stands {
    loop {
        match session.proceed() {
            Next::Send(bytes) => {
                for line in String::from_utf8(bytes).unwrap().lines() {
                    replies.extend(server.answer(line));
                }
            }
            Next::Receive(Wait::News | Wait::Turn) if replies.is_empty() => return Stands::Listens,
            Next::Receive(_) if replies.is_empty() => session.broken("gone"),
            Next::Receive(_) => session.take(&piece(replies, cuts)),
            Next::Secure => panic!("nobody asked for TLS"),
            Next::Over => return Stands::Over,
        }
    }
}

fn piece<'c>(replies: &mut VecDeque<u8>, cuts: &mut impl Iterator<Item = &'c usize>) -> Vec<u8> {
    let size = replies.len().min(*cuts.next().unwrap());
    replies.drain(..size).collect()
}

/// What is said when news is waited for and none comes.
fn turn(session: &mut Session<'_>, server: &mut Server) -> Stands {
    session.quiet();
    go_on(session, server, &mut VecDeque::new(), &mut [1_usize].iter().cycle())
}
