"""The steps of a campaign as the tree on the screen, with numbers that open what they count."""

from odoo import api, models
from odoo.exceptions import UserError

from .cx_campaign_act_numbers import FIGURES, REASON
from .cx_campaign_step import MAILS

# shown as a share of what was sent; the others of what was reached
OF_SENT = ("opened", "clicked", "replied", "bounced", "bought")
# what came of a step, by its kind; whatever is no message only takes place
OF_MAIL = ("reached", "sent", *OF_SENT)
OF_ACTIVITY = ("reached", "sent", "bought")
OF_OTHERS = ("reached", "sent")
# on the card only where there is something to tell
NOTES = ("waiting", "uncertain", "failed")


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    @api.readonly
    def steps_board(self):
        """The active steps with all their numbers, in a fixed number of queries.

        ``figures`` are lines of {code, label, count, share}. *Reached*: acts there are. *Sent*
        (*done* for what is no mail): acts done. *Opened, clicked, replied, bounced*: mails done of
        which that is known. *Bought*: acts done whose participation ended after it because the
        customer bought; unknown, and not shown, where a purchase does not end it. ``share`` is per
        cent of the sent, for *sent* of the reached; empty when there are none. Reached = sent +
        waiting + uncertain + not done; not done = the sum of its ``reasons``; failed is part of it.

        Of a draft, ``forecast`` says how many would reach a step at most, by the last count of the
        audience; empty where that depends on what people do.

        :return: dict of ``steps`` (in the order of the list), ``entering`` (people the forecast
            begins with, or False), ``is_draft``, ``can_edit``, ``can_move``
        :raise AccessError: the user may not read the campaign
        """
        self.ensure_one()
        self.check_access("read")
        steps = self.step_ids.sorted(lambda step: (step.sequence, step.id))
        is_draft = not self.launched_at
        figures = {} if is_draft else self._board_figures(steps)
        forecast = self._board_forecast(steps) if is_draft else {}
        kinds = dict(steps._fields["kind"]._description_selection(self.env))
        can_edit = self.state != "finished" and self.has_access("write")
        return {
            "steps": [
                {
                    "id": step.id,
                    "parent_id": step.parent_id.id,
                    "number": step.number,
                    "name": step.name,
                    "kind": step.kind,
                    "kind_label": kinds[step.kind],
                    "when": step.when_text,
                    "content": step.content_text or "",
                    "is_limited": step._has_condition(),
                    "forecast": forecast.get(step.id, False),
                    **figures.get(step.id, {}),
                }
                for step in steps
            ],
            "entering": self._board_entering() if is_draft else False,
            "is_draft": is_draft,
            "can_edit": can_edit,
            "can_move": can_edit and is_draft,
        }

    def action_step_list(self, step_id, number):
        """List exactly what a number of a step counts.

        :param str number: a code of ``FIGURES``, or ``not_done:`` and a reason
        :raise UserError: the step is of another campaign, or there is no such number
        """
        self.ensure_one()
        step = self.step_ids.filtered(lambda one: one.id == step_id)
        code, colon, reason = number.partition(":")
        if not step or code not in FIGURES:
            raise UserError(self.env._("Steps: load the page again, they were changed."))
        action = self._acts_action([("step_number", "=", f"{step.id} {number}")])
        label = self._reason_labels().get(reason, "") if colon else self._number_labels(step)[code]
        if number == "not_done":
            action["context"] = {**action["context"], "group_by": ["reason"]}
        name = self.env._("%(step)s: %(number)s", step=step.name, number=label)
        return action | {"name": name, "display_name": name}

    # ---------------------------------------------------------------- figures
    def _board_figures(self, steps):
        """{step id: its numbers, by their place on the card}."""
        totals = {step.id: dict.fromkeys(FIGURES, 0) for step in steps}
        reasons = {step.id: {} for step in steps}
        for step_id, reason, counts in self.env["cx.campaign.act"]._step_rows(steps):
            for number, count in counts.items():
                totals[step_id][number] += count
            if counts["not_done"]:
                reasons[step_id][reason] = counts["not_done"]
        said = self._reason_labels()
        answer = {}
        for step in steps:
            labels, counts = self._number_labels(step), totals[step.id]
            answer[step.id] = {
                "figures": self._board_lines(self._board_codes(step), counts, labels),
                "notes": self._board_lines(filter(counts.get, NOTES), counts, labels),
                "not_done": counts["not_done"],
                "reasons": [
                    {"code": REASON + code, "label": said.get(code, ""), "count": count}
                    for code, count in sorted(
                        reasons[step.id].items(), key=lambda pair: (-pair[1], pair[0])
                    )
                ],
            }
        return answer

    @api.model
    def _board_lines(self, codes, counts, labels):
        return [
            {
                "code": code,
                "label": labels[code],
                "count": counts[code],
                "share": self._board_share(code, counts),
            }
            for code in codes
        ]

    def _board_codes(self, step):
        """The numbers that a step of this kind has."""
        shown = OF_MAIL if step.kind in MAILS else OF_OTHERS
        shown = OF_ACTIVITY if step.kind == "activity" else shown
        # unknown is no number: who bought is only noticed where that ends the participation
        return [code for code in shown if code != "bought" or self.stop_purchase]

    @api.model
    def _board_share(self, code, counts):
        """Per cent, with one decimal; False when it is of nothing."""
        whole = counts["sent"] if code in OF_SENT else counts["reached"]
        if code == "reached" or not whole:
            return False
        return round(100 * counts[code] / whole, 1)

    @api.model
    def _number_labels(self, step):
        sent = self.env._("Sent") if step.kind in MAILS else self.env._("Done")
        not_sent = self.env._("Not sent") if step.kind in MAILS else self.env._("Not done")
        return {
            "reached": self.env._("Reached"),
            "sent": sent,
            "opened": self.env._("Opened"),
            "clicked": self.env._("Clicked"),
            "replied": self.env._("Replied"),
            "bounced": self.env._("Bounced"),
            "bought": self.env._("Bought"),
            "waiting": self.env._("Waiting"),
            "uncertain": self.env._("Uncertain"),
            "not_done": not_sent,
            "failed": self.env._("Failed"),
        }

    @api.model
    def _reason_labels(self):
        acts = self.env["cx.campaign.act"]
        return {
            **dict(acts._fields["reason"]._description_selection(self.env)),
            "": self.env._("No reason kept"),
        }

    # --------------------------------------------------------------- forecast
    def _board_entering(self):
        """How many would be treated, as last counted; False when nobody has counted."""
        if not self.audience:
            return False
        return self.audience["enter"] - self.audience["held_out"]

    def _board_forecast(self, steps):
        """{step id: how many would reach it at most}, of those where it is known."""
        entering = self._board_entering()
        if entering is False:
            return {}
        known = {step.id: entering for step in steps if step.trigger == "entry"}
        children = steps.grouped("parent_id")
        level = [step for step in steps if step.id in known]
        while level:
            parent = level.pop()
            for step in children.get(parent, ()):
                sure = step.trigger == "ended" or (
                    step.trigger == "done" and not parent._has_condition()
                )
                if sure:
                    known[step.id] = known[parent.id]
                    level.append(step)
        return known


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _has_condition(self):
        """Whether it is looked at each customer before it is done."""
        self.ensure_one()
        empty = (self.domain or "[]").strip() == "[]"
        of_role = self.kind in MAILS and self.recipient == "role"
        return bool(not empty or of_role or self.date_field_id)
