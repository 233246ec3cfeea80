"""What a version of the rules would do to today's customers, before anything moves."""

from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .cx_policy import RULES
from .scopes import everybody

# Beyond so many customers an answer takes longer than a person likes to wait; beyond a fifth
# of them where purchases are read again, because the clock is another one.
IN_BACKGROUND = 150_000
# A rule that decides for more than this share of the customers is asked about.
BROAD = 0.5
NUMBERS = ("integer", "float", "boolean")


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    def simulate(self, changes=None):
        """Who would move if this version, with some changes not saved yet, were published today.

        :param dict changes: values as the form would save them
        :return: JSON for the panel beside the form, see ``cx.simulation.answer``; when the
            changes cannot be published, ``problems`` says why and nothing was simulated
        """
        self.ensure_one()
        self.check_access("write")
        rules = {name: value for name, value in (changes or {}).items() if name in RULES}
        trial = self._trial(rules)
        problems = trial._problems()
        if problems:
            return {"id": False, "state": "done", "problems": problems}
        simulation = self.env["cx.simulation"]._begin(self, rules)
        return simulation.answer()

    def _trial(self, changes):
        """This version with changes that are not saved, as a record that only reads.

        Conditions of a draft, and any that are changed, are looked at as whoever tries them.
        """
        tried = not self.env.su and (changes or self.state == "draft")
        author = {"user_id": self.env.uid} if tried else {}
        # two trials of a version share their values: forget those of the one before
        self.env.invalidate_all()
        return self.new({**changes, **author}, origin=self) if changes or author else self

    def _problems(self):
        """Why this version cannot be published: messages that say what to do."""
        problems = list(self._unfilled())
        if not problems:
            for record in (self, *self.segment_ids, *self.rule_ids, *self.closure_ids):
                for check in record._constraint_methods:
                    try:
                        check(record)
                    except (UserError, ValidationError, AccessError) as error:
                        problems.append(str(error))
        return list(dict.fromkeys(problems))

    def _unfilled(self):
        """Messages that name what is not filled in yet, or filled with what there is not."""
        for record in (self, *self.segment_ids, *self.rule_ids, *self.closure_ids):
            for name, field in record._fields.items():
                if name == "policy_id" or not field.store or field.readonly:
                    continue
                label = field._description_string(self.env)
                if field.type == "selection" and record[name]:
                    if record[name] not in field.get_values(self.env):
                        yield self.env._("%(label)s: choose one of the list.", label=label)
                elif field.required and not record[name] and field.type not in NUMBERS:
                    yield self.env._("%(label)s: fill this in.", label=label)

    def _notes(self):
        """What the simulation cannot know yet, or knows less well."""
        notes = []
        for segment in self.segment_ids:
            if segment.fitted_for != self._fitted_for(segment.domain):
                notes.append(
                    self.env._(
                        "The rhythm of segment %s is learned when you save; until then the "
                        "company's is used.",
                        segment.name or "",
                    )
                )
        if self._of(self.company_id).pending_moves:
            notes.append(
                self.env._(
                    "All customers are being looked at after a publication: the figures below "
                    "still change."
                )
            )
        saved = self._origin
        if self._closed() != saved._closed():
            notes.append(self.env._("Changed closures count when you save."))
        if self.season_clock != saved.season_clock:
            notes.append(self.env._("The season clock counts when you save."))
        elif self.season_clock and not self.season_weights:
            notes.append(
                self.env._("There are less than two full years of purchases: no season is known.")
            )
        return notes

    def _broad_rules(self):
        """Warnings of rules of the company's own that would decide for most customers."""
        warnings = []
        if self.rule_ids:
            on = self.env["cx.customer"]._today(self.company_id)
            self.env.flush_all()
            counts = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT own_rule, count(*) FROM (%s) AS s WHERE customer_id IS NOT NULL"
                        " GROUP BY own_rule",
                        self._staged_today(on),
                    )
                )
            )
            everybody_there = sum(counts.values())
            for number, rule in enumerate(self.rule_ids._in_order(), 1):
                share = counts.get(number, 0) / everybody_there if everybody_there else 0.0
                if share > BROAD:
                    warnings.append(
                        self.env._(
                            "Rule “%(rule)s” decides for %(share)s%% of all customers, whatever "
                            "their rhythm. Is its condition narrow enough?",
                            rule=rule.name, share=round(100 * share),
                        )
                    )  # fmt: skip
        return warnings

    # -------------------------------------------------------------------- SQL
    def _staged_today(self, on, scope=everybody):
        """SELECT of everybody with the stage that these rules would give today."""
        company, customers = self.company_id, self.env["cx.customer"]
        if self._of(company).clock_key == self.clock_key:
            statistics = customers._stored_statistics(company, self, scope)
        else:
            days = self.env["cx.purchase.source"]._days(company, scope)
            statistics = customers._statistics(self, on, days)
        return customers._staged(company, self, scope, on, statistics)

    def _differences(self, other, on):
        """How many buyers another version would put in another stage, and of how many."""
        self.env.flush_all()
        [(moving, customers)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE a.stage_id IS DISTINCT FROM b.stage_id), count(*)"
                " FROM (%s) AS a FULL JOIN (%s) AS b USING (partner_id)"
                " WHERE coalesce(a.purchases, b.purchases) > 0",
                self._staged_today(on),
                other._staged_today(on),
            )
        )
        return moving, customers
