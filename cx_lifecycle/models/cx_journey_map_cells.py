"""Cells of the journey map: what was added up, as means and shares, each with its list."""

from odoo import api, models

from ..engine import trend
from .cx_journey_map import BLOCKS
from .cx_journey_map_sql import Sums

FEW = trend.ENOUGH


class CxJourneyMap(models.AbstractModel):
    _inherit = "cx.journey.map"

    @api.model
    def _cells(self, frame, steps, channels, sums, blocks):
        """The cells that have touchpoints, the totals, and the curve."""
        ids = {(step.id, channel.id): (step, channel) for step in steps for channel in channels}
        cols = {
            str(step.id): self._cell(frame, self._total(sums, 0, step), blocks, step=step)
            for step in steps
        }
        return {
            "cells": {
                f"{channel.id}|{step.id}": self._cell(frame, sums[key], blocks, step, channel)
                for key, (step, channel) in ids.items()
                if key in sums
            },
            "row_totals": {
                str(channel.id): self._cell(
                    frame, self._total(sums, 1, channel), blocks, channel=channel
                )
                for channel in channels
            },
            "col_totals": cols,
            "total": self._cell(frame, sum(sums.values(), Sums()), blocks),
            "curve": self._curve(cols) if "contacts" in blocks else [],
        }

    @api.model
    def _cell(self, frame, sums, blocks, step=None, channel=None):
        """What a cell says of the blocks asked for, and the lists of all."""
        cell = {"lists": self._lists(frame, channel, step)}
        if "contacts" in blocks:
            cell |= self._contacts_cell(frame, sums)
        if "left" in blocks:
            cell |= {"open": sums.open, "left": sums.left}
        if set(BLOCKS) <= set(blocks):
            followed = sums.volume - sums.open
            cell |= {"followed": followed, "left_share": _share(sums.left, followed)}
        return cell

    @api.model
    def _curve(self, cols):
        """The mean of each step, in their order."""
        names = ("satisfaction", "rated", "few", "tone")
        return [
            {"key": key, **{name: col[name] for name in names}, "list": col["lists"]["rated"]}
            for key, col in cols.items()
        ]

    @api.model
    def _total(self, sums, side, word):
        return sum((found for key, found in sums.items() if key[side] == word.id), Sums())

    @api.model
    def _contacts_cell(self, frame, sums):
        """What a cell says of its contacts; None where nobody knows. See docs/journey.md."""
        satisfaction = _share(sums.total, sums.rated)
        before = (
            sums.rated - sums.later_rated,
            sums.total - sums.later_total,
            sums.squares - sums.later_squares,
        )
        later = (sums.later_rated, sums.later_total, sums.later_squares)
        return {
            "volume": sums.volume,
            "volume_trend": trend.of_numbers(sums.volume - sums.later, sums.later, frame.share),
            "rated": sums.rated,
            "satisfaction": satisfaction,
            "few": sums.rated < FEW,
            "tone": self._tone(frame, satisfaction),
            "trend": trend.of_means(before, later) if frame.share else None,
            "answered": sums.answered,
            "delay": _share(sums.hours, sums.answered),
            "targeted": sums.targeted,
            "target": _share(sums.target, sums.targeted),
            "in_time": sums.in_time,
            "in_time_share": _share(sums.in_time, sums.targeted),
        }

    @api.model
    def _tone(self, frame, satisfaction):
        """Good, fair or bad, of the number as it is shown: with one decimal."""
        if satisfaction is None:
            return None
        shown = round(satisfaction, 1)
        if shown >= frame.company.cx_satisfaction_good:
            return "good"
        return "fair" if shown >= frame.company.cx_satisfaction_fair else "bad"

    @api.model
    def _lists(self, frame, channel, step):
        """The touchpoints that each number of a cell counts."""
        domain = self._of_cell(frame, channel and channel.id, step and step.id).condition
        name = ", ".join(word.name for word in (channel, step) if word)
        name = name or self.env._("Touchpoints")
        conditions = {
            "volume": [],
            "rated": [("rated", "=", True)],
            "answered": [("answer", "!=", False)],
            "targeted": [("answer", "in", ["in_time", "late"])],
            "in_time": [("answer", "=", "in_time")],
            "followed": [("left_after", "in", ["left", "stayed"])],
            "open": [("left_after", "=", "open")],
            "left": [("left_after", "=", "left")],
        }
        return {
            which: {"model": "cx.touchpoint", "domain": [*domain, *condition], "name": name}
            for which, condition in conditions.items()
        }


def _share(part, whole):
    return part / whole if whole else None
