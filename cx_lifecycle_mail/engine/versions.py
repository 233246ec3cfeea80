"""What differs between two versions of a campaign, as facts; the words are made elsewhere.

A definition is plain data, as it was frozen::

    {"campaign": {field: value}, "steps": [step, …]}

    step = {"key": 7, "after": None, "values": {field: value}, "texts": {field: {language: text}},
            "contents": {language: {field: text}}}

``key`` stays with a step through its versions, ``after`` is the key of the step it follows. The
value of a relation is ``{"id": 3, "name": "Dormant"}`` or a list of such; only ids are compared.
"""

import difflib
import re
from typing import NamedTuple

# told together, as one sentence: when a step is done
WHEN = ("trigger", "delay", "delay_unit", "date_field_id", "date_days", "weekday", "hour")
WORD = re.compile(r"\S+")
AROUND = 4  # words shown before and after a change


class Change(NamedTuple):
    """One difference. ``what`` is added, removed or changed.

    Of the campaign itself when ``step`` is None; of a step as a whole when ``field`` is None.
    ``langs`` are those it concerns, none when it is about no language, or all of them.
    """

    what: str
    step: int | None
    field: str | None
    before: object = None
    after: object = None
    langs: tuple = ()


def changes(before, after):
    """All differences of two definitions, in the order of the later one, removed steps last."""
    yield from _values(None, before["campaign"], after["campaign"])
    old = {step["key"]: step for step in before["steps"]}
    new = {step["key"] for step in after["steps"]}
    for step in after["steps"]:
        if known := old.get(step["key"]):
            yield from _step(known, step)
        else:
            yield Change("added", step["key"], None, None, step)
    for step in before["steps"]:
        if step["key"] not in new:
            yield Change("removed", step["key"], None, step, None)


def _step(before, after):
    key = before["key"]
    yield from _texts(key, before["texts"], after["texts"])
    if _when(before) != _when(after):
        yield Change("changed", key, "when", before, after)
    yield from _values(key, before["values"], after["values"], but=WHEN)
    yield from _contents(key, before["contents"], after["contents"])


def _when(step):
    return step["after"], [_bare(step["values"].get(name)) for name in WHEN]


def _values(key, before, after, but=()):
    for name in dict.fromkeys([*before, *after]):
        was, becomes = before.get(name), after.get(name)
        if name not in but and _bare(was) != _bare(becomes):
            yield Change("changed", key, name, was, becomes)


def _bare(value):
    """What is compared of a value: of relations the ids, and nothing is nothing."""
    if isinstance(value, dict):
        return value["id"]
    if isinstance(value, list):
        return sorted(one["id"] for one in value)
    return value or None


def _texts(key, before, after):
    """Texts that say the same in several languages are told once."""
    for name in dict.fromkeys([*before, *after]):
        was, becomes = before.get(name, {}), after.get(name, {})
        langs = dict.fromkeys([*was, *becomes])
        told = {}
        for lang in langs:
            pair = was.get(lang) or "", becomes.get(lang) or ""
            if pair[0] != pair[1]:
                told.setdefault(pair, []).append(lang)
        for pair, those in told.items():
            yield Change("changed", key, name, *pair, () if len(those) == len(langs) else (*those,))


def _contents(key, before, after):
    for lang in dict.fromkeys([*before, *after]):
        if lang not in before:
            yield Change("added", key, "content", None, after[lang], (lang,))
        elif lang not in after:
            yield Change("removed", key, "content", before[lang], None, (lang,))
        else:
            for name in dict.fromkeys([*before[lang], *after[lang]]):
                was, becomes = before[lang].get(name) or "", after[lang].get(name) or ""
                if was != becomes:
                    yield Change("changed", key, name, was, becomes, (lang,))


def words(before, after):
    """The difference of two texts word by word, with a few words around.

    >>> words("We miss you a lot", "We miss you very much")
    [('same', 'We miss you'), ('out', 'a lot'), ('in', 'very much')]

    :return: [(same, out, in or gap, text)]
    """
    was, becomes = WORD.findall(before), WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, was, becomes, autojunk=False)
    blocks = matcher.get_opcodes()
    told = []
    for place, (what, i, j, k, m) in enumerate(blocks):
        if what == "equal":
            told += _around(was[i:j], first=not place, last=place == len(blocks) - 1)
            continue
        if i < j:
            told.append(("out", " ".join(was[i:j])))
        if k < m:
            told.append(("in", " ".join(becomes[k:m])))
    return told


def _around(same, first, last):
    """Of words that stay, those next to a change."""
    head = [] if first else same[:AROUND]
    rest = same if first else same[AROUND:]
    tail = [] if last else rest[-AROUND:]
    left_out = len(same) - len(head) - len(tail)
    if left_out <= 1:
        return [("same", " ".join(same))] if same else []
    parts = [("same", " ".join(head)), ("gap", ""), ("same", " ".join(tail))]
    return [(what, text) for what, text in parts if text or what == "gap"]
