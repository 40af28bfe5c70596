//! Everything that happened, in words, and corrections of what was said wrongly.

use case::{Command, event::Decision, rights::Permission};
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
    view::timeline::{self, Item},
};

pub(super) const TAB: Tab =
    Tab { slug: "timeline", title: "Timeline", template: "case/timeline.html", content, read };

#[derive(Serialize)]
struct Content {
    items: Vec<Item>,
    coordinate: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    minijinja::Value::from_serialize(Content {
        items: timeline::items(desk),
        coordinate: desk.may(Permission::Coordinate),
    })
}

fn read(_: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    match fields.form() {
        "correct" => Ok(vec![Command::Decide(Box::new(Decision::Correction {
            seq: fields.parsed("seq", "Entry")?,
            text: fields.text("text").to_owned(),
        }))]),
        _ => Err(no_such_form()),
    }
}
