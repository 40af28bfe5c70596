//! Licences, bans and sources of everything that is built, by the rules in `deny.toml`.
//!
//! `cargo deny` checks these better and more, and where it is installed it does; but it takes
//! longer to build than the house itself, and a rule that no machine checks is no rule.
//! This reads the same file, and of it only the lists that say what is allowed and what is banned.

use std::{collections::BTreeSet, fs, iter::Peekable};

use serde_json::Value;

use crate::{report::Outcome, run, steps};

/// Checks every package that is built for this platform.
pub(crate) fn check() -> Outcome {
    let written = fs::read_to_string(steps::root().join("deny.toml")).unwrap_or_default();
    let policy = match Policy::read(&written) {
        Ok(policy) => policy,
        Err(error) => return Outcome::Failed(format!("deny.toml: {error}")),
    };
    let known = run::metadata().zip(run::built());
    match known.and_then(|(metadata, built)| packages(&metadata, &built)) {
        Some(packages) => {
            Outcome::of(&packages.iter().flat_map(|it| policy.against(it)).collect::<Vec<_>>())
        }
        None => Outcome::Failed("`cargo metadata` or `cargo tree` cannot be read".into()),
    }
}

struct Policy {
    allowed: Vec<String>,
    banned: Vec<String>,
}

struct Package {
    name: String,
    licence: String,
    /// Empty for a package of ours.
    source: String,
}

impl Policy {
    fn read(text: &str) -> Result<Self, String> {
        let file: Value = toml::from_str(text).map_err(|error| error.to_string())?;
        let list = |table: &str, key: &str| {
            let entries =
                file.get(table).and_then(|table| table.get(key)).and_then(Value::as_array);
            let entries = entries.filter(|entries| !entries.is_empty());
            entries.ok_or_else(|| format!("there is no list {table}.{key}"))
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let of_crate = |ban: &Value| text(ban.get("crate").unwrap_or(ban));
        let unread = || "an entry is neither a name nor a table with one".to_owned();
        Ok(Self {
            allowed: list("licenses", "allow")?
                .iter()
                .map(text)
                .collect::<Option<_>>()
                .ok_or_else(unread)?,
            banned: list("bans", "deny")?
                .iter()
                .map(of_crate)
                .collect::<Option<_>>()
                .ok_or_else(unread)?,
        })
    }

    fn against(&self, package: &Package) -> Vec<String> {
        let Package { name, licence, source } = package;
        let mut problems = Vec::new();
        if self.banned.contains(name) {
            problems.push(format!("{name} is banned by deny.toml"));
        }
        if !source.is_empty() && !source.starts_with("registry+") {
            problems
                .push(format!("{name} does not come from the crate registry but from {source}"));
        }
        if !self.allows(licence) {
            problems.push(format!("{name}: deny.toml does not allow the licence “{licence}”"));
        }
        problems
    }

    /// Whether an SPDX expression can be met with allowed licences. The old `A/B` means `A OR B`.
    fn allows(&self, expression: &str) -> bool {
        let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let mut words = spaced.split_whitespace().peekable();
        self.either(&mut words) == Some(true) && words.next().is_none()
    }

    fn either<'a>(&self, words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let mut allowed = self.both(words)?;
        while words.next_if_eq(&"OR").is_some() {
            allowed |= self.both(words)?;
        }
        Some(allowed)
    }

    fn both<'a>(&self, words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let mut allowed = self.one(words)?;
        while words.next_if_eq(&"AND").is_some() {
            allowed &= self.one(words)?;
        }
        Some(allowed)
    }

    fn one<'a>(&self, words: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<bool> {
        let word = words.next()?;
        if word == "(" {
            let allowed = self.either(words)?;
            return words.next_if_eq(&")").map(|_| allowed);
        }
        let mut licence = word.to_owned();
        if words.next_if_eq(&"WITH").is_some() {
            licence = format!("{licence} WITH {}", words.next()?);
        }
        Some(self.allowed.contains(&licence))
    }
}

fn packages(metadata: &Value, built: &BTreeSet<String>) -> Option<Vec<Package>> {
    let text = |package: &Value, key| {
        package.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let packages = metadata.get("packages")?.as_array()?.iter();
    let name = |package| format!("{} v{}", text(package, "name"), text(package, "version"));
    let packages = packages.filter(|package| built.contains(&name(package)));
    let read = |package| Package {
        name: text(package, "name"),
        licence: text(package, "license"),
        source: text(package, "source"),
    };
    Some(packages.map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy::read(
            r#"
            [licenses]
            allow = ["MIT", "BSD-3-Clause", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"]
            [bans]
            deny = [{ crate = "ring", reason = "one provider" }, "openssl"]
            "#,
        )
        .expect("the policy is well written")
    }

    #[test]
    fn only_what_is_built_is_judged() {
        let package = |name| serde_json::json!({ "name": name, "version": "1.0.0" });
        let metadata = serde_json::json!({ "packages": [package("ring"), package("openssl")] });
        let found = packages(&metadata, &["openssl v1.0.0".to_owned()].into()).unwrap();
        assert_eq!(found.into_iter().map(|package| package.name).collect::<Vec<_>>(), ["openssl"]);
    }

    #[test]
    fn expressions_are_met_or_not() {
        let table = [
            ("MIT", true),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only/MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("(GPL-3.0-only OR MIT) AND Unicode-3.0", true),
            ("GPL-3.0-only OR MIT AND BSD-3-Clause", true),
            ("(GPL-3.0-only OR MIT) AND Apache-2.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            ("", false),
            ("(MIT", false),
            ("MIT OR", false),
            ("MIT MIT", false),
        ];
        for (expression, expected) in table {
            assert_eq!(policy().allows(expression), expected, "{expression}");
        }
    }

    #[test]
    fn each_rule_finds_its_offender() {
        let table = [
            ("fine", "MIT", "registry+index", ""),
            ("ours", "MIT", "", ""),
            ("ring", "MIT", "registry+index", "banned"),
            ("openssl", "MIT", "registry+index", "banned"),
            ("astray", "MIT", "git+https://example.org/astray", "registry"),
            ("strict", "GPL-3.0-only", "registry+index", "licence"),
        ];
        for (name, licence, source, expected) in table {
            let package =
                Package { name: name.into(), licence: licence.into(), source: source.into() };
            let problems = policy().against(&package);
            assert_eq!(problems.len(), usize::from(!expected.is_empty()), "{problems:?}");
            assert!(problems.iter().all(|problem| problem.contains(expected)), "{problems:?}");
        }
    }

    #[test]
    fn a_policy_without_its_lists_is_an_error() {
        assert!(Policy::read("[licenses]\nallow = [\"MIT\"]").is_err());
        assert!(Policy::read("").is_err());
    }
}
