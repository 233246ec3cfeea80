"""Why a customer has its stage: words made from stored facts, in the reader's language."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import formula, rhythm
from .scopes import ids_scope

STRIP_YEARS = 2


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    why_data = fields.Json("Why", compute="_compute_why_data", help="What cx_why shows.")
    rhythm_data = fields.Json(
        "Rhythm", compute="_compute_rhythm_data", help="What cx_rhythm shows."
    )

    # ------------------------------------------------------------------ why
    @api.readonly
    def why(self):
        """Why the customer has this stage: code, figures and sentence, see :meth:`_why`.

        :return: a dictionary ready for JSON; False for a customer without stage
        """
        self.ensure_one()
        self.check_access("read")
        return self.why_data

    @api.depends("stage_id", "last_purchase_on", "hold_until", "declared_lost_on")
    @api.depends_context("lang", "tz")
    def _compute_why_data(self):
        today = fields.Date.context_today(self)
        evidence = self._evidence(today)
        for company, customers in self.grouped("company_id").items():
            policy = self.env["cx.policy"]._of(company)
            bought = customers.filtered("last_purchase_on")
            days = {*bought.mapped("first_purchase_on"), *bought.mapped("last_purchase_on"), today}
            at = policy._positions(days)
            for customer in customers:
                customer.why_data = customer._why(policy, today, at, evidence.get(customer.id, []))

    def _why(self, policy, today, at, evidence):
        """What :meth:`why` tells; ``at`` is where the days are on the policy's clock."""
        self.ensure_one()
        if not self.stage_id:
            return False
        params = self._params(policy, today, at)
        sentences = [*self._verdict_sentences(), *self._rhythm_sentences(params)]
        return {
            "customer_id": self.id,
            "code": self.reason,
            "stage": self.stage_id.code,
            "alert": self.alert or "none",
            "params": params,
            "sentence": " ".join(sentences),
            "short": self._short(params),
            "lines": self._tests(params, policy),
            "policy": policy.display_name,
            "decided_on": fields.Date.to_string(self.stage_since) or False,
            "evidence": evidence,
            "held": {
                "until": fields.Date.to_string(self.hold_until),
                "by": self.hold_user_id.sudo().name or "",  # sudo: a colleague's name, nothing else
                "reason": self.hold_reason,
            }
            if self.hold_until
            else False,
        }

    def _params(self, policy, today, at):
        """The figures every sentence and test draws on; empty before the first purchase."""
        if not self.last_purchase_on or self.last_purchase_on > today:
            return {}
        row = formula.compute(
            rhythm.CURVE + rhythm.EXPECTED,
            x=float(self.purchase_count - 1),
            tx=at[self.last_purchase_on] - at[self.first_purchase_on],
            sl=self.gap_log_sum,
            sq=self.gap_log_square_sum,
            **policy._limits_for(self.segment_id)._numbers(),
        )
        silence = (today - self.last_purchase_on).days
        counted = at[today] - at[self.last_purchase_on]
        limits = policy._limits_for(self.segment_id)
        return {
            "count": self.purchase_count,
            "usual": round(self.usual_interval) if self.purchase_count > 1 else None,
            "irregularity": row.sigma,
            "silence": silence,
            "counted": round(counted),
            "mode": limits.mode,
            "rarity": rhythm.rarity(row, counted),
            "horizon": round(row.horizon),
            "chance": rhythm.chance(row, counted, row.horizon),
            "chance_year": rhythm.chance(row, counted, rhythm.YEAR),
        }

    # -------------------------------------------------------------- evidence
    def _evidence(self, today):
        """Documents counted and ignored per source: ``{customer id: [{source_id, label, …}]}``."""
        result = {}
        for company, customers in self.grouped("company_id").items():
            by_partner = {c.partner_id.id: c.id for c in customers if c.partner_id}
            sources = self.env["cx.purchase.source"]._counting(company)
            if not (by_partner and sources):
                continue
            rows = self.env.execute_query(
                SQL(
                    "SELECT partner_id, source_id, count(*) FILTER (WHERE counted),"
                    " count(*) FILTER (WHERE NOT counted) FROM (%s) AS document"
                    " GROUP BY partner_id, source_id",
                    self._judged(sources, company, list(by_partner), today),
                )
            )
            names = {source.id: source.name for source in sources}
            # the contact's form reads all this as superuser: ask for the reader's own rights
            readable = {s.id: self.env[s.model].sudo(False).has_access("read") for s in sources}
            for partner_id, source_id, counted, ignored in rows:
                result.setdefault(by_partner[partner_id], []).append(
                    {
                        "source_id": source_id,
                        "label": names[source_id],
                        "readable": readable[source_id],
                        "counted": counted,
                        "ignored": ignored,
                    }
                )
        return result

    def _judged(self, sources, company, partner_ids, today):
        """SELECT of the documents of some partners, and whether their day is a purchase."""
        documents = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS source_id, d.id, d.partner_id, d.day, d.amount FROM (%s) AS d",
                source.id,
                source._documents(company, ids_scope(partner_ids)),
            )
            for source in sources
        )
        return SQL(
            "SELECT *, day <= %s AND sum(amount) OVER (PARTITION BY partner_id, day) > 0 AS counted"
            " FROM (%s) AS document",
            today, documents,
        )  # fmt: skip

    def _open_documents(self, source, name, condition):
        """Action that lists some documents of a source for this customer."""
        today = fields.Date.context_today(self)
        ids = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS document WHERE %s ORDER BY id",
                self._judged(source, self.company_id, self.partner_id.ids, today),
                condition,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": source.model,
            "domain": [("id", "in", [row[0] for row in ids])],
            "views": [(False, "list"), (False, "form")],
        }

    def action_purchases(self, source_id, counted=True):
        """Open the documents of a source that count, or those that are ignored."""
        self.ensure_one()
        self.check_access("read")
        source = (
            self.env["cx.purchase.source"]
            ._counting(self.company_id)
            .filtered(lambda s: s.id == source_id)
        )
        if not source:
            raise UserError(self.env._("This purchase source does not count any more."))
        return self._open_documents(
            source,
            self.env._("Purchases Counted") if counted else self.env._("Ignored"),
            SQL("counted = %s", bool(counted)),
        )

    def action_purchase_day(self, day):
        """Open what the customer bought on a day: the documents of the source with most of them."""
        self.ensure_one()
        self.check_access("read")
        day = fields.Date.to_date(day)
        sources = self.env["cx.purchase.source"]._counting(self.company_id)
        rows = self.env.execute_query(
            SQL(
                "SELECT source_id FROM (%s) AS document WHERE day = %s"
                " GROUP BY source_id ORDER BY count(*) DESC, source_id LIMIT 1",
                self._judged(sources, self.company_id, self.partner_id.ids, day),
                day,
            )
        )
        if not rows:
            raise UserError(self.env._("Nothing was bought on this day any more."))
        return self._open_documents(sources.browse(rows[0]), self._day(day), SQL("day = %s", day))

    # ---------------------------------------------------------------- rhythm
    @api.depends("last_purchase_on", "next_purchase_on", "dormant_on")
    @api.depends_context("lang", "tz")
    def _compute_rhythm_data(self):
        today = fields.Date.context_today(self)
        first_day = fields.Date.subtract(today, years=STRIP_YEARS)
        for company, customers in self.grouped("company_id").items():
            partner_ids = customers.partner_id.ids
            days = {}
            if partner_ids and any(customers.mapped("purchase_count")):
                source = self.env["cx.purchase.source"]
                for partner_id, day, amount in self.env.execute_query(
                    SQL(
                        "SELECT partner_id, day, amount::float8 FROM (%s) AS d"
                        " WHERE amount > 0 AND day <= %s ORDER BY day",
                        source._days(company, ids_scope(partner_ids)),
                        today,
                    )
                ):
                    days.setdefault(partner_id, []).append((day, amount))
            for customer in customers:
                customer.rhythm_data = customer._strip(
                    days.get(customer.partner_id.id, []), today, first_day
                )

    def _strip(self, purchases, today, first_day):
        if not purchases:
            return False
        text = fields.Date.to_string
        shown = [(day, amount) for day, amount in purchases if day >= first_day]
        return {
            "customer_id": self.id,
            "today": text(today),
            "first_day": text(first_day),
            "older": len(purchases) - len(shown),
            "currency_id": self.currency_id.id,
            "purchases": [{"on": text(day), "amount": amount} for day, amount in shown],
            "usual": round(self.usual_interval) or None,
            "expected": {
                "on": text(self.next_purchase_on),
                "from": text(self.next_purchase_from),
                "to": text(self.next_purchase_to),
            }
            if self.next_purchase_on
            else False,
            "dormant_on": text(self.dormant_on) or False,
            "lost_on": text(self.lost_on) or False,
            "label": self.env._(
                "%(count)s purchases, the last on %(last)s; the next one is expected on %(next)s",
                count=len(purchases),
                last=self._day(purchases[-1][0]),
                next=self._day(self.next_purchase_on),
            ),
        }

    # -------------------------------------------------------------- duration
    def _stage_seconds(self):
        """Seconds spent in each stage so far, over all stays: ``{customer id: {stage id: n}}``."""
        self.env["cx.episode"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT customer_id, stage_id, sum(coalesce(left_on, %s) - entered_on) * 86400"
                " FROM cx_episode WHERE customer_id = ANY(%s) GROUP BY customer_id, stage_id",
                fields.Date.context_today(self),
                self.ids,
            )
        )
        result = {}
        for customer_id, stage_id, seconds in rows:
            result.setdefault(customer_id, {})[str(stage_id)] = int(seconds)
        return result
