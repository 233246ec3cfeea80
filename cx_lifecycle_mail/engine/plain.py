"""The plain text that goes along with an HTML mail, made from its source once."""

import re
from dataclasses import replace
from html import unescape

from .marks import Block, Value
from .markup import UNSEEN, attributes
from .page import Holder, items
from .text import Choice, template

BLANK = re.compile(r"\s+")
# a new line and a new paragraph at least, until they are put in order
LINE, PARAGRAPH = "\v", "\f"
SPACE = re.compile(r"[ \n\v\f\xa0]{2,}|[\v\f]")
GAP = re.compile(r"\n{3,}")
TAG = re.compile(r"<[^<>]*>")
FOLLOWED = re.compile("https?:|ftp:", re.IGNORECASE)
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"}
LINES = {"div", "tr", "section", "header", "footer", "article", "pre", "center"}
CELLS = {"td", "th"}
UNESCAPED = {"url": "address", "query": "query"}


def plain(source):
    """A template of the same text without tags; links follow their words in parentheses.

    :raise TextError: as for the source itself
    """
    found = template(_texts(items(source)))
    return replace(found, nodes=_tidied(found.nodes))


def tidy(text):
    """A rendered text, with one empty line at most where something was left out."""
    return GAP.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip()


def _tidied(nodes):
    """The texts with blanks and line breaks in order, as far as they stand together."""
    return tuple(
        SPACE.sub(_space, node)
        if isinstance(node, str)
        else replace(node, then=_tidied(node.then), otherwise=_tidied(node.otherwise))
        if isinstance(node, Choice)
        else node
        for node in nodes
    )


def _space(found):
    lines = found[0].count("\n")
    if PARAGRAPH in found[0] or lines > 1:
        return "\n\n"
    return "\n" if lines or LINE in found[0] else " "


def _texts(found):
    links = []
    for item in found:
        piece = item.piece if isinstance(item, Holder) else item
        if isinstance(item, Block):
            yield item
        elif isinstance(item, Value):
            yield _value(item)
        elif piece.kind == "text":
            yield _text(piece.raw)
        elif piece.name == "a":
            if piece.kind == "open":
                links.append(_link(item))
            elif links and (link := links.pop()):
                yield from (" (", *link, ")")
        else:
            yield _tag(piece)


def _text(raw):
    return BLANK.sub(" ", unescape(raw).translate(UNSEEN))


def _value(value):
    return replace(value, how="plain", default=_text(TAG.sub("", value.default)))


def _tag(piece):
    if piece.kind in ("open", "close"):
        if piece.name in PARAGRAPHS:
            return PARAGRAPH
        if piece.name in LINES:
            return LINE
        if piece.name == "li":
            return f"{LINE}- " if piece.kind == "open" else ""
        return " " if piece.name in CELLS else ""
    if piece.kind == "void":
        if piece.name == "br":
            return "\n"
        if piece.name == "hr":
            return f"{LINE}---{LINE}"
        if piece.name == "img":
            return _text(_attribute(piece, "alt"))
    return ""


def _attribute(piece, wanted):
    return next((value for name, value, *_at in attributes(piece.raw) if name == wanted), "")


def _link(item):
    """Where a link leads, as texts and values; nothing when there is no page to be read there."""
    if isinstance(item, Holder) and item.href:
        return tuple(
            unescape(part) if isinstance(part, str) else replace(part, how=UNESCAPED[part.how])
            for part in item.href
        )
    piece = item.piece if isinstance(item, Holder) else item
    url = unescape(_attribute(piece, "href"))
    return (url,) if FOLLOWED.match(url) else ()
