"""HTML as a row of items: what is kept as it is, values, and block markers."""

import re
from dataclasses import replace
from html import escape
from typing import NamedTuple

from .marks import Block, Value, mark, marked, path_of
from .markup import Piece, TextError, attributes, cleaned, pieces

# of a date with time, Odoo's editor writes this
DATETIME = re.compile(
    r"format_datetime\( ?([\w.]+) ?(?:, ?tz=[\w.]+ ?)?\)(?: or '((?:[^'\\]|\\.)*)')?", re.ASCII
)
URLS = {"href", "src", "action", "background", "cite", "poster"}
CODE = re.compile("style|srcset|on.*")
SUSPECT = re.compile(r"\{\{|%7b%7b|[\s\"'/]t-", re.IGNORECASE)
BRACE = re.compile("%7[bd]", re.IGNORECASE)
LONE = {"p", "div"}
WITHIN_LONE = {"a", "b", "br", "em", "font", "i", "small", "span", "strong", "u"}
DEEPEST = 500  # paragraphs within paragraphs


class Holder(NamedTuple):
    """A tag or comment with values in it: the items are its text, ``href`` those of its link."""

    piece: Piece
    items: tuple
    href: tuple = ()


def items(source):
    """Pieces, Holders, Values and Blocks of an HTML source; lone paragraphs are gone.

    :raise TextError: for what the language does not know
    """
    return _without_lone(_items(pieces(source)))


def _items(found):
    for piece in found:
        if piece.kind == "marker":
            yield mark(piece.raw, "html")
        elif piece.kind == "comment":
            yield Holder(piece, tuple(marked(piece.raw, "html")))
        elif piece.kind in ("open", "void"):
            value = _out(piece, found) if piece.name == "t" else None
            yield value or _tag(piece)
        else:
            yield piece


def _out(piece, found):
    """The value that ``<t t-out="path">default</t>`` is; None of any other ``<t>``."""
    programmed = [(name, value) for name, value, *_at in attributes(piece.raw) if name[:2] == "t-"]
    if not programmed:
        return None
    if [name for name, _value in programmed] != ["t-out"]:
        raise TextError("attribute", piece.raw)
    default = _default(piece, found) if piece.kind == "open" else ""
    expression = cleaned(programmed[0][1])
    if dated := DATETIME.fullmatch(expression):
        said = re.sub(r"\\(.)", r"\1", dated[2] or "")
        return Value(path_of(dated[1], piece.raw), escape(said) or default, "html")
    return Value(path_of(expression, piece.raw), default, "html")


def _default(piece, found):
    """What stands between ``<t>`` and ``</t>``, as it is; empty when nothing is seen of it."""
    raws = []
    for inner in found:
        if inner.kind == "close" and inner.name == "t":
            default = "".join(raws)
            return default if cleaned(default) else ""
        plain = inner.kind in ("text", "close") or (
            inner.kind in ("open", "void") and inner.name != "t" and not SUSPECT.search(inner.raw)
        )
        if not plain:
            raise TextError("split", piece.raw + inner.raw)
        raws.append(inner.raw)
    raise TextError("markup", piece.raw)


def _tag(piece):
    """A tag as it is, or a Holder when there are values in its attributes."""
    raw = piece.raw
    if not SUSPECT.search(raw):
        return piece
    parts, rest, at, href = [], [], 0, ()
    for name, text, begin, end in attributes(raw):
        if name[:2] == "t-":
            raise TextError("attribute", raw)
        value = BRACE.sub(_brace, text) if name in URLS else text
        if "{{" in value:
            if CODE.fullmatch(name):
                raise TextError("place", raw)
            inside = tuple(_attribute(value, name in URLS))
            href = inside if name == "href" else href
            rest.append(raw[at:begin])
            parts += [raw[at:begin], *inside]
            at = end
    rest.append(raw[at:])
    if any("{{" in text for text in rest):
        raise TextError("place", raw)
    return Holder(piece, (*parts, raw[at:]), href) if parts else piece


def _brace(code):
    return "{" if code[0][-1] in "bB" else "}"


def _attribute(value, url):
    first = True
    for item in marked(value, "query" if url else "attribute"):
        if isinstance(item, Block):
            raise TextError("place", item.raw)
        # an address as a whole, or a part of one
        yield replace(item, how="url") if url and first and isinstance(item, Value) else item
        first = False


class _Frame:
    __slots__ = ("at", "lone", "marked", "name")

    def __init__(self, name, at):
        self.name, self.at, self.lone, self.marked = name, at, True, False


def _without_lone(found):
    """The items without the paragraphs that contain block markers only; those stay."""
    kept, frames = [], []
    for item in found:
        kept.append(item)
        kind, name = (item.kind, item.name) if isinstance(item, Piece) else ("", "")
        if kind == "open" and name in LONE:
            if len(frames) == DEEPEST:
                raise TextError("depth", item.raw)
            frames.append(_Frame(name, len(kept) - 1))
        elif kind == "close" and name in LONE:
            _close(name, kept, frames)
        elif frames and isinstance(item, Block):
            frames[-1].marked = True
        elif frames and not (name in WITHIN_LONE or (kind == "text" and not cleaned(item.raw))):
            frames[-1].lone = False
    return kept


def _close(name, kept, frames):
    while frames:
        frame = frames.pop()
        done = frame.name == name
        if done and frame.lone and frame.marked:
            kept[frame.at :] = [item for item in kept[frame.at :] if isinstance(item, Block)]
        elif frames:
            frames[-1].lone = False
        if frames and frame.marked:
            frames[-1].marked = True
        if done:
            break
