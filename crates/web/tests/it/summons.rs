//! Whom the house calls, on the project's page.

use axum::http::StatusCode;

use crate::{browse::Browser, house::House};

#[tokio::test]
async fn each_says_for_themselves_whether_and_where_they_are_called() {
    let house = House::with_project(6);
    let project = house.project.unwrap();
    let path = format!("/project/{project}");
    let ada = Browser::signed_in(&house, house.ada).await;
    assert!(ada.get(&path).await.words().contains("the project has no address to write from"));
    let address = [("address", "security@example.org")];
    assert_eq!(ada.fill(&path, "letterbox", &address).await.status, StatusCode::SEE_OTHER);
    let page = ada.get(&path).await.words();
    assert!(!page.contains("nobody is called"), "{page}");

    let elsewhere = [("calls", "wanted"), ("mailbox", "pager@example.net")];
    assert_eq!(ada.fill(&path, "calls", &elsewhere).await.status, StatusCode::SEE_OTHER);
    let page = ada.get(&path).await.words();
    assert!(page.contains("called by mail") && page.contains("pager@example.net"), "{page}");
    let wrong = [("calls", "wanted"), ("mailbox", "pager@")];
    let refused = ada.fill(&path, "calls", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let none = [("calls", "none"), ("mailbox", "")];
    assert_eq!(ada.fill(&path, "calls", &none).await.status, StatusCode::SEE_OTHER);
    let page = ada.get(&path).await.words();
    assert!(page.contains("not called") && !page.contains("pager@example.net"), "{page}");

    let ben = Browser::signed_in(&house, house.ben).await;
    let elsewhere = [("calls", "wanted"), ("mailbox", "ben@pager.example")];
    ben.fill(&path, "calls", &elsewhere).await;
    let page = ada.get(&path).await.words();
    assert!(!page.contains("ben@pager.example"), "only he sees where he is called: {page}");
    house.alone();
    assert!(ada.get(&path).await.words().contains("without a mail server"));
}
