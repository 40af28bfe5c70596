//! How ordinary a case's terms are, as its page shows it while they are counted in a mirror, and after.

use crate::{
    fresh::{Desk, mirrored},
    house::House,
};

const BEING_COUNTED: &str =
    "being counted</span> contour: how ordinary the terms are there is shown";
const COUNTED_ANEW: &str = "being counted</span> contour: what stands above was counted before";

#[tokio::test]
async fn a_page_says_what_is_being_counted_and_what_was() {
    let (folder, mut origin) = mirrored();
    let desk = Desk::of(House::fetching(folder.path().join("clones"))).await;
    let case = desk.house.report(1, "It reads too much", None).case;
    desk.house.settle();
    let path = format!("/case/{case}/terms");
    let page = async || {
        let words = desk.ada.get(&path).await.words();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    desk.ada.fill(&path, "terms", &[("terms", "frobnicator\nrare one")]).await;

    let first = page().await;
    assert!(first.contains(BEING_COUNTED) && !first.contains("latest commits"), "{first}");
    desk.house.settle();
    let counted = page().await;
    assert!(counted.contains("In the 1 latest commits of contour was looked for"), "{counted}");
    assert!(
        !counted.contains("being counted") && !counted.contains("ordinary</span>"),
        "{counted}"
    );

    for step in 1..=3 {
        origin.commit_file("read.rs", &format!("{step}\n"), "Tune the frobnicator").unwrap();
    }
    origin.commit_file("read.rs", "4\n", "Name the rare one").unwrap();
    // The fetch is over before they are counted anew, and the old count stands until there is another.
    desk.fetch().await;
    let meanwhile = page().await;
    assert!(meanwhile.contains(COUNTED_ANEW), "{meanwhile}");
    assert!(meanwhile.contains("In the 1 latest commits of contour"), "{meanwhile}");
    desk.house.settle();
    let ordinary = page().await;
    assert!(!ordinary.contains("being counted"), "{ordinary}");
    assert!(ordinary.contains("In the 5 latest commits of contour was looked for"), "{ordinary}");
    let row = |term: &str| {
        let (_, rest) = ordinary.split_once(&format!("<th scope=\"row\">{term}</th>")).unwrap();
        rest.split_once("</tr>").unwrap().0.to_owned()
    };
    let stands =
        "in 3 of the 5 latest commits of contour: as an everyday term it would block nothing";
    assert!(row("frobnicator").contains(stands), "{ordinary}");
    assert!(!row("rare one").contains("latest commits"), "once is not ordinary: {ordinary}");

    // Of other terms nothing is known yet.
    desk.ada.fill(&path, "terms", &[("terms", "everyday: frobnicator")]).await;
    let again = page().await;
    assert!(again.contains(BEING_COUNTED) && !again.contains("latest commits"), "{again}");
    desk.house.settle();
    let row = page().await;
    assert!(!row.contains("being counted") && !row.contains("would block nothing"), "{row}");

    // A mirror that is gone is no mirror without words.
    std::fs::rename(folder.path().join("clones/contour.git"), folder.path().join("away")).unwrap();
    let gone = page().await;
    assert!(
        gone.contains("not read</span> contour: ") && !gone.contains("latest commits"),
        "{gone}"
    );
}
