"""The language of campaign mails: values and conditions, and nothing that could be run.

A source is compiled once and rendered for each mail from texts that were looked up before::

    Dear {{ person.name ||| customer }},
    {{ if need = security }} Three years' warranty. {{ else }} Just new. {{ end }}

``{{ path ||| default }}`` is a value, as Odoo writes it in subjects; in HTML also
``<t t-out="path">default</t>``, as Odoo's editor inserts it. ``{{ if need = security }}``,
``{{ if need != security }}`` and ``{{ if path }}`` (not empty) begin a block that ``{{ end }}``
ends, with one ``{{ else }}`` at most; blocks may contain blocks. Values of facts are compared
without regard to case. A path is names and dots. Whatever else is found is refused.

What stands around is not touched, except that a paragraph (``<p>`` or ``<div>``) with nothing but
block markers in it disappears along with them.
"""

import re
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote

from .marks import Block, Value, marked
from .markup import Piece, TextError
from .page import Holder, items

DEEPEST = 50  # blocks within blocks
DEEPEST_TAGS = 500  # elements within elements of a block
SAFE_URL = re.compile(r"(?:https?|mailto|tel):|[^:]*(?:[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """``then`` when the fact ``name`` has ``value`` (any if None), or the path is not empty."""

    name: str
    value: str | None
    wanted: bool
    then: tuple
    otherwise: tuple

    def holds(self, values, facts):
        if "." in self.name:
            return bool(values.get(self.name))
        known = facts.get(self.name, ())
        return (bool(known) if self.value is None else self.value in known) is self.wanted


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled source. ``variables`` are the paths to look up; ``facts`` what the conditions
    compare: (name, value), or a name when they ask whether there is any.
    """

    nodes: tuple
    variables: frozenset
    facts: frozenset

    def render(self, values, facts):
        """The text for one mail.

        :param values: ``{path: text}``; empty or missing when unknown
        :param facts: ``{name: values}``, the values in lower case
        """
        out = []
        _write(self.nodes, values, facts, out)
        return "".join(out)

    def within(self, before, after):
        """The same between two texts that are taken as they are."""
        return replace(self, nodes=(before, *self.nodes, after))


def compile(source, html):
    """Read a source.

    :param html: whether it is HTML: then values are escaped so that they fit where they stand
    :raise TextError: for whatever the language does not know
    """
    return template(items(source) if html else marked(source, "plain"))


def template(found):
    """The template that items in a row make."""
    nodes = _tree(found)
    variables, facts = set(), set()
    _needed(nodes, variables, facts)
    return Template(nodes, frozenset(variables), frozenset(facts))


class _Branch:
    """The nodes of a block until its ``else`` or ``end``, and whether its tags are balanced."""

    def __init__(self, block=None):
        self.block, self.then, self.nodes = block, None, []
        self.opened, self.closed = [], []

    def tag(self, piece):
        if not self.block or piece.kind not in ("open", "close"):
            return
        if piece.kind == "open":
            self.opened.append(piece.name)
        elif piece.name in self.opened:
            while self.opened.pop() != piece.name:
                pass
        else:
            self.closed.append(piece.name)
        if len(self.opened) + len(self.closed) > DEEPEST_TAGS:
            raise TextError("depth", self.block.raw)

    def end(self):
        """Left out, the block must not tear the elements around it apart."""
        if self.closed != self.opened[::-1]:
            raise TextError("crossing", self.block.raw)
        nodes, self.nodes, self.opened, self.closed = _joined(self.nodes), [], [], []
        return nodes


def _tree(found):
    branches = [_Branch()]
    for item in found:
        branch = branches[-1]
        if isinstance(item, Value):
            branch.nodes.append(item)
        elif isinstance(item, Block):
            _block(item, branches)
        elif isinstance(item, Holder):
            branch.tag(item.piece)
            branch.nodes += _tree(item.items)
        elif isinstance(item, Piece):
            branch.tag(item)
            branch.nodes.append(item.raw)
        else:
            branch.nodes.append(item)
    if len(branches) > 1:
        raise TextError("open_block", branches[-1].block.raw)
    return _joined(branches[0].nodes)


def _block(item, branches):
    branch = branches[-1]
    if item.what == "if":
        if len(branches) > DEEPEST:
            raise TextError("depth", item.raw)
        branches.append(_Branch(item))
    elif not branch.block or (item.what == "else" and branch.then is not None):
        raise TextError("stray", item.raw)
    elif item.what == "else":
        branch.then = branch.end()
    else:
        branches.pop()
        last, block = branch.end(), branch.block
        then, otherwise = (last, ()) if branch.then is None else (branch.then, last)
        choice = Choice(block.name, block.value, block.wanted, then, otherwise)
        branches[-1].nodes.append(choice)


def _joined(nodes):
    """The nodes with neighbouring texts in one."""
    joined, texts = [], []
    for node in nodes:
        if isinstance(node, str):
            texts.append(node)
        else:
            joined += ["".join(texts), node] if texts else [node]
            texts = []
    return (*joined, "".join(texts)) if texts else tuple(joined)


def _needed(nodes, variables, facts):
    for node in nodes:
        if isinstance(node, Value):
            variables.add(node.path)
        elif isinstance(node, Choice):
            if "." in node.name:
                variables.add(node.name)
            else:
                facts.add(node.name if node.value is None else (node.name, node.value))
            _needed(node.then, variables, facts)
            _needed(node.otherwise, variables, facts)


def _write(nodes, values, facts, out):
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, Value):
            text = values.get(node.path)
            out.append(WRITTEN[node.how](text) if text else node.default)
        else:
            _write(node.then if node.holds(values, facts) else node.otherwise, values, facts, out)


def _address(text):
    text = text.strip()
    return text if SAFE_URL.match(text) else ""


WRITTEN = {
    "plain": str,
    "html": lambda text: escape(text).replace("\n", "<br/>"),
    "attribute": escape,
    "url": lambda text: escape(_address(text)),
    "address": _address,
    "query": lambda text: text if text.isascii() and text.isalnum() else quote(text, safe=""),
}
