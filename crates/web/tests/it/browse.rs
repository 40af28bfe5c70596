//! A browser of the plainest kind: it sends requests, keeps one cookie, and fills in forms that
//! are really on the page.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use case::PersonId;
use tower::ServiceExt;
use web::App;

use crate::{drills::Practice, house::House};

/// A response, read to its end.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The page's text as a person reads it.
    pub(crate) fn words(&self) -> String {
        unescape(&self.text)
    }

    /// Where a form on this page goes.
    fn action(&self, form: &str) -> String {
        unescape(attribute(self.form(form), "action=\""))
    }

    /// The values that the hidden fields of a form on this page hold.
    pub(crate) fn hidden(&self, form: &str) -> Vec<(String, String)> {
        let hidden = |input: &&str| input.starts_with("type=\"hidden\"");
        let field = |input: &str| {
            (unescape(attribute(input, "name=\"")), unescape(attribute(input, "value=\"")))
        };
        self.form(form).split("<input ").filter(hidden).map(field).collect()
    }

    /// What a form on this page would send if nobody touched it.
    fn as_shown(&self, form: &str) -> Vec<(String, String)> {
        let form = self.form(form);
        let inputs = form.split("<input ").skip(1).map(|rest| &rest[..rest.find('>').unwrap()]);
        let counts = |input: &&str| {
            let choice = input.contains("type=\"radio\"") || input.contains("type=\"checkbox\"");
            !choice || input.contains(" checked")
        };
        let of_inputs = inputs.filter(counts).map(|input| {
            (unescape(attribute(input, "name=\"")), unescape(attribute(input, "value=\"")))
        });
        let areas = form.split("<textarea ").skip(1).map(|rest| {
            let (tag, rest) = rest.split_once(">\n").unwrap();
            let text = rest.split("</textarea>").next().unwrap();
            (unescape(attribute(tag, "name=\"")), unescape(text))
        });
        of_inputs.chain(areas).collect()
    }

    fn form(&self, form: &str) -> &str {
        let marker = format!("name=\"form\" value=\"{form}\"");
        let at = self.text.find(&marker).unwrap_or_else(|| panic!("no form {form} on the page"));
        let start = self.text[..at].rfind("<form").unwrap();
        let end = start + self.text[start..].find("</form>").unwrap();
        &self.text[start..end]
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let from = tag.find(name).unwrap() + name.len();
    tag[from..].split('"').next().unwrap()
}

fn unescape(text: &str) -> String {
    text.replace("&#x2f;", "/")
        .replace("&#x27;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

pub(crate) struct Browser {
    router: Router,
    cookie: Option<String>,
    pub(crate) log: Arc<Mutex<Vec<String>>>,
}

impl Browser {
    pub(crate) fn new(house: &House) -> Self {
        Self::over(house, false)
    }

    /// A place that browsers reach over TLS, or not.
    pub(crate) fn over(house: &House, secure: bool) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        let router = web::router(App {
            live: Arc::clone(&house.engine),
            drills: Arc::new(Practice::default()),
            secure,
            log: Arc::new(move |line: &str| lines.lock().unwrap().push(line.to_owned())),
        });
        Self { router, cookie: None, log }
    }

    /// The same place in another browser, where nobody is signed in.
    pub(crate) fn other(&self) -> Self {
        Self { router: self.router.clone(), cookie: None, log: Arc::clone(&self.log) }
    }

    pub(crate) async fn signed_in(house: &House, person: PersonId) -> Self {
        let mut browser = Self::new(house);
        browser.enter(house, person).await;
        browser
    }

    pub(crate) async fn enter(&mut self, house: &House, person: PersonId) {
        let link = web::invite(&house.engine, person).unwrap();
        self.follow(&link).await;
    }

    /// Signs in by a link.
    pub(crate) async fn follow(&mut self, link: &str) {
        let answer = self.post(link, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        self.cookie = Some(cookie);
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Page {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().append(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Page { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) fn form(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
        let encode = |text: &str| {
            text.bytes()
                .map(|b| match b {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => char::from(b).to_string(),
                    _ => format!("%{b:02X}"),
                })
                .collect::<String>()
        };
        let pairs: Vec<String> =
            fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(pairs.join("&")))
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(Self::form(path, fields)).await
    }

    /// Opens a page, fills in one of its forms, and sends it where the page says.
    pub(crate) async fn fill(&self, path: &str, form: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        self.fill_on(&page, form, fields).await
    }

    /// Sends a form with everything that stands in it, but for what is changed.
    pub(crate) async fn leave(&self, path: &str, form: &str, changed: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let shown = page.as_shown(form);
        let kept = shown.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let kept = kept.filter(|(name, _)| !changed.iter().any(|(other, _)| name == other));
        let all: Vec<(&str, &str)> = kept.chain(changed.iter().copied()).collect();
        self.post(&page.action(form), &all).await
    }

    /// Fills in a form of a page that is open already.
    pub(crate) async fn fill_on(&self, page: &Page, form: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = page.hidden(form);
        let hidden = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.post(&page.action(form), &all).await
    }
}
