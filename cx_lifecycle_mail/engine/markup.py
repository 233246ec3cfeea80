"""HTML cut into pieces: texts, tags, comments, and what stands between double braces.

Nothing is parsed into a tree and written again: the pieces joined are the source, to the letter.
Every piece is found by looking forward once, so the time taken grows with the length only.
"""

import html
import re
from typing import NamedTuple

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# elements whose content is no HTML
OPAQUE = frozenset("script style title".split())
SPECIAL = re.compile(r"\{\{|<(?=/?[a-zA-Z]|[!?])")
NAME = re.compile(r"</?([a-zA-Z][\w:.-]*)")
QUOTE_OR_END = re.compile(r"[\"'>]")
ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
# what editors leave behind without being seen
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
SHOWN = 80  # characters of a fragment that a message quotes


class TextError(Exception):
    """What cannot be read, and where.

    ``code`` is one of expression, unclosed, open_block, stray, attribute, place, split, crossing,
    depth, markup; ``fragment`` the beginning of the source it is about.
    """

    def __init__(self, code, fragment):
        fragment = " ".join(fragment[: 2 * SHOWN].split())
        self.code = code
        self.fragment = fragment if len(fragment) <= SHOWN else fragment[: SHOWN - 1] + "…"
        super().__init__(f"{code}: {self.fragment}")


class Piece(NamedTuple):
    """``kind`` is text, marker, open, close, void, comment (with markers) or opaque."""

    kind: str
    raw: str
    name: str = ""


def cleaned(text):
    """A text without entities, unseen characters and superfluous blanks."""
    return " ".join(html.unescape(text).translate(UNSEEN).split())


def pieces(source):
    """The pieces of an HTML source, in order.

    :raise TextError: when a marker, comment or tag has no end
    """
    at = 0
    while match := SPECIAL.search(source, at):
        start = match.start()
        if start > at:
            yield Piece("text", source[at:start])
        piece = _marker(source, start) if match[0] == "{{" else _angle(source, start)
        at = start + len(piece.raw)
        yield piece
    if at < len(source):
        yield Piece("text", source[at:])


def marker_end(source, start):
    """Where the marker that begins there ends."""
    end = source.find("}}", start + 2)
    if end < 0:
        raise TextError("unclosed", source[start:])
    return end + 2


def _marker(source, start):
    raw = source[start : marker_end(source, start)]
    if "<" in raw or "{{" in raw[2:]:
        raise TextError("split", raw)
    return Piece("marker", raw)


def _angle(source, start):
    if source.startswith("<!--", start):
        raw = source[start : _after(source, "-->", start + 4, start)]
        return Piece("comment" if "{{" in raw else "opaque", raw)
    if source[start + 1] in "!?":
        return Piece("opaque", source[start : _after(source, ">", start, start)])
    return _tag(source, start)


def _tag(source, start):
    name = NAME.match(source, start)[1].lower()
    at = start
    while True:
        found = QUOTE_OR_END.search(source, at)
        if not found:
            raise TextError("markup", source[start:])
        if found[0] == ">":
            break
        at = _after(source, found[0], found.end(), start)
    end = found.end()
    raw = source[start:end]
    if raw[1] == "/":
        return Piece("close", raw, name)
    if raw.endswith("/>") or name in VOID:
        return Piece("void", raw, name)
    if name in OPAQUE:
        closing = re.compile(f"</{name}\\s*>", re.IGNORECASE).search(source, end)
        if not closing:
            raise TextError("markup", raw)
        raw = source[start : closing.end()]
        if "{{" in raw:
            raise TextError("place", raw[raw.index("{{") :])
        return Piece("opaque", raw, name)
    return Piece("open", raw, name)


def _after(source, wanted, at, start):
    end = source.find(wanted, at)
    if end < 0:
        raise TextError("markup", source[start:])
    return end + len(wanted)


def attributes(raw):
    """(name, value, begin, end) of the attributes of a tag; the value as it stands in the source,
    without its quotes, from ``begin`` to ``end`` of the tag.
    """
    for found in ATTRIBUTE.finditer(raw, NAME.match(raw).end()):
        value, (begin, end) = found[2] or "", found.span(2)
        if value[:1] in ("'", '"'):
            value, begin, end = value[1:-1], begin + 1, end - 1
        yield found[1].lower(), value, begin, end
