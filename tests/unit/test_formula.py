"""The notation: numbers in, number out; a term in, PostgreSQL out."""

import math

import pytest

from odoo.addons.cx_lifecycle.engine import formula
from odoo.addons.cx_lifecycle.engine.formula import Term, inputs, select

A, B = Term("a"), Term("b")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (A + B, "(a + b)"),
        (A - B, "(a - b)"),
        (A * B, "(a * b)"),
        (A / B, "(a / b)"),
        (-A, "(-a)"),
        (A > B, "(a > b)"),
        (A >= B, "(a >= b)"),
        (A < B, "(a < b)"),
        (A <= 2.0, "(a <= '2.0'::float8)"),
        (True & (A > B), "((a > b) AND TRUE)"),
        (A == B, "(a = b)"),
        ((A > B) & (A == 1.0), "((a > b) AND (a = '1.0'::float8))"),
        # a number on either side, written so that it is read back to the last bit
        (A + 1, "(a + '1.0'::float8)"),
        (1 + A, "('1.0'::float8 + a)"),
        (2.5 - A, "('2.5'::float8 - a)"),
        (A - 2.5, "(a - '2.5'::float8)"),
        (0.1 * A, "('0.1'::float8 * a)"),
        (1e-300 / A, "('1e-300'::float8 / a)"),
        # precedence is Python's, and never left to PostgreSQL
        ((A + B) * A, "((a + b) * a)"),
        (A + B * A, "(a + (b * a))"),
        (A - (B - A), "(a - (b - a))"),
        (A - B - A, "((a - b) - a)"),
        (-(A + B), "(-(a + b))"),
        (-A * B, "((-a) * b)"),
        (A + None, "(a + NULL::float8)"),
    ],
)
def test_a_term_writes_its_expression(term, text):
    assert term.text == text


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e22, 1e-300, -0.0, 5e-324, 1.7976931348623157e308])
def test_a_number_keeps_every_bit(value):
    text = (A + value).text
    assert text.startswith("(a + '")
    assert float(text.split("'")[1]) == value


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (formula.ln(A), "ln(a)"),
        (formula.sqrt(A + B), "sqrt((a + b))"),
        (formula.ceil(A), "ceil(a)"),
        (formula.least(A, 1.0), "least(a, '1.0'::float8)"),
        (formula.greatest(1.0, A), "greatest('1.0'::float8, a)"),
        (formula.clip(A, 0.0, 1.0), "least(greatest(a, '0.0'::float8), '1.0'::float8)"),
        (formula.exp(A), "exp(least(greatest(a, '-700.0'::float8), '700.0'::float8))"),
        (formula.where(A > B, A, 0.0), "CASE WHEN (a > b) THEN a ELSE '0.0'::float8 END"),
        (formula.where(A > B, None, B), "CASE WHEN (a > b) THEN NULL::float8 ELSE b END"),
    ],
)
def test_a_function_of_a_term_writes_its_call(term, text):
    assert term.text == text


def test_a_function_of_numbers_computes():
    assert formula.ln(math.e) == 1.0
    assert formula.sqrt(9.0) == 3.0
    assert formula.least(2.0, 1.0) == 1.0
    assert formula.greatest(2.0, 1.0) == 2.0
    assert [formula.clip(v, 0.0, 1.0) for v in (-1.0, 0.5, 2.0)] == [0.0, 0.5, 1.0]
    assert formula.where(1.0 > 0.0, "then", "otherwise") == "then"
    assert formula.where(False, "then", "otherwise") == "otherwise"


def test_rounding_up_gives_a_float():
    assert formula.ceil(1.2) == 2.0
    assert formula.ceil(2.0) == 2.0
    assert isinstance(formula.ceil(1.2), float)


def test_exp_saturates_instead_of_overflowing():
    assert formula.exp(1e6) == formula.exp(700.0) == math.exp(700.0)
    assert formula.exp(-1e6) == formula.exp(-700.0) > 0.0
    assert formula.exp(math.inf) < math.inf
    assert formula.exp(1.5) == math.exp(1.5)


LEVELS = (
    {"double": lambda row: 2.0 * row.value, "root": lambda row: formula.sqrt(row.value)},
    {"both": lambda row: row.double + row.root},
)


def test_compute_adds_each_level_to_the_row():
    row = formula.compute(LEVELS, value=9.0)
    assert vars(row) == {"value": 9.0, "double": 18.0, "root": 3.0, "both": 21.0}


def test_a_level_sees_only_the_levels_before_it():
    with pytest.raises(AttributeError):
        formula.compute(({"one": lambda row: row.two, "two": lambda _row: 2.0},))


def test_select_nests_one_query_per_level_that_postgresql_keeps_apart():
    assert formula.select(LEVELS, "SELECT value FROM t") == (
        "SELECT *, (double + root) AS both FROM ("
        "SELECT *, ('2.0'::float8 * value) AS double, sqrt(value) AS root FROM ("
        "SELECT value FROM t"
        ") AS level_0 OFFSET 0"
        ") AS level_1 OFFSET 0"
    )


def test_select_of_no_levels_is_the_source():
    assert formula.select((), "SELECT 1") == "SELECT 1"


class TestSelect:
    LEVELS = ({"a": lambda row: row.x * row.k}, {"b": lambda row: row.a + row.y})

    def test_constants_are_no_columns(self):
        text = select(self.LEVELS, "SOURCE", constants={"k": 2.0})
        assert "'2.0'::float8" in text
        assert inputs(self.LEVELS, {"k": 2.0}) == {"x", "y"}
        assert inputs(self.LEVELS) == {"x", "y", "k"}

    def test_columns_go_no_further_than_they_are_needed(self):
        inner, outer = select(self.LEVELS, "SOURCE", keep={"b", "name"}).split(" AS level_0")
        assert inner.endswith("SELECT name, y, (x * k) AS a FROM (SOURCE)")
        assert outer.startswith(" OFFSET 0) AS level_1")
        text = select(self.LEVELS, "SOURCE", keep={"b", "name"})
        assert text.startswith("SELECT name, (a + y) AS b FROM (")
