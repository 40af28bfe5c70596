//! How servers on the web are met by TLS: those that authorities vouch for, with the same cryptography
//! as mail servers.

use std::sync::Arc;

use rustls::{crypto::aws_lc_rs, pki_types::CertificateDer};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// The authorities that this machine trusts.
pub(crate) fn authorities() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// Believes those that these authorities vouch for.
pub(crate) fn trusting(authorities: &[CertificateDer<'_>]) -> TlsConfig {
    let certificates: Vec<_> =
        authorities.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build()
}
