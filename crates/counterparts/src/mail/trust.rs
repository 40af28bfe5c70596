//! Which servers are believed to be who they say: TLS 1.2 or 1.3 by rustls, with the certificates that
//! this machine trusts. There is no way to look away.

use std::{fmt, str::FromStr, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
};

/// A server's name and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: ServerName<'static>,
    text: String,
    port: u16,
}

impl Host {
    /// The name that its certificate must have.
    #[must_use]
    pub fn name(&self) -> ServerName<'static> {
        self.name.clone()
    }

    /// What is looked up, and its port.
    #[must_use]
    pub fn place(&self) -> (&str, u16) {
        (&self.text, self.port)
    }
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write HOST:PORT, such as mx.example.org:587".to_owned();
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let host = host.to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|_| wrong())?;
        let port = port.parse().map_err(|_| wrong())?;
        Ok(Self { name, text: host, port })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.text, self.port)
    }
}

/// Authorities whose certificates are believed.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Those that this machine trusts; its operator may add one.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn of_this_machine() -> Result<Self, String> {
        let found = rustls_native_certs::load_native_certs();
        let why = found.errors.first().map(ToString::to_string).unwrap_or_default();
        Self::in_these(found.certs).map_err(|error| format!("{error} {why}").trim().to_owned())
    }

    /// Only these.
    ///
    /// # Errors
    /// When none of them is one.
    pub fn in_these(
        authorities: impl IntoIterator<Item = CertificateDer<'static>>,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        let (added, _) = roots.add_parsable_certificates(authorities);
        if added == 0 {
            return Err(
                "no certificate of an authority is found, so no server can be trusted".into()
            );
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(rustls::DEFAULT_VERSIONS)
            .map_err(|error| error.to_string())?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}
