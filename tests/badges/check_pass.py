"""check_pass.py BADGES: cbor2 and cryptography (OpenSSL) verify the program's passes, and the program
accepts a pass that they made."""
import hashlib
import json
import os
import sys

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (Ed25519PrivateKey,
                                                               Ed25519PublicKey)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from passes import CLAIMS, Passes, base45_decode, base45_encode
from tap import Tap

AAD = b"accr/pass/1"
tap = Tap()


def to_be_signed(protected, payload):
    return cbor2.dumps(["Signature1", protected, AAD, payload])


def verifies(public, token):
    protected, _, payload, signature = cbor2.loads(token).value
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature,
                                                          to_be_signed(protected, payload))
        return True
    except InvalidSignature:
        return False


def expected(claims):
    """The CWT claims of a line, in the order of the format."""
    inner = {1: claims["conference"], 2: claims.get("class", 0)}
    for key, name in ((3, "name"), (4, "outlet"), (5, "flags")):
        if claims.get(name):
            inner[key] = claims[name]
    return inner


def check_one(passes, claims, text):
    public = bytes.fromhex(passes.public)
    token = base45_decode(text[len("ACR1:"):])
    object_ = cbor2.loads(token)
    protected, unprotected, payload, signature = object_.value
    said = cbor2.loads(payload)
    what = f"conference {claims['conference']}"
    tap.ok(text.startswith("ACR1:") and len(text) <= 311, f"{what}: the text's prefix and length")
    tap.equal(object_.tag, 18, f"{what}: tag 18")
    tap.equal(cbor2.loads(protected), {1: -8, 4: hashlib.sha256(public).digest()[:8]},
              f"{what}: protected headers")
    tap.equal(unprotected, {}, f"{what}: no unprotected header")
    tap.ok(verifies(public, token), f"{what}: the signature holds")
    tap.equal((said[4], said[5], len(said[7])), (claims["exp"], claims["nbf"], 16),
              f"{what}: exp, nbf and pass id")
    tap.equal(said[-65537], expected(claims), f"{what}: the private claim")
    tap.equal(list(said), [4, 5, 7, -65537], f"{what}: the order of claims")
    tap.ok(list(said[-65537]) == sorted(said[-65537]), f"{what}: the order in the private claim")
    tap.equal(cbor2.dumps(said), payload, f"{what}: the shortest encoding")
    tap.equal(cbor2.dumps(object_), token, f"{what}: nothing around it")


def check_control(passes):
    """The check sees a changed byte of the payload, of the key id and of the signature."""
    public = bytes.fromhex(passes.public)
    token = base45_decode(passes.texts[1][5:])
    for at in (8, 30, len(token) - 60):
        changed = bytearray(token)
        changed[at] ^= 1
        tap.ok(not verifies(public, bytes(changed)), f"control: byte {at} changed is seen")


def check_ours(passes):
    """A pass made by cbor2 and cryptography alone opens."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    protected = cbor2.dumps({1: -8, 4: hashlib.sha256(public).digest()[:8]})
    payload = cbor2.dumps({4: 1789286400, 5: 1789200000, 7: bytes(range(16)),
                           -65537: {1: 7, 2: 4, 3: "Zoë", 5: 1}})
    signature = key.sign(to_be_signed(protected, payload))
    token = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    out = passes.run("open", "--public", public.hex(), "--conference", "7", "--now", "1789250000",
                     text="ACR1:" + base45_encode(token) + "\n")
    tap.equal(json.loads(out), {"ok": True, "pass": bytes(range(16)).hex(), "conference": 7,
                                "class": 4, "name": "Zoë", "outlet": "", "nbf": 1789200000,
                                "exp": 1789286400, "flags": 1}, "a pass made by others opens")


def main():
    passes = Passes(sys.argv[1])
    for claims, text in zip(CLAIMS, passes.texts):
        check_one(passes, claims, text)
    check_control(passes)
    check_ours(passes)


tap.run(main)
