//! Where a repository is, however its address is spelt: by HTTPS or by SSH, with a name or a port, with
//! `.git` or without. Two spellings of one place must be one here; that two places are taken for one
//! because only their port differs does less harm.

use std::path::{Path, PathBuf};

use advisory::id::GhsaId;

/// Names that forges give to their SSH servers where port 22 is shut.
const BY_SSH: [&str; 2] = ["ssh.", "altssh."];

/// The place that an address means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// Another machine, and the path there.
    There(String),
    /// On this machine.
    Here(PathBuf),
}

impl Address {
    pub(crate) fn of(address: &str) -> Self {
        let address = address.trim();
        let (scheme, rest) = match address.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => (String::new(), address),
        };
        let host_and_path = match scheme.as_str() {
            "file" => None,
            // As in git@example.org:project/name.git
            "" => rest.split_once(':').filter(|(host, _)| !host.contains('/')),
            _ => Some(rest.split_once('/').unwrap_or((rest, ""))),
        };
        match host_and_path {
            Some((host, path)) => Self::There(format!("{}/{}", bare_host(host), bare_path(path))),
            None => Self::Here(on_disk(Path::new(rest))),
        }
    }

    /// All remotes of a clone with these settings.
    pub(crate) fn all(settings: &[(String, String)]) -> Vec<Self> {
        let urls = settings.iter().filter(|(name, _)| {
            name.strip_prefix("remote.").is_some_and(|rest| rest.strip_suffix(".url").is_some())
        });
        urls.map(|(_, address)| Self::of(address)).collect()
    }

    /// It lies in this folder, whose links are resolved.
    pub(crate) fn is_below(&self, folder: &Path) -> bool {
        matches!(self, Self::Here(path) if path.starts_with(folder))
    }

    /// Its name ends as GitHub names the private fork of an advisory.
    pub(crate) fn is_of_an_advisory(&self) -> bool {
        let Self::There(place) = self else { return false };
        let id = place.rsplit_once("-ghsa-").map(|(_, id)| format!("GHSA-{id}"));
        id.is_some_and(|id| id.parse::<GhsaId>().is_ok())
    }
}

/// Without a user and a port, in small letters.
fn bare_host(host: &str) -> String {
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_ascii_lowercase();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => &host,
    };
    let name = name.trim_end_matches('.');
    let plain = BY_SSH.iter().find_map(|start| name.strip_prefix(start));
    plain.unwrap_or(name).to_owned()
}

/// Forges take no heed of case, nor of what a path may end in.
fn bare_path(path: &str) -> String {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let path = parts.collect::<Vec<_>>().join("/").to_lowercase();
    path.strip_suffix(".git").unwrap_or(&path).trim_end_matches('/').to_owned()
}

/// Git finds `name`, `name.git` and `name/.git` under one name.
fn on_disk(path: &Path) -> PathBuf {
    let folder = path.canonicalize();
    let folder = folder.or_else(|_| path.with_added_extension("git").canonicalize());
    let folder = folder.unwrap_or_else(|_| path.to_owned());
    if folder.ends_with(".git") { folder.parent().unwrap_or(&folder).to_owned() } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_one_address_however_it_is_spelt() {
        let place = Address::There("github.com/example/private".into());
        for spelt in [
            "https://github.com/example/private.git",
            "https://GitHub.com/Example/Private",
            "https://github.com:443/example/private/",
            "https://token@github.com//example/./private.git/",
            "git@github.com:example/private.git",
            "github.com:/example/private",
            "ssh://git@github.com:22/example/private.git",
            "github.com:example/private/.git",
            "ssh://git@ssh.github.com:443/example/private.git",
            "git+ssh://github.com./example/private",
            " https://github.com/example/private",
        ] {
            assert_eq!(Address::of(spelt), place, "{spelt}");
        }
        for other in [
            "https://github.com/example/private2",
            "https://github.com/private",
            "https://gitlab.com/example/private",
            "https://github.com/example/private.git.git",
            "/github.com/example/private",
            "file:///github.com/example/private",
        ] {
            assert_ne!(Address::of(other), place, "{other}");
        }
    }

    #[test]
    fn a_folder_has_one_address() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(folder.join("a/.git")).unwrap();
        std::fs::create_dir_all(folder.join("b.git")).unwrap();
        let at = |name: &str| Address::of(&folder.join(name).display().to_string());
        let by_url = |name: &str| Address::of(&format!("file://{}/{name}", folder.display()));
        assert_eq!(at("a"), Address::Here(folder.join("a")));
        for same in [at("a/"), at("a/.git"), at("b.git/../a"), by_url("a")] {
            assert_eq!(same, at("a"));
        }
        assert_eq!(at("b"), at("b.git"));
        assert!(at("b").is_below(&folder) && !at("b").is_below(&folder.join("a")));
        assert!(!at("gone").is_below(&folder.join("a")));
    }

    #[test]
    fn the_fork_of_an_advisory_is_known_by_its_name() {
        let is_one =
            |name: &str| Address::of(&format!("git@github.com:example/{name}")).is_of_an_advisory();
        assert!(is_one("project-ghsa-5ph6-qq5x-7jwc.git") && is_one("P-GHSA-5PH6-QQ5X-7JWC"));
        assert!(!is_one("project") && !is_one("ghsa-db") && !is_one("project-ghsa-5ph6-qq5x"));
    }
}
