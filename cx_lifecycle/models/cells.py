"""Cells of files that are exported: a text must not be taken for a formula.

Whoever names a contact ``=HYPERLINK(…)`` would run something on the computer of whoever opens the
file (CWE-1236). Odoo's XLSX writes such a text as a formula, its CSV knows ``=``, ``+`` and ``-``.
"""

# what spreadsheets take for the beginning of a formula; phone numbers keep their plus
BEGINNINGS = ("=", "{=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_ours(model):
    """Whether a model, or the name of one, is of these addons."""
    return str(getattr(model, "_name", model)).startswith("cx.")


def as_text(value):
    """A cell's value; with an apostrophe before what would be a formula, as Odoo does."""
    dangerous = isinstance(value, str) and value.startswith(BEGINNINGS)
    return f"'{value}" if dangerous else value
