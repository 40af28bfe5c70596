use case::ActId;
use counterparts::mail::{
    message::{Automatic, Message},
    smtp::{Letter, Unfit},
};
use engine::{message_id, read_mail};
use proptest::prelude::*;

use super::mailbox;

pub(crate) fn letter(subject: &str, body: &str, automatic: bool) -> Result<Letter, Unfit> {
    let (from, to) = (mailbox("security@example.org"), mailbox("rita@example.com"));
    let message = Message {
        act: ActId([7; 16]),
        from: &from,
        to: &to,
        subject,
        body,
        at: "2026-02-03T04:05:06Z".parse().unwrap(),
        thread: Some(ActId([9; 16])),
        automatic: automatic.then_some(Automatic::Replied),
    };
    message.letter()
}

fn write(subject: &str, body: &str) -> Result<String, Unfit> {
    let letter = letter(subject, body, true)?;
    Ok(String::from_utf8(letter.as_bytes().to_vec()).unwrap())
}

#[test]
fn a_message_is_written_as_a_mail() {
    let written = write("Your report", "Hello,\n\n.\nFrom here: 1=1 caf\u{e9} \nbye\n").unwrap();
    let id = ActId([7; 16]);
    let thread = message_id(ActId([9; 16]));
    assert_eq!(
        written,
        format!(
            "Date: Tue, 03 Feb 2026 04:05:06 +0000\r\nFrom: <security@example.org>\r\n\
             To: <rita@example.com>\r\nMessage-ID: <{id}@fermata.invalid>\r\n\
             Subject: Your report\r\nIn-Reply-To: <{thread}>\r\nReferences: <{thread}>\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n\
             Hello,\r\n\r\n=2E\r\n=46rom here: 1=3D1 caf=C3=A9=20\r\nbye\r\n"
        )
    );
}

#[test]
fn a_subject_is_one_line() {
    for subject in ["a\r\nBcc: eve@example.net", "a\nb", "a\rb", "a\0b"] {
        assert_eq!(write(subject, "x"), Err(Unfit::Subject));
    }
}

proptest! {
    #[test]
    fn its_reader_sees_the_approved_words(
        subject in "[^\\p{Cc}\\s]{1,40}( [^\\p{Cc}\\s]{1,40}){0,9}",
        body in "([ -~\\t\u{e9}\u{4e2d}\u{1f600}.=]{0,120}\n){0,6}([ -~]{0,300})\\S\n",
    ) {
        let written = write(&subject, &body).unwrap();
        for line in written.split("\r\n") {
            prop_assert!(line.len() <= 76 || line.starts_with("Subject: "), "{line}");
            prop_assert!(!line.starts_with('.') && !line.starts_with("From "), "{line}");
        }
        let read = read_mail(written.as_bytes()).unwrap();
        let shown: String = subject.chars().take(200).collect();
        prop_assert!(read.subject.starts_with(&shown), "{} / {subject}", read.subject);
        let text = read.text.replace("\r\n", "\n");
        prop_assert_eq!(text.trim_end(), body.trim_end());
        prop_assert_eq!(read.from, Some(mailbox("security@example.org")));
        prop_assert!(read.automatic);
    }
}
