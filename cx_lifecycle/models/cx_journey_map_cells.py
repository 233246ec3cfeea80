"""Cells of the journey map: what was added up, as means and shares, each with its list."""

from odoo import api, models

from ..engine import trend
from .cx_journey_map_sql import Sums

FEW = trend.ENOUGH


class CxJourneyMap(models.AbstractModel):
    _inherit = "cx.journey.map"

    @api.model
    def _cells(self, frame, steps, channels, sums):
        """The cells that have touchpoints, the totals, and the curve."""
        cell = self._cell
        by_step = {step: self._total(sums, 0, step.id) for step in steps}
        by_channel = {channel: self._total(sums, 1, channel.id) for channel in channels}
        cols = {str(step.id): cell(frame, by_step[step], step=step) for step in steps}
        return {
            "cells": {
                f"{channel.id}|{step.id}": cell(
                    frame, sums[step.id, channel.id], channel=channel, step=step
                )
                for channel in channels
                for step in steps
                if (step.id, channel.id) in sums
            },
            "row_totals": {
                str(channel.id): cell(frame, by_channel[channel], channel=channel)
                for channel in channels
            },
            "col_totals": cols,
            "total": cell(frame, sum(sums.values(), Sums())),
            "curve": [
                {
                    "key": key,
                    **{name: col[name] for name in ("satisfaction", "rated", "few", "tone")},
                    "list": col["lists"]["rated"],
                }
                for key, col in cols.items()
            ],
        }

    @api.model
    def _total(self, sums, side, number):
        return sum((found for key, found in sums.items() if key[side] == number), Sums())

    @api.model
    def _cell(self, frame, sums, channel=None, step=None):
        """What a cell says; None where nobody knows. See docs/journey.md."""
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
            "followed": sums.followed,
            "left": sums.left,
            "left_share": _share(sums.left, sums.followed),
            "lists": self._lists(frame, channel, step),
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
            "left": [("left_after", "=", "left")],
        }
        return {
            which: {"model": "cx.touchpoint", "domain": [*domain, *condition], "name": name}
            for which, condition in conditions.items()
        }


def _share(part, whole):
    return part / whole if whole else None
