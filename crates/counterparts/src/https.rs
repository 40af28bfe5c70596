//! How servers on the web are met: by TLS, those that authorities vouch for, with the same cryptography
//! as mail servers; or on this machine.

use std::{net::IpAddr, sync::Arc, time::Duration};

use rustls::{crypto::aws_lc_rs, pki_types::CertificateDer};
use ureq::{
    Agent, Error,
    config::ConfigBuilder,
    http::Uri,
    tls::{Certificate, RootCerts, TlsConfig},
    typestate::AgentScope,
};

/// The authorities that this machine trusts.
pub(crate) fn authorities() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// Believes those that these authorities vouch for.
fn trusting(authorities: &[CertificateDer<'_>]) -> TlsConfig {
    let certificates: Vec<_> =
        authorities.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build()
}

/// How every server is asked: past no proxy, sent on nowhere, and waited for so long altogether.
pub(crate) fn asking(
    authorities: &[CertificateDer<'_>],
    patience: Duration,
) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .tls_config(trusting(authorities))
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(patience))
        // All that is said of who asks.
        .user_agent("Fermata")
}

/// An address that may be asked: with TLS, or on this machine.
pub(crate) fn place(url: &str) -> Result<Uri, String> {
    let wrong = || "write an address that begins with https://".to_owned();
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?;
    let named = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    if named {
        return Err("an address with a name or a password is not asked".into());
    }
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let here = ip.is_ok_and(|ip| ip.to_canonical().is_loopback());
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if here => Ok(uri),
        Some("http") => Err("without TLS, this machine alone is asked".into()),
        _ => Err(wrong()),
    }
}

/// Why nothing was answered, for people.
pub(crate) fn told(error: &Error) -> String {
    match error {
        Error::Io(error) => error.to_string(),
        Error::Timeout(_) => "the server did not answer in time".into(),
        other => other.to_string(),
    }
}
