//! The mail server's side of an SMTP conversation (RFC 5321), without a socket.
//!
//! It takes what is well-formed, from anybody for anybody, and keeps the envelope and the bytes as
//! they came: nothing here knows what was meant to be sent. A command ends with CR LF, and a message
//! with CR LF, a dot and CR LF. Where a fault strikes, it says 4xx or hangs up.

use std::mem;

use advisory::mailbox::Mailbox;
use serde::{Deserialize, Serialize};

use super::faults::Fault;
use crate::dice::Dice;

/// Bytes of a command with its CR LF (RFC 5321, 4.5.3.1.4).
const LONGEST_COMMAND: usize = 512;

/// What is answered next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Greeting,
    Hello,
    Sender,
    Recipient,
    Data,
    /// The message up to its end.
    Content,
    End,
}

/// A fault and where it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strike {
    pub(super) fault: Fault,
    pub(super) at: Stage,
}

impl Strike {
    /// A fault of the mail server at one of the stages where it can come.
    pub(super) fn of(fault: Fault, dice: &mut Dice) -> Self {
        use Stage::{Content, Data, End, Greeting, Hello, Recipient, Sender};
        let stages: &[Stage] = match fault {
            Fault::PutOff => &[Greeting, Hello, Sender, Recipient, Data, End],
            Fault::HungUp => &[Greeting, Hello, Sender, Recipient, Data, Content],
            _ => &[End],
        };
        let drawn = dice.below(u64::try_from(stages.len()).unwrap_or(1));
        let at = usize::try_from(drawn).ok().and_then(|at| stages.get(at).copied());
        Self { fault, at: at.unwrap_or(End) }
    }
}

/// What the server answers to some bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Its words, if any.
    pub words: String,
    /// It has closed the connection.
    pub closed: bool,
}

/// A message as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) sender: Option<Mailbox>,
    pub(super) to: Vec<Mailbox>,
    pub(super) raw: String,
}

/// A conversation.
#[derive(Debug, Clone)]
pub(super) struct Conversation {
    strike: Option<Strike>,
    /// Bytes that make no whole command or message yet.
    open: Vec<u8>,
    in_content: bool,
    greeted: bool,
    /// A message's sender was named, and its end did not come yet.
    begun: bool,
    /// Where this message, or the last one, comes back to.
    comes_back: Option<Mailbox>,
    to: Vec<Mailbox>,
    heard: Heard,
    struck: Option<Fault>,
    taken: Vec<Taken>,
}

impl Conversation {
    pub(super) fn begin(strike: Option<Strike>) -> Self {
        let mut new = Self {
            strike,
            open: Vec::new(),
            in_content: false,
            greeted: false,
            begun: false,
            comes_back: None,
            to: Vec::new(),
            heard: Heard::default(),
            struck: None,
            taken: Vec::new(),
        };
        if !new.struck_at(Stage::Greeting) {
            new.say("220 mail.example ESMTP");
        }
        new
    }

    /// Takes bytes as they come.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        self.open.extend_from_slice(bytes);
        while !self.heard.closed {
            let went = if self.in_content { self.content() } else { self.command() };
            if !went {
                break;
            }
        }
    }

    /// What is to be said now.
    pub(super) fn heard(&mut self) -> Heard {
        let closed = self.heard.closed;
        mem::replace(&mut self.heard, Heard { words: String::new(), closed })
    }

    /// The fault that has struck since this was asked.
    pub(super) fn struck(&mut self) -> Option<Fault> {
        self.struck.take()
    }

    /// What was taken since this was asked.
    pub(super) fn taken(&mut self) -> Vec<Taken> {
        mem::take(&mut self.taken)
    }

    /// Where the message would come back to that is spoken of.
    pub(super) fn comes_back(&self) -> Option<&Mailbox> {
        self.comes_back.as_ref()
    }

    fn say(&mut self, words: &str) {
        self.heard.words.push_str(words);
        self.heard.words.push_str("\r\n");
    }

    fn hang_up(&mut self) {
        self.heard.closed = true;
    }

    /// Whether a fault strikes here, which then answers instead.
    fn struck_at(&mut self, stage: Stage) -> bool {
        let Some(Strike { fault, .. }) = self.strike.take_if(|strike| strike.at == stage) else {
            return false;
        };
        self.struck = Some(fault);
        if fault == Fault::PutOff {
            self.say(match stage {
                Stage::Greeting => "421 4.3.2 not now",
                Stage::Recipient => "450 4.2.0 greylisted, try again later",
                Stage::End => "452 4.3.1 no room at the moment",
                _ => "451 4.3.0 try again later",
            });
        } else {
            self.hang_up();
        }
        true
    }

    /// One command, if it is whole.
    fn command(&mut self) -> bool {
        let Some(end) = self.open.iter().position(|byte| *byte == b'\n') else {
            if self.open.len() > LONGEST_COMMAND {
                self.hang_up();
            }
            return false;
        };
        let line: Vec<u8> = self.open.drain(..=end).collect();
        let line = line.strip_suffix(b"\r\n").filter(|line| !line.contains(&b'\r'));
        if let Some(line) = line.and_then(|line| std::str::from_utf8(line).ok()) {
            self.answer(line);
        } else {
            self.say("500 5.5.2 a line ends with CR LF");
            self.hang_up();
        }
        true
    }

    fn answer(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let stage = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => Stage::Hello,
            "MAIL" => Stage::Sender,
            "RCPT" => Stage::Recipient,
            "DATA" => Stage::Data,
            "QUIT" => {
                self.say("221 2.0.0 bye");
                return self.hang_up();
            }
            _ => return self.say("502 5.5.1 not known here"),
        };
        let in_order = match stage {
            Stage::Sender => self.greeted && !self.begun,
            Stage::Recipient => self.begun,
            Stage::Data => !self.to.is_empty(),
            _ => true,
        };
        if !in_order {
            return self.say("503 5.5.1 not now");
        }
        if !self.struck_at(stage) {
            self.carry_out(stage, rest);
        }
    }

    fn carry_out(&mut self, stage: Stage, rest: &str) {
        let path = |prefix: &str| rest.strip_prefix(prefix)?.strip_prefix('<')?.strip_suffix('>');
        match stage {
            Stage::Sender => {
                self.comes_back = match path("FROM:") {
                    Some("") => None,
                    given => match given.and_then(|given| given.parse().ok()) {
                        Some(sender) => Some(sender),
                        None => return self.say("501 5.1.7 no address"),
                    },
                };
                self.begun = true;
            }
            Stage::Recipient => match path("TO:").and_then(|given| given.parse().ok()) {
                Some(to) => self.to.push(to),
                None => return self.say("501 5.1.3 no address"),
            },
            Stage::Data => {
                self.in_content = true;
                return self.say("354 go on");
            }
            _ => {
                self.greeted = true;
                return self.say("250-mail.example\r\n250 SIZE 26214400");
            }
        }
        self.say("250 2.0.0 ok");
    }

    /// The message, if it is whole.
    fn content(&mut self) -> bool {
        if self.open.is_empty() || self.struck_at(Stage::Content) {
            return false;
        }
        let at_once = self.open.starts_with(b".\r\n").then_some(0);
        let inside = || self.open.windows(5).position(|it| it == b"\r\n.\r\n").map(|at| at + 2);
        let Some(end) = at_once.or_else(inside) else { return false };
        let rest = self.open.split_off(end + 3);
        let sent = mem::replace(&mut self.open, rest);
        self.in_content = false;
        self.begun = false;
        let (sender, to) = (self.comes_back.clone(), mem::take(&mut self.to));
        let Some(raw) = unstuffed(sent.get(..end).unwrap_or_default()) else {
            self.say("554 5.6.1 bytes outside ASCII were not announced");
            return true;
        };
        // Of these faults one leaves the message here, and the others do not.
        let kept = self.strike.is_none_or(|strike| strike.fault == Fault::AnswerLost);
        if kept {
            self.taken.push(Taken { sender, to, raw });
        }
        if !self.struck_at(Stage::End) {
            self.say("250 2.0.0 taken");
        }
        true
    }
}

/// The message without the dots that were put before its lines (RFC 5321, 4.5.2).
fn unstuffed(sent: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(sent).ok().filter(|text| text.is_ascii())?;
    let lines = text.split_inclusive("\r\n");
    Some(lines.map(|line| line.strip_prefix('.').unwrap_or(line)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(strike: Option<Strike>, lines: &[&str]) -> (Conversation, Vec<Heard>) {
        let mut conversation = Conversation::begin(strike);
        let mut heard = vec![conversation.heard()];
        for line in lines {
            conversation.hear(line.as_bytes());
            heard.push(conversation.heard());
        }
        (conversation, heard)
    }

    const MAIL: [&str; 6] = [
        "EHLO localhost\r\n",
        "MAIL FROM:<a@one.example>\r\n",
        "RCPT TO:<b@two.example>\r\n",
        "DATA\r\n",
        "Subject: Hi\r\n\r\n..dot\r\nend\r\n",
        ".\r\n",
    ];

    #[test]
    fn what_is_taken_is_the_envelope_and_the_bytes() {
        let (mut conversation, heard) = talk(None, &MAIL);
        let codes: Vec<&str> = heard.iter().map(|it| it.words.get(..3).unwrap_or("")).collect();
        assert_eq!(codes, ["220", "250", "250", "250", "354", "", "250"]);
        let [taken] = <[Taken; 1]>::try_from(conversation.taken()).unwrap();
        assert_eq!(taken.sender, "a@one.example".parse().ok());
        assert_eq!(taken.to, ["b@two.example".parse().unwrap()]);
        assert_eq!(taken.raw, "Subject: Hi\r\n\r\n.dot\r\nend\r\n");
        assert!(conversation.taken().is_empty());
    }

    #[test]
    fn only_cr_lf_dot_cr_lf_ends_a_message() {
        let mut lines = MAIL;
        lines[4] = "one\n.\ntwo\r\n.\nthree\n.\r\nfour\r\n";
        let (mut conversation, _) = talk(None, &lines);
        let [taken] = <[Taken; 1]>::try_from(conversation.taken()).unwrap();
        assert_eq!(taken.raw, "one\n.\ntwo\r\n\nthree\n.\r\nfour\r\n");
    }

    #[test]
    fn every_recipient_that_was_named_is_kept() {
        let lines = [MAIL[0], MAIL[1], MAIL[2], "RCPT TO:<c@three.example>\r\n", MAIL[3], MAIL[5]];
        let (mut conversation, _) = talk(None, &lines);
        assert_eq!(conversation.taken()[0].to.len(), 2);
    }

    #[test]
    fn nothing_out_of_order_and_nothing_malformed_is_taken() {
        for (line, code) in [
            ("MAIL FROM:<a@one.example>\r\n", "503"),
            ("DATA\r\n", "503"),
            ("VRFY ada\r\n", "502"),
            ("EHLO a\n", "500"),
        ] {
            let (_, heard) = talk(None, &[line]);
            assert!(heard[1].words.starts_with(code), "{line}: {heard:?}");
        }
        for (at, line) in [(1, "MAIL FROM:a@one.example\r\n"), (2, "RCPT TO:<>\r\n")] {
            let mut lines = MAIL[..=at].to_vec();
            lines[at] = line;
            assert!(talk(None, &lines).1[at + 1].words.starts_with("501"), "{line}");
        }
        let mut lines = MAIL;
        lines[4] = "Subject: Größe\r\n";
        let (mut conversation, heard) = talk(None, &lines);
        assert!(heard[6].words.starts_with("554") && conversation.taken().is_empty());
    }

    #[test]
    fn a_fault_strikes_once_at_its_stage_and_leaves_what_it_says() {
        use Stage::{Content, Data, End, Greeting, Hello, Recipient, Sender};
        let stages = [Greeting, Hello, Sender, Recipient, Data, Content, End];
        for (number, at) in stages.into_iter().enumerate() {
            for fault in [Fault::PutOff, Fault::HungUp, Fault::CallLost, Fault::AnswerLost] {
                let possible = match fault {
                    Fault::PutOff => at != Content,
                    Fault::HungUp => at != End,
                    _ => at == End,
                };
                if !possible {
                    continue;
                }
                let (mut conversation, heard) = talk(Some(Strike { fault, at }), &MAIL[..number]);
                let last = heard.last().unwrap();
                assert_eq!(last.words.starts_with('4'), fault == Fault::PutOff, "{at:?} {fault:?}");
                assert_eq!(last.closed, fault != Fault::PutOff, "{at:?} {fault:?}");
                assert_eq!(conversation.struck(), Some(fault));
                assert_eq!(conversation.struck(), None);
                let taken = usize::from(fault == Fault::AnswerLost);
                assert_eq!(conversation.taken().len(), taken, "{at:?} {fault:?}");
            }
        }
    }
}
