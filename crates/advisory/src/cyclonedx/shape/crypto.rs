//! Cryptographic assets.

use super::common::{INTEGER, REF, REFS, TIME};
use super::parties::HASH;
use crate::check::shape::{Bounds, List, Object, Shape, TEXT, TEXTS, closed, items, may, must};

pub(super) static CRYPTO_PROPERTIES: Object = closed(&[
    must("assetType", Shape::Among("algorithm certificate protocol related-crypto-material")),
    may(
        "algorithmProperties",
        Shape::Object(&closed(&[
            may(
                "primitive",
                Shape::Among(
                    "\
drbg mac block-cipher stream-cipher signature hash pke xof kdf key-agree kem \
ae combiner key-wrap other unknown",
                ),
            ),
            may("algorithmFamily", TEXT),
            may("parameterSetIdentifier", TEXT),
            may("curve", TEXT),
            may("ellipticCurve", TEXT),
            may(
                "executionEnvironment",
                Shape::Among(
                    "\
software-plain-ram software-encrypted-ram software-tee hardware other \
unknown",
                ),
            ),
            may(
                "implementationPlatform",
                Shape::Among(
                    "\
generic x86_32 x86_64 armv7-a armv7-m armv8-a armv8-m armv9-a armv9-m s390x \
ppc64 ppc64le other unknown",
                ),
            ),
            may(
                "certificationLevel",
                Shape::List(&items(Shape::Among(
                    "\
none fips140-1-l1 fips140-1-l2 fips140-1-l3 fips140-1-l4 fips140-2-l1 \
fips140-2-l2 fips140-2-l3 fips140-2-l4 fips140-3-l1 fips140-3-l2 \
fips140-3-l3 fips140-3-l4 cc-eal1 cc-eal1+ cc-eal2 cc-eal2+ cc-eal3 cc-eal3+ \
cc-eal4 cc-eal4+ cc-eal5 cc-eal5+ cc-eal6 cc-eal6+ cc-eal7 cc-eal7+ other \
unknown",
                ))),
            ),
            may("mode", Shape::Among("cbc ecb ccm gcm cfb ofb ctr other unknown")),
            may("padding", Shape::Among("pkcs5 pkcs7 pkcs1v15 oaep raw other unknown")),
            may(
                "cryptoFunctions",
                Shape::List(&items(Shape::Among(
                    "\
generate keygen encrypt decrypt digest tag keyderive sign verify encapsulate \
decapsulate other unknown",
                ))),
            ),
            may("classicalSecurityLevel", Shape::Whole(0)),
            may(
                "nistQuantumSecurityLevel",
                Shape::Number(Bounds { whole: true, least: 0.0, most: 6.0 }),
            ),
        ])),
    ),
    may(
        "certificateProperties",
        Shape::Object(&closed(&[
            may("serialNumber", TEXT),
            may("subjectName", TEXT),
            may("issuerName", TEXT),
            may("notValidBefore", TIME),
            may("notValidAfter", TIME),
            may("signatureAlgorithmRef", REF),
            may("subjectPublicKeyRef", REF),
            may("certificateFormat", TEXT),
            may("certificateExtension", TEXT),
            may("certificateFileExtension", TEXT),
            may("fingerprint", Shape::Object(&HASH)),
            may(
                "certificateState",
                Shape::List(&items(Shape::OneOf(&[
                    Shape::Object(&closed(&[
                        must(
                            "state",
                            Shape::Among(
                                "\
pre-activation active suspended deactivated revoked destroyed",
                            ),
                        ),
                        may("reason", TEXT),
                    ])),
                    Shape::Object(&closed(&[
                        must("name", TEXT),
                        may("description", TEXT),
                        may("reason", TEXT),
                    ])),
                ]))),
            ),
            may("creationDate", TIME),
            may("activationDate", TIME),
            may("deactivationDate", TIME),
            may("revocationDate", TIME),
            may("destructionDate", TIME),
            may(
                "certificateExtensions",
                Shape::List(&items(Shape::OneOf(&[
                    Shape::Object(&closed(&[
                        must(
                            "commonExtensionName",
                            Shape::Among(
                                "\
basicConstraints keyUsage extendedKeyUsage subjectAlternativeName \
authorityKeyIdentifier subjectKeyIdentifier authorityInformationAccess \
certificatePolicies crlDistributionPoints signedCertificateTimestamp",
                            ),
                        ),
                        must("commonExtensionValue", TEXT),
                    ])),
                    Shape::Object(&closed(&[
                        must("customExtensionName", TEXT),
                        may("customExtensionValue", TEXT),
                    ])),
                ]))),
            ),
            may("relatedCryptographicAssets", Shape::List(&RELATED_ASSETS)),
        ])),
    ),
    may(
        "relatedCryptoMaterialProperties",
        Shape::Object(&closed(&[
            may(
                "type",
                Shape::Among(
                    "\
private-key public-key secret-key key ciphertext signature digest \
initialization-vector nonce seed salt shared-secret tag additional-data \
password credential token other unknown",
                ),
            ),
            may("id", TEXT),
            may(
                "state",
                Shape::Among(
                    "\
pre-activation active suspended deactivated compromised destroyed",
                ),
            ),
            may("algorithmRef", REF),
            may("creationDate", TIME),
            may("activationDate", TIME),
            may("updateDate", TIME),
            may("expirationDate", TIME),
            may("value", TEXT),
            may("size", INTEGER),
            may("format", TEXT),
            may("securedBy", Shape::Object(&SECURED_BY)),
            may("fingerprint", Shape::Object(&HASH)),
            may("relatedCryptographicAssets", Shape::List(&RELATED_ASSETS)),
        ])),
    ),
    may(
        "protocolProperties",
        Shape::Object(&closed(&[
            may(
                "type",
                Shape::Among(
                    "\
tls ssh ipsec ike sstp wpa dtls quic eap-aka eap-aka-prime prins 5g-aka \
other unknown",
                ),
            ),
            may("version", TEXT),
            may("cipherSuites", Shape::List(&items(Shape::Object(&CIPHER_SUITE)))),
            may(
                "ikev2TransformTypes",
                Shape::Object(&closed(&[
                    may(
                        "encr",
                        Shape::Either(&[Shape::List(&items(Shape::Object(&IKE_ENCRYPTION))), REFS]),
                    ),
                    may(
                        "prf",
                        Shape::Either(&[Shape::List(&items(Shape::Object(&IKE_PRF))), REFS]),
                    ),
                    may(
                        "integ",
                        Shape::Either(&[Shape::List(&items(Shape::Object(&IKE_INTEGRITY))), REFS]),
                    ),
                    may(
                        "ke",
                        Shape::Either(&[Shape::List(&items(Shape::Object(&IKE_EXCHANGE))), REFS]),
                    ),
                    may("esn", Shape::Bool),
                    may(
                        "auth",
                        Shape::Either(&[
                            Shape::List(&items(Shape::Object(&IKE_AUTHENTICATION))),
                            REFS,
                        ]),
                    ),
                ])),
            ),
            may("cryptoRefArray", REFS),
            may("relatedCryptographicAssets", Shape::List(&RELATED_ASSETS)),
        ])),
    ),
    may("oid", TEXT),
]);

pub(super) static CIPHER_SUITE: Object = closed(&[
    may("name", TEXT),
    may("algorithms", REFS),
    may("identifiers", TEXTS),
    may("tlsGroups", TEXTS),
    may("tlsSignatureSchemes", TEXTS),
]);

pub(super) static IKE_ENCRYPTION: Object =
    closed(&[may("name", TEXT), may("keyLength", INTEGER), may("algorithm", REF)]);

pub(super) static IKE_PRF: Object = closed(&[may("name", TEXT), may("algorithm", REF)]);

pub(super) static IKE_INTEGRITY: Object = closed(&[may("name", TEXT), may("algorithm", REF)]);

pub(super) static IKE_EXCHANGE: Object = closed(&[may("group", INTEGER), may("algorithm", REF)]);

pub(super) static IKE_AUTHENTICATION: Object = closed(&[may("name", TEXT), may("algorithm", REF)]);

pub(super) static RELATED_ASSETS: List = items(Shape::Object(&RELATED_ASSET));

pub(super) static RELATED_ASSET: Object = closed(&[may("type", TEXT), may("ref", REF)]);

pub(super) static SECURED_BY: Object = closed(&[may("mechanism", TEXT), may("algorithmRef", REF)]);
