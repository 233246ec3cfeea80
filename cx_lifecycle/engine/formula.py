"""One notation for arithmetic that runs on numbers and renders to SQL.

A formula is a Python function of a *row*. On a row of floats it computes; on a
row of :class:`Term` the same function writes the PostgreSQL expression. So a
formula stands once, and the two routes cannot drift apart.

Formulas are listed in *levels*: each level names new columns from those already
there. :func:`compute` fills a row, :func:`select` nests one SELECT per level.
"""

import math
from types import SimpleNamespace


class Term:
    """A PostgreSQL expression of type ``float8`` (or boolean, for comparisons)."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    def __add__(self, other):
        return _infix(self, "+", other)

    def __radd__(self, other):
        return _infix(other, "+", self)

    def __sub__(self, other):
        return _infix(self, "-", other)

    def __rsub__(self, other):
        return _infix(other, "-", self)

    def __mul__(self, other):
        return _infix(self, "*", other)

    def __rmul__(self, other):
        return _infix(other, "*", self)

    def __truediv__(self, other):
        return _infix(self, "/", other)

    def __rtruediv__(self, other):
        return _infix(other, "/", self)

    def __neg__(self):
        return Term(f"(-{self.text})")

    def __gt__(self, other):
        return _infix(self, ">", other)

    def __ge__(self, other):
        return _infix(self, ">=", other)

    def __lt__(self, other):
        return _infix(self, "<", other)

    def __le__(self, other):
        return _infix(self, "<=", other)

    def __eq__(self, other):
        return _infix(self, "=", other)

    __hash__ = None

    def __and__(self, other):
        return _infix(self, "AND", other)

    __rand__ = __and__


def _text(value):
    """SQL text of a term, a number or a truth; NULL for None."""
    if isinstance(value, Term):
        return value.text
    if isinstance(value, bool):
        return str(value).upper()
    return "NULL::float8" if value is None else f"'{float(value)!r}'::float8"


def _infix(left, operator, right):
    return Term(f"({_text(left)} {operator} {_text(right)})")


def _function(sql_name, python):
    """A function of floats that, given any term, writes a call to ``sql_name``."""

    def apply(*values):
        if any(isinstance(value, Term) for value in values):
            return Term(f"{sql_name}({', '.join(map(_text, values))})")
        return python(*values)

    return apply


ln = _function("ln", math.log)
sqrt = _function("sqrt", math.sqrt)
ceil = _function("ceil", lambda value: float(math.ceil(value)))
least = _function("least", min)
greatest = _function("greatest", max)
_exp = _function("exp", math.exp)


def clip(value, low, high):
    """``value`` kept between ``low`` and ``high``."""
    return least(greatest(value, low), high)


def exp(value):
    """e to the ``value``, kept away from overflow and underflow.

    PostgreSQL raises on both, where a saturated number is what is meant.
    """
    return _exp(clip(value, -700.0, 700.0))


def where(condition, then, otherwise):
    """``then`` if the condition holds, else ``otherwise``; both are evaluated in Python."""
    if isinstance(condition, Term):
        return Term(f"CASE WHEN {condition.text} THEN {_text(then)} ELSE {_text(otherwise)} END")
    return then if condition else otherwise


class Columns:
    """A row on which every attribute is the term of the column so named.

    Attributes given as ``constants`` are those numbers instead; ``used`` collects the columns
    that were asked for.
    """

    def __init__(self, constants=None):
        self.used = set()
        self._constants = constants or {}

    def __getattr__(self, name):
        if name in self._constants:
            return self._constants[name]
        self.used.add(name)
        return Term(name)


def compute(levels, **values):
    """The row of ``values`` (floats), with each level's columns added."""
    row = SimpleNamespace(**values)
    for level in levels:
        vars(row).update({name: formula(row) for name, formula in level.items()})
    return row


def inputs(levels, constants=None):
    """Names of the columns that the levels need and do not make themselves."""
    needed, _rendered = _render(levels, constants, ())
    return needed


def select(levels, source, constants=None, keep=None):
    """SQL that adds each level's columns to those of ``source``, a SELECT's text.

    ``OFFSET 0`` keeps PostgreSQL from pulling the levels into one another, which
    would compute every inner expression as often as it is mentioned.

    :param constants: numbers by name, the same for all rows: they are no columns
    :param keep: names of the columns wanted in the end; the others are dropped as soon as no
        level needs them, for carrying a column through all levels costs more than most formulas
    """
    _needed, rendered = _render(levels, constants, keep or ())
    for number, (carried, columns) in enumerate(rendered):
        passed = "*" if keep is None else ", ".join(sorted(carried)) or "NULL"
        made = ", ".join(f"{text} AS {name}" for name, text in columns.items())
        source = f"SELECT {passed}, {made} FROM ({source}) AS level_{number} OFFSET 0"
    return source


def _render(levels, constants, keep):
    """What is needed before the first level, and per level: columns to carry on, and to make."""
    wanted, rendered = set(keep), []
    for level in reversed(levels):
        row = Columns(constants)
        columns = {name: _text(formula(row)) for name, formula in level.items()}
        carried = wanted - set(columns)
        rendered.append((carried, columns))
        wanted = carried | row.used
    return wanted, rendered[::-1]
