//! Message texts: shipped templates, each of which an operator may replace.

use std::{fmt, path::Path};

use case::act::Payload;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::EngineError;

const SHIPPED: [(&str, &str); 10] = [
    ("acknowledge", include_str!("../../../../templates/acknowledge.txt")),
    ("verdict", include_str!("../../../../templates/verdict.txt")),
    ("draft", include_str!("../../../../templates/draft.txt")),
    ("date", include_str!("../../../../templates/date.txt")),
    ("credit", include_str!("../../../../templates/credit.txt")),
    ("other", include_str!("../../../../templates/other.txt")),
    ("distributors", include_str!("../../../../templates/distributors.txt")),
    ("nudge", include_str!("../../../../templates/nudge.txt")),
    ("users", include_str!("../../../../templates/users.txt")),
    ("follow-up", include_str!("../../../../templates/follow-up.txt")),
];

/// The texts of all messages. The first line of each is `Subject: …`, then an empty line, then the
/// body.
pub struct Texts {
    environment: Environment<'static>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// The shipped texts; a file `NAME.txt` in `folder` replaces the text of that name.
    ///
    /// # Errors
    /// [`EngineError::Template`] when a file cannot be read or is no template.
    pub fn load(folder: Option<&Path>) -> Result<Self, EngineError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_trim_blocks(false);
        for (name, shipped) in SHIPPED {
            let bad = |why: String| EngineError::Template { name: name.to_owned(), why };
            let file = folder.map(|f| f.join(format!("{name}.txt"))).filter(|f| f.exists());
            let text = match file {
                Some(file) => std::fs::read_to_string(file).map_err(|e| bad(e.to_string()))?,
                None => shipped.to_owned(),
            };
            environment.add_template_owned(name, text).map_err(|e| bad(e.to_string()))?;
        }
        Ok(Self { environment })
    }

    pub(super) fn fill(&self, name: &str, facts: &impl Serialize) -> Result<Payload, EngineError> {
        let bad = |why: String| EngineError::Template { name: name.to_owned(), why };
        let template = self.environment.get_template(name).map_err(|e| bad(e.to_string()))?;
        let text = template.render(facts).map_err(|e| bad(e.to_string()))?;
        // A template without a body ends where its subject does.
        let text = format!("{}\n\n", text.trim_end());
        let (head, body) =
            text.split_once("\n\n").ok_or_else(|| bad("there is no empty line".into()))?;
        let subject = head
            .strip_prefix("Subject:")
            .filter(|s| !s.contains('\n'))
            .ok_or_else(|| bad("it does not begin with one line \"Subject:\"".into()))?;
        Ok(Payload::Message { subject: subject.trim().to_owned(), body: tidy(body) })
    }
}

/// One empty line between paragraphs, none at the ends: conditions in templates leave gaps.
fn tidy(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    let mut empty = 0_usize;
    for line in body.trim().lines() {
        empty = if line.trim().is_empty() { empty.saturating_add(1) } else { 0 };
        if empty < 2 {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}
