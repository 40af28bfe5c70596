//! From tokens to a tree. The grammar is CEL's, without what [`super`] leaves out.

use super::{
    ExprError, MAX_DEPTH, MAX_LENGTH,
    lex::{Token, tokens},
};

/// A part of an expression and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Node>),
    Name(String),
    Field(Box<Node>, String),
    /// A function or macro, called on a target: `size(x)` is read as `x.size()`.
    Call(Box<Node>, String, Vec<Node>),
    Not(Box<Node>),
    Binary(Op, Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
}

/// Words that CEL keeps for itself and that mean nothing here.
const RESERVED: [&str; 3] = ["null", "in", "has"];

pub(super) fn parse(source: &str) -> Result<Node, ExprError> {
    if source.len() > MAX_LENGTH {
        return Err(ExprError::new(0, format!("an expression has at most {MAX_LENGTH} bytes")));
    }
    let tokens = tokens(source)?;
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0 };
    let node = parser.or()?;
    match parser.peek() {
        Token::End => Ok(node),
        other => Err(parser.wrong(&format!("{} follows where nothing may", shown(other)))),
    }
}

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    next: usize,
    depth: usize,
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(name) => format!("`{name}`"),
        Token::Int(number) => format!("`{number}`"),
        Token::Text(_) => "a text".into(),
        Token::Sign(sign) => format!("`{sign}`"),
        Token::End => "the end".into(),
    }
}

type Parsed = Result<Node, ExprError>;

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(at, _)| *at)
    }

    fn wrong(&self, why: &str) -> ExprError {
        ExprError::new(self.at(), why)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.take(sign) {
            return Ok(());
        }
        Err(self.wrong(&format!("`{sign}` is missing before {}", shown(self.peek()))))
    }

    fn or(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.wrong("the expression nests too deep"));
        }
        let node = self
            .chain(&[("||", Op::Or)], |parser| parser.chain(&[("&&", Op::And)], Self::relation));
        self.depth -= 1;
        node
    }

    /// Operands between operators of one rank, read from the left.
    fn chain(&mut self, ops: &[(&str, Op)], operand: impl Fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = operand(self)?;
        'more: loop {
            let at = self.at();
            for (sign, op) in ops {
                let word = *sign == "in" && *self.peek() == Token::Name("in".into());
                self.next += usize::from(word);
                if word || self.take(sign) {
                    let right = operand(self)?;
                    let kind = Kind::Binary(*op, Box::new(left), Box::new(right));
                    left = Node { at, kind };
                    continue 'more;
                }
            }
            return Ok(left);
        }
    }

    fn relation(&mut self) -> Parsed {
        const RELATIONS: [(&str, Op); 7] = [
            ("==", Op::Equal),
            ("!=", Op::Unequal),
            ("<=", Op::AtMost),
            (">=", Op::AtLeast),
            ("<", Op::Less),
            (">", Op::Greater),
            ("in", Op::In),
        ];
        self.chain(&RELATIONS, Self::unary)
    }

    fn unary(&mut self) -> Parsed {
        let at = self.at();
        let mut negations = 0_usize;
        while self.take("!") {
            negations += 1;
        }
        let mut node = self.member()?;
        // An even number changes nothing, but its operand must be a truth value all the same.
        let kept = if negations == 0 { 0 } else { 2 - negations % 2 };
        for _ in 0..kept {
            node = Node { at, kind: Kind::Not(Box::new(node)) };
        }
        Ok(node)
    }

    fn member(&mut self) -> Parsed {
        let mut node = self.primary()?;
        while self.take(".") {
            let at = self.at();
            let Token::Name(name) = self.peek().clone() else {
                return Err(self.wrong("a field or function must follow the dot"));
            };
            self.next += 1;
            let kind = if self.take("(") {
                Kind::Call(Box::new(node), name, self.until(")")?)
            } else {
                Kind::Field(Box::new(node), name)
            };
            node = Node { at, kind };
        }
        Ok(node)
    }

    fn until(&mut self, close: &str) -> Result<Vec<Node>, ExprError> {
        let mut found = Vec::new();
        if self.take(close) {
            return Ok(found);
        }
        loop {
            found.push(self.or()?);
            if self.take(close) {
                return Ok(found);
            }
            self.need(",")?;
        }
    }

    fn primary(&mut self) -> Parsed {
        let at = self.at();
        let token = self.peek().clone();
        self.next += 1;
        let kind = match token {
            Token::Int(number) => Kind::Int(number),
            Token::Text(text) => Kind::Text(text),
            Token::Sign("(") => {
                let inner = self.or()?;
                self.need(")")?;
                return Ok(inner);
            }
            Token::Sign("[") => Kind::List(self.until("]")?),
            Token::Name(name) if name == "true" || name == "false" => Kind::Bool(name == "true"),
            Token::Name(name) if RESERVED.contains(&name.as_str()) => {
                return Err(ExprError::new(at, format!("`{name}` is not part of this language")));
            }
            Token::Name(name) if self.take("(") => {
                let mut arguments = self.until(")")?;
                match (name.as_str(), arguments.pop(), arguments.is_empty()) {
                    ("size", Some(of), true) => Kind::Call(Box::new(of), name, Vec::new()),
                    _ => return Err(ExprError::new(at, format!("there is no function `{name}`"))),
                }
            }
            Token::Name(name) => Kind::Name(name),
            other => {
                let why = format!("a value must stand here, not {}", shown(&other));
                return Err(ExprError::new(at, why));
            }
        };
        Ok(Node { at, kind })
    }
}
