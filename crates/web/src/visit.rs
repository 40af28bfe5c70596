//! Who stands in which house. A [`Hall`] is a house that a request names; a [`Visit`] is a
//! signed-in person in it. Whoever is nobody, or nobody there, finds nothing.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, PoisonError},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, RawPathParams},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use case::{Actor, PersonId};
use engine::Engine;
use serde::Serialize;

use crate::{
    Drill,
    blocking::blocking,
    fault::Fault,
    fields::Fields,
    frame::{Band, Frame, Hat, Refused},
    guard::Here,
    lobby::Lobby,
    render, sign_in,
    time::Moment,
};

/// The cookie that says whose hat is worn in a drill.
pub(crate) const HAT: &str = "fermata-hat";

/// A house: the live one, or a drill's.
pub(crate) struct Hall {
    /// What the binary gave.
    pub(crate) app: Arc<Lobby>,
    /// The house's engine.
    pub(crate) engine: Arc<Engine>,
    /// Before every address in it.
    pub(crate) base: String,
    /// The drill, in a drill.
    drill: Option<Drill>,
    /// The signed-in person of this house, and the token of their forms.
    session: Option<(PersonId, String)>,
    /// The address asked for.
    here: String,
    /// Where the request came from, when the server tells.
    pub(crate) peer: Option<IpAddr>,
}

/// Why a form has to be sent again later, and when.
pub(crate) struct Later {
    pub(crate) status: StatusCode,
    pub(crate) why: &'static str,
    pub(crate) wait: Duration,
}

/// A signed-in person in a house.
pub(crate) struct Visit {
    /// The house.
    pub(crate) hall: Hall,
    /// The person.
    pub(crate) person: PersonId,
}

impl FromRequestParts<Arc<Lobby>> for Hall {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Lobby>) -> Result<Self, Fault> {
        let app = Arc::clone(state);
        let params =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| Fault::NotFound)?;
        let drill = params.iter().find(|(k, _)| *k == "drill").map(|(_, v)| v.to_owned());
        let here = parts.extensions.get().map(|Here(path)| path.clone()).unwrap_or_default();
        let cookie = session_cookie(&parts.headers, app.secure);
        let hat = cookie_text(&parts.headers, HAT);
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = connected.map(|ConnectInfo(address)| address.ip());
        let hall = blocking(move || Self::enter(app, drill, here, cookie.as_ref(), hat)).await?;
        Ok(Self { peer, ..hall })
    }
}

impl FromRequestParts<Arc<Lobby>> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Lobby>) -> Result<Self, Fault> {
        let hall = Hall::from_request_parts(parts, state).await?;
        hall.visit().map_err(|_| Fault::NotFound)
    }
}

pub(crate) fn session_cookie(headers: &HeaderMap, secure: bool) -> Option<sign_in::Cookie> {
    let name = sign_in::cookie_name(secure);
    cookie_text(headers, name).and_then(|text| sign_in::Cookie::read(&text))
}

fn cookie_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
}

impl Hall {
    fn enter(
        app: Arc<Lobby>,
        drill: Option<String>,
        here: String,
        cookie: Option<&sign_in::Cookie>,
        hat: Option<String>,
    ) -> Result<Self, Fault> {
        let visitor = match cookie {
            Some(cookie) => sign_in::person(&app.live, cookie)?,
            None => None,
        };
        let token = cookie.map(sign_in::Cookie::form_token).unwrap_or_default();
        let Some(id) = drill else {
            let engine = Arc::clone(&app.live);
            let session = visitor.map(|person| (person, token));
            return Ok(Self {
                app,
                engine,
                base: String::new(),
                drill: None,
                session,
                here,
                peer: None,
            });
        };
        // A drill is for the people of this house, whoever they play in it.
        if visitor.is_none() {
            return Err(Fault::NotFound);
        }
        let drill = app.drills.find(&id).ok_or(Fault::NotFound)?;
        let wanted = hat.and_then(|text| text.parse().ok());
        let worn = drill.hats.iter().find(|p| Some(**p) == wanted).or(drill.hats.first());
        let session = worn.map(|person| (*person, token));
        let engine = Arc::clone(&drill.engine);
        Ok(Self {
            app,
            engine,
            base: format!("/drill/{id}"),
            drill: Some(drill),
            session,
            here,
            peer: None,
        })
    }

    /// The signed-in person, if there is one.
    pub(crate) fn person(&self) -> Option<PersonId> {
        self.session.as_ref().map(|(person, _)| *person)
    }

    /// The visit of the signed-in person; the house again when nobody is.
    pub(crate) fn visit(self) -> Result<Visit, Box<Self>> {
        match self.person() {
            Some(person) => Ok(Visit { person, hall: self }),
            None => Err(Box::new(self)),
        }
    }

    /// The people whom the visitor may play here; none in the live house.
    pub(crate) fn hats(&self) -> &[PersonId] {
        self.drill.as_ref().map_or(&[], |drill| &drill.hats)
    }

    /// It is the live house.
    pub(crate) fn live(&self) -> bool {
        self.drill.is_none()
    }

    /// A signed-in person's form must carry the token that belongs to the session.
    pub(crate) fn check(&self, fields: &Fields) -> Result<(), Fault> {
        match &self.session {
            Some((_, token)) if !same(token, fields.text("token")) => Err(Fault::OldForm),
            _ => Ok(()),
        }
    }

    /// The frame of a page. Reads the visitor's name, so it blocks.
    pub(crate) fn frame(&self, title: &str) -> Result<Frame, Fault> {
        let person = match self.person() {
            Some(person) => Some(self.name(person)?),
            None => None,
        };
        Ok(Frame {
            title: title.to_owned(),
            base: self.base.clone(),
            here: self.here.clone(),
            person,
            token: self.session.as_ref().map(|(_, token)| token.clone()).unwrap_or_default(),
            showing: case::CommandId(self.engine.draw()).to_string(),
            locked: self.live() && self.engine.locked().is_some(),
            drill: self.drill.as_ref().map(|drill| self.band(drill)).transpose()?,
            said: None,
        })
    }

    fn band(&self, drill: &Drill) -> Result<Band, Fault> {
        let now = self.engine.now().now;
        let hats = drill
            .hats
            .iter()
            .map(|person| {
                Ok(Hat {
                    id: person.to_string(),
                    name: self.name(*person)?,
                    worn: self.person() == Some(*person),
                })
            })
            .collect::<Result<_, Fault>>()?;
        let clock = Moment::new(now, now).utc;
        let id = self.base.strip_prefix("/drill/").unwrap_or_default();
        let all = self.app.told.lock().unwrap_or_else(PoisonError::into_inner);
        let told = all.get(id).cloned();
        let (scenario, cast) = (drill.scenario.clone(), drill.cast.clone());
        Ok(Band { scenario, clock, told, hats, cast })
    }

    /// A person's name in the directory.
    pub(crate) fn name(&self, person: PersonId) -> Result<String, Fault> {
        let found = self.engine.contact(person)?;
        Ok(found.map_or_else(|| "somebody".to_owned(), |contact| contact.name))
    }

    /// Shows a page.
    pub(crate) fn show(
        &self,
        template: &str,
        title: &str,
        content: impl Serialize,
    ) -> Result<Html<String>, Fault> {
        render::page(template, &self.frame(title)?, content)
    }

    /// Shows a page again, with the form that was refused and why.
    pub(crate) fn show_refused(
        &self,
        template: &str,
        title: &str,
        content: impl Serialize,
        fields: &Fields,
        refusal: impl Into<Refused>,
    ) -> Result<Response, Fault> {
        let mut frame = self.frame(title)?;
        frame.said = Some(fields.said(refusal.into()));
        let page = render::page(template, &frame, content)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }

    /// Shows a page again whose form came at a bad moment. It is still the same showing: should the
    /// form have taken effect before, sending it again changes nothing.
    pub(crate) fn show_later(
        &self,
        template: &str,
        title: &str,
        content: impl Serialize,
        fields: &Fields,
        later: &Later,
    ) -> Result<Response, Fault> {
        let mut frame = self.frame(title)?;
        frame.said = Some(fields.said(Refused::not_now(later.why, later.wait)));
        fields.text("showing").clone_into(&mut frame.showing);
        let page = render::page(template, &frame, content)?;
        let wait = [(header::RETRY_AFTER, later.wait.as_secs().max(1).to_string())];
        Ok((later.status, wait, page).into_response())
    }
}

impl Visit {
    /// On whose behalf commands are given.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Person(self.person)
    }
}

/// Whether two secrets are equal, without telling by its time where they differ.
fn same(one: &str, other: &str) -> bool {
    advisory::Digest::of(one.as_bytes()) == advisory::Digest::of(other.as_bytes())
}
