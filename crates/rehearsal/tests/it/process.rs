//! The world in a process of its own: it answers across a socket, has every record on disk before
//! the answer, and outlives a caller that dies half-way.

use std::{io::Write, net::TcpListener, net::TcpStream, path::Path, sync::Arc, thread};

use advisory::Advisory;
use case::ActId;
use engine::ports::Found;
use rehearsal::{
    DrillClock, World, cast,
    ports::Wire,
    process::{Remote, serve},
    world::{
        forge,
        record::{self, Happened, Witness},
        wire::{Request, Response},
    },
};

fn create(act: ActId) -> Request {
    let advisory = Advisory { title: Some("Routes match too much".into()), ..Advisory::default() };
    let repository = "signpost".into();
    Request::Forge(forge::Call::Create { act, repository, advisory: Box::new(advisory) })
}

/// Serves a world until told to stop, while `story` talks to it.
fn with_process(witness: &Path, story: impl FnOnce(&Remote, std::net::SocketAddr)) {
    let folder = tempfile::tempdir().unwrap();
    let setting = cast::setting(1).unwrap();
    let clock = Arc::new(DrillClock::new(setting.begins));
    let mut world = World::new(setting, folder.path(), Witness::at(witness).unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| serve(&listener, &mut world, None).unwrap());
        let remote = Remote::compressed(address, clock);
        story(&remote, address);
        remote.call(&Request::Stop).unwrap();
    });
}

#[test]
fn records_are_on_disk_before_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let witness = folder.path().join("witness.jsonl");
    with_process(&witness, |remote, _| {
        let act = ActId([1; 16]);
        let Response::Proof(proof) = remote.call(&create(act)).unwrap() else { panic!() };
        let records = record::read(&witness).unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].what.act(), Some(act));
        let found = remote.call(&Request::Forge(forge::Call::Find(act))).unwrap();
        assert_eq!(found, Response::Found(Found::Present(proof)));
    });
}

#[test]
fn a_caller_that_dies_half_way_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let witness = folder.path().join("witness.jsonl");
    with_process(&witness, |remote, address| {
        let mut dying = TcpStream::connect(address).unwrap();
        dying.write_all(b"{\"at\":\"2026-03-02T07:00:00Z\",\"requ").unwrap();
        drop(dying);
        remote.call(&create(ActId([2; 16]))).unwrap();
        assert_eq!(record::read(&witness).unwrap().len(), 1);
    });
}

#[test]
fn an_unfinished_line_of_the_witness_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let witness = folder.path().join("witness.jsonl");
    with_process(&witness, |remote, _| {
        remote.call(&create(ActId([3; 16]))).unwrap();
    });
    let mut bytes = std::fs::read(&witness).unwrap();
    bytes.extend(b"{\"n\":2,\"at\":\"20");
    std::fs::write(&witness, bytes).unwrap();
    let records = record::read(&witness).unwrap();
    assert_eq!(records.len(), 1);
    assert!(matches!(records[0].what, Happened::DraftMade { .. }));
}
