//! What a mailbox takes, what it refuses, and which mailboxes look alike.

use advisory::{Mailbox, MailboxError};
use proptest::prelude::*;

fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}

#[test]
fn ordinary_addresses_are_taken() {
    for (text, canonical) in [
        (
            "cncf-contour-distributors-announce@lists.cncf.io",
            "cncf-contour-distributors-announce@lists.cncf.io",
        ),
        ("Jo.O'Brien+cve@Example.ORG", "Jo.O'Brien+cve@example.org"),
        ("bounce+7f=a.b@xn--bcher-kva.example", "bounce+7f=a.b@xn--bcher-kva.example"),
    ] {
        assert_eq!(mailbox(text).as_str(), canonical);
    }
    assert_eq!(mailbox("a.b@example.org").local(), "a.b");
    assert_eq!(mailbox("a.b@example.org").domain(), "example.org");
}

#[test]
fn tricks_are_refused_by_name() {
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long = format!("a@{}example.org", "a.".repeat(130));
    for (text, why) in [
        ("", MailboxError::At),
        ("nobody", MailboxError::At),
        ("a@b@example.org", MailboxError::At),
        ("\"a@b\"@example.org", MailboxError::At),
        ("a@example.org\r\nBcc: x@y.example", MailboxError::Control),
        ("a\0@example.org", MailboxError::Control),
        ("a@ex\u{430}mple.com", MailboxError::DomainNotAscii),
        ("a@b\u{fc}cher.example", MailboxError::DomainNotAscii),
        ("a@localhost", MailboxError::Domain),
        ("a@127.0.0.1", MailboxError::Domain),
        ("a@[127.0.0.1]", MailboxError::Domain),
        ("a@example.org.", MailboxError::Domain),
        ("a@-example.org", MailboxError::Domain),
        ("a@example..org", MailboxError::Domain),
        ("a@example.org, x", MailboxError::Domain),
        ("a@example.org>", MailboxError::Domain),
        ("@example.org", MailboxError::Local),
        ("\"a\"@example.org", MailboxError::Local),
        ("a b@example.org", MailboxError::Local),
        ("a(comment)@example.org", MailboxError::Local),
        ("<a@example.org", MailboxError::Local),
        ("a,b@example.org", MailboxError::Local),
        ("a%b.example@example.org", MailboxError::Local),
        ("b!a@example.org", MailboxError::Local),
        (".a@example.org", MailboxError::Local),
        ("a..b@example.org", MailboxError::Local),
        ("a.@example.org", MailboxError::Local),
        ("-oQ@example.org", MailboxError::Local),
        ("\u{430}@example.org", MailboxError::Local),
        (&long_local, MailboxError::Local),
        (&long, MailboxError::TooLong),
    ] {
        assert_eq!(text.parse::<Mailbox>(), Err(why), "{text:?}");
    }
}

#[test]
fn a_mistyped_partner_is_noticed() {
    let known = mailbox("distributors@lists.example.io");
    for near in [
        "distributor@lists.example.io",
        "distributorss@lists.example.io",
        "distribuotrs@lists.example.io",
        "distributors@list.example.io",
        "distributors@lists.examp1e.io",
        "dlstrlbut0rs@llsts.example.io",
        "Distributors@lists.example.io",
        "distributors@lists.example.i",
    ]
    .iter()
    .filter_map(|text| text.parse::<Mailbox>().ok())
    {
        assert!(near.looks_like(&known), "{near}");
        assert!(known.looks_like(&near), "{near}");
    }
    for other in
        ["distributors@lists.example.io", "users@lists.example.io", "distributors@example.io"]
    {
        assert!(!mailbox(other).looks_like(&known), "{other}");
    }
    assert!(mailbox("team@rnail.example").looks_like(&mailbox("team@mail.example")));
}

#[test]
fn debug_does_not_name_the_person() {
    assert_eq!(format!("{:?}", mailbox("jo@example.org")), "Mailbox(…)");
}

proptest! {
    #[test]
    fn what_is_taken_is_harmless(text in "[a-zA-Z0-9._+=@'\"<> ,;:%!\\\\()\\[\\]\r\n\0é\u{430}\u{2024}-]{0,40}") {
        if let Ok(mailbox) = text.parse::<Mailbox>() {
            let text = mailbox.as_str();
            prop_assert!(text.len() <= 254 && text.is_ascii());
            prop_assert_eq!(text.matches('@').count(), 1);
            prop_assert!(!text.contains(|c: char| c.is_ascii_control() || " \"<>,;:()[]\\%!".contains(c)));
            prop_assert_eq!(&text.parse::<Mailbox>().unwrap(), &mailbox);
        }
    }

    #[test]
    fn a_harmful_character_anywhere_is_refused(
        at in 0usize..=14,
        harmful in prop_oneof![Just('\r'), Just('\n'), Just('\0'), Just('é'), Just('\u{430}'), Just('\u{200b}')],
    ) {
        let mut text = String::from("jo@example.org");
        text.insert(at, harmful);
        prop_assert!(text.parse::<Mailbox>().is_err());
    }

    #[test]
    fn a_mailbox_survives_json(text in "[a-zA-Z0-9][a-zA-Z0-9_+='-]{0,10}@[a-z]{1,8}\\.[a-z]{2,6}") {
        let mailbox: Mailbox = text.parse().unwrap();
        let json = serde_json::to_string(&mailbox).unwrap();
        prop_assert_eq!(serde_json::from_str::<Mailbox>(&json).unwrap(), mailbox);
    }
}
