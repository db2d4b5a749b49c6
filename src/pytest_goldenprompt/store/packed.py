"""Bytes as they are kept where nobody reads them by eye: compressed where that helps, any flipped bit found."""

from __future__ import annotations

import zlib
from hashlib import sha256
from io import BytesIO

AS_IT_IS, COMPRESSED = b"\0", b"\1"
CHECK = 4
"""Bytes of the check sum at the beginning: it also covers bits that do not change what comes out."""

DIGEST = sha256().digest_size


def pack(content: bytes) -> bytes:
    """Pack bytes: a check sum, how they are kept, and the bytes."""
    small = zlib.compress(content)
    body = COMPRESSED + small if len(small) < len(content) else AS_IT_IS + content
    return zlib.crc32(body).to_bytes(CHECK, "big") + body


def unpack(kept: bytes) -> bytes:
    """Give the bytes back; what `pack` did not write is a ValueError."""
    check, how, body = kept[:CHECK], kept[CHECK : CHECK + 1], kept[CHECK + 1 :]
    if zlib.crc32(how + body).to_bytes(CHECK, "big") != check or how not in {AS_IT_IS, COMPRESSED}:
        raise ValueError("damaged: its check sum does not fit")
    try:
        return body if how == AS_IT_IS else zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(f"damaged: {error}") from None


def lines_in(content: bytes) -> BytesIO:
    """Read bytes line by line, each with its end, where a line break is one character."""
    return BytesIO(content)


def by_digest(content: bytes) -> dict[bytes, bytes]:
    """Give the lines of a text by their SHA-256, in their order."""
    return {sha256(line).digest(): line for line in lines_in(content)}


def digests_in(listed: bytes) -> list[bytes]:
    """Divide a list of digests; one that was cut off is a ValueError."""
    if len(listed) % DIGEST:
        raise ValueError("damaged: a list of digests was cut off")
    return [listed[start : start + DIGEST] for start in range(0, len(listed), DIGEST)]
