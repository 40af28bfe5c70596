//! Ports without a connector: whatever is asked of them, a person has to do.
//!
//! Every call is answered with [`PortError::Absent`]: nothing was sent and nothing can be read
//! back. Must never pretend otherwise.

use std::path::PathBuf;

use advisory::{
    id::{CveId, GhsaId},
    mailbox::Mailbox,
};
use case::{
    ActId, VulnId,
    act::{Plan, Proof},
    observation::{Access, CveWord, Delivery, Draft},
};
use engine::ports::{
    ArchivePost, Call, Cna, Counterpart, Forge, Found, IncomingMail, Lists, Mail, Nature, NoFeeds,
    NoKeys, Nobody, PortError, Ports, Summoner,
};

use crate::{
    Clones,
    mail::{outbox::Outbox, sealer::Sealer},
};

/// The ports of a house that may read clones in a folder, and may send mail; otherwise it is connected
/// to nobody. Without anybody's clock to compare with, its own is never trusted, and so nothing is
/// published on time by itself.
#[must_use]
pub fn ports(clones: PathBuf, outbox: Option<Outbox>) -> Ports {
    let (lists, mail, summoner): (Box<dyn Lists>, Box<dyn Mail>, Box<dyn Summoner>) = match outbox {
        Some(outbox) => (Box::new(outbox.clone()), Box::new(outbox.clone()), Box::new(outbox)),
        None => (Box::new(ByHand("mailing lists")), Box::new(ByHand("mail")), Box::new(Nobody)),
    };
    Ports {
        forge: Box::new(ByHand("the forge")),
        lists,
        mail,
        cna: Box::new(ByHand("the CNA")),
        repositories: Box::new(Clones::below(clones)),
        keys: Box::new(NoKeys),
        seals: Box::new(Sealer::default()),
        summoner,
        feeds: Box::new(NoFeeds),
        time: Vec::new(),
    }
}

/// A party that only a person can reach.
struct ByHand(&'static str);

impl ByHand {
    fn absent<T>(&self) -> Result<T, PortError> {
        let party = self.0;
        Err(PortError::Absent(format!(
            "no connector for {party} in this version: do it by hand, then record the receipt"
        )))
    }
}

impl Counterpart for ByHand {
    fn connected(&self) -> bool {
        false
    }

    /// An earlier version of this house may have had a connector and begun a call with it, so a
    /// call whose outcome is open must not be taken for one that never was.
    fn nature(&self, _: &Plan) -> Nature {
        Nature::Readable
    }

    fn perform(&self, _: &Call<'_>) -> Result<Proof, PortError> {
        self.absent()
    }

    fn look_up(&self, _: ActId, _: &Plan) -> Result<Found, PortError> {
        self.absent()
    }
}

impl Forge for ByHand {
    fn draft(&self, _: ActId) -> Result<Option<Draft>, PortError> {
        self.absent()
    }

    fn fork(&self, _: ActId) -> Result<Option<String>, PortError> {
        self.absent()
    }

    fn access(&self, _: &str) -> Result<Access, PortError> {
        self.absent()
    }

    fn published(&self, _: &GhsaId) -> Result<Option<String>, PortError> {
        self.absent()
    }
}

impl Lists for ByHand {
    fn archive(&self, _: &Mailbox, _: Option<&Mailbox>) -> Result<Vec<ArchivePost>, PortError> {
        self.absent()
    }
}

impl Mail for ByHand {
    fn incoming(&self, _: u64) -> Result<Vec<IncomingMail>, PortError> {
        self.absent()
    }

    fn deliveries(&self, _: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
        self.absent()
    }
}

impl Cna for ByHand {
    fn word(&self, _: VulnId) -> Result<Option<CveWord>, PortError> {
        self.absent()
    }

    fn published(&self, _: CveId) -> Result<Option<String>, PortError> {
        self.absent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_port_says_that_nothing_was_done() {
        let ports = ports(PathBuf::from("nowhere"), None);
        let told = [
            ports.forge.draft(ActId([0; 16])).err(),
            ports.lists.archive(&"a@example.org".parse().unwrap(), None).err(),
            ports.mail.incoming(0).err(),
            ports.cna.word(VulnId([0; 16])).err(),
            ports.cna.published("CVE-2021-32783".parse().unwrap()).err(),
            ports.forge.published(&"GHSA-5ph6-qq5x-7jwc".parse().unwrap()).err(),
        ];
        for error in told {
            let Some(PortError::Absent(why)) = error else { panic!("{error:?}") };
            assert!(why.contains("by hand"), "{why}");
        }
        assert!(ports.time.is_empty());
        let connected = [
            ports.forge.connected(),
            ports.lists.connected(),
            ports.mail.connected(),
            ports.cna.connected(),
        ];
        assert_eq!(connected, [false; 4]);
    }
}
