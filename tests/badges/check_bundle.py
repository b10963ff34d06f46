"""check_bundle.py CORPUS: cbor2 and cryptography verify one bundle object of each kind, as kept for
the fuzz targets (a byte for the kind, then the object), and decode its deterministic CBOR."""
import hashlib
import os
import sys

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap

# The test keys' seeds are one byte, 32 times: 1 the root's, 3 the bundle key's.
KINDS = {"keys": 1, "roster": 3, "roster-delta": 3, "revoked": 3, "revoked-delta": 3, "staff": 3}
tap = Tap()


def aad_of(kind):
    return f"accr/{kind}/{2 if kind == 'staff' else 1}"


def verifies(key, aad, object_):
    protected, _, payload, signature = object_.value
    signed = cbor2.dumps(["Signature1", protected, aad.encode(), payload])
    try:
        key.public_key().verify(signature, signed)
        return True
    except InvalidSignature:
        return False


def check(folder, name, seed):
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()[1:]
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    object_ = cbor2.loads(data)
    payload = cbor2.loads(object_.value[2])
    tap.equal(object_.tag, 18, f"{name}: tag 18")
    tap.equal(cbor2.loads(object_.value[0]), {1: -8, 4: hashlib.sha256(public).digest()[:8]},
              f"{name}: protected headers")
    tap.ok(verifies(key, aad_of(name), object_), f"{name}: the signature holds")
    for other in KINDS:
        if other != name:
            tap.ok(not verifies(key, aad_of(other), object_), f"{name}: not as {other}")
    tap.equal(cbor2.dumps(payload), object_.value[2], f"{name}: the shortest encoding")
    tap.equal(list(payload), sorted(payload), f"{name}: keys rise")
    tap.ok(payload[1] > 0 and payload[2] < payload[3], f"{name}: version, issued, not-after")
    return payload


def main():
    payloads = {name: check(sys.argv[1], name, seed) for name, seed in KINDS.items()}
    for entry in payloads["keys"][5]:
        tap.equal(entry[1], hashlib.sha256(entry[2]).digest()[:8], "keys: a kid is its key's")
    tap.equal([(row[1], row[3], row[4][:2]) for row in payloads["keys"][6]],
              [("north-door", 1, b"\x5e\x01")], "keys: its devices")
    tap.equal([row[0][15] for row in payloads["roster"][6]], [1, 2, 3], "roster: its rows")
    tap.equal(payloads["roster"][6][0][2], "Zoë Example", "roster: a name")
    tap.equal(payloads["roster-delta"][5], 5, "roster-delta: from-version")
    tap.equal(payloads["revoked"][4], [[bytes(15) + bytes([n]), n] for n in (1, 3, 5)],
              "revoked: its revocations")
    tap.equal([(row[1], row[2]) for row in payloads["revoked-delta"][7]],
              [(1, 1), (2, 2), (5, 3), (6, 4), (900, 5)],
              "revoked-delta: its restrictions")
    tap.equal([row[0] for row in payloads["staff"][4]], ["officer1", "sergeant2"],
              "staff: its officers")
    tap.equal([(len(row[2]), len(row[3])) for row in payloads["staff"][4]], [(16, 32)] * 2,
              "staff: salt and public half of each")
    tap.equal(len(payloads["staff"][5]), 32, "staff: the details key")
    tap.equal([row[6] for row in payloads["roster"][6]], [31] * 3, "roster: the outlet's number")
    tap.equal([(row[10], row[11]) for row in payloads["revoked"][5]],
              [(0, "north-door/1788000000/41"), (0, ""), (0, ""), (31, ""), (0, "")],
              "revoked: outlet's number and origin of each restriction")


tap.run(main)
