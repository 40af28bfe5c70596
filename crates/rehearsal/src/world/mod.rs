//! The world around a house in a drill: forge, lists, mail, CNA, repositories, and people.
//!
//! A state machine: what comes out is decided by the setting, the calls and the times that they
//! come with. It has no clock of its own and shares nothing with the house; what it saw stands in
//! its [`Witness`].

pub mod agenda;
pub mod cna;
pub mod developers;
mod distributors;
pub mod faults;
pub mod forge;
pub(crate) mod letter;
pub mod lists;
pub mod mail;
pub(crate) mod public;
pub mod record;
mod reporter;
pub mod setting;
pub mod smtp;
pub mod times;
pub mod wire;

use std::{collections::BTreeMap, path::Path};

use advisory::{digest::Digest, mailbox::Mailbox};
use case::observation::Delivery;
use engine::ports::PortError;
use jiff::{SignedDuration, Timestamp};

use self::{
    agenda::{Agenda, Deed, Plan, after},
    cna::Cna,
    developers::Developers,
    faults::{Fault, Faults},
    forge::Forge,
    lists::Lists,
    mail::Mail,
    record::{Happened, Record, Witness},
    setting::{Setting, VendorManner},
    wire::{Outcome, Reply, Request, Response, Word},
};
use crate::dice::Dice;

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The drill's repositories could not be made.
    #[error("the drill's repository could not be made")]
    Repository(#[from] git::Error),
    /// The folder or the witness's file could not be written.
    #[error("the drill's folder could not be written")]
    Folder(#[from] std::io::Error),
}

/// What a party needs while it handles a call or an entry of the agenda.
struct Scene<'a> {
    at: Timestamp,
    setting: &'a Setting,
    agenda: &'a mut Agenda,
    witness: &'a mut Witness,
}

impl Scene<'_> {
    fn note(&mut self, by: &str, what: Happened) {
        self.witness.note(self.at, by, what);
    }
}

/// The world.
#[derive(Debug)]
pub struct World {
    setting: Setting,
    witness: Witness,
    agenda: Agenda,
    deeds: Vec<(Timestamp, Deed)>,
    asked: Vec<u32>,
    reports: BTreeMap<Mailbox, Digest>,
    faults: Faults,
    missed: BTreeMap<String, Timestamp>,
    people: Dice,
    forge: Forge,
    lists: Lists,
    mail: Mail,
    cna: Cna,
    developers: Developers,
}

impl World {
    /// A world with its repositories in `folder`.
    ///
    /// # Errors
    /// When the repositories cannot be made.
    pub fn new(setting: Setting, folder: &Path, witness: Witness) -> Result<Self, WorldError> {
        std::fs::create_dir_all(folder)?;
        let mut agenda = Agenda::default();
        for (number, person) in setting.reporters.iter().enumerate() {
            agenda.add(after(setting.begins, person.after), Plan::Report(number));
        }
        Ok(Self {
            developers: Developers::new(folder, &setting)?,
            forge: Forge::new(setting.seed, "signpost"),
            lists: Lists::new(setting.seed),
            mail: Mail::new(setting.seed),
            cna: Cna::new(setting.seed),
            people: Dice::new(setting.seed, "people"),
            faults: Faults::new(setting.seed, setting.faults),
            missed: BTreeMap::new(),
            asked: vec![0; setting.vendors.len()],
            deeds: Vec::new(),
            reports: BTreeMap::new(),
            agenda,
            witness,
            setting,
        })
    }

    /// Handles a call that arrives at true time `at`.
    pub fn handle(&mut self, at: Timestamp, request: &Request) -> Reply {
        self.advance(at);
        let fault = if request.may_fail() { self.faults.deal(request.changes()) } else { None };
        if let Some(fault) = fault {
            self.witness.note(at, "world", Happened::Misbehaved(fault));
            if matches!(fault, Fault::CallLost | Fault::Unavailable)
                && let Some(act) = request.act()
            {
                // Whoever tried too early has done wrong, although it came to nothing.
                self.witness.note(at, "world", Happened::Tried { act });
            }
        }
        self.sees(at, request, fault);
        let mut took = SignedDuration::ZERO;
        let lost = || Err(PortError::Lost("the connection was reset".into()));
        let outcome = match fault {
            // The others are never dealt to a single call.
            None | Some(Fault::Edited | Fault::PutOff | Fault::HungUp) => self.answer(at, request),
            Some(Fault::Slow) => {
                took = self.faults.dice().seconds(2, 6);
                self.answer(at, request)
            }
            Some(Fault::Unavailable) => Err(PortError::Unreached("503 service unavailable".into())),
            Some(Fault::CallLost) => lost(),
            Some(Fault::AnswerLost) => self.answer(at, request).and_then(|_| lost()),
            Some(Fault::Duplicate) => {
                let first = self.witness.records().len();
                let answer = self.answer(at, request);
                let act = self.witness.records().get(first..).unwrap_or_default();
                if let Some(act) = act.iter().find_map(|record| record.what.act()) {
                    self.witness.note(at, "world", Happened::Echoed { act });
                }
                answer
            }
        };
        self.settled(took, outcome)
    }

    /// Keeps in mind which looks came to nothing, until the same look sees something.
    fn sees(&mut self, at: Timestamp, request: &Request, fault: Option<Fault>) {
        if !self.setting.faults || !request.may_fail() || request.changes() {
            return;
        }
        let look = format!("{request:?}");
        if fault == Some(Fault::Unavailable) {
            self.missed.insert(look, at);
        } else {
            self.missed.remove(&look);
        }
    }

    fn settled(&mut self, took: SignedDuration, outcome: Outcome) -> Reply {
        match self.witness.settle() {
            Ok(()) => Reply { took, outcome },
            Err(why) => {
                let outcome = Err(PortError::Lost(format!("the witness cannot write: {why}")));
                Reply { took, outcome }
            }
        }
    }

    fn answer(&mut self, at: Timestamp, request: &Request) -> Outcome {
        let mut scene = Scene {
            at,
            setting: &self.setting,
            agenda: &mut self.agenda,
            witness: &mut self.witness,
        };
        match request {
            Request::Forge(call) => self.forge.handle(call, &mut scene),
            Request::Lists(call) => Ok(self.lists.handle(call)),
            Request::Mail(call) => {
                self.mail.handle(call, &mut self.lists, &mut self.faults, &mut scene)
            }
            Request::Cna(call) => self.cna.handle(call, &mut scene),
            Request::Repository(look) => self.developers.look(look, &self.setting),
            Request::Develop(call) => self.developers.handle(call, &mut scene),
            Request::Time(source) => Ok(Response::Time(times::shows(*source, at))),
            Request::Person(word) => {
                note_word(word, &mut scene);
                Ok(Response::Done)
            }
            Request::Due => Ok(Response::Deeds(std::mem::take(&mut self.deeds))),
            Request::Next => Ok(Response::Next(self.next_event())),
            Request::Talk => Ok(Response::Talk(talk(self.witness.records()))),
            Request::Records => Ok(Response::Records(self.witness.records().to_vec())),
            Request::Fired => Ok(Response::Fired(self.faults.fired().clone())),
            Request::Missed => Ok(Response::Missed(self.missed.values().max().copied())),
            Request::Stop => Ok(Response::Done),
        }
    }

    /// When something happens next by itself, or has happened and waits to be carried to the house.
    #[must_use]
    pub fn next_event(&self) -> Option<Timestamp> {
        self.deeds.first().map(|(at, _)| *at).or_else(|| self.agenda.next())
    }

    /// What the witness holds.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        self.witness.records()
    }

    /// Lets everything happen that is due, each at its own time.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((at, plan)) = self.agenda.pop(now) {
            self.happen(at, plan);
        }
    }

    fn happen(&mut self, at: Timestamp, plan: Plan) {
        let mut scene = Scene {
            at,
            setting: &self.setting,
            agenda: &mut self.agenda,
            witness: &mut self.witness,
        };
        match plan {
            Plan::Report(number) => {
                let Some(person) = self.setting.reporters.get(number) else { return };
                let twice = self.setting.faults && self.faults.duplicates();
                let raw = self.mail.arrives(person, at, &self.setting.team, twice);
                if twice {
                    scene.note("world", Happened::Misbehaved(Fault::Duplicate));
                }
                self.reports.insert(person.mailbox.clone(), Digest::of(&raw));
                let (bytes, channel) = (Digest::of(&raw), "mail".to_owned());
                scene.note("person", Happened::ReportSent { bytes, channel });
            }
            Plan::ForkReady(act) => {
                if let Some(url) = self.forge.fork_ready(act)
                    && let Err(error) = self.developers.fork(&url, &self.setting)
                {
                    let words = error.to_string();
                    let (who, place) = ("forge".to_owned(), "status page".to_owned());
                    scene.note("forge", Happened::Told { who, place, words });
                }
            }
            Plan::Accept { fork, login } => self.forge.accept(fork, &login, &mut scene),
            Plan::Archive(act) => self.lists.archived(act, at),
            Plan::VendorReads { act, vendor, asks } => {
                let Some(found) = self.setting.vendors.get(vendor) else { return };
                let bounces = found.manner == VendorManner::Bounces;
                let outcome = if bounces { mail::gone() } else { Delivery::Delivered };
                self.mail.outcome(act, &found.mailbox, outcome);
                if asks && let Some(asked) = self.asked.get_mut(vendor) {
                    *asked = asked.saturating_add(1);
                    distributors::reads(vendor, *asked, &mut scene, &mut self.people);
                }
            }
            Plan::VendorTells(vendor) => {
                let Some(found) = self.setting.vendors.get(vendor) else { return };
                let who = found.organisation.clone();
                let place = "a public issue tracker".to_owned();
                let words = "Heads-up: rebuild signpost next week, prefix routes can be bypassed";
                scene.note(
                    "press",
                    Happened::Told { who: who.clone(), place, words: words.to_owned() },
                );
                distributors::owns_up(&who, &mut scene, &mut self.people);
            }
            Plan::Deliver(number) => {
                if let Some(mail) = self.mail.deliver(number, &scene) {
                    let bytes = self.reports.get(&mail.to).copied();
                    reporter::reads(&mail, bytes, &mut scene, &mut self.people);
                }
            }
            Plan::CveAnswer(vulnerability) => self.cna.answer(vulnerability, &mut scene),
            Plan::Edit(published) => {
                let edited = self.forge.edit(published).or_else(|| self.cna.edit(published));
                if let Some((by, what)) = edited {
                    self.faults.count(Fault::Edited);
                    scene.note("world", Happened::Misbehaved(Fault::Edited));
                    let what = what.to_owned();
                    scene.note(by, Happened::Edited { published, what });
                }
            }
            Plan::Deed(deed) => self.deeds.push((at, deed)),
        }
    }
}

/// What was told in public, as somebody who gathers such things would show it.
fn talk(records: &[Record]) -> String {
    let told = records.iter().filter_map(|record| match &record.what {
        Happened::Told { who, place, words } => {
            let words = words.replace('&', "&amp;").replace('<', "&lt;");
            let n = record.n;
            Some(format!("<entry><id>{n}</id><title>{who}, {place}</title>{words}</entry>"))
        }
        _ => None,
    });
    format!("<feed>{}</feed>", told.collect::<String>())
}

fn note_word(word: &Word, scene: &mut Scene<'_>) {
    let what = match word.clone() {
        Word::StoodBehind { person, digest } => Happened::StoodBehind { person, digest },
        Word::ReceiptSeen { bytes } => Happened::ReceiptSeen { bytes },
        Word::ReportSent { bytes } => Happened::ReportSent { bytes, channel: "form".into() },
        Word::Told { who, place, words } => Happened::Told { who, place, words },
        Word::Met { organisation } => {
            distributors::comes_round(&organisation, scene);
            return;
        }
    };
    scene.note("person", what);
}
