//! Where a mirror comes from, and whether its settings leave it at that.
//!
//! Git has settings that start a program, lead a fetch elsewhere or weaken TLS, and new ones come with
//! its versions. So those that a mirror may have are listed here, and any other is refused.

use git::Repo;

use super::Host;

/// The remote of a mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// What the mirror calls it.
    pub(super) remote: String,
    pub(super) way: Way,
}

/// How it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// By HTTPS; without TLS on this machine alone.
    Http { scheme: &'static str, host: Host },
    /// By SSH.
    Ssh { host: Host },
    /// It lies on this machine.
    File { path: String },
}

impl Way {
    pub(super) fn protocol(&self) -> &'static str {
        match self {
            Self::Http { scheme, .. } => scheme,
            Self::Ssh { .. } => "ssh",
            Self::File { .. } => "file",
        }
    }

    /// Reads an address of git's.
    fn of(address: &str) -> Result<Self, String> {
        if address.contains(|c: char| c.is_control() || c == '\\') {
            return Err("its address holds characters that no address has".into());
        }
        for scheme in ["https", "http"] {
            let Some(rest) = strip(address, &format!("{scheme}://")) else { continue };
            let host = host(rest)?;
            if host.contains('@') {
                return Err("its address holds a name or a password: write it without, and \
                            have whoever runs the house name them with --fetch-login"
                    .into());
            }
            if scheme == "http" && !is_here(&host) {
                return Err("its address has no TLS: write https://".into());
            }
            return Ok(Self::Http { scheme, host });
        }
        if let Some(rest) = strip(address, "ssh://") {
            let host = host(rest)?;
            if host.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
                return Err("its address holds a password: write it without".into());
            }
            return Self::ssh(&host);
        }
        let path = address.strip_prefix("file://").unwrap_or(address);
        if path.starts_with('/') {
            return Ok(Self::File { path: path.to_owned() });
        }
        let unknown = || "its address is none of https://, ssh:// and file://".to_owned();
        // As in git@example.org:project/name.git
        let (machine, path) = address.split_once(':').ok_or_else(unknown)?;
        if machine.contains('/') || path.starts_with(':') || path.starts_with("//") {
            return Err(unknown());
        }
        Self::ssh(machine)
    }

    /// Both the user and the host are one word for `ssh`, which must not take it for an option.
    fn ssh(address: &str) -> Result<Self, String> {
        let machine = address.rsplit_once('@').map_or(address, |(_, machine)| machine);
        if machine.is_empty() || machine.starts_with('-') || address.starts_with('-') {
            return Err("its address names no host".into());
        }
        Ok(Self::Ssh { host: machine.to_ascii_lowercase() })
    }
}

/// How grave it is when an object is not as it should be.
fn is_of_fsck(name: &str) -> bool {
    let kind = name.strip_prefix("fetch.fsck.");
    kind.is_some_and(|kind| kind.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| text.get(start.len()..)).flatten()
}

fn host(rest: &str) -> Result<Host, String> {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() {
        return Err("its address names no host".into());
    }
    Ok(host.to_ascii_lowercase())
}

/// Nobody else hears what is said there.
fn is_here(host: &str) -> bool {
    let address = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    let ip = address.parse::<std::net::IpAddr>();
    address == "localhost" || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

impl Origin {
    /// The remote of a mirror, unless something in its settings speaks against fetching from it.
    pub(super) fn of(mirror: &Repo) -> Result<Self, String> {
        let settings = mirror.own_settings().map_err(|why| why.to_string())?;
        Self::read(&settings)
    }

    pub(super) fn read(settings: &[(String, String)]) -> Result<Self, String> {
        let mut remotes = settings.iter().filter_map(|(name, value)| {
            let remote = name.strip_prefix("remote.")?.strip_suffix(".mirror")?;
            matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "yes" | "on" | "1")
                .then_some(remote)
        });
        let (Some(remote), None) = (remotes.next(), remotes.next()) else {
            return Err("it does not have one remote that it mirrors".into());
        };
        if remote.starts_with('-') {
            return Err("the name of its remote begins with a dash".into());
        }
        let start = format!("remote.{remote}.");
        for (name, _) in settings {
            let known = match name.strip_prefix(&start) {
                Some(key) => OF_A_REMOTE.contains(&key),
                None => KNOWN.contains(&name.as_str()) || is_of_fsck(name),
            };
            if !known {
                return Err(format!(
                    "its config sets {}, with which the house does not fetch: remove it with \
                     “git config --unset-all”, or fetch there yourself",
                    shown(name)
                ));
            }
        }
        let of = |key: &str| {
            let name = format!("{start}{key}");
            let values = settings.iter().filter(|(known, _)| *known == name);
            values.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        check_refs(&of("fetch"))?;
        match of("url").as_slice() {
            [address] => Ok(Self { remote: remote.to_owned(), way: Way::of(address)? }),
            _ => Err("its remote has no address, or several".into()),
        }
    }

    /// Where it lies, if it is on this machine.
    pub(super) fn path(&self) -> Option<String> {
        match &self.way {
            Way::File { path } => Some(path.clone()),
            Way::Http { .. } | Way::Ssh { .. } => None,
        }
    }

    /// The host that is asked, if it is another machine.
    pub(super) fn host(&self) -> Option<&str> {
        match &self.way {
            Way::Http { host, .. } | Way::Ssh { host } => Some(host),
            Way::File { .. } => None,
        }
    }
}

/// Every ref keeps its name, and all branches and tags come.
fn check_refs(fetched: &[&str]) -> Result<(), String> {
    let same = |spec: &&str| {
        let kept = spec.strip_prefix('+').and_then(|spec| spec.split_once(':'));
        spec.starts_with("^refs/") || kept.is_some_and(|(a, b)| a == b && a.starts_with("refs/"))
    };
    let all = |refs: &str| fetched.contains(&format!("+{refs}:{refs}").as_str());
    let whole = all("refs/*") || (all("refs/heads/*") && all("refs/tags/*"));
    if whole && fetched.iter().all(same) {
        return Ok(());
    }
    Err("it does not fetch every branch and tag under its own name, as “git clone --mirror” sets it \
         up"
    .into())
}

/// A name out of a file, for a page.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// What a mirror may set for its remote.
const OF_A_REMOTE: &[&str] = &[
    "url",
    "pushurl",
    "fetch",
    "mirror",
    "prune",
    "prunetags",
    "tagopt",
    "skipdefaultupdate",
    "skipfetchall",
];

/// What a mirror may set beside that: how it is stored and kept, and nothing that runs or leads away.
const KNOWN: &[&str] = &[
    "core.repositoryformatversion",
    "core.filemode",
    "core.bare",
    "core.symlinks",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.logallrefupdates",
    "core.sharedrepository",
    "core.compression",
    "core.bigfilethreshold",
    "core.commitgraph",
    "core.multipackindex",
    "extensions.objectformat",
    "extensions.refstorage",
    "fetch.prune",
    "fetch.prunetags",
    "fetch.parallel",
    "fetch.showforcedupdates",
    "fetch.writecommitgraph",
    "gc.auto",
    "gc.autodetach",
    "gc.autopacklimit",
    "gc.bigpackthreshold",
    "gc.pruneexpire",
    "gc.writecommitgraph",
    "maintenance.auto",
    "maintenance.strategy",
    "pack.threads",
    "pack.windowmemory",
    "repack.writebitmaps",
    "transfer.fsckobjects",
    "fetch.fsckobjects",
    "user.name",
    "user.email",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror(url: &str) -> Vec<(String, String)> {
        let set = [
            ("core.bare", "true"),
            ("remote.origin.url", url),
            ("remote.origin.fetch", "+refs/*:refs/*"),
            ("remote.origin.mirror", "true"),
        ];
        set.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    fn with(name: &str, value: &str) -> Result<Origin, String> {
        let mut settings = mirror("https://example.org/p.git");
        settings.push((name.to_owned(), value.to_owned()));
        Origin::read(&settings)
    }

    #[test]
    fn addresses_are_read_as_git_reads_them() {
        let http = |scheme, host: &str| Way::Http { scheme, host: host.into() };
        let ssh = |host: &str| Way::Ssh { host: host.into() };
        for (address, way) in [
            ("https://GitHub.com/a/b.git", http("https", "github.com")),
            ("HTTPS://example.org:8443/b", http("https", "example.org:8443")),
            ("http://127.0.0.1:8080/b", http("http", "127.0.0.1:8080")),
            ("http://[::1]:80/b", http("http", "[::1]:80")),
            ("http://localhost/b", http("http", "localhost")),
            ("ssh://git@example.org:22/b", ssh("example.org:22")),
            ("git@github.com:a/b.git", ssh("github.com")),
            ("example.org:b", ssh("example.org")),
            ("file:///srv/b.git", Way::File { path: "/srv/b.git".into() }),
            ("/srv/b.git", Way::File { path: "/srv/b.git".into() }),
        ] {
            assert_eq!(Way::of(address), Ok(way), "{address}");
        }
    }

    #[test]
    fn addresses_that_run_lead_away_or_tell_are_refused() {
        for (address, why) in [
            ("ext::sh -c touch% /tmp/x", "none of"),
            ("fd::17", "none of"),
            ("transport::address", "none of"),
            ("git://example.org/b", "none of"),
            ("ftp://example.org/b", "none of"),
            ("../b.git", "none of"),
            ("b.git", "none of"),
            ("http://example.org/b", "no TLS"),
            ("http://127.0.0.1.example.org/b", "no TLS"),
            ("http://localhost.example.org/b", "no TLS"),
            ("https://token@example.org/b", "--fetch-login"),
            ("https://a:b@example.org/b", "--fetch-login"),
            ("http://127.0.0.1@example.org/b", "--fetch-login"),
            ("https:///b", "no host"),
            ("ssh://git:word@example.org/b", "password"),
            ("ssh://-oProxyCommand=x/b", "no host"),
            ("git@-oProxyCommand=x:b", "no host"),
            ("-oProxyCommand=x@example.org:b", "no host"),
            ("ssh://-oProxyCommand=x@example.org/b", "no host"),
            ("https://example.org\\@evil.example/b", "characters"),
            ("https://example.org\n/b", "characters"),
        ] {
            let refused = Way::of(address).unwrap_err();
            assert!(refused.contains(why), "{address}: {refused}");
        }
    }

    #[test]
    fn settings_that_are_not_known_are_refused_by_name() {
        assert!(with("gc.auto", "0").is_ok());
        assert!(with("remote.origin.prune", "true").is_ok());
        assert!(with("fetch.fsck.zeroPaddedFilemode", "ignore").is_ok());
        assert!(with("fetch.fsck.other.proxy", "ignore").is_err());
        for name in [
            "core.sshcommand",
            "core.fsmonitor",
            "core.hookspath",
            "core.gitproxy",
            "core.askpass",
            "credential.helper",
            "credential.https://example.org.helper",
            "remote.origin.uploadpack",
            "remote.origin.vcs",
            "remote.origin.proxy",
            "remote.origin.promisor",
            "remote.other.url",
            "url.https://evil.example/.insteadof",
            "include.path",
            "includeif.gitdir:/.path",
            "http.proxy",
            "http.sslverify",
            "http.extraheader",
            "gc.recentobjectshook",
            "gpg.program",
            "extensions.worktreeconfig",
            "fetch.bundleuri",
            "protocol.ext.allow",
        ] {
            let refused = with(name, "x").unwrap_err();
            assert!(refused.contains(&format!("sets {name},")), "{name}: {refused}");
        }
    }

    #[test]
    fn only_one_whole_mirror_is_fetched_into() {
        assert!(with("remote.other.mirror", "true").unwrap_err().contains("one remote"));
        assert!(
            with("remote.origin.url", "https://example.org/q").unwrap_err().contains("several")
        );
        for spec in ["+refs/heads/*:refs/tags/*", "refs/x:refs/x", "+HEAD:refs/heads/x"] {
            assert!(with("remote.origin.fetch", spec).unwrap_err().contains("own name"), "{spec}");
        }
        let mut some = mirror("/srv/b.git");
        some[2].1 = "+refs/heads/*:refs/heads/*".into();
        assert!(Origin::read(&some).unwrap_err().contains("own name"), "tags would not come");
        some.push(("remote.origin.fetch".into(), "+refs/tags/*:refs/tags/*".into()));
        assert!(Origin::read(&some).is_ok());
    }
}
