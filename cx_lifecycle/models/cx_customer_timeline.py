"""A customer's timeline: pages of what happened, newest first, for those who may see it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .timeline import Cursor, Frame, Row, page

MOST = 100


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _timeline_streams(self):
        """The kinds of events, in the order of their filters: ``{kind: Stream}``.

        Add one by extending this method: see :class:`.timeline.Stream` for what a kind has to
        tell, and :meth:`_timeline` for the keys of an item.
        """
        return {}

    @api.model
    def _timeline_of(self, partner, kinds, after, limit):
        """The timeline that a contact shows: that of its company. See ``cx_timeline``.

        :raise AccessError: the reader is no rep, may not read the contact, or the customer is
            somebody else's
        """
        partner.check_access("read")
        if not self.env.user.has_group("cx_lifecycle.group_rep"):
            raise AccessError(self.env._("Customers' histories are for sales reps."))
        # sudo: where the contact leads; whether that may be read is asked next
        customer = partner.sudo().commercial_partner_id.cx_customer_id.sudo(False)
        if not customer:
            return {"items": [], "more": False, "kinds": []}
        if not customer.has_access("read"):
            raise AccessError(
                self.env._("Somebody else follows this customer: its history is not yours to see.")
            )
        return customer._timeline(kinds, after, limit)

    def _timeline(self, kinds, after, limit):
        """A page of one customer's timeline.

        An item has ``kind``, ``id``, ``at`` (moment in UTC) or ``on`` (day), ``title`` and ``text``
        and, by what it is, ``by`` (who), ``contact`` (whom of the company), ``planned``, ``icon``,
        ``marks`` (``[{code, label}]``), figures, and ``open``: what a click does, an action or
        ``{model, method, ids, args}`` of a method that returns one.

        :raise UserError: there are no such kinds, the cursor or the limit is none
        """
        self.ensure_one()
        streams = self._timeline_streams()
        chosen = self._timeline_chosen(streams, kinds)
        cursor = self._timeline_cursor(after)
        limit = self._timeline_limit(limit)
        contacts = self.env["res.partner"].with_context(active_test=False)
        frame = Frame(
            contact_ids=contacts.search([("commercial_partner_id", "=", self.partner_id.id)]).ids,
            today=fields.Date.context_today(self),
            zone=str(self.env.tz),
        )
        # one more than asked for, to know whether there is more
        rows = self.env.execute_query(page(chosen, frame, cursor, limit + 1))
        shown = rows[:limit]
        more = False
        if len(rows) > limit:
            kind, at, number, _facts = shown[-1]
            more = str(Cursor(at, kind, number))
        return {
            "items": self._timeline_items(chosen, frame, shown),
            "more": more,
            "kinds": [
                {"code": kind, "label": stream.label, "icon": stream.icon}
                for kind, stream in streams.items()
            ],
        }

    def _timeline_items(self, streams, frame, rows):
        """What a page shows of its rows, each kind worded at once."""
        by_kind = {}
        for kind, at, number, facts in rows:
            by_kind.setdefault(kind, []).append(Row(number, at, facts))
        worded = {kind: streams[kind].words(frame, found) for kind, found in by_kind.items()}
        items = []
        for kind, at, number, _facts in rows:
            if item := worded[kind].get(number):
                moment = {} if item.get("on") else {"at": fields.Datetime.to_string(at)}
                items.append({"kind": kind, "id": number, **moment, **item})
        return items

    # ----------------------------------------------------------------- input
    def _timeline_chosen(self, streams, kinds):
        """The streams of some kinds; all of them when none are named."""
        if not kinds:
            return streams
        named = kinds if isinstance(kinds, (list, tuple)) else [kinds]
        known = list(streams)
        if unknown := [str(kind) for kind in named if kind not in known]:
            raise UserError(
                self.env._(
                    "A timeline has no %(unknown)s. It has: %(known)s.",
                    unknown=", ".join(unknown),
                    known=", ".join(known),
                )
            )
        return {kind: stream for kind, stream in streams.items() if kind in named}

    def _timeline_cursor(self, after):
        if not after:
            return None
        try:
            return Cursor.parse(after)
        except ValueError as error:
            raise UserError(
                self.env._("The timeline cannot go on from here: load it again.")
            ) from error

    def _timeline_limit(self, limit):
        if type(limit) is not int or limit < 1:
            raise UserError(self.env._("How many to show: a whole number from 1 to %s.", MOST))
        return min(limit, MOST)
