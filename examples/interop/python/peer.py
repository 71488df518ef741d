"""SD-JWT by the Python reference implementation, as one process: a JSON request a line, a JSON answer a line."""

import json
import sys

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

KEYS = {
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
    "ES256": {"kty": "EC", "crv": "P-256"},
}


class VcIssuer(SDJWTIssuer):
    """An issuer of SD-JWT VC: the same, with its own media type."""

    SD_JWT_HEADER = "dc+sd-jwt"


def did_of(jwk):
    from jwcrypto.common import base64url_encode

    return "did:jwk:" + base64url_encode(json.dumps(jwk.export_public(as_dict=True)))


def make(alg, claims, concealed, present, nonce, aud):
    """Issues to a new holder key and presents; the names in `concealed` are selectively disclosable."""
    issuer, holder = JWK.generate(**KEYS[alg]), JWK.generate(**KEYS[alg])
    did = did_of(issuer)
    claims = {(SDObj(name) if name in concealed else name): value for name, value in claims.items()}
    issued = VcIssuer(
        {**claims, "iss": did},
        issuer,
        holder,
        sign_alg=alg,
        add_decoy_claims=True,
        extra_header_parameters={"kid": did + "#0"},
    )
    shown = SDJWTHolder(issued.sd_jwt_issuance)
    shown.create_presentation(present, nonce, aud, holder, sign_alg=alg)
    return {
        "credential": issued.sd_jwt_issuance,
        "presentation": shown.sd_jwt_presentation,
        "did": did,
        "issuerJwk": issuer.export_public(as_dict=True),
        "holderJwk": holder.export_public(as_dict=True),
    }


class AnyAlgorithm(SDJWTVerifier):
    """The library takes every key binding to be ES256; this one says which it is."""

    alg = "ES256"

    def _verify_key_binding_jwt(self, expected_aud=None, expected_nonce=None, sign_alg=None):
        return super()._verify_key_binding_jwt(expected_aud, expected_nonce, self.alg)


def verify(alg, text, jwk, nonce=None, aud=None):
    """Verifies one and returns what it shows."""
    verifier = type("Verifier", (AnyAlgorithm,), {"alg": alg})
    key = JWK.from_json(json.dumps(jwk))
    return verifier(text, lambda _issuer, _header: key, aud, nonce).get_verified_payload()


OPERATIONS = {"sdjwt.make": make, "sdjwt.verify": verify}

for line in sys.stdin:
    request = json.loads(line)
    operation = OPERATIONS[request.pop("op")]
    try:
        answer = {"ok": True, "value": operation(**request)}
    except Exception as error:  # every refusal is an answer
        answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
