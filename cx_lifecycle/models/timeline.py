"""A customer's timeline: what a stream of it is, and where a page of it ends.

A day (of a purchase, of a stage) sorts as the last moment of that day where the reader is, so it
stands above what was written on that day: what happened sums up what was said.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from odoo.tools import SQL


@dataclass(frozen=True)
class Frame:
    """What all streams of one page are asked about.

    ``contact_ids`` are the customer's contacts that the reader may read, archived ones too;
    ``today`` and ``zone`` (a name, as in ``Europe/Brussels``) are the reader's.
    """

    contact_ids: list[int]
    today: date
    zone: str

    def midnight(self, day):
        """SQL of the moment, in UTC, at which a day begins for the reader.

        :param SQL day: a date
        """
        return SQL("(%s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", day, self.zone)

    def end(self, day):
        """SQL of the last moment, in UTC, of a day of the reader's."""
        return SQL("%s - interval '1 microsecond'", self.midnight(SQL("%s + 1", day)))


class Row(NamedTuple):
    """One event of a page: its number within its kind, its moment in UTC, what SQL told of it."""

    id: int
    at: datetime
    facts: Any


@dataclass(frozen=True)
class Stream:
    """One kind of events.

    ``select(frame)`` gives the SQL of all of a customer's, without order or limit, with the columns
    ``at`` (timestamp in UTC, finite), ``id`` (a whole number, unique within the kind) and ``facts``
    (jsonb, may be null). ``words(frame, rows)`` gives ``{id: item}`` of the rows of one page, by a
    number of queries that does not depend on how many; what the reader may not read it leaves out.
    """

    label: str
    icon: str
    select: Callable[[Frame], SQL]
    words: Callable[[Frame, list[Row]], dict[int, dict]]


@dataclass(frozen=True)
class Cursor:
    """The last event of a page. Events follow each other by moment, kind and id, all descending."""

    at: datetime
    kind: str
    id: int

    def __str__(self):
        text = json.dumps([self.at.isoformat(), self.kind, self.id])
        return base64.urlsafe_b64encode(text.encode()).decode()

    @classmethod
    def parse(cls, text):
        """The cursor that a text stands for; ValueError when it stands for none."""
        try:
            at, kind, number = json.loads(base64.urlsafe_b64decode(text.encode()))
            cursor = cls(datetime.fromisoformat(at), kind, number)
        except (AttributeError, TypeError, RecursionError) as error:
            raise ValueError(text) from error
        fits = type(number) is int and abs(number) < 2**63 and isinstance(kind, str)
        if cursor.at.tzinfo or not fits:
            raise ValueError(text)
        return cursor

    def beyond(self, kind):
        """SQL condition of the events of a kind that follow."""
        if kind == self.kind:
            return SQL("(at, id) < (%s::timestamp, %s)", self.at, self.id)
        # at the same moment, kinds that come later in the alphabet have been shown
        return SQL("at <= %s" if kind < self.kind else "at < %s", self.at)


def page(streams, frame, after, limit):
    """SELECT of kind, at, id and facts of the first events after a cursor, of all streams.

    Each stream gives no more than the page can hold, so that joining them costs the same
    whatever the history.

    :param dict streams: :class:`Stream` by kind
    :param after: a :class:`Cursor`, or None for the newest
    """
    parts = SQL(" UNION ALL ").join(
        SQL(
            "(SELECT %s AS kind, at::timestamp, id::int8, facts::jsonb FROM (%s) AS event"
            " WHERE %s ORDER BY at DESC, id DESC LIMIT %s)",
            kind, stream.select(frame), after.beyond(kind) if after else SQL("true"), limit,
        )
        for kind, stream in streams.items()
    )  # fmt: skip
    return SQL(
        'SELECT kind, at, id, facts FROM (%s) AS event ORDER BY at DESC, kind COLLATE "C" DESC,'
        " id DESC LIMIT %s",
        parts,
        limit,
    )
