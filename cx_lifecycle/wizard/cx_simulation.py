"""A simulation that was made: its counts, and the customers that would move, to look at."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..models.cx_customer_refresh import brief
from ..models.cx_policy import RULES
from ..models.cx_policy_simulation import IN_BACKGROUND
from ..models.scopes import everybody, range_scope

_logger = logging.getLogger(__name__)

EXAMPLES = 10
LOT = 50_000  # contacts in one step of a simulation in the background


class CxSimulation(models.TransientModel):
    """Who would move under changed rules, as found at one moment; only its author sees it."""

    _name = "cx.simulation"
    _description = "Policy Simulation"

    policy_id = fields.Many2one("cx.policy", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    edition = fields.Integer(help="Edition of the draft that was simulated.")
    changes = fields.Json(help="Values that were not saved yet.")
    on = fields.Date(required=True)
    state = fields.Selection([("running", "Running"), ("done", "Done")], required=True)
    progress = fields.Integer(help="Percentage of the contacts gone through.")
    last_partner_id = fields.Integer()
    problem = fields.Char()
    cells = fields.Json(
        default=list, help="[from stage id or null, to stage id or null, customers, yearly value]"
    )
    line_ids = fields.One2many("cx.simulation.line", "simulation_id")

    @api.model
    def _begin(self, policy, changes):
        """Simulate now, or in the background where there are many customers."""
        # a person looks at one simulation of a policy at a time
        mine = [("create_uid", "=", self.env.uid), ("policy_id", "=", policy.id)]
        self.search(mine).sudo().unlink()  # sudo: simulations are made and dropped here only
        own_clock = policy.clock_key != policy._of(policy.company_id).clock_key
        limit = IN_BACKGROUND // 5 if own_clock else IN_BACKGROUND
        [(many,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) > %s FROM (SELECT FROM cx_customer WHERE company_id = %s LIMIT %s)"
                " AS c",
                limit, policy.company_id.id, limit + 1,
            )
        )  # fmt: skip
        simulation = self.sudo().create(  # sudo: as above
            {
                "policy_id": policy.id,
                "edition": policy.edition,
                "changes": changes,
                "on": self.env["cx.customer"]._today(policy.company_id),
                "state": "running",
            }
        )
        if many:
            # sudo: whoever may simulate may have the machine do so
            self.env.ref("cx_lifecycle.cron_simulation").sudo()._trigger()
        else:
            simulation.with_env(self.env)._simulate(everybody)
            simulation.state = "done"
        return simulation.with_env(self.env)

    def _simulate(self, scope):
        """Add the customers of a scope: counts of all, lines of those who would move."""
        trial = self._trial()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")  # the statement is wide, not deep
        rows = self.env.execute_query(
            SQL(
                """
                WITH staged AS MATERIALIZED (
                    SELECT * FROM (%(staged)s) AS s WHERE partner_active
                ),
                moved AS (
                    INSERT INTO cx_simulation_line (
                        simulation_id, customer_id, partner_id, from_stage_id, to_stage_id, reason,
                        dormant_on, lost_on, value_12m, currency_id, create_uid, create_date,
                        write_uid, write_date)
                    SELECT %(id)s, customer_id, partner_id, old_stage_id, stage_id, reason,
                           dormant_on, lost_on, value_12m, %(currency)s, %(uid)s,
                           now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                      FROM staged WHERE stage_id IS DISTINCT FROM old_stage_id
                )
                SELECT old_stage_id, stage_id, count(*), sum(value_12m)::float8
                  FROM staged GROUP BY old_stage_id, stage_id
                """,
                staged=trial._staged_today(self.on, scope),
                id=self.id,
                currency=self.company_id.currency_id.id,
                uid=self.create_uid.id,
            )
        )
        self.env["cx.simulation.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
        cells = {(before, after): [n, value] for before, after, n, value in self.cells or []}
        for before, after, number, value in rows:
            cell = cells.setdefault((before, after), [0, 0.0])
            cell[0] += number
            cell[1] += value or 0.0
        # sudo: what was found is written by nobody else
        self.sudo().cells = [[*stages, *cell] for stages, cell in cells.items()]

    def _trial(self):
        changes = self.changes or {}
        return self.policy_id._trial({name: changes[name] for name in changes if name in RULES})

    @api.model
    def _cron_simulate(self):
        """Go on with simulations of many customers, lot by lot."""
        progress = self.env["ir.cron"]._commit_progress
        for simulation in self.search([("state", "=", "running")], order="id"):
            mine = simulation.with_user(simulation.create_uid)
            more = True
            while more:
                try:
                    with self.env.cr.savepoint():
                        more = mine._simulate_lot()
                except Exception as error:
                    _logger.exception("Simulation %s was not made", simulation.id)
                    simulation.write({"state": "done", "problem": brief(error)})
                    break
                if not progress(1, remaining=1):
                    return
            progress(1, remaining=0)

    def _simulate_lot(self):
        """One lot of contacts; whether there are more."""
        [(high, total, gone)] = self.env.execute_query(
            SQL(
                "SELECT (SELECT max(id) FROM (SELECT id FROM res_partner WHERE id > %(low)s"
                " ORDER BY id LIMIT %(lot)s) AS lot), max(id), %(low)s FROM res_partner",
                low=self.last_partner_id, lot=LOT,
            )
        )  # fmt: skip
        if not high:
            self.sudo().write({"state": "done", "progress": 100})  # sudo: as for what was found
            return False
        self._simulate(range_scope(gone, high))
        # sudo: as for what was found
        self.sudo().write({"last_partner_id": high, "progress": 100 * high // total})
        return True

    # ------------------------------------------------------------------ answer
    def answer(self):
        """What the panel shows.

        :return: ``{id, state, progress, problems, notes, customers, moving, stages, cells,
            headlines, examples}``; a stage of False means no customer
        """
        self.ensure_one()
        if self.state != "done" or self.problem:
            problems = [self.problem] if self.problem else []
            return {
                "id": self.id, "state": self.state, "progress": self.progress,
                "problems": problems, "notes": [], "customers": 0, "moving": 0, "stages": [],
                "cells": [], "headlines": [], "examples": [],
            }  # fmt: skip
        cells = self.cells or []  # JSON knows no empty list
        stages = self.env["cx.stage"].search([])  # pylint: disable=no-search-all
        return {
            "id": self.id,
            "state": self.state,
            "progress": 100,
            "problems": [],
            "notes": self._trial()._notes(),
            "customers": sum(cell[2] for cell in cells),
            "moving": sum(cell[2] for cell in cells if cell[0] != cell[1]),
            "stages": [{"id": s.id, "code": s.code, "name": s.name} for s in stages],
            "cells": [
                {"from": before or False, "to": after or False, "count": number,
                 "value_text": self._money(value)}
                for before, after, number, value in cells
            ],
            "headlines": self._headlines(stages),
            "examples": self._examples(),
        }  # fmt: skip

    def _money(self, value):
        """An amount without decimals, which nobody reads in a sum over many customers."""
        currency = self.company_id.currency_id
        amount = formatLang(self.env, value or 0.0, digits=0)
        words = (
            (currency.symbol, amount)
            if currency.position == "before"
            else (amount, currency.symbol)
        )
        return "\N{NO-BREAK SPACE}".join(words)

    def _headlines(self, stages):
        """One sentence per stage that somebody would come to, the largest value first."""
        arriving = {}
        for before, after, number, value in self.cells or []:
            if before != after:
                found = arriving.setdefault(after or False, [0, 0.0])
                found[0] += number
                found[1] += value or 0.0
        names = {stage.id: stage.name for stage in stages}
        result = []
        for after, (number, value) in sorted(arriving.items(), key=lambda item: -item[1][1]):
            words = {"number": number, "stage": names.get(after), "value": self._money(value)}
            if not after:
                text = self.env._("%(number)s would have no stage any more.", **words)
            elif number == 1:
                text = self.env._("1 customer becomes %(stage)s (%(value)s a year).", **words)
            else:
                text = self.env._(
                    "%(number)s customers become %(stage)s (%(value)s a year).", **words
                )
            result.append({"from": None, "to": after, "count": number, "text": text})
        return result

    def _examples(self):
        """The moving customers of most value, with their rhythm under both rules."""
        lines = self.line_ids.search(
            [("simulation_id", "=", self.id), ("customer_id", "!=", False)],
            order="value_12m desc, id", limit=EXAMPLES,
        )  # fmt: skip
        examples = []
        for line in lines:
            customer = line.customer_id
            before = customer.rhythm_data
            text = fields.Date.to_string
            after = before and {
                **before,
                "dormant_on": text(line.dormant_on) or False,
                "lost_on": text(line.lost_on) or False,
            }
            examples.append(
                {
                    "customer_id": customer.id,
                    "name": customer.display_name,
                    "from": line.from_stage_id.name or False,
                    "to": line.to_stage_id.name or False,
                    "value_text": self._money(line.value_12m),
                    "why": (customer.why_data or {}).get("short", ""),
                    "before": before,
                    "after": after,
                }
            )
        return examples

    def action_lines(self, before=None, after=None):
        """List the customers of a cell or headline; None: any stage, False: none."""
        self.ensure_one()
        self.check_access("read")
        domain = [("simulation_id", "=", self.id)]
        for name, stage in (("from_stage_id", before), ("to_stage_id", after)):
            if stage is not None:
                domain.append((name, "=", stage))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Would Move"),
            "res_model": "cx.simulation.line",
            "views": [(False, "list")],
            "domain": domain,
        }
