//! What every response carries, what nobody may learn, and which forms are turned away.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use jiff::SignedDuration;

use crate::{
    browse::Browser,
    house::{House, rich_case},
};

#[tokio::test]
async fn every_response_carries_the_same_protection() {
    let house = House::with_project(2);
    let browser = Browser::signed_in(&house, house.ada).await;
    for path in ["/", "/nowhere", "/healthz", "/metrics", "/assets/fermata.css"] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("script"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
    }
    assert_eq!(browser.get("/").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn over_tls_cookies_are_bound_to_host_and_tls() {
    let house = House::with_project(2);
    let mut browser = Browser::over(&house, true);
    let link = web::invite(&house.engine, house.ada).unwrap();
    let answer = browser.post(&link, &[]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-fermata=") && cookie.contains("; Secure"), "{cookie}");
    assert!(cookie.contains("Path=/;") && !cookie.contains("Domain"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    browser.enter(&house, house.ada).await;
    let hat = browser.fill("/drill/sample/", "hat", &[("person", "")]).await;
    assert_eq!(hat.status, StatusCode::NOT_FOUND, "only a hat of this drill");
    let page = browser.get("/drill/sample/").await;
    let mut hats = page.text.split("<option value=\"").skip(1);
    let person = hats.find_map(|rest| rest.split('"').next()).unwrap();
    let worn = browser.fill_on(&page, "hat", &[("person", person)]).await;
    assert!(worn.header("set-cookie").contains("; Secure"), "{}", worn.header("set-cookie"));
    assert!(Browser::new(&house).get("/").await.header("strict-transport-security").is_empty());
}

#[tokio::test]
async fn unknown_forbidden_and_signed_out_are_one_answer() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let stranger = house
        .engine
        .add_person(&engine::Contact { name: "Eve".into(), mailbox: None, login: None })
        .unwrap();
    let member = Browser::signed_in(&house, house.ada).await;
    let eve = Browser::signed_in(&house, stranger).await;
    let nobody = member.other();
    let known = format!("/case/{case}/overview");
    assert_eq!(member.get(&known).await.status, StatusCode::OK);
    let unknown = format!("/case/{}/overview", "ab".repeat(16));
    let expected = member.get(&unknown).await;
    assert_eq!(expected.status, StatusCode::NOT_FOUND);
    let project = house.project.unwrap();
    for (browser, path) in [
        (&eve, known.as_str()),
        (&nobody, known.as_str()),
        (&nobody, unknown.as_str()),
        (&eve, &format!("/case/{case}/timeline")),
        (&eve, &format!("/case/{case}/prepare/create-fork")),
        (&eve, &format!("/project/{project}")),
        (&eve, "/project/nonsense"),
        (&nobody, "/setup"),
        (&nobody, "/drill/sample/"),
        (&member, "/drill/other/"),
        (&nobody, "/receipt/0123"),
        (&member, "/report/nonsense"),
        (&nobody, "/nowhere"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, expected.status, "{path}");
        assert_eq!(page.headers, expected.headers, "{path}");
        assert_eq!(page.text, expected.text, "{path}");
    }
    // A form that goes to a hidden case is no other.
    let hidden = eve.get("/").await.hidden("leave");
    let fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let sent = eve.post(&known, &fields).await;
    assert_eq!((sent.status, sent.text), (expected.status, expected.text));
}

#[tokio::test]
async fn lists_show_only_what_the_reader_may_see() {
    let house = House::with_project(2);
    rich_case(&house);
    let stranger = house
        .engine
        .add_person(&engine::Contact { name: "Eve".into(), mailbox: None, login: None })
        .unwrap();
    let eve = Browser::signed_in(&house, stranger).await;
    let page = eve.get("/").await;
    assert!(page.text.contains("No case waits for you"));
    assert!(!page.text.contains("admin interface"));
}

#[tokio::test]
async fn a_form_from_another_site_or_without_its_token_changes_nothing() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let browser = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/overview");
    let before = house.engine.view(case, case::Actor::House).unwrap().loaded.case.head;
    let fields = [("form", "leak"), ("what", "x"), ("to", "y"), ("by", "z")];

    let mut foreign = Browser::form(&path, &fields);
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN);

    let mut foreign = Browser::form(&path, &fields);
    foreign.headers_mut().remove("sec-fetch-site");
    foreign.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    foreign.headers_mut().insert("host", "house.example".parse().unwrap());
    assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN);

    assert_eq!(browser.post(&path, &fields).await.status, StatusCode::FORBIDDEN);
    let after = house.engine.view(case, case::Actor::House).unwrap().loaded.case.head;
    assert_eq!(before, after);
    let sent = browser.fill(&path, "leak", &fields[1..]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let after = house.engine.view(case, case::Actor::House).unwrap().loaded.case.head;
    assert_eq!(before + 1, after);
}

#[tokio::test]
async fn a_link_works_once_and_a_session_ends() {
    let house = House::with_project(2);
    let mut browser = Browser::new(&house);
    let link = web::invite(&house.engine, house.ada).unwrap();
    assert_eq!(browser.get(&link).await.status, StatusCode::OK, "looking does not use it up");
    let first = browser.post(&link, &[]).await;
    let cookie = first.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::NOT_FOUND);

    browser.enter(&house, house.ada).await;
    assert_eq!(browser.get("/setup").await.status, StatusCode::OK);
    house.hands.pass(SignedDuration::try_from(web::SESSION).unwrap());
    assert_eq!(browser.get("/setup").await.status, StatusCode::NOT_FOUND);

    browser.enter(&house, house.ada).await;
    let left = browser.fill("/", "leave", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/setup").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_grows_stale() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let link = web::invite(&house.engine, house.ada).unwrap();
    house.hands.pass(SignedDuration::try_from(web::LINK).unwrap());
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn removal_holds_from_the_next_request_on() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ben = Browser::signed_in(&house, house.ben).await;
    let path = format!("/case/{case}/overview");
    assert_eq!(ben.get(&path).await.status, StatusCode::OK);
    let reason = "moved on".into();
    house.by(house.ada, case, &case::Command::Remove { person: house.ben, reason });
    assert_eq!(ben.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(ben.get("/").await.text.contains("No case waits for you"));
}

#[tokio::test]
async fn those_who_fix_do_not_learn_who_reported() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let mut fixers = view.loaded.case.holding(case::Role::FixDeveloper);
    let frida = Browser::signed_in(&house, fixers.next().unwrap().0).await;
    let ada = Browser::signed_in(&house, house.ada).await;
    let tabs = [
        "overview",
        "conversation",
        "deliveries",
        "embargo",
        "people",
        "timeline",
        "disclosure",
        "records",
        "public",
    ];
    for tab in tabs {
        let path = format!("/case/{case}/{tab}");
        let page = frida.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{tab}");
        assert!(!page.text.contains("Rita"), "{tab} names the reporter");
    }
    assert!(ada.get(&format!("/case/{case}/people")).await.text.contains("Rita"));
}

#[tokio::test]
async fn too_large_a_report_comes_back_and_a_flood_is_not_read() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let path = format!("/report/{}", house.project.unwrap());
    let send = async |text: &str| {
        browser.post(&path, &[("form", "report"), ("title", "t"), ("text", text)]).await
    };
    let long = format!("{}the end", "a".repeat(1_000_000));
    let answer = send(&long).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("it may have 1000000"));
    assert!(answer.text.contains(&long), "what was entered comes back");
    let answer = send(&"a".repeat(5 << 20)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("a million characters"));
}

/// A request as the server hands it on, with the address that it came from.
fn from(address: &str, mut request: Request<Body>) -> Request<Body> {
    let peer: std::net::SocketAddr = format!("{address}:4711").parse().unwrap();
    request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
    request
}

#[tokio::test]
async fn who_reports_too_often_waits_and_loses_nothing() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let path = format!("/report/{}", house.project.unwrap());
    let showing = "5".repeat(32);
    let send = async |address: &str, title: &str| {
        let fields =
            [("form", "report"), ("showing", &showing), ("title", title), ("text", "See the log.")];
        browser.send(from(address, Browser::form(&path, &fields))).await
    };
    for number in 0..10 {
        let answer = send("192.0.2.1", &format!("Report {number}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let answer = send("192.0.2.1", "One too many").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "60");
    for kept in ["One too many", "See the log.", "in 1 min", showing.as_str()] {
        assert!(answer.text.contains(kept), "{kept} is lost");
    }
    assert_eq!(send("192.0.2.2", "From next door").await.status, StatusCode::SEE_OTHER);
    house.hands.pass(SignedDuration::from_secs(60));
    assert_eq!(send("192.0.2.1", "One too many").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_tries_links_too_often_waits_and_the_link_still_works() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let knock =
        async |link: &str| browser.send(from("192.0.2.1", Browser::form(link, &[]))).await.status;
    for number in 0..20 {
        assert_eq!(knock(&format!("/enter/{number}")).await, StatusCode::NOT_FOUND);
    }
    let link = web::invite(&house.engine, house.ada).unwrap();
    assert_eq!(knock(&link).await, StatusCode::TOO_MANY_REQUESTS);
    house.hands.pass(SignedDuration::from_secs(30));
    assert_eq!(knock(&link).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_log_and_the_counters_tell_nothing() {
    let house = House::with_project(2);
    let (case, receipt) = rich_case(&house);
    let browser = Browser::signed_in(&house, house.ada).await;
    browser.get(&format!("/receipt/{}", receipt.token)).await;
    browser.get(&format!("/case/{case}/timeline")).await;
    browser.fill("/", "drill", &[("scenario", "no such drill")]).await;
    let log = browser.log.lock().unwrap().join("\n");
    assert!(log.contains("there is no such drill"), "what goes wrong inside is logged: {log}");
    let metrics = browser.get("/metrics").await.text;
    for told in [receipt.token.as_str(), &case.to_string(), "Rita", "admin interface"] {
        assert!(!log.contains(told), "the log tells {told}");
        assert!(!metrics.contains(told), "the counters tell {told}");
    }
    assert!(metrics.contains("fermata_http_failures_total 1"));
}

#[tokio::test]
async fn machines_learn_that_the_house_is_up() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    for path in ["/healthz", "/readyz"] {
        let page = browser.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}
