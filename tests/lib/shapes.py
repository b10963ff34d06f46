"""Whether words stand in the files of a folder, in any shape in which a text may be kept: UTF-8,
UTF-16, hexadecimal, quoted-printable, base64 at any offset."""
import base64
import os
import quopri

SHORTEST = 6  # bytes of a shape: fewer stand anywhere by chance


def shapes(word):
    """The bytes to look for. A word of bytes is no text, and has no UTF-16."""
    raw = word if isinstance(word, bytes) else word.encode()
    other = [raw.hex().encode(), raw.hex().upper().encode(), quopri.encodestring(raw).strip()]
    if isinstance(word, str):
        other += [word.encode("utf-16-le"), word.encode("utf-16-be")]
    for skip in range(3):
        text = base64.b64encode(b"\0" * skip + raw)
        # Only these characters are the word's alone, whatever stands beside it.
        other.append(text[(skip * 8 + 5) // 6:(skip + len(raw)) * 8 // 6])
    return {raw} | {shape for shape in other if len(shape) >= SHORTEST}


def found(folder, words):
    """(file, word) for each of the words in each file of a folder and the folders in it."""
    wanted = [(word, shapes(word)) for word in words]
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            for word, looks in wanted:
                if any(look in data for look in looks):
                    yield os.path.relpath(path, folder), word
