//! `fermata cvss`

use serde_json::json;

use crate::program::Place;

const GOOD: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N";

#[test]
fn scores_stand_in_the_order_of_the_vectors() {
    let four = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
    let ended = Place::new().run(&["cvss", "--json", GOOD, four]);
    assert_eq!(ended.code, Some(0));
    let expected = [
        json!({"v": 1, "vector": GOOD, "version": "3.1", "score": 8.2, "severity": "high"}),
        json!({"v": 1, "vector": four, "version": "4.0", "score": 10.0, "severity": "critical"}),
    ];
    assert_eq!(ended.documents(), expected);
}

#[test]
fn one_that_cannot_be_scored_does_not_hide_the_others() {
    let stdin = format!("{GOOD}\n\n  nonsense  \n{GOOD}\n");
    let ended = Place::new().run_with(&["--json", "cvss", "-"], stdin);
    assert_eq!(ended.code, Some(1));
    let documents = ended.documents();
    assert_eq!(documents.len(), 3);
    assert_eq!(documents[0], documents[2]);
    assert_eq!(documents[1]["vector"], "nonsense");
    assert!(documents[1]["error"].is_string() && documents[1].get("score").is_none());
}

#[test]
fn a_person_reads_one_line_each() {
    let ended = Place::new().run(&["cvss", GOOD]);
    assert_eq!(ended.out, format!(" 8.2  high      {GOOD}\n"));
}

#[test]
fn old_vectors_are_read_and_each_metric_can_be_explained() {
    let ended = Place::new().run(&["cvss", "--explain", "AV:N/AC:L/Au:N/C:N/I:N/A:C"]);
    let lines: Vec<_> = ended.out.lines().collect();
    assert_eq!(lines[0], " 7.8  high      AV:N/AC:L/Au:N/C:N/I:N/A:C");
    assert_eq!(lines.len(), 7);
    assert!(lines[1].starts_with("      AV:N  Access Vector: Network ("), "{}", lines[1]);
    let ended = Place::new().run(&["cvss", "--json", "--explain", GOOD]);
    assert_eq!(ended.documents()[0]["explained"]["metrics"][1]["title"], "Attack Complexity");
}
