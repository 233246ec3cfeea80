"""Why a customer has its stage: words made from stored facts, in the reader's language."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from ..engine import formula, rhythm
from .cx_customer_refresh import ids_scope

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
            for customer in customers:
                customer.why_data = customer._why(policy, today, evidence.get(customer.id, []))

    def _why(self, policy, today, evidence):
        self.ensure_one()
        if not self.stage_id:
            return False
        params = self._params(policy, today)
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
            "policy": self.env._(
                "%(policy)s, version %(version)s",
                policy=self._policy_name(policy),
                version=policy.version,
            ),
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

    def _params(self, policy, today):
        """The figures every sentence and test draws on; empty before the first purchase."""
        if not self.last_purchase_on or self.last_purchase_on > today:
            return {}
        row = formula.compute(
            rhythm.CURVE,
            x=float(self.purchase_count - 1),
            tx=float((self.last_purchase_on - self.first_purchase_on).days),
            sl=self.gap_log_sum,
            sq=self.gap_log_square_sum,
            **policy._numbers(),
        )
        silence = (today - self.last_purchase_on).days
        return {
            "count": self.purchase_count,
            "usual": round(self.usual_interval) if self.purchase_count > 1 else None,
            "irregularity": row.sigma,
            "silence": silence,
            "rarity": rhythm.rarity(row, float(silence)),
            "horizon": round(row.horizon),
            "chance": rhythm.chance(row, float(silence), row.horizon),
            "chance_year": rhythm.chance(row, float(silence), rhythm.YEAR),
        }

    def _verdict_sentences(self):
        """What a person, or the lack of purchases, decided."""
        if self.hold_until:
            yield self.env._(
                "Held as %(stage)s until %(until)s: %(reason)s.",
                stage=self.stage_id.name, until=self._day(self.hold_until),
                reason=(self.hold_reason or "").rstrip("."),
            )  # fmt: skip
        if self.declared_lost_on:
            yield self.env._(
                "Declared lost on %(day)s: %(reason)s.",
                day=self._day(self.declared_lost_on),
                reason=(self.declared_lost_reason or "").rstrip("."),
            )
        if self.purchase_count == 0 and self.stage_id.code == "prospect":
            yield self.env._("An opportunity or a quotation is open. No purchase yet.")
        elif self.purchase_count == 0:
            yield self.env._(
                "Known, but nothing says yet that a sale is possible. No purchase yet."
            )

    def _rhythm_sentences(self, params):
        """The rhythm, the silence, the chance and what comes next."""
        if not params:
            return
        if params["usual"]:
            yield self.env._(
                "Buys every ~%(usual)s days (%(count)s purchases, %(regularity)s).",
                usual=params["usual"], count=params["count"],
                regularity=self._regularity(params["irregularity"]),
            )  # fmt: skip
            if params["rarity"] > 0.5:
                yield self.env._(
                    "Last purchase %(silence)s days ago: on time.", silence=params["silence"]
                )
            elif params["rarity"] >= 0.01:
                yield self.env._(
                    "Silent for %(silence)s days: of the customers with this rhythm who come back, "
                    "only 1 in %(number)s stays away this long.",
                    silence=params["silence"],
                    number=round(1 / params["rarity"]),
                )
            else:
                yield self.env._(
                    "Silent for %s days: of the customers with this rhythm who come back, fewer "
                    "than 1 in 100 stays away this long.",
                    params["silence"],
                )
        else:
            yield self.env._(
                "Bought once, %(silence)s days ago. Of the first-time buyers who come back, "
                "%(share)s were back by now.",
                silence=params["silence"],
                share=self._percent(1 - params["rarity"]),
            )
        yield self.env._(
            "Chance of a purchase in the next %(days)s days: %(chance)s.",
            days=params["horizon"],
            chance=self._percent(params["chance"]),
        )
        if self.stage_id.code in ("new", "active") and self.dormant_on and not self.hold_until:
            yield self.env._(
                "Becomes dormant on %s if nothing happens.", self._day(self.dormant_on)
            )
        elif self.stage_id.code == "dormant" and self.lost_on and not self.hold_until:
            yield self.env._("Becomes lost on %s if nothing happens.", self._day(self.lost_on))

    def _regularity(self, irregularity):
        if irregularity < 0.5:
            return self.env._("very regular")
        return self.env._("fairly regular") if irregularity < 0.9 else self.env._("irregular")

    def _short(self, params):
        """The reason in a few words, for lists and cards."""
        if self.alert == "late":
            late = (fields.Date.context_today(self) - self.next_purchase_on).days
            if params["usual"]:
                return self.env._(
                    "%(late)s d late, usual %(usual)s", late=late, usual=params["usual"]
                )
            return self.env._("%(late)s d late for a second purchase", late=late)
        if self.alert == "quiet" and params:
            if params["usual"]:
                return self.env._(
                    "silent %(silence)s d, usual %(usual)s",
                    silence=params["silence"], usual=params["usual"],
                )  # fmt: skip
            return self.env._("bought once, %(silence)s d ago", silence=params["silence"])
        if self.alert == "ok":
            return self.env._("expected %s", self._day(self.next_purchase_on))
        return dict(self._fields["reason"]._description_selection(self.env)).get(self.reason, "")

    def _tests(self, params, policy):
        """Each test of the policy: its value against its limit, and whether it is met."""
        if not params:
            return []
        share = {k: self._percent(v, 1) for k, v in params.items() if isinstance(v, float)}
        rarity_limit = 1 / policy.rarity_one_in
        tests = [
            (
                self.env._("Silence"), self.env._("%s days", params["silence"]),
                self.env._("at least %s days", policy.floor_days),
                params["silence"] >= policy.floor_days,
            ),
            (
                self.env._("Returning customers still silent"), share["rarity"],
                self.env._("at most %s", self._percent(rarity_limit, 1)),
                params["rarity"] <= rarity_limit,
            ),
            (
                self.env._("Chance within %s days", params["horizon"]), share["chance"],
                self.env._("at most %s", self._percent(policy.chance_limit, 1)),
                params["chance"] <= policy.chance_limit,
            ),
            (
                self.env._("Chance within a year (lost)"), share["chance_year"],
                self.env._("at most %s", self._percent(policy.lost_limit, 1)),
                params["chance_year"] <= policy.lost_limit,
            ),
        ]  # fmt: skip
        return [dict(zip(("label", "value", "limit", "met"), t, strict=True)) for t in tests]

    # ---------------------------------------------------------------- words
    def _day(self, day):
        """A day in the reader's language, no month taken for a day: Mar 12, 2027."""
        return format_date(self.env, day, date_format="medium")

    def _percent(self, share, digits=0):
        """A share the way the reader's language writes it: 93.4%, 93,4 %."""
        number = formatLang(self.env, 100 * share, digits=digits)
        return self.env._("%(number)s%%", number=number)

    def _policy_name(self, policy):
        """The name of the rules; that of the built-in ones in the reader's language."""
        named = policy.with_context(lang="en_US").name
        return self.env._("Default policy") if named == "Default policy" else policy.name

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
