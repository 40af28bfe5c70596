//! Previews of records: what each would say, or what is still missing.

use advisory::{Audience, csaf, imprint::Cna};
use case::{Command, event::Decision, people::CreditAnswer};
use engine::{Preview, previews};
use jiff::SignedDuration;
use serde_json::Value;

use crate::{
    house::START,
    published::{arm, decide, house, imprint, loaded, now, sign, until, written},
};

fn of<'p>(previews: &'p [Preview], format: &str) -> &'p Preview {
    previews.iter().find(|preview| preview.format == format).unwrap()
}

fn missing<'p>(previews: &'p [Preview], format: &str) -> &'p str {
    of(previews, format).text.as_ref().unwrap_err()
}

#[test]
fn each_says_what_is_still_missing() {
    let house = house();
    let case = house.report(9, None).case;
    let none = previews(&loaded(&house, case), None, START, true);
    assert_eq!(
        none.iter().map(|p| p.format).collect::<Vec<_>>(),
        [
            "GHSA",
            "CVE",
            "OSV",
            "CSAF 2.0",
            "CSAF 2.1",
            "OpenVEX",
            "CycloneDX",
            "Markdown",
            "oss-security"
        ]
    );
    for preview in &none {
        let why = preview.text.as_ref().unwrap_err();
        assert_eq!(
            (why.as_str(), &preview.report),
            ("the advisory has not been written yet", &None)
        );
    }
    let untitled = advisory::Advisory { details: Some("x".into()), ..Default::default() };
    decide(&house, case, Decision::Advisory(Box::new(untitled)));
    let previews_ = previews(&loaded(&house, case), Some(&imprint()), START, true);
    assert!(missing(&previews_, "GHSA").contains("no vulnerability"), "{:?}", previews_[0]);
    let case = written(&house, 10, None);
    let unnamed = previews(&loaded(&house, case), Some(&imprint()), START, true);
    assert!(of(&unnamed, "GHSA").text.is_ok());
    assert!(missing(&unnamed, "OSV").contains("neither a GHSA nor a CVE id"));
    assert!(missing(&unnamed, "CVE").contains("no CNA"));
    let unsigned = previews(&loaded(&house, case), None, START, true);
    assert!(missing(&unsigned, "CSAF 2.0").contains("how it signs"));
}

#[test]
fn what_can_be_written_is_checked_by_its_own_rules() {
    let house = house();
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    let mut imprint = imprint();
    imprint.cna = Some(Cna {
        org_id: "8254265b-2729-46b6-b9e3-3dfca2d5bfca".parse().unwrap(),
        short_name: None,
        vendor: "example".parse().unwrap(),
        product: "proxy".parse().unwrap(),
    });
    let shown = previews(&loaded(&house, case), Some(&imprint), START, true);
    for preview in &shown {
        let text = preview.text.as_ref().unwrap();
        if let Some(report) = &preview.report {
            assert!(report.valid(), "{}: {:?}", preview.format, report.findings);
            serde_json::from_str::<Value>(text).unwrap();
        }
        assert_eq!((preview.audience, preview.at), (Audience::Public, START));
        assert!(!text.contains("neutral words"), "{text}");
        assert!(text.ends_with('\n') && text.lines().count() > 5, "people read it: {text}");
    }
    let again = previews(&loaded(&house, case), Some(&imprint), START, true);
    assert_eq!(shown, again, "the same bytes each time");
}

#[test]
fn a_record_is_of_the_instant_and_later_of_its_last_edition() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    let instant = arm(&house, case, 5);
    let date = |preview: &Preview| -> String {
        let document: Value = serde_json::from_str(preview.text.as_ref().unwrap()).unwrap();
        document["document"]["tracking"]["current_release_date"].as_str().unwrap().to_owned()
    };
    let before = previews(&loaded(&house, case), Some(&imprint()), START, true);
    assert_eq!(date(of(&before, "CSAF 2.0")), instant.to_string());
    until(&house, 7);
    let later = START + SignedDuration::from_hours(1_000);
    let after = previews(&loaded(&house, case), Some(&imprint()), later, true);
    let published = engine::editions(&now(&house, case))[0].at;
    assert_eq!(of(&after, "CSAF 2.0").at, published);
    // The very document that the provider's tree has.
    let (provider, all) = house.engine.published(house.project).unwrap();
    let tree = advisory::provider::write(&provider, &all, later, None).unwrap();
    let name = csaf::file_name("GHSA-5ph6-qq5x-7jwc");
    let of_tree = tree.files.iter().find(|(path, _)| path.ends_with(&name)).unwrap().1;
    let text = of(&after, "CSAF 2.0").text.as_ref().unwrap();
    assert_eq!(std::str::from_utf8(of_tree).unwrap(), text);
}

#[test]
fn what_was_withdrawn_says_so_where_the_format_can() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    arm(&house, case, 1);
    until(&house, 3);
    let reason = "it is no vulnerability".parse().unwrap();
    house.act(case, house.ada, &Command::Withdraw { reason }).unwrap();
    let shown = previews(&loaded(&house, case), Some(&imprint()), START, true);
    let document = |format: &str| -> Value {
        assert!(of(&shown, format).report.as_ref().unwrap().valid());
        serde_json::from_str(of(&shown, format).text.as_ref().unwrap()).unwrap()
    };
    assert_eq!(document("CSAF 2.1")["document"]["category"], "csaf_withdrawn");
    let osv = document("OSV");
    assert!(osv["withdrawn"].is_string());
    assert_eq!(osv["withdrawn"], osv["modified"]);
    let history = &document("CSAF 2.0")["document"]["tracking"]["revision_history"];
    assert_eq!(history.as_array().unwrap().last().unwrap()["summary"], "Withdrawn.");
}

#[test]
fn credit_is_shown_to_who_may_see_the_reporter_and_once_it_is_out_to_everyone() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    let person = now(&house, case).reports.values().next().unwrap().reporter;
    house.act(case, house.ada, &Command::OfferCredit { person }).unwrap();
    let answer = CreditAnswer::Named { name: "Rita Finder".into(), company: None };
    house.act(case, person, &Command::AnswerCredit { person, answer }).unwrap();
    let named = |identity| {
        let shown = previews(&loaded(&house, case), Some(&imprint()), START, identity);
        shown.iter().filter(|p| p.text.as_ref().is_ok_and(|text| text.contains("Rita"))).count()
    };
    assert_eq!((named(true), named(false)), (7, 0));
    arm(&house, case, 1);
    until(&house, 3);
    assert_eq!((named(true), named(false)), (7, 7));
}
