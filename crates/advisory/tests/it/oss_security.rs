//! The mail: its bytes, and the laws of plain text.

use advisory::oss_security::{self, Mail, OssSecurityError, Posting};
use advisory::{Advisory, Audience, Reader, Stage, Withhold};
use proptest::prelude::*;

use crate::cases::cases;
use crate::sample;

fn posting() -> Posting {
    Posting {
        project: "Contour".to_owned(),
        url: Some("https://projectcontour.io/advisories/1".to_owned()),
        stage: Stage::Planned,
    }
}

fn mail(change: impl FnOnce(&mut Advisory)) -> Result<Mail, OssSecurityError> {
    let mut advisory = sample::full();
    change(&mut advisory);
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    oss_security::write(&advisory.for_audience(&reader), &posting())
}

#[test]
fn a_mail_says_what_the_list_asks_for() {
    let Mail { subject, body } = mail(|advisory| {
        advisory.details = Some(
            "The listener \u{201c}forwards\u{201d} what it should not\u{2014}see https://example.org/a/rather/long/address for more on that.\n\n\
             - one item that is long enough to be wrapped somewhere near its end, or so it seems\n- another\n\n\
             ```yaml\n  key: value\n```\n\n> quoted\n\nFrom here on it breaks."
                .to_owned(),
        );
    })
    .unwrap();
    insta::assert_snapshot!(format!("Subject: {subject}\n\n{body}"));
}

#[test]
fn what_the_list_would_not_want_is_refused() {
    for (error, change) in [
        (OssSecurityError::NoTitle, (|a| a.title = None) as fn(&mut Advisory)),
        (OssSecurityError::NothingAffected, |a| a.vulnerabilities[0].affected.clear()),
        (OssSecurityError::NoDescription, |a| {
            a.summary = None;
            a.details = None;
            a.impact = None;
        }),
    ] {
        assert_eq!(mail(change).unwrap_err(), error);
    }
    let distributors =
        Reader { audience: Audience::Distributors, at: None, withhold: Withhold::default() };
    let shown = sample::full().for_audience(&distributors);
    assert_eq!(oss_security::write(&shown, &posting()), Err(OssSecurityError::NotPublic));
}

#[test]
fn many_ids_do_not_fill_the_subject() {
    let mail = mail(|advisory| {
        for number in 0..5 {
            let mut another = advisory.vulnerabilities[0].clone();
            another.cve = Some(format!("CVE-2022-100{number}").parse().unwrap());
            advisory.vulnerabilities.push(another);
        }
    })
    .unwrap();
    let ids = "CVE-2021-32783, CVE-2022-1000, CVE-2022-1001, 3 more: Contour: ";
    assert!(mail.subject.starts_with(ids), "{}", mail.subject);
    for number in 0..5 {
        assert!(mail.body.contains(&format!("CVE-2022-100{number}:")));
    }
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\n]{1,300}",
        "\\PC{1,200}",
        "(From |> |- |https://x.org/y |`|\n|word |```\n){1,30}"
    ]
    .prop_map(|text| format!("x {text}"))
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn no_program_on_the_way_has_a_reason_to_change_a_line(
        title in typed(), summary in typed(), details in typed(), what in typed(), url in typed(),
    ) {
        let Mail { subject, body } = mail(|advisory| {
            advisory.title = Some(title);
            advisory.summary = Some(summary);
            advisory.details = Some(details);
            advisory.timeline[0].what = what;
            advisory.references[0].url = url;
        })
        .unwrap();
        prop_assert!(!subject.contains('\n') && subject.trim() == subject, "{:?}", subject);
        prop_assert!(body.ends_with('\n') && !body.ends_with("\n\n") && !body.contains("\n\n\n"));
        for line in body.lines() {
            let begins = line.starts_with([' ', '>']) || line.starts_with("From ");
            prop_assert!(!begins && line.trim_end() == line, "{:?}", line);
            prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
            let wide = line.chars().count() > 72;
            prop_assert!(!wide || line.starts_with("| ") || !line.contains(' '), "{:?}", line);
            prop_assert!(!line.contains("https://x.org/y ") || line.starts_with("| "), "{:?}", line);
        }
        for shown in ["CVE-2021-32783", "GHSA-5ph6-qq5x-7jwc", "1.14: ", "1.16: ", "1.17: ", "1.13: ", "Jo Finder"] {
            prop_assert!(body.contains(shown), "{}", shown);
        }
        for kept in ["amber heron", "Shy Finder", "The fix was tried", "ghsa-5ph6-qq5x-7jwc/pull"] {
            prop_assert!(!body.contains(kept), "{}", kept);
        }
    }
}
