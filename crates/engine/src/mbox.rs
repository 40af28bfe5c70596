//! A file that holds several mails, as mail programs and archives of lists keep them: each begins with a
//! line `From …`, and a line of its own that would look like that has a `>` in front (mboxrd; of the
//! older mboxo no more than that is read).

use mail_parser::mailbox::mbox::{Message, MessageIterator};

/// Bytes of such a file, at most.
pub const LARGEST_MBOX: usize = 64 * 1024 * 1024;
/// Mails in one, at most.
pub const MOST_IN_MBOX: usize = 1_000;

/// The mails in a file, in its order and to the byte; `None` when it is one mail and no such file.
pub fn mbox(file: &[u8]) -> Option<impl Iterator<Item = Vec<u8>>> {
    // A header's name is followed by a colon.
    let mails = file.starts_with(b"From ").then(|| MessageIterator::new(file))?;
    Some(mails.filter_map(Result::ok).map(Message::unwrap_contents).map(without_separator))
}

/// The blank line before the next mail's beginning is the file's.
fn without_separator(mut mail: Vec<u8>) -> Vec<u8> {
    let separator = match mail.as_slice() {
        [b'\r', b'\n'] | [.., b'\n', b'\r', b'\n'] => 2,
        [b'\n'] | [.., b'\n', b'\n'] => 1,
        _ => 0,
    };
    mail.truncate(mail.len() - separator);
    mail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(file: &str) -> Vec<String> {
        mbox(file.as_bytes()).unwrap().map(|mail| String::from_utf8(mail).unwrap()).collect()
    }

    #[test]
    fn mails_are_found_as_they_were() {
        let file = "From rita@example.org Sat Jan  3 01:05:34 1996\nSubject: One\n\n>From here on\n\
                    >>From him\n> From\n From\n\nbye\n\nFrom - Tue Jul 23 19:39:23 2002\r\nSubject: Two\r\n\
                    \r\nHi\r\n\r\n\r\nFrom x\nSubject: Three\n\nno end";
        assert_eq!(
            mails(file),
            [
                "Subject: One\n\nFrom here on\n>From him\n> From\n From\n\nbye\n",
                "Subject: Two\r\n\r\nHi\r\n\r\n",
                "Subject: Three\n\nno end",
            ]
        );
    }

    #[test]
    fn one_mail_is_no_such_file() {
        for file in ["", "From: rita@example.org\n\nFrom here\n", "\nFrom a\n", ">From a\n", "From"]
        {
            assert!(mbox(file.as_bytes()).is_none(), "{file:?}");
        }
        assert_eq!(mails("From \n"), [""]);
        assert_eq!(mails("From a\nFrom b\n\n"), ["", ""]);
    }
}
