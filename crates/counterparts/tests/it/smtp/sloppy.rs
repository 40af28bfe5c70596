use counterparts::mail::smtp::{Envelope, Letter, Outcome, Patience};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use super::server::{Ends, Kept, Running};

const MESSAGES: u32 = 20_000;

/// Pieces of which ends of mails, second mails and other recipients are made.
fn trick() -> impl Strategy<Value = &'static [u8]> {
    select(vec![
        b"\r".as_slice(),
        b"\n",
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r\n.\r\r\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\n.\n\n",
        b"\0",
        b"\r\n.\0\r\n",
        b"\r\n\0.\r\n",
        b"\x1a\r\n.\r\n",
        b"\r\n\xe2\x80\xa8.\r\n",
        b"\nBcc: eve@example.net\n",
    ])
}

/// Pieces that a message may well hold.
fn harmless() -> impl Strategy<Value = &'static [u8]> {
    select(vec![
        b"x".as_slice(),
        b".",
        b"..",
        b"\r\n",
        b"\r\n.\r\n",
        b"\r\n..\r\n",
        b"\r\n.\r\n.\r\n",
        b"\r\n. \r\n",
        b"\r\nQUIT\r\n",
        b"\r\nMAIL FROM:<eve@example.net>\r\n",
        b"\r\nRCPT TO:<eve@example.net>\r\n",
        b"\r\nDATA\r\n",
        b"\r\n.\r\nMAIL FROM:<eve@example.net>\r\nRCPT TO:<eve@example.net>\r\nDATA\r\nyours\r\n.\r\n",
        b"Subject: hello\r\nBcc: eve@example.net\r\n",
    ])
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let long = (990_usize..1_010).prop_map(|count| b"l".repeat(count));
    let harmless = harmless().prop_map(<[u8]>::to_vec);
    let piece = prop_oneof![
        60 => harmless,
        1 => long,
        4 => trick().prop_map(<[u8]>::to_vec),
    ];
    (vec(piece, 0..16), prop::bool::weighted(0.9)).prop_map(|(pieces, ended)| {
        let mut body = pieces.concat();
        if ended {
            body.extend_from_slice(b"\r\n");
        }
        body
    })
}

/// An address as somebody might have entered it.
fn address() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just("rita@example.com"),
        1 => select(vec![
            "rita@example.com\r\nRCPT TO:<eve@example.net>",
            "rita@example.com\nRCPT TO:<eve@example.net>",
            "rita@example.com> NOTIFY=NEVER",
            "rita@example.com>\r\nDATA\r\n",
            "rita@example.com,eve@example.net",
            "@relay.example.net:rita@example.com",
            "\"rita\r\n\"@example.com",
            "rita@ex\u{430}mple.com",
            "rita@[127.0.0.1]",
            "<rita@example.com>",
            "rita@example.com\0",
            "",
        ]),
    ]
}

#[test]
fn a_sloppy_server_gets_one_message_for_one_address() {
    let servers = [Ends::Lf, Ends::Either].map(|ends| Running::start(ends, Vec::new()));
    let relays = servers.each_ref().map(|server| server.relay(Patience::default()));
    let (mut sent, mut refused) = (0_u32, 0_u32);
    let all = (address(), body(), 0..servers.len());
    let config = Config { cases: MESSAGES, failure_persistence: None, ..Config::default() };
    let counts = std::cell::RefCell::new((&mut sent, &mut refused));
    let proven = TestRunner::new(config).run(&all, |(address, body, which)| {
        let (Ok(recipient), Ok(letter)) = (address.parse(), Letter::new(body.clone())) else {
            *counts.borrow_mut().1 += 1;
            return Ok(());
        };
        let envelope = Envelope { sender: None, recipient, act: None };
        let outcome = relays[which].send(&envelope, &letter);
        prop_assert!(matches!(outcome, Outcome::Taken(_)), "{outcome:?}");
        let whole = body.strip_suffix(b"\r\n").unwrap();
        let whole = whole.split(|byte| *byte == b'\n');
        let lines = whole.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect();
        let expected = Kept { recipients: vec![address.into()], lines, ..Kept::default() };
        prop_assert_eq!(servers[which].take(), [expected]);
        *counts.borrow_mut().0 += 1;
        Ok(())
    });
    if let Err(why) = proven {
        panic!("{why}");
    }
    assert!(sent > MESSAGES / 4 && refused > MESSAGES / 4, "{sent} sent, {refused} refused");
}
