//! `fermata serve`

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use advisory::Mailbox;
use case::PersonId;
use clap::{Args, ValueEnum};
use counterparts::{
    Clones, SystemClock, WebFeeds,
    mail::{
        dkim::Dkim,
        imap::Source,
        listener::{Address, Listener},
        outbox::Outbox,
        sealer::Sealer,
        smtp::{Patience, Relay, Server, Trust},
    },
    mirrors::Fetcher,
    openpgp::{keyring::Keyring, web::WebKeys},
};
use engine::{Clock, Contact, Engine, EngineError, ports::Ports};
use serde::Serialize;
use store::{LockState, Why};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

use crate::{
    command_error::{CommandError, Exit},
    drills::PracticeHouses,
    fetching::Fetching,
    house::{self, DataDir, causes},
    identities::Identities,
    input, mailbox,
    output::{self, Output},
    posting::Posting,
    summoner::Summoner,
    worker::Workers,
};

/// Run the whole house: pages, reports, cases, drills
///
/// Makes the data directory if there is none. It holds instance.key, which opens everything else:
/// keep a copy of that file apart, and let nobody read it.
///
/// As long as no project is set up, each start prints a link that signs the first person in, once,
/// within 24 hours. Later, --invite prints one for anybody whom the house knows.
///
/// Speaks plain HTTP. For more than this machine, put a proxy that speaks TLS in front and name
/// its address with --url. Ctrl-C ends it in order.
///
/// With --lmtp, mail comes in from a mail server on this machine; with --imap, it is read in a
/// mailbox, and stays there. Whose it is, a project's page says. With --mail-key, mail that is
/// encrypted to that key is opened, and what is encrypted to others is signed with it. With --smtp,
/// approved mail goes out through a mail server, from the address on that page. With --list-token,
/// approved notices are posted to a list at groups.io, and looked for in its archive. With --fetch, the
/// mirrors of repositories are kept fresh from where they were cloned; with --private-clones, cases may
/// name private ones, where their fixes are prepared; with --feeds, feeds are read
/// for words that nobody should know yet. Otherwise no outside party is connected in this version:
/// acts are prepared and approved here, and a person carries them out.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataDir,

    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7391")]
    listen: SocketAddr,

    /// The folder that holds mirrors of the projects' repositories [default: clones, in the data
    /// directory]
    #[arg(long, value_name = "DIR")]
    clones: Option<PathBuf>,

    /// The folder of mirrors of private repositories, for each project in one that is named by its id
    #[arg(long, value_name = "DIR")]
    private_clones: Option<PathBuf>,

    #[command(flatten)]
    fetching: Fetching,

    /// Where a mail server hands over mail, by LMTP: ADDRESS:PORT or unix:PATH
    #[arg(long, value_name = "ADDR")]
    lmtp: Option<Address>,

    #[command(flatten)]
    mailbox: mailbox::Mailbox,

    /// Who sends the house's mail, by SMTP: ADDRESS:PORT, unix:PATH, starttls:HOST:PORT or tls:HOST:PORT
    #[arg(long, value_name = "ADDR")]
    smtp: Option<Server>,

    /// A file with the name and the password for that server, on a line each; with TLS only
    #[arg(long, value_name = "FILE", requires = "smtp")]
    smtp_login: Option<PathBuf>,

    /// A file with what gets tokens for that server by OAuth 2.0, instead of a password; with TLS only
    #[arg(long, value_name = "FILE", requires = "smtp", conflicts_with = "smtp_login")]
    smtp_oauth: Option<PathBuf>,

    /// What that server sees as the sender of mail
    #[arg(long, value_name = "KIND", requires = "smtp", value_enum, default_value_t = Sender::Tagged)]
    smtp_sender: Sender,

    #[command(flatten)]
    posting: Posting,

    /// Sign mail from a domain with DKIM: SELECTOR:DOMAIN:KEYFILE, a private key in PEM
    #[arg(long, value_name = "KEY", requires = "smtp")]
    dkim: Vec<DomainKey>,

    /// Armoured OpenPGP secret keys that open encrypted mail, and sign what goes out
    #[arg(long, value_name = "FILE")]
    mail_key: Option<PathBuf>,

    /// A file that holds the password of these keys
    #[arg(long, value_name = "FILE", requires = "mail_key")]
    mail_key_password: Option<PathBuf>,

    /// A file of feeds that are read for words of secret cases: PROJECT URL, on a line each
    #[arg(long, value_name = "FILE")]
    feeds: Option<PathBuf>,

    /// How browsers reach this house, if not at the address where it listens
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Print a link that signs in the person with this address, once
    #[arg(long, value_name = "ADDRESS")]
    invite: Option<Mailbox>,
}

impl Arguments {
    fn clones(&self) -> PathBuf {
        self.clones.clone().unwrap_or_else(|| self.data.clones())
    }

    fn feeds(&self) -> Result<Option<WebFeeds>, CommandError> {
        let Some(file) = &self.feeds else { return Ok(None) };
        let wrong = |why| CommandError::wrong(format!("{}: {why}", file.display()));
        let feeds = WebFeeds::named(&input::text(file)?).map_err(wrong)?;
        WebFeeds::new(feeds).map(Some).map_err(wrong)
    }

    fn outbox(
        &self,
        clock: &Arc<dyn Clock>,
        identities: &mut Identities,
    ) -> Result<Option<Outbox>, CommandError> {
        let Some(server) = self.smtp.clone() else { return Ok(None) };
        let beyond = matches!(server, Server::There(..));
        let mut relay = Relay::new(server, Patience::default(), Arc::clone(clock));
        if beyond {
            relay = relay.with_trust(Trust::of_this_machine().map_err(CommandError::wrong)?);
        }
        let (login, oauth) = (self.smtp_login.as_deref(), self.smtp_oauth.as_deref());
        if !beyond && login.or(oauth).is_some() {
            let why = "a password or a token is sent over TLS alone";
            return Err(CommandError::wrong(why).hint("write starttls:HOST:PORT after --smtp"));
        }
        if let Some(identity) = identities.of(login, oauth)? {
            relay = relay.with_login(identity);
        }
        let mut outbox = Outbox::new(relay, Arc::clone(clock));
        if self.smtp_sender == Sender::Plain {
            outbox = outbox.sending_plainly();
        }
        for key in &self.dkim {
            outbox = outbox.signing(key.read()?);
        }
        Ok(Some(outbox))
    }
}

/// The sender in the envelope, to which comes back what cannot be delivered.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sender {
    /// The project's address with the act's id behind a +, by which all that comes back is known
    Tagged,
    /// The address as it is: what comes back is known only if it names the mail that it is about
    Plain,
}

/// A domain's key, as it is named.
#[derive(Clone)]
struct DomainKey {
    selector: String,
    domain: String,
    file: PathBuf,
}

impl FromStr for DomainKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':').filter(|part| !part.is_empty());
        let (Some(selector), Some(domain), Some(file)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("write SELECTOR:DOMAIN:KEYFILE, such as 2026:example.org:dkim.pem");
        };
        let (selector, domain) = (selector.to_owned(), domain.to_owned());
        Ok(Self { selector, domain, file: file.into() })
    }
}

impl DomainKey {
    fn read(&self) -> Result<Dkim, CommandError> {
        let key = Dkim::new(&self.selector, &self.domain, input::text(&self.file)?.as_bytes());
        key.map_err(|why| CommandError::wrong(format!("{}: {why}", self.file.display())))
    }
}

const EXAMPLE: &str = "\
Examples:
  fermata serve
  fermata serve --data /var/lib/fermata --url https://fermata.example.org
  fermata serve --fetch --fetch-login github.com=login
  fermata serve --lmtp 127.0.0.1:2400 --smtp 127.0.0.1:25
  fermata serve --imap tls:mail.example.org --imap-login login
  fermata serve --list-token security@example.org:distributors@lists.example.org=token";

/// What a script that starts a house wants to know.
#[derive(Serialize)]
struct Started<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetch: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lmtp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imap: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lists: Vec<&'a str>,
}

/// Serves until somebody says stop.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let fetcher = arguments.fetching.fetcher(&clock)?;
    let mut identities = Identities::new(&clock);
    let outbox = arguments.outbox(&clock, &mut identities)?;
    let ports = ports(arguments, &clock, (fetcher.as_ref(), outbox))?;
    let mailbox = arguments.mailbox.source(&mut identities)?;
    let store = Arc::new(arguments.data.open_or_make()?);
    let engine = house::engine_with(store, ports)?;
    let mut engine = engine.keeping(git::Cache::new(arguments.data.histories()));
    if let Some(every) = arguments.fetching.every() {
        engine = engine.keep_fresh(every)?;
    }
    let engine = Arc::new(engine);
    warn_if_locked(&engine);
    warn_of_strays(&engine, arguments.private_clones.as_deref())?;
    engine.look_out_from_now_on()?;
    let person = whom_to_invite(&engine, arguments.invite.as_ref())?;
    let runtime = tokio::runtime::Runtime::new().map_err(trouble("start"))?;
    runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await;
        let listener = listener.map_err(trouble("listen"))?;
        let address = listener.local_addr().map_err(trouble("listen"))?;
        let url = url(arguments, address);
        let link = person.map(|person| web::invite(&engine, person)).transpose()?;
        let link = link.map(|path| format!("{url}{path}"));
        let house = Arc::clone(&engine);
        let mail = arguments.lmtp.as_ref().map(|address| Listener::start(address, house));
        let mail = mail.transpose().map_err(trouble("listen for mail"))?;
        let started = Started {
            url: &url,
            fetch: arguments.fetching.minutes(),
            link: link.as_deref(),
            lmtp: mail.as_ref().map(|mail| mail.address().to_string()),
            imap: mailbox.as_ref().map(Source::to_string),
            smtp: arguments.smtp.as_ref().map(ToString::to_string),
            lists: arguments.posting.lists().map(Mailbox::as_str).collect(),
        };
        announce(&started, output)?;
        let log = log();
        let reader = mailbox.map(|source| mailbox::read(source, &engine, &clock, &log));
        let reader = reader.transpose().map_err(trouble("read its mailbox"))?;
        let workers =
            Workers::start(&engine, &clock, &log).map_err(trouble("start its workers"))?;
        let summoner = Summoner::start(&engine, &url, &log).map_err(trouble("call people"))?;
        let drills = PracticeHouses::new(arguments.data.path().join("drills"));
        let secure = url.starts_with("https://");
        let app = web::App { live: engine, drills: Arc::new(drills), secure, log };
        let served = serve(listener, app).await;
        if let Some(mail) = mail {
            mail.stop();
        }
        if let Some(reader) = reader {
            reader.stop();
        }
        if let Some(fetcher) = fetcher {
            fetcher.stop();
        }
        summoner.stop();
        workers.stop();
        served
    })?;
    output.talk("stopped");
    Ok(Exit::Fine)
}

/// The parties that the operator has connected.
fn ports(
    arguments: &Arguments,
    clock: &Arc<dyn Clock>,
    (fetcher, outbox): (Option<&Fetcher>, Option<Outbox>),
) -> Result<Ports, CommandError> {
    let mut ports = counterparts::ports(arguments.clones(), outbox);
    let mut clones = Clones::below(arguments.clones());
    if let Some(folder) = &arguments.private_clones {
        clones = clones.with_private(folder).map_err(CommandError::wrong)?;
    }
    if let Some(fetcher) = fetcher {
        clones = clones.kept_fresh_by(fetcher.clone());
    }
    ports.repositories = Box::new(clones);
    ports.lists = arguments.posting.before(ports.lists, clock)?;
    if let Some(feeds) = arguments.feeds()? {
        ports.feeds = Box::new(feeds);
    }
    let looking = |sealer: Sealer| match WebKeys::new() {
        Ok(keys) => Box::new(sealer.looking(keys)),
        Err(_) => Box::new(sealer),
    };
    let Some(path) = &arguments.mail_key else {
        return Ok(Ports { seals: looking(Sealer::default()), ..ports });
    };
    let password = match &arguments.mail_key_password {
        Some(path) => input::text(path)?,
        None => String::new(),
    };
    let (armoured, password) = (input::text(path)?, password.trim_end_matches(['\r', '\n']));
    let wrong = |why| CommandError::wrong(format!("{}: {why}", path.display()));
    let keys = Keyring::read(&armoured, password).map_err(wrong)?;
    let seals = Sealer::with_keys(&armoured, password, clock.wall()).map_err(wrong)?;
    for key in keys.fingerprints() {
        output::talk(&format!("it opens mail that is encrypted to the key {key}"));
    }
    for (key, signs) in seals.signs() {
        output::talk(&match signs {
            Ok(()) => format!("it signs with the key {key}"),
            Err(why) => format!("note: it does not sign with the key {key}: {why}"),
        });
    }
    Ok(Ports { keys: Box::new(keys), seals: looking(seals), ..ports })
}

/// Whoever must be let in for the house to be of use, or was asked for.
fn whom_to_invite(
    engine: &Engine,
    asked: Option<&Mailbox>,
) -> Result<Option<PersonId>, CommandError> {
    if let Some(mailbox) = asked {
        let found = engine.find_person(mailbox)?;
        return found.map(Some).ok_or_else(|| {
            CommandError::wrong(format!("nobody here has the address {mailbox}"))
                .hint("write it as it stands on the team's page")
        });
    }
    if !engine.projects()?.is_empty() {
        return Ok(None);
    }
    let known = engine.store().people()?;
    if let Some(person) = known.first().and_then(|person| person.id.parse().ok()) {
        return Ok(Some(person));
    }
    let nobody_yet = Contact { name: "First person".into(), mailbox: None, login: None };
    Ok(Some(engine.add_person(&nobody_yet)?))
}

fn warn_if_locked(engine: &Engine) {
    let why = match engine.store().lock_state() {
        LockState::Unlocked => return,
        LockState::Locked(Why::Restored) => "restored from a backup",
        LockState::Locked(Why::Copied) => "copied or moved",
    };
    output::talk(&format!(
        "note: this house was {why}, so it is locked: it sends and publishes nothing until \
         somebody of a team signs in and unlocks it"
    ));
}

/// Whoever named a folder after a project's name would wait for its mirrors in vain.
fn warn_of_strays(engine: &Engine, folder: Option<&Path>) -> Result<(), CommandError> {
    let Some(folder) = folder else { return Ok(()) };
    let known: Vec<String> = engine.projects()?.iter().map(|it| it.id.to_string()).collect();
    for entry in folder.read_dir().map_err(CommandError::wrong)? {
        let name = entry.map_err(CommandError::wrong)?.file_name();
        if !known.iter().any(|id| name == id.as_str()) {
            let path = folder.join(name);
            output::talk(&format!(
                "note: {} is the id of no project, so nothing in it is read; an id is the last part \
                 of the address of a project's page",
                path.display()
            ));
        }
    }
    Ok(())
}

fn url(arguments: &Arguments, address: SocketAddr) -> String {
    let url = arguments.url.clone().unwrap_or_else(|| format!("http://{address}"));
    url.trim_end_matches('/').to_owned()
}

fn announce(started: &Started<'_>, output: &mut Output) -> Result<(), CommandError> {
    if output.is_json() {
        output.document(started)?;
    } else {
        output.talk(&format!("Fermata is at {}/ (Ctrl-C ends it)", started.url));
        if let Some(minutes) = started.fetch {
            output.talk(&format!("it fetches its mirrors, every {minutes} minutes at least"));
        }
        if let Some(lmtp) = &started.lmtp {
            output.talk(&format!("it takes mail by LMTP at {lmtp}"));
        }
        if let Some(imap) = &started.imap {
            output.talk(&format!("it reads mail by IMAP: {imap}"));
        }
        if let Some(smtp) = &started.smtp {
            output.talk(&format!("approved mail goes out by SMTP through {smtp}"));
        }
        for list in &started.lists {
            output.talk(&format!("approved notices to {list} are posted there by its API"));
        }
        if let Some(link) = started.link {
            output.talk("sign in with this link; it works once:");
            output.line(link)?;
        }
    }
    // The reader waits for this while the house goes on.
    output.finish()
}

/// What goes wrong inside, for the operator. Never holds a secret: see `web::App::log`.
fn log() -> Arc<dyn Fn(&str) + Send + Sync> {
    Arc::new(|why| output::talk(&format!("{} {why}", SystemClock.wall())))
}

async fn serve(listener: TcpListener, app: web::App) -> Result<(), CommandError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(trouble("hear signals"))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(trouble("hear signals"))?;
    let (asked, stop) = oneshot::channel::<()>();
    let stopped = async {
        let _ = stop.await;
    };
    // The throttles go by the address that a browser comes from.
    let pages = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, pages).with_graceful_shutdown(stopped);
    let serving = tokio::spawn(serving.into_future());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    let _ = asked.send(());
    // A browser that keeps its connection open must not keep the house open.
    let patience = std::time::Duration::from_secs(5);
    match tokio::time::timeout(patience, serving).await {
        Ok(Ok(served)) => served.map_err(trouble("serve")),
        Ok(Err(error)) => Err(CommandError::wrong(error)),
        Err(_) => Ok(()),
    }
}

fn trouble(doing: &'static str) -> impl FnOnce(io::Error) -> CommandError {
    move |error| CommandError::wrong(format!("the house could not {doing}: {error}"))
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        Self::wrong(causes(&error))
    }
}
