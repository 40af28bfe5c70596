//! The terms of one case to test with.

use discretion::Terms;

pub(crate) fn terms() -> Terms {
    Terms::new()
        .cve("CVE-2021-32783".parse().unwrap())
        .ghsa("GHSA-5ph6-qq5x-7jwc".parse().unwrap())
        .codename("amber heron")
        .private_link("https://github.com/projectcontour/contour-ghsa-5ph6-qq5x-7jwc")
        .name("Jo O'Finder")
        .free("ExternalName proxying")
}
