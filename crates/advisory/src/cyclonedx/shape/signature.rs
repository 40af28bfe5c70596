//! Signatures in the JSON Signature Format (JSF) 0.82. Whether they hold is not asked.

use crate::check::forms::URI;
use crate::check::shape::{List, Object, Shape, TEXT, TEXTS, closed, items, may, must};

pub(super) static SIGNATURE: [Shape; 3] = [
    Shape::Object(&SIGNER),
    Shape::Object(&closed(&[may("signers", Shape::List(&SIGNERS))])),
    Shape::Object(&closed(&[may("chain", Shape::List(&SIGNERS))])),
];

static SIGNERS: List = items(Shape::Object(&SIGNER));

static SIGNER: Object = closed(&[
    must("algorithm", ALGORITHM),
    may("keyId", TEXT),
    may("publicKey", PUBLIC_KEY),
    may("certificatePath", TEXTS),
    may("excludes", TEXTS),
    must("value", TEXT),
]);

const ALGORITHM: Shape = Shape::Either(&[
    Shape::Among(
        "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 Ed25519 Ed448 HS256 HS384 HS512",
    ),
    Shape::Text(URI),
]);

const PUBLIC_KEY: Shape = Shape::OneOf(&[
    Shape::Object(&closed(&[
        must("kty", Shape::Word(&["EC"])),
        must("crv", Shape::Word(&["P-256", "P-384", "P-521"])),
        must("x", TEXT),
        must("y", TEXT),
    ])),
    Shape::Object(&closed(&[
        must("kty", Shape::Word(&["OKP"])),
        must("crv", Shape::Word(&["Ed25519", "Ed448"])),
        must("x", TEXT),
    ])),
    Shape::Object(&closed(&[must("kty", Shape::Word(&["RSA"])), must("n", TEXT), must("e", TEXT)])),
]);
