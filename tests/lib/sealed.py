"""libsodium's sealed boxes, by the library itself and not by the programs under test."""
import ctypes
import ctypes.util

sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
SEALBYTES = 48


class SealedBox:
    """Opens what was sealed to one X25519 key: public and secret half in hex."""

    def __init__(self, public, secret):
        self.public, self.secret = bytes.fromhex(public), bytes.fromhex(secret)

    def open(self, sealed):
        """The bytes, or None where they do not open."""
        out = ctypes.create_string_buffer(max(len(sealed) - SEALBYTES, 1))
        if len(sealed) < SEALBYTES or sodium.crypto_box_seal_open(
                out, sealed, ctypes.c_ulonglong(len(sealed)), self.public, self.secret):
            return None
        return out.raw[:len(sealed) - SEALBYTES]


def key_of_seed(seed):
    """The pair of a details key's file: its seed in hex."""
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    sodium.crypto_box_seed_keypair(public, secret, bytes.fromhex(seed))
    return public.raw.hex(), secret.raw.hex()
