//! The language does what CEL does: each expression runs here and in the `cel` crate, over the
//! same values, and both must agree.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{Expr, MAX_LENGTH, Out, Ty};
use crate::view::{Field, Kind, Shape, Value};

/// A record for tests.
struct Record(&'static str, &'static [(&'static str, Kind)]);

impl Shape for Record {
    fn name(&self) -> &'static str {
        self.0
    }

    fn doc(&self) -> &'static str {
        ""
    }

    fn field(&self, index: usize) -> Option<Field> {
        self.1.get(index).map(|(name, kind)| Field { name, kind: *kind, doc: "" })
    }
}

static LINE: Record = Record(
    "line",
    &[("key", Kind::Text), ("patch", Kind::Bool), ("at", Kind::Time), ("words", Kind::Texts)],
);

static ROOT: Record = Record(
    "view",
    &[
        ("yes", Kind::Bool),
        ("count", Kind::Int),
        ("name", Kind::Text),
        ("words", Kind::Texts),
        ("line", Kind::Record(&LINE)),
        ("lines", Kind::List(&LINE)),
    ],
);

fn line(key: &str, patch: bool, at: i64, words: &[&str]) -> Value {
    let words = words.iter().map(|word| Value::Text((*word).into())).collect();
    Value::Record(vec![
        Value::Text(key.into()),
        Value::Bool(patch),
        Value::Int(at),
        Value::List(words),
    ])
}

fn view() -> Value {
    let words = ["a", "bä", ""].iter().map(|word| Value::Text((*word).into())).collect();
    Value::Record(vec![
        Value::Bool(true),
        Value::Int(3),
        Value::Text("bä".into()),
        Value::List(words),
        line("main", false, 0, &[]),
        Value::List(vec![
            line("1.16", true, 5, &["a"]),
            line("1.15", true, 0, &["a", "b"]),
            line("1.14", false, 9, &[]),
        ]),
    ])
}

fn to_cel(value: &Value, kind: Kind) -> cel::Value {
    match (value, kind) {
        (Value::Bool(value), _) => (*value).into(),
        (Value::Int(value), _) => (*value).into(),
        (Value::Text(value), _) => value.clone().into(),
        (Value::List(items), Kind::List(shape)) => {
            items.iter().map(|i| to_cel(i, Kind::Record(shape))).collect::<Vec<_>>().into()
        }
        (Value::List(items), _) => {
            items.iter().map(|i| to_cel(i, Kind::Text)).collect::<Vec<_>>().into()
        }
        (Value::Record(values), Kind::Record(shape)) => shape
            .fields()
            .zip(values)
            .map(|(field, value)| (field.name.to_owned(), to_cel(value, field.kind)))
            .collect::<HashMap<String, cel::Value>>()
            .into(),
        (Value::Record(_), _) => panic!("a record where none belongs"),
    }
}

fn by_cel(source: &str) -> cel::Value {
    let mut context = cel::Context::default();
    if let Value::Record(values) = view() {
        for (field, value) in ROOT.1.iter().zip(&values) {
            context.add_variable_from_value(field.0, to_cel(value, field.1));
        }
    }
    let program = cel::Program::compile(source).unwrap_or_else(|e| panic!("{source}: {e}"));
    program.execute(&context).unwrap_or_else(|e| panic!("{source}: {e}"))
}

fn shown(out: &Out<'_>) -> cel::Value {
    match out {
        Out::Bool(value) => (*value).into(),
        Out::Int(value) => (*value).into(),
        Out::Text(value) => (*value).into(),
        Out::List(_) | Out::Made(_) => {
            out.items().map(|item| shown(&item)).collect::<Vec<_>>().into()
        }
        Out::Record(_) => panic!("records are compared by their fields"),
    }
}

fn agree(source: &str) {
    let expr = Expr::compile(source, &ROOT, None).unwrap_or_else(|e| panic!("{source}: {e}"));
    let view = view();
    assert_eq!(shown(&expr.eval(&view, None)), by_cel(source), "{source}");
}

#[test]
fn it_means_what_cel_means() {
    let sources = [
        "yes && !yes || yes",
        "!yes == false",
        "!!yes",
        "true == (count == 3)",
        "count > 2 == yes",
        "1 < 2 == true",
        "name == 'bä' && name != \"b\\\"\"",
        "'it\\'s' == \"it's\"",
        "size(name)",
        "name.size() == size(words)",
        "words",
        "name in words",
        "'c' in words || '' in words",
        "count in [1, 2, 3]",
        "[] == words",
        "['a', 'bä', ''] == words",
        "name < 'c' && 'a' <= name && name >= name",
        "line.key",
        "line.at > 0",
        "lines.filter(l, l.patch).map(l, l.key)",
        "lines.all(l, l.patch || l.at > 0)",
        "lines.exists(l, l.key == '1.15' && l.words == ['a', 'b'])",
        "lines.map(l, l.words.filter(w, w in words))",
        "lines.map(l, lines.exists(m, m.at > l.at))",
        "lines.exists(line, line.at == 5) && line.at == 0",
        "name.contains('ä') && name.startsWith('b') && !name.contains('bb')",
        "words.all(w, size(w) < 3) ",
        "lines.filter(l, l.at > 0).size()",
        "[].size() == 0",
        "(((count)))",
    ];
    for source in sources {
        agree(source);
    }
}

#[test]
fn what_is_wrong_is_named_where_it_is() {
    let long = format!("{}'", "'".repeat(MAX_LENGTH));
    let deep = format!("{}yes{}", "(".repeat(60), ")".repeat(60));
    let cases: &[(&str, usize, &str)] = &[
        ("", 0, "a value must stand here, not the end"),
        ("yes &&", 6, "a value must stand here"),
        ("yes yes", 4, "`yes` follows where nothing may"),
        ("yes & yes", 4, "`&` is not understood"),
        ("nam == 'x'", 0, "`view` has no field `nam`; did you mean `name`?"),
        ("yes && lines.all(l, l.pach)", 22, "`line` has no field `pach`; did you mean `patch`?"),
        ("line.zzzzzz", 5, "`line` has no field `zzzzzz`"),
        ("name.key", 5, "a text has no field `key`"),
        ("name == 3", 5, "a text and a number cannot be compared"),
        ("line == line", 5, "cannot be compared"),
        ("yes < yes", 4, "cannot be compared"),
        ("count && yes", 0, "a truth value must stand here, not a number"),
        ("!count", 1, "a truth value must stand here"),
        ("name in name", 5, "cannot be compared"),
        ("[1, 'a'] == words", 0, "of one type"),
        ("count.all(c, yes)", 6, "only a list can be gone through"),
        ("lines.all(l)", 6, "write a name and a condition"),
        ("lines.all(l, l.key)", 15, "a truth value must stand here"),
        ("lines.map(a, lines.map(b, lines.map(c, lines.map(d, 1))))", 45, "3 deep"),
        ("name.matches('x')", 5, "has no function `matches`"),
        ("f(1)", 0, "there is no function `f`"),
        ("has(line.key)", 0, "`has` is not part of this language"),
        ("null == name", 0, "`null` is not part of this language"),
        ("name[0]", 4, "`[` follows where nothing may"),
        ("1.5 > 1", 2, "a field or function must follow the dot"),
        ("-1 < 2", 0, "a value must stand here"),
        ("99999999999999999999 > 1", 0, "only whole numbers"),
        ("'open", 0, "no closing quote"),
        ("'\\x' == name", 1, "escapes"),
        (&long, 0, "at most 2000 bytes"),
        (&deep, 48, "nests too deep"),
    ];
    for (source, at, why) in cases {
        match Expr::compile(source, &ROOT, None) {
            Ok(_) => panic!("{source} compiles"),
            Err(error) => {
                assert!(error.why.contains(why), "{source}: {}", error.why);
                assert_eq!(error.at, *at, "{source}: {}", error.why);
            }
        }
    }
}

#[test]
fn a_variable_named_it_is_the_element() {
    let of = Ty::from(Kind::List(&LINE));
    let Ty::List(of) = of else { panic!("a list") };
    let expr = Expr::compile("it.patch && lines.exists(l, l.key == it.key)", &ROOT, Some(&of));
    let (expr, view) = (expr.unwrap(), view());
    let all = Expr::compile("lines", &ROOT, None).unwrap();
    let holds: Vec<bool> =
        all.eval(&view, None).items().map(|it| expr.holds(&view, Some(&it))).collect();
    assert_eq!(holds, [true, true, false]);
}

/// Well-typed expressions: truth values over the test's view, with `depth` variables in scope.
fn truths() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0..7_i64).prop_map(|n| n.to_string()),
        Just("count".to_owned()),
        Just("size(name)".to_owned()),
        Just("words.size()".to_owned()),
        Just("line.at".to_owned()),
        Just("l.at".to_owned()),
        Just("l.words.size()".to_owned()),
    ];
    let text = prop_oneof![
        Just("name".to_owned()),
        Just("line.key".to_owned()),
        Just("l.key".to_owned()),
        "[a-bä.1]{0,3}".prop_map(|text| format!("'{text}'")),
    ];
    let relation =
        prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")];
    let leaf = prop_oneof![
        Just("yes".to_owned()),
        Just("l.patch".to_owned()),
        (number.clone(), relation.clone(), number).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (text.clone(), relation, text.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (text.clone(), prop_oneof![Just("words"), Just("l.words"), Just("['a', name]")])
            .prop_map(|(a, list)| format!("{a} in {list}")),
        (text.clone(), text).prop_map(|(a, b)| format!("{a}.contains({b})")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) == ({b})")),
            inner.clone().prop_map(|a| format!("(lines.filter(l, {a}).size() > 1)")),
            inner.prop_map(|a| format!("l.words.exists(w, w != '' && ({a}))")),
        ]
    })
}

proptest! {
    #[test]
    fn any_expression_agrees_with_cel(condition in truths()) {
        for over in ["all", "exists"] {
            let source = format!("lines.{over}(l, {condition})");
            match Expr::compile(&source, &ROOT, None) {
                Ok(_) => agree(&source),
                Err(error) => prop_assert!(error.why.contains("3 deep"), "{}", error.why),
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(source in "\\PC{0,40}") {
        drop(Expr::compile(&source, &ROOT, None));
    }

    #[test]
    fn no_row_of_tokens_makes_the_reader_panic(
        tokens in prop::collection::vec(
            prop_oneof![
                Just("("), Just(")"), Just("["), Just("]"), Just(","), Just("."), Just("!"),
                Just("&&"), Just("in"), Just("=="), Just("name"), Just("lines"), Just("all"),
                Just("l"), Just("'a'"), Just("1"), Just("size"),
            ],
            0..20,
        )
    ) {
        drop(Expr::compile(&tokens.join(" "), &ROOT, None));
    }
}
