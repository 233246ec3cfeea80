"""Importance and satisfaction of touchpoints, and which of them to mend first."""

from odoo import api, models

from ..engine import priority
from ..engine.priority import Cell
from .cx_evidence import SAID


class CxEvidence(models.Model):
    _inherit = "cx.evidence"

    @api.model
    @api.readonly
    def figures(self):
        """What the chart of the current company draws, and the sentences beside it.

        :return: dict with ``points`` (id, name, satisfaction, rated, ratio, importance, shown,
            text, rank: 1 to 3 of those to mend first, else 0), ``mean``, ``middle`` (importance
            between little and much), ``unrated`` (how many have no ratings), ``mend`` (id, rank,
            sentence), ``sentence``, ``measured_on``, ``problem`` and ``waiting``
        """
        company = [("company_id", "=", self.env.company.id)]
        # signs and touchpoints that do not stand in the chart are left out of both
        found = self.search([*company, ("channel_id", "!=", False)])
        cells = []
        for theirs in found.grouped(lambda one: (one.channel_id, one.interaction_id)).values():
            shown = theirs.filtered(lambda one: one.question == "buy" and not one.unhappy)[:1]
            if shown:
                cells.append((shown, *theirs._cell(shown)))
        drawn = [cell for _one, cell, _best in cells]
        ranks = {place: rank for rank, place in enumerate(priority.first(drawn), 1)}
        points = [
            self._point(one, cell, best, ranks.get(place, 0))
            for place, (one, cell, best) in enumerate(cells)
            if cell.rated
        ]
        middle = sorted(point["importance"] for point in points)[len(points) // 2 :][:1]
        mend = [
            {"id": cells[place][0].id, "rank": rank, "sentence": self._mend_words(*cells[place])}
            for place, rank in ranks.items()
        ]
        return {
            "points": points,
            "mean": priority.mean(drawn),
            "middle": middle[0] if middle else 0.0,
            "unrated": len(cells) - len(points),
            "mend": mend,
            "sentence": self._first_words(mend, points),
            **self._state(company),
        }

    def _cell(self, shown):
        """The :class:`Cell` of a kind of touchpoint, and the evidence that is strongest on it."""
        said = self.filtered(lambda one: one.verdict in SAID and one.ratio)
        known = {(one.ratio, one.verdict != "same"): one for one in said}
        best = priority.strongest(known)
        ratio, differs = best or (None, False)
        satisfaction = shown.satisfaction if shown.rated else None
        return Cell(satisfaction, shown.rated, ratio, differs), known.get(best, self.browse())

    def _point(self, one, cell, best, rank):
        return {
            "id": one.id,
            "name": one.display_name,
            "satisfaction": cell.satisfaction,
            "rated": cell.rated,
            "ratio": cell.ratio,
            "importance": cell.importance,
            "shown": cell.shown,
            "text": best.text if best else one.text,
            "rank": rank,
        }

    def _mend_words(self, one, cell, best):
        score = self.env["ir.qweb.field.float"].value_to_html(cell.satisfaction, {"precision": 1})
        return self.env._(
            "%(name)s: satisfaction %(score)s of 10 (%(rated)s ratings). %(subject)s: %(text)s",
            name=one.display_name, score=score, rated=cell.rated,
            subject=best.display_name, text=best.text,
        )  # fmt: skip

    def _first_words(self, mend, points):
        """What to do with the chart, in a sentence."""
        if len(mend) == 1:
            return self.env._("One touchpoint to mend first:")
        if mend:
            return self.env._("%s touchpoints to mend first:", len(mend))
        if points:
            return self.env._(
                "No touchpoint stands out: none of those that go with leaving or buying has a "
                "satisfaction below the mean, with 30 ratings or more."
            )
        return self.env._("No touchpoint has ratings yet, so there is nothing to draw.")

    def _state(self, company):
        """When it was measured, what went wrong, and whether it is being measured."""
        # sudo: whether the machine is at work tells nothing about customers
        runs = self.env["cx.evidence.run"].sudo().search(company, limit=2)
        done = runs.filtered(lambda run: run.state == "done")[:1]
        return {
            "measured_on": str(done.on) if done else False,
            "problem": done.problem or False,
            "waiting": bool(runs.filtered(lambda run: run.state != "done")),
        }

    def action_mend(self):
        """Plan an improvement of this kind of touchpoint."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Improvement"),
            "res_model": "cx.improvement",
            "views": [(False, "form")],
            "context": {
                "default_name": self.env._("Mend %s", self.display_name),
                "default_channel_id": self.channel_id.id,
                "default_interaction_id": self.interaction_id.id,
                "default_company_id": self.company_id.id,
            },
        }
