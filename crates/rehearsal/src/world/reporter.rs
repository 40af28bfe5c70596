//! What a reporter does with the mails that arrive: answers about credit, and accepts a date.
//!
//! A reporter reads as people do, for the words that matter, and not every mail is answered.

use advisory::digest::Digest;

use super::{
    Scene,
    agenda::{Deed, Plan, after},
    mail::Received,
    record::Happened,
    setting::Persona,
};
use crate::dice::Dice;

/// Lets the addressee of a mail make up their mind.
///
/// `bytes` is the digest of the report that the person sent.
pub(super) fn reads(
    mail: &Received,
    bytes: Option<Digest>,
    scene: &mut Scene<'_>,
    dice: &mut Dice,
) {
    let Some(person) = scene.setting.reporters.iter().find(|p| p.mailbox == mail.to) else {
        return;
    };
    let words = format!("{} {}", mail.subject, mail.body).to_lowercase();
    if let Some(answer) = credit(person, &words) {
        scene.agenda.add(after(scene.at, dice.minutes(20, 9 * 60)), Plan::Deed(answer));
    }
    if let Some(bytes) = bytes
        && (words.contains("reached us") || words.contains("received"))
    {
        scene.note("person", Happened::ReceiptSeen { bytes });
    }
    if words.contains("public") && names_a_date(&words) {
        let accepts = Deed::AcceptsDate { reporter: person.mailbox.clone() };
        scene.agenda.add(after(scene.at, dice.minutes(10, 5 * 60)), Plan::Deed(accepts));
    }
}

fn credit(person: &Persona, words: &str) -> Option<Deed> {
    let about = ["credit", "thank you?", "name you"].iter().any(|word| words.contains(word));
    let asked = about && words.contains('?');
    let answer = person.credit.clone().filter(|_| asked)?;
    Some(Deed::AnswersCredit { reporter: person.mailbox.clone(), answer })
}

/// A date with its year, as mails write it: 2026-03-05.
fn names_a_date(words: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    words.split(|c: char| !c.is_ascii_digit() && c != '-').any(|word| {
        let parts: Vec<&str> = word.split('-').collect();
        matches!(parts.as_slice(), [year, month, day]
            if year.len() == 4 && month.len() == 2 && day.len() == 2
                && digits(year) && digits(month) && digits(day))
    })
}

#[cfg(test)]
mod tests {
    use super::names_a_date;

    #[test]
    fn a_date_is_told_from_other_numbers() {
        assert!(names_a_date("public on 2026-03-05 at 15:00 utc"));
        assert!(!names_a_date("cve-2026-31337 in 1.16.1, asked 3 days ago"));
    }
}
