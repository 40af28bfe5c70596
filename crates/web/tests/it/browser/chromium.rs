//! A small client for Chromium's `DevTools` protocol, over a pair of named pipes.
//!
//! It does what a person at a mouse and a keyboard does: opens an address, clicks on what it can
//! see, types, looks. Scripts are switched off in the page, and the client runs none: elements are
//! found through the DOM domain, clicks and keys are input events.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

/// One page of a headless Chromium.
pub(crate) struct Chromium {
    child: Child,
    to: File,
    from: BufReader<File>,
    session: Option<String>,
    number: u64,
    loads: u64,
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Chromium {
    /// Starts the browser at `program`, with its profile and pipes in `folder`.
    pub(crate) fn start(program: &str, folder: &Path) -> Self {
        let (to, from) = (folder.join("to"), folder.join("from"));
        for pipe in [&to, &from] {
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        }
        // The shell ties the pipes to the descriptors that Chromium expects. It opens them for both
        // ways, so that it waits for nobody; our ends see when Chromium is gone.
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<>\"$TO\" 4<>\"$FROM\"", program])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
            .args(["--disable-component-update", "--lang=en-US", "--window-size=1200,1000"])
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .env("TO", &to)
            .env("FROM", &from)
            .env("LANG", "en_US.UTF-8")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = OpenOptions::new().write(true).open(&to).unwrap();
        let from = BufReader::new(File::open(&from).unwrap());
        let mut browser = Self { child, to, from, session: None, number: 0, loads: 0 };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = target["targetId"].clone();
        let attached =
            browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].as_str().map(ToOwned::to_owned);
        browser.call("Page.enable", json!({}));
        browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
        browser
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|why| panic!("{method}: {why}"))
    }

    fn try_call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        loop {
            let mut answer = self.read();
            if answer["id"] == json!(self.number) {
                return match answer.get("error") {
                    Some(error) => Err(error.to_string()),
                    None => Ok(answer["result"].take()),
                };
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert!(!bytes.is_empty(), "Chromium is gone");
        bytes.pop();
        let message: Value = serde_json::from_slice(&bytes).unwrap();
        if message["method"] == "Page.loadEventFired" {
            self.loads += 1;
        }
        message
    }

    fn wait_for_a_page(&mut self, before: u64) {
        while self.loads == before {
            self.read();
        }
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, url: &str) {
        let before = self.loads;
        self.call("Page.navigate", json!({"url": url}));
        self.wait_for_a_page(before);
    }

    /// The elements that an `XPath` finds, in the order of the page.
    fn find(&mut self, path: &str) -> Vec<Value> {
        self.call("DOM.getDocument", json!({"depth": 0}));
        let found = self.call("DOM.performSearch", json!({"query": path}));
        let (id, count) = (found["searchId"].clone(), found["resultCount"].as_u64().unwrap());
        if count == 0 {
            return Vec::new();
        }
        let range = json!({"searchId": id, "fromIndex": 0, "toIndex": count});
        self.call("DOM.getSearchResults", range)["nodeIds"].as_array().unwrap().clone()
    }

    fn one(&mut self, path: &str) -> Value {
        let Some(first) = self.find(path).into_iter().next() else {
            panic!("nothing on the page is {path}\n{}", self.text());
        };
        first
    }

    /// Something on the page matches.
    pub(crate) fn has(&mut self, path: &str) -> bool {
        !self.find(path).is_empty()
    }

    /// The page's whole source, as it stands.
    pub(crate) fn text(&mut self) -> String {
        let root = self.call("DOM.getDocument", json!({"depth": 0}))["root"]["nodeId"].clone();
        let html = self.call("DOM.getOuterHTML", json!({"nodeId": root}));
        html["outerHTML"].as_str().unwrap().to_owned()
    }

    /// An attribute of an element.
    pub(crate) fn attribute(&mut self, path: &str, name: &str) -> Option<String> {
        let node = self.one(path);
        let pairs = self.call("DOM.getAttributes", json!({"nodeId": node}));
        let pairs = pairs["attributes"].as_array().unwrap();
        let found = pairs.chunks(2).find(|pair| pair[0] == name)?;
        found[1].as_str().map(ToOwned::to_owned)
    }

    /// Clicks in the middle of what can be seen of an element.
    pub(crate) fn click(&mut self, path: &str) {
        let node = self.one(path);
        let scrolled = self.try_call("DOM.scrollIntoViewIfNeeded", json!({"nodeId": node}));
        scrolled.unwrap_or_else(|why| panic!("{path} cannot be seen: {why}\n{}", self.text()));
        let quads = self.call("DOM.getContentQuads", json!({"nodeId": node}));
        let quad: Vec<f64> =
            quads["quads"][0].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let middle = |at: usize| f64::midpoint(quad[at], quad[at + 4]);
        for kind in ["mousePressed", "mouseReleased"] {
            self.call(
                "Input.dispatchMouseEvent",
                json!({"type": kind, "x": middle(0), "y": middle(1), "button": "left",
                       "clickCount": 1}),
            );
        }
    }

    /// Clicks on something that leads to another page, and waits for that.
    pub(crate) fn follow(&mut self, path: &str) {
        let before = self.loads;
        self.click(path);
        self.wait_for_a_page(before);
    }

    /// Replaces the words of a field.
    pub(crate) fn write(&mut self, path: &str, words: &str) {
        let node = self.one(path);
        self.call("DOM.focus", json!({"nodeId": node}));
        self.key("a", json!({"modifiers": 2, "commands": ["selectAll"]}));
        self.call("Input.insertText", json!({"text": words}));
    }

    /// Chooses the option with this number of a list, with the arrow keys.
    pub(crate) fn choose(&mut self, path: &str, number: usize) {
        let node = self.one(path);
        self.call("DOM.focus", json!({"nodeId": node}));
        self.key("Home", json!({"windowsVirtualKeyCode": 36}));
        for _ in 0..number {
            self.key("ArrowDown", json!({"windowsVirtualKeyCode": 40}));
        }
    }

    /// Types into a field key by key, as dates want it; `\t` is the tabulator.
    pub(crate) fn type_keys(&mut self, path: &str, keys: &str) {
        let node = self.one(path);
        self.call("DOM.focus", json!({"nodeId": node}));
        for key in keys.chars() {
            if key == '\t' {
                self.key("Tab", json!({"windowsVirtualKeyCode": 9}));
            } else {
                self.key(&key.to_string(), json!({"text": key.to_string()}));
            }
        }
    }

    fn key(&mut self, key: &str, more: Value) {
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key});
            if kind == "keyDown" {
                event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }
}
