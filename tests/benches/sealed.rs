//! How long five hundred encrypted notices take, from their words to the mail server's "250".
//!
//! `cargo bench -p house-tests --bench sealed`. Each is signed, encrypted to its reader and to the house, and
//! handed over in a conversation of its own: to a server of the bench's own on loopback, or to the one that
//! `FERMATA_SMTP` names, such as a local Postfix. The keys are made by `gpg`. Target: ≤ 30 s.

#![expect(clippy::unwrap_used, reason = "a bench that fails stops")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::Arc,
    thread,
    time::Instant,
};

use advisory::Mailbox;
use case::{
    ActId, PersonId,
    act::{ActKind, Payload, Plan, Recipient, Topic},
    sealing::{Certificate, Seal},
};
use counterparts::{
    SystemClock,
    mail::{
        outbox::Outbox,
        sealer::Sealer,
        smtp::{Patience, Relay},
    },
};
use engine::{
    Clock,
    ports::{Call, Counterpart as _, Sealing, Seals as _},
};

const NOTICES: u16 = 500;
/// The keys of readers, as distributors have them.
const KINDS: [&[&str]; 3] = [&["future-default"], &["rsa3072", "encr"], &["rsa4096", "encr"]];

fn main() {
    if Command::new("gpg").arg("--version").output().is_err() {
        println!("left out: gpg is not installed");
        return;
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let address = std::env::var("FERMATA_SMTP").unwrap_or_else(|_| server());
    let relay = Relay::new(address.parse().unwrap(), Patience::default(), Arc::clone(&clock));
    let outbox = Outbox::new(relay, Arc::clone(&clock));
    println!("{NOTICES} notices of 5 KB, handed to {address}");
    for house in ["future-default", "default"] {
        let secret = key("Team <security@example.org>", &[house], true);
        let sealer = Sealer::with_keys(&secret, "", clock.wall()).unwrap();
        let readers = KINDS.map(|kind| {
            let public = key("Reader <rita@example.com>", kind, false);
            sealer.certificate(&public, clock.wall()).unwrap()
        });
        let begun = Instant::now();
        for (number, reader) in (0..NOTICES).zip(readers.iter().cycle()) {
            send(number, reader, &sealer, &outbox, &*clock);
        }
        println!("the house's key {house}: {:.1} s", begun.elapsed().as_secs_f64());
    }
}

fn send(number: u16, key: &Certificate, sealer: &Sealer, outbox: &Outbox, clock: &dyn Clock) {
    let person = PersonId([1; 16]);
    let mailbox: Mailbox = "rita@example.com".parse().unwrap();
    let from: Mailbox = "security@example.org".parse().unwrap();
    let body = "Paths with two slashes skip the check; the releases below have the fix.\n";
    let seal = Some(Seal::Encrypted { key: key.fingerprint.clone() });
    let plan = Plan {
        kind: ActKind::TellReporter { person, topic: Topic::Other },
        to: vec![Recipient::Person { person, mailbox, seal }],
        payload: Payload::Message { subject: "Notice".into(), body: body.repeat(70) },
        under: None,
    };
    let act = ActId(u128::from(number).to_be_bytes());
    let (from, thread, posting) = (Some(&from), None, None);
    let call = Call { act, plan: &plan, from, thread, posting, sealed: None };
    let [high, low] = number.to_be_bytes();
    let mut seed = [high; 32];
    seed[1] = low;
    let sealing = Sealing { key: Some(key), subject: "[...]", at: clock.wall(), seed };
    let made = sealer.seal(&call, &sealing).unwrap();
    outbox.perform(&Call { sealed: Some(&made.mail), ..call }).unwrap();
}

/// A key that gpg makes in a folder of its own.
fn key(name: &str, kind: &[&str], secret: bool) -> String {
    let home = tempfile::tempdir().unwrap();
    let make = ["--passphrase", "", "--quick-generate-key", name];
    gpg(home.path(), &[&make, kind].concat());
    let what = if secret { "--export-secret-keys" } else { "--export" };
    let exported = gpg(home.path(), &["--passphrase", "", "--armor", what]);
    let _ =
        Command::new("gpgconf").arg("--homedir").arg(home.path()).args(["--kill", "all"]).status();
    exported
}

fn gpg(home: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("gpg");
    command.args(["--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback", "--homedir"]);
    let output = command.arg(home).args(arguments).output().unwrap();
    assert!(output.status.success(), "gpg {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A mail server that takes everything.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || listener.incoming().for_each(|stream| take(&stream.unwrap())));
    address
}

fn take(stream: &TcpStream) {
    stream.set_nodelay(true).unwrap();
    let mut said = stream;
    said.write_all(b"220 bench\r\n").unwrap();
    let mut content = false;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        content &= line != ".";
        let reply = match line.as_str() {
            _ if content => continue,
            "DATA" => "354 go on\r\n",
            "QUIT" => "221 goodbye\r\n",
            _ => "250 fine\r\n",
        };
        content = line == "DATA";
        if said.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}
