"""Where customers stood on any day, read from the ledger of episodes."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    @api.readonly
    def stage_on(self, day):
        """Where each customer stood when a day ended.

        A stay covers the day it began and not the day it ended. Of customers that were merged
        since, the later of two stays at the same time is told.

        :param day: date or ISO text
        :return: ``{id: stage code}``; None where there was no stage on that day
        :raise UserError: when ``day`` is no date
        """
        self.check_access("read")
        codes = {stage_id: code for code, stage_id in self.env["cx.stage"]._ids_by_code().items()}
        covering = Domain("as_of", "=", self._to_day(day)) & Domain("customer_id", "in", self.ids)
        result = dict.fromkeys(self.ids)
        for episode in self.env["cx.episode"].search_fetch(
            covering, ["customer_id", "stage_id"], order="entered_on, id"
        ):
            result[episode.customer_id.id] = codes[episode.stage_id.id]
        return result

    @api.model
    @api.readonly
    def stage_counts(self, day=None, domain=None):
        """How many of the customers the user may read were in each stage when a day ended.

        Counted as it was then: who was archived or merged with another since still counts, once
        for each stay that covers the day. ``[("active", "=", True)]`` leaves out the archived.

        :param day: date or ISO text, today when empty
        :param list domain: which customers, by what they are now; all when empty
        :return: ``{stage code: number of customers}`` with all six codes
        :raise UserError: when ``day`` is no date, or ``domain`` no condition on customers
        """
        day = self._to_day(day or fields.Date.context_today(self))
        asked = self.env["cx.portfolio"]._checked(domain)
        customers = self.with_context(active_test=False)._search(Domain(asked))
        covering = Domain("as_of", "=", day) & Domain("customer_id", "in", customers)
        counted = {
            stage.id: count
            for stage, count in self.env["cx.episode"]._read_group(
                covering, ["stage_id"], ["__count"]
            )
        }
        by_code = self.env["cx.stage"]._ids_by_code()
        return {code: counted.get(stage_id, 0) for code, stage_id in by_code.items()}

    @api.model
    def _to_day(self, day):
        """A day that somebody gave, as date or ISO text.

        :raise UserError: when it is neither
        """
        try:
            found = fields.Date.to_date(day)
        except (TypeError, ValueError):
            found = None
        if not found:
            raise UserError(
                self.env._(
                    "Day: %s is not a date. Write it as year-month-day, for instance 2027-03-31.",
                    day,
                )
            )
        return found
