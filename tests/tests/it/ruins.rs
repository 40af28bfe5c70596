//! A house that is killed again and again, the world that survives it, and what they say together
//! at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::Duration,
};

use advisory::{Digest, Mailbox};
use house_tests::{clock::LaterClock, house::LETTERBOX};
use rehearsal::{
    audit::{self, Books, Law},
    cast,
    ports::Wire,
    world::{
        record::{Happened, Record},
        setting::{Lookups, Setting},
        wire::{Request, Word},
    },
};
use serde_json::Value;

use crate::world::{Outside, breakable, first_line};

/// Longer than any house lives here, and than any lease of a dead one.
const LATER: i64 = 1_000;

/// A place where a house is killed.
pub(crate) struct Ruins {
    outside: Outside,
    houses: i64,
    sent: AtomicU32,
    acknowledged: Mutex<BTreeMap<Mailbox, Digest>>,
    plant: Option<&'static str>,
}

/// A house that is alive.
pub(crate) struct Alive {
    child: Child,
    door: Door,
}

/// Where a house takes reports.
#[derive(Clone)]
pub(crate) struct Door {
    address: SocketAddr,
    lmtp: SocketAddr,
    project: String,
}

/// When a house is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// As soon as so many reports were received,
    pub(crate) enough: u32,
    /// and so long after that.
    pub(crate) after: Duration,
}

impl Moment {
    /// As soon as so many reports were received.
    pub(crate) fn after(enough: u32) -> Self {
        Self { enough, after: Duration::ZERO }
    }
}

/// What is known at the end.
pub(crate) struct Inquest {
    pub(crate) books: Books,
    pub(crate) report: audit::Report,
    pub(crate) records: Vec<Record>,
    pub(crate) acknowledged: BTreeMap<Mailbox, Digest>,
}

impl Ruins {
    pub(crate) fn new(plant: Option<&'static str>) -> Self {
        let setting = Setting { lookups: Lookups::Everywhere, ..cast::setting(1).unwrap() };
        Self {
            outside: Outside::new("contour", setting),
            houses: 0,
            sent: AtomicU32::new(0),
            acknowledged: Mutex::default(),
            plant,
        }
    }

    fn command(&mut self, role: &str) -> Command {
        self.houses += 1;
        let mut command = breakable();
        command.arg(role).arg(self.outside.data()).arg(self.outside.address.to_string());
        command.arg((self.houses * LATER).to_string());
        if let Some(plant) = self.plant {
            command.env("PLANT", plant);
        }
        command
    }

    /// Starts a house that dies at a point, if one is given. How it ended, if it died before it served.
    pub(crate) fn house(&mut self, crash_at: Option<&str>) -> Result<Alive, ExitStatus> {
        let mut command = self.command("house");
        if let Some(crash_at) = crash_at {
            command.env("CRASH_AT", crash_at);
        }
        let mut child = command.spawn().unwrap();
        let line = first_line(&mut child);
        let Ok(told) = serde_json::from_str::<Value>(&line) else {
            return Err(child.wait().unwrap());
        };
        let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap().to_owned();
        let socket = |name: &str| text(name).parse().unwrap();
        let door =
            Door { address: socket("address"), lmtp: socket("lmtp"), project: text("project") };
        Ok(Alive { child, door })
    }

    fn clock(&self) -> Arc<LaterClock> {
        Arc::new(LaterClock::ahead(self.houses * LATER))
    }

    /// Sends one report, by the form or by mail; whether somebody said "received".
    pub(crate) fn report(&self, house: &Door) -> bool {
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let mailbox = format!("finder-{number}@reports.example");
        let sent = if number.is_multiple_of(2) {
            house.by_form(number, &mailbox)
        } else {
            house.by_mail(number, &mailbox)
        };
        let Some(bytes) = sent else { return false };
        let seen = Request::Person(Word::ReceiptSeen { bytes });
        self.outside.wire(self.clock()).call(&seen).unwrap();
        self.acknowledged.lock().unwrap().insert(mailbox.parse().unwrap(), bytes);
        true
    }

    /// Several people report at once until the house is dead or its moment has come; it is killed in
    /// the midst of what they send then. How many reports were received.
    pub(crate) fn storm(&self, house: Alive, moment: Moment) -> u32 {
        let received = AtomicU32::new(0);
        let address = &house.door();
        let (fallen, seen) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let fallen = fallen.clone();
                let received = &received;
                scope.spawn(move || {
                    while self.report(address) {
                        if received.fetch_add(1, Ordering::SeqCst) + 1 >= moment.enough {
                            let _ = fallen.send(());
                        }
                    }
                    let _ = fallen.send(());
                });
            }
            if moment.enough > 0 {
                let _ = seen.recv();
            }
            strike(house, moment.after);
        });
        received.into_inner()
    }

    /// Several people report at once until so many reports were received or the house is dead; then
    /// it is left alone with them until it dies by itself. How it ended.
    pub(crate) fn outlive(&self, mut house: Alive, enough: u32) -> ExitStatus {
        let (received, door) = (AtomicU32::new(0), &house.door());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let received = &received;
                scope.spawn(move || {
                    while received.fetch_add(1, Ordering::SeqCst) < enough && self.report(door) {}
                });
            }
        });
        house.child.wait().unwrap()
    }

    /// Lets what is left of the house do its work, and asks everybody what happened.
    pub(crate) fn inquest(mut self) -> Inquest {
        // What was given back is due again a little later.
        for _ in 0..3 {
            let status = self.command("settle").status().unwrap();
            assert!(status.success(), "the house does not open any more");
        }
        let clock = self.clock();
        let (mut books, records) = self.outside.books(clock);
        let acknowledged = std::mem::take(&mut *self.acknowledged.lock().unwrap());
        let numbers = 0..self.sent.load(Ordering::SeqCst);
        let finders = numbers.map(|n| format!("finder-{n}@reports.example").parse().unwrap());
        books.truth.iter_mut().for_each(|truth| truth.reporters.extend(finders.clone()));
        Inquest { report: audit::audit(&books), books, records, acknowledged }
    }
}

/// Kills a house at a point in time, whatever is going on there.
#[expect(
    clippy::disallowed_methods,
    reason = "the moment itself is the test: nothing waits for it"
)]
fn strike(house: Alive, after: Duration) {
    std::thread::sleep(after);
    drop(house);
}

impl Alive {
    fn door(&self) -> Door {
        self.door.clone()
    }
}

impl Door {
    /// A report by the form: what is kept of it, once it is acknowledged.
    fn by_form(&self, number: u32, mailbox: &str) -> Option<Digest> {
        let title = format!("Report {number}");
        let fields = [
            ("title", title.as_str()),
            ("text", "It crashes."),
            ("name", "Finder"),
            ("mailbox", mailbox),
        ];
        // A house that dies in the middle of its answer has acknowledged nothing.
        let answer = self.post(&fields).unwrap_or_default();
        let received = answer.starts_with("HTTP/1.1 303 ");
        assert!(received || !answer.contains("\r\n\r\n"), "refused: {answer}");
        received.then(|| Digest::of(&serde_json::to_vec_pretty(&fields).unwrap()))
    }

    /// A report by mail, as a mail server hands it over.
    fn by_mail(&self, number: u32, mailbox: &str) -> Option<Digest> {
        let mail =
            format!("From: Finder <{mailbox}>\r\nSubject: Report {number}\r\n\r\nIt crashes.\r\n");
        let answer = self.hand_over(mailbox, &mail).unwrap_or_default();
        let last = answer.strip_suffix("\r\n")?.rsplit("\r\n").next()?;
        // A house that dies after "354" has acknowledged nothing.
        assert!(!last.starts_with(['4', '5']), "refused: {answer}");
        let kept = format!("Return-Path: <{mailbox}>\r\n{mail}");
        last.starts_with("250 2.0.0 kept").then(|| Digest::of(kept.as_bytes()))
    }

    /// All that was answered; `None` when the house died over it.
    fn hand_over(&self, from: &str, mail: &str) -> Option<String> {
        let envelope = format!("LHLO test\r\nMAIL FROM:<{from}>\r\nRCPT TO:<{LETTERBOX}>\r\n");
        let mut stream = TcpStream::connect(self.lmtp).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        stream.write_all(format!("{envelope}DATA\r\n{mail}.\r\n").as_bytes()).ok()?;
        let mut answer = String::new();
        let mut lines = BufReader::new(stream);
        while !answer.contains("\n354 ") || answer.ends_with("of its own\r\n") {
            if lines.read_line(&mut answer).ok()? == 0 {
                break;
            }
        }
        Some(answer)
    }

    /// The answer; `None` when the house died over it.
    fn post(&self, fields: &[(&str, &str)]) -> Option<String> {
        let form: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", encoded(v))).collect();
        let form = form.join("&");
        let request = format!(
            "POST /report/{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.project,
            self.address,
            form.len()
        );
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

impl Drop for Alive {
    /// `kill -9`.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02X}") })
        .collect()
}

impl Inquest {
    /// No acknowledged report is lost, none was answered twice, and each was answered once.
    pub(crate) fn all_is_well(&self) {
        let violations: Vec<String> =
            self.report.violations.iter().map(ToString::to_string).collect();
        assert_eq!(violations, Vec::<String>::new());
        let kept: BTreeSet<Digest> = self.books.reports.iter().filter_map(|r| r.bytes).collect();
        for (mailbox, bytes) in &self.acknowledged {
            assert!(kept.contains(bytes), "the report of {mailbox} is lost");
            assert_eq!(self.mails(mailbox), 1, "acknowledgements to {mailbox}");
        }
    }

    pub(crate) fn breaks(&self, law: Law) -> bool {
        self.report.violations.iter().any(|violation| violation.law == law)
    }

    fn mails(&self, mailbox: &Mailbox) -> usize {
        let to =
            |record: &&Record| matches!(&record.what, Happened::Mailed { to, .. } if to == mailbox);
        self.records.iter().filter(to).count()
    }
}
