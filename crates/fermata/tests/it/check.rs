//! `fermata check`

use serde_json::json;

use crate::program::Place;

#[test]
fn a_list_of_vectors_is_found_by_looking() {
    let place = Place::new();
    place.file("good.txt", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N\n");
    place.file("bad.txt", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L\n");
    let ended = place.run(&["check", "--json", "good.txt", "bad.txt"]);
    assert_eq!(ended.code, Some(1));
    let good = json!({"v": 1, "file": "good.txt", "format": "cvss", "valid": true, "findings": []});
    let documents = ended.documents();
    assert_eq!(documents[0], good);
    assert_eq!(documents[1]["valid"], false);
    assert_eq!(documents[1]["findings"][0]["rule"], "cvss base-metric");
    assert_eq!(documents[1]["findings"][0]["path"], "line 1");
}

#[test]
fn what_cannot_be_checked_never_passes() {
    let place = Place::new();
    place.file("osv.json", r#"{"id": "X-1", "modified": "2024-01-01T00:00:00Z"}"#);
    place.file("two.txt", "AV:N/AC:L/Au:N/C:N/I:N/A:C");
    for (arguments, words) in [
        (&["check", "osv.json"][..], "osv"),
        (&["check", "--as", "csaf", "osv.json"], "csaf"),
        (&["check", "two.txt"], "--as"),
    ] {
        let ended = place.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(words), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn playbooks_that_come_with_fermata_are_valid_and_broken_ones_are_not() {
    let place = Place::new();
    for name in ["contour", "minimal"] {
        let source = playbook::shipped_source(name).unwrap();
        place.file("book.yaml", source);
        let ended = place.run(&["check", "--json", "book.yaml"]);
        assert_eq!((ended.code, &ended.documents()[0]["format"]), (Some(0), &json!("playbook")));
        let broken = source.replacen("id:", "ID:", 1);
        assert_ne!(broken, source);
        place.file("book.yaml", broken);
        let ended = place.run(&["check", "--json", "book.yaml"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let finding = &ended.documents()[0]["findings"][0];
        assert!(finding["path"].as_str().unwrap().starts_with("line "), "{finding}");
    }
}
