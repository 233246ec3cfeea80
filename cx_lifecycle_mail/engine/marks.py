"""What stands between double braces: a value, or the beginning, turn and end of a block."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from .markup import TextError, cleaned, marker_end

PATH = r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+"
IS_PATH = re.compile(PATH, re.ASCII)
# names that lead out of the data
FORBIDDEN = {"sudo", "env"}
CONDITION = re.compile(
    rf"if (?:(?P<path>{PATH})|(?P<name>[a-z]\w*)(?: ?(?P<sign>!?=) ?(?P<value>[\w@-]+))?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Value:
    """A text to be looked up. ``how`` it is written: plain, html, attribute, url (a whole address
    in HTML), address (the same in plain text) or query (a part of one).

    ``default`` takes its place when it is empty, as it is: it comes from the source.
    """

    path: str
    default: str = ""
    how: str = "plain"


@dataclass(frozen=True, slots=True)
class Block:
    """A block marker: ``what`` is if, else or end; the others as in :class:`text.Choice`."""

    what: str
    raw: str
    name: str = ""
    value: str | None = None
    wanted: bool = True


def path_of(text, fragment):
    """A path, or a refusal that quotes the fragment."""
    names = text.split(".")
    hidden = any("__" in name or name.endswith("_") or name in FORBIDDEN for name in names)
    if hidden or not IS_PATH.fullmatch(text):
        raise TextError("expression", fragment)
    return text


def mark(raw, how):
    """The Value or Block that a marker is.

    :param raw: the marker with its braces
    """
    text, bars, default = raw[2:-2].partition("|||")
    text = cleaned(unquote(text) if how in ("url", "query") else text)
    if text in ("else", "end") and not bars:
        return Block(text, raw)
    if text == "if" or text.startswith("if "):
        found = CONDITION.fullmatch(text)
        if not found or bars:
            raise TextError("expression", raw)
        if found["path"]:
            return Block("if", raw, path_of(found["path"], raw))
        value = found["value"] and found["value"].lower()
        return Block("if", raw, found["name"], value, found["sign"] != "!=")
    return Value(path_of(text, raw), default.strip(), how)


def marked(source, how):
    """The texts, values and block markers of a source without tags, in order.

    :raise TextError: for what is no marker
    """
    at = 0
    while (start := source.find("{{", at)) >= 0:
        if start > at:
            yield source[at:start]
        at = marker_end(source, start)
        yield mark(source[start:at], how)
    if at < len(source):
        yield source[at:]
