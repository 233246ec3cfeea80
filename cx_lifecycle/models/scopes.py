"""Scopes: which customers a statement is about, as a condition that documents can be searched by.

A scope is a function from the SQL of a commercial partner's id to a condition. Its attribute
``few`` says that computing in Python is quicker than having the long formula planned.
"""

from odoo.tools import SQL

FEW = 20


# People who objected to profiling: few, and found by an index of their own.
OBJECTED = SQL("(SELECT o.id FROM res_partner o WHERE o.cx_no_profiling_since IS NOT NULL)")


def willing(scope):
    """The partners of a scope who have not objected to profiling."""

    def narrowed(partner):
        return SQL("(%s AND %s NOT IN %s)", scope(partner), partner, OBJECTED)

    narrowed.few = scope.few
    return narrowed


def ids_scope(ids):
    """A scope of some partners."""

    def scope(partner):
        return SQL("%s = ANY(%s)", partner, list(ids))

    scope.few = len(ids) <= FEW
    return scope


def range_scope(low, high):
    """A scope of all partners with an id above ``low`` and up to ``high``."""

    def scope(partner):
        return SQL("(%s > %s AND %s <= %s)", partner, low, partner, high)

    scope.few = False
    return scope


def everybody(_partner):
    """The scope of all partners."""
    return SQL("true")


everybody.few = False
