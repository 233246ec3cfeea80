"""The stages as tiles: who stands where, what they bought, and how that changed."""

from odoo import fields, models
from odoo.tools import SQL


class CxPortfolio(models.AbstractModel):
    _inherit = "cx.portfolio"

    def _tiles(self, frame, ledger):
        """Each stage: how many are there, what they bought in a year, and the change."""
        targets = self._targets(frame.domain, frame.since, frame.until)
        tiles = []
        for stage in self.env["cx.stage"].search([], order="sequence, id", limit=6):
            number, target = ledger.standing.get(stage.id, 0), targets.get(stage.code)
            value = self._money(frame, ledger.values.get(stage.id)) if frame.now else None
            tiles.append(
                {
                    "code": stage.code,
                    "stage_id": stage.id,
                    "name": stage.name,
                    "color": stage.color,
                    "customers": number,
                    "value": value,
                    "change": number - ledger.before(stage.id),
                    "target": target,
                    "target_text": self._target_text(number, target),
                    "list": self._standing_list(frame, stage),
                }
            )
        return tiles

    def _target_text(self, number, target):
        if target is None:
            return False
        return self.env._(
            "%(number)s of %(target)s", number=self._number(number), target=self._number(target)
        )

    def _standing_list(self, frame, stage):
        if frame.now:
            return self._customer_list(frame, stage.name, ("stage_id", "=", stage.id))
        conditions = ("as_of", "=", fields.Date.to_string(frame.until)), ("stage_id", "=", stage.id)
        return self._episode_list(frame, stage.name, *conditions)

    # -------------------------------------------------------------------- SQL
    def _standing_now(self, frame):
        """SELECT of each stage, how many are in it, and what they bought in twelve months."""
        customers = self.env["cx.customer"]
        query = self._customers(frame)
        stage, value = (
            customers._field_to_sql(query.table, name, query) for name in ("stage_id", "value_12m")
        )
        found = query.select(SQL("%s AS stage_id", stage), SQL("%s AS value", value))
        return SQL(
            "SELECT stage_id, count(*)::int, coalesce(sum(value), 0)::float8"
            " FROM (%s) AS c WHERE stage_id IS NOT NULL GROUP BY stage_id",
            found,
        )

    def _standing_then(self, frame):
        """The same of the last day of the period; nobody knows the value of that time."""
        return SQL(
            "SELECT stage_id, count(*)::int, NULL::float8 FROM (%s) AS e"
            " WHERE %s GROUP BY stage_id",
            self._stays(frame, "stage_id", "entered_on", "left_on"),
            self._covers(frame.last),
        )
