//! Serves the sample houses on loopback until it is stopped, for people who want to look:
//! `cargo test -p web --test it -- --ignored --nocapture by_eye`. Prints links that sign Ada in.

use std::sync::Arc;

use crate::{
    drills::Practice,
    house::{House, rich_case},
};

#[tokio::test]
#[ignore = "serves until it is stopped"]
async fn serve() {
    let empty = House::empty(1);
    let rich = House::with_project(2);
    rich.report(9, "Crash on an empty header", Some("finder@reports.example"));
    let (case, receipt) = rich_case(&rich);
    println!("case: /case/{case}\nreceipt: /receipt/{}", receipt.token);
    for (name, house, port) in [("empty", &empty, 7401), ("rich", &rich, 7402)] {
        let at = format!("127.0.0.1:{port}");
        println!("{name}: http://{at}{}", web::invite(&house.engine, house.ada).unwrap());
        let router = web::router(web::App {
            live: Arc::clone(&house.engine),
            drills: Arc::new(Practice::default()),
            secure: false,
            log: Arc::new(|line: &str| println!("{line}")),
        });
        let listener = tokio::net::TcpListener::bind(at).await.unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    std::future::pending::<()>().await;
}
