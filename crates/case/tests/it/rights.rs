//! Who may do what, as one expected file.

#![cfg(test)]

use std::{collections::BTreeSet, fmt::Write as _};

use case::{
    Command,
    rights::{Actor, Permission, Role, may},
};
use serde::Serialize;
use serde_json::Value;

use crate::{desk, golden, samples};

const ROLES: [Role; 5] =
    [Role::Team, Role::Reporter, Role::FixDeveloper, Role::ReleaseManager, Role::Distributor];

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value).unwrap() {
        Value::String(text) => text,
        Value::Object(fields) => fields.into_iter().next().unwrap().0,
        other => panic!("no name in {other}"),
    }
}

/// A command's name, with the kind of what it carries where the right depends on that.
fn name(command: &Command) -> String {
    let inner = match command {
        Command::Decide(decision) => word(decision),
        Command::Observe(seen) => word(seen),
        Command::Plan { plan, .. } => word(&plan.kind),
        _ => return word(command),
    };
    format!("{} {inner}", word(command))
}

/// Who holds a permission, in the order of the roles, the house last.
fn holders(permission: Permission) -> Vec<String> {
    let by_role = ROLES
        .iter()
        .filter(|role| may(Actor::Person(desk::OTTO), &BTreeSet::from([**role]), permission));
    let house = may(Actor::House, &BTreeSet::new(), permission).then(|| "house".to_owned());
    by_role.map(word).chain(house).collect()
}

#[test]
fn the_table_of_rights() {
    let mut table = String::from("# permission: who holds it\n");
    for permission in Permission::ALL {
        writeln!(table, "{:16} {}", word(&permission), holders(permission).join(" ")).unwrap();
    }
    table.push_str("\n# command: permission it needs\n");
    let mut seen = BTreeSet::new();
    for command in samples::commands() {
        let row = format!("{:30} {}", name(&command), word(&command.permission()));
        if seen.insert(row.clone()) {
            writeln!(table, "{row}").unwrap();
        }
    }
    golden::check("rights.txt", &table);
}

#[test]
fn nobody_may_do_anything_without_a_role() {
    for permission in Permission::ALL {
        assert!(!may(Actor::Person(desk::OTTO), &BTreeSet::new(), permission));
    }
}
