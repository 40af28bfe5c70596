//! Mirrors that come by SSH, from a real server where this machine has one.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use counterparts::mirrors::{Access, Patience};

use super::Shelf;

const SERVER: &str = "/usr/sbin/sshd";

/// A server that lets one key in.
struct Sshd {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn key(at: &Path) {
    let mut make = Command::new("ssh-keygen");
    make.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(at);
    assert!(make.status().unwrap().success());
}

impl Sshd {
    fn start(folder: &Path) -> Option<Self> {
        if !Path::new(SERVER).exists() {
            eprintln!("not run: this machine has no {SERVER}");
            return None;
        }
        // As root, it wants this folder; otherwise it does not.
        let _ = fs::create_dir_all("/run/sshd");
        let folder = folder.join("ssh keys");
        fs::create_dir_all(&folder).unwrap();
        for name in ["host", "ours", "other"] {
            key(&folder.join(name));
        }
        fs::copy(folder.join("ours.pub"), folder.join("let-in")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = |name: &str| folder.join(name).display().to_string();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey \"{}\"\nAuthorizedKeysFile \"{}\"\n\
             StrictModes no\nPidFile none\nUsePAM no\nPasswordAuthentication no\n",
            path("host"),
            path("let-in"),
        );
        fs::write(folder.join("config"), config).unwrap();
        let public = fs::read_to_string(folder.join("host.pub")).unwrap();
        fs::write(folder.join("known"), format!("[127.0.0.1]:{port} {public}")).unwrap();
        fs::write(folder.join("unknown"), "").unwrap();
        let mut server = Command::new(SERVER);
        server.args(["-D", "-e", "-f"]).arg(folder.join("config")).stderr(Stdio::null());
        let child = server.spawn().unwrap();
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            thread::park_timeout(Duration::from_millis(20));
        }
        Some(Self { child, port, folder })
    }

    fn access(&self, key: &str, known_hosts: &str) -> Access {
        let file = |name| Some(self.folder.join(name));
        Access { ssh_key: file(key), known_hosts: file(known_hosts), ..Access::default() }
    }
}

#[test]
fn a_server_is_believed_by_its_key_and_believes_ours() {
    let mut shelf = Shelf::new();
    let Some(server) = Sshd::start(shelf.folder.path()) else { return };
    let origin = shelf.origin.folder().display();
    shelf.set("remote.origin.url", &format!("ssh://127.0.0.1:{}{origin}", server.port));
    shelf.origin.tag("v1.0.1").unwrap();
    let fetch = |key, known| shelf.fetch_with(server.access(key, known), Patience::default());
    let stranger = fetch("ours", "unknown").unwrap_err();
    assert!(stranger.words().contains("is not the one in the known hosts"), "{stranger}");
    let refused = fetch("other", "known").unwrap_err();
    assert!(refused.words().contains("does not let the house in with its SSH key"), "{refused}");
    fetch("ours", "known").unwrap();
    assert!(shelf.refs().contains(&"refs/tags/v1.0.1".to_owned()));
}
