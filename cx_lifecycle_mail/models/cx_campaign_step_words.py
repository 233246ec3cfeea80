"""A step in words and numbers: when it happens, where it stands, what it has come to."""

from odoo import api, fields, models

from .cx_campaign_screens import NUMBERS
from .cx_campaign_step import MAILS


def _place(step):
    """Sorts steps as the list does, those not saved yet behind the others."""
    return step.sequence, step._origin.id or float("inf")


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    number = fields.Char(
        "No.", compute="_compute_number",
        help="The place in the campaign: 1.2 is the second step that follows step 1.",
    )  # fmt: skip
    when_text = fields.Text("When", compute="_compute_when_text")
    content_text = fields.Text(
        "Content", compute="_compute_content_text", help="The languages it is written in."
    )
    act_count = fields.Integer("Acts", compute="_compute_act_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_act_counts")
    done_count = fields.Integer("Done", compute="_compute_act_counts")
    not_done_count = fields.Integer("Not Done", compute="_compute_act_counts")
    uncertain_count = fields.Integer("Uncertain", compute="_compute_act_counts")

    @api.depends("campaign_id.step_ids.parent_id", "campaign_id.step_ids.sequence")
    def _compute_number(self):
        numbers = {}
        for campaign in self.campaign_id:
            children = {}
            for step in campaign.step_ids.sorted(_place):
                children.setdefault(step.parent_id._origin.id, []).append(step)
            level = [("", False)]
            while level:
                prefix, parent = level.pop()
                for place, step in enumerate(children.pop(parent, ()), 1):
                    numbers[step.id] = f"{prefix}{place}"
                    level.append((f"{prefix}{place}.", step._origin.id))
        for step in self:  # no others: they would be written to
            step.number = numbers.get(step.id)

    # ------------------------------------------------------------------ when
    @api.depends(
        "trigger", "delay", "delay_unit", "parent_id.name", "date_field_id", "date_days",
        "weekday", "hour",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_when_text(self):
        for step in self:
            step.when_text = ", ".join(filter(None, [step._after(), *step._limits()]))

    def _after(self):
        """What it follows and how long after, as in “3 days after “Mail 1” was opened”."""
        step = self.parent_id.name or self.env._("another step")
        if self.delay > 0:
            later = self._delays().get(self.trigger)
            return later and later % {"delay": self._duration(), "step": step}
        at_once = self._at_once().get(self.trigger)
        return at_once and at_once % {"step": step}

    def _duration(self):
        """The delay in words."""
        count = self.delay
        one = {
            "minutes": self.env._("1 minute"), "hours": self.env._("1 hour"),
            "days": self.env._("1 day"), "weeks": self.env._("1 week"),
        }  # fmt: skip
        many = {
            "minutes": self.env._("%s minutes", count), "hours": self.env._("%s hours", count),
            "days": self.env._("%s days", count), "weeks": self.env._("%s weeks", count),
        }  # fmt: skip
        return (one if count == 1 else many).get(self.delay_unit, "")

    def _delays(self):
        """{trigger: sentence} for steps that wait."""
        return {
            "entry": self.env._("%(delay)s after entry"),
            "done": self.env._("%(delay)s after “%(step)s”"),
            "ended": self.env._("%(delay)s after “%(step)s”, whatever came of it"),
            "else": self.env._("%(delay)s later, if the condition of “%(step)s” does not hold"),
            "opened": self.env._("%(delay)s after “%(step)s” was opened"),
            "clicked": self.env._("%(delay)s after a click in “%(step)s”"),
            "replied": self.env._("%(delay)s after a reply to “%(step)s”"),
            "bounced": self.env._("%(delay)s after “%(step)s” bounced"),
            "not_opened": self.env._("%(delay)s after “%(step)s”, if not opened"),
            "not_clicked": self.env._("%(delay)s after “%(step)s”, if not clicked"),
            "not_replied": self.env._("%(delay)s after “%(step)s”, if not replied to"),
            "activity_done": self.env._("%(delay)s after activity “%(step)s” was done"),
            "activity_cancelled": self.env._("%(delay)s after activity “%(step)s” was cancelled"),
            "activity_overdue": self.env._("when activity “%(step)s” is overdue by %(delay)s"),
        }

    def _at_once(self):
        """{trigger: sentence} for steps without delay."""
        return {
            "entry": self.env._("on entry"),
            "done": self.env._("right after “%(step)s”"),
            "ended": self.env._("right after “%(step)s”, whatever came of it"),
            "else": self.env._("if the condition of “%(step)s” does not hold"),
            "opened": self.env._("as soon as “%(step)s” is opened"),
            "clicked": self.env._("as soon as “%(step)s” is clicked"),
            "replied": self.env._("as soon as “%(step)s” is replied to"),
            "bounced": self.env._("as soon as “%(step)s” bounces"),
            "not_opened": self.env._("right after “%(step)s”, if not opened"),
            "not_clicked": self.env._("right after “%(step)s”, if not clicked"),
            "not_replied": self.env._("right after “%(step)s”, if not replied to"),
            "activity_done": self.env._("as soon as activity “%(step)s” is done"),
            "activity_cancelled": self.env._("as soon as activity “%(step)s” is cancelled"),
            "activity_overdue": self.env._("as soon as activity “%(step)s” is overdue"),
        }

    def _limits(self):
        """On which days and hours only, and not before which date."""
        if date := self.date_field_id.sudo().field_description:  # sudo: a label, to show it
            days = self.date_days
            if days > 0:
                yield self.env._("not before %(days)s days after: %(date)s", days=days, date=date)
            elif days < 0:
                yield self.env._(
                    "not before %(days)s days ahead of: %(date)s", days=-days, date=date
                )
            else:
                yield self.env._("not before: %s", date)
        labels = {name: dict(self._fields[name]._description_selection(self.env))
                  for name in ("weekday", "hour")}  # fmt: skip
        if self.weekday:
            yield self.env._("on %s", labels["weekday"][self.weekday])
        if self.hour:
            yield self.env._("from %s", labels["hour"][self.hour])

    # --------------------------------------------------------------- content
    @api.depends(
        "kind", "mailing_ids.cx_lang", "activity_summary", "activity_type_id", "tag_ids",
        "action_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_content_text(self):
        languages = dict(self.env["res.lang"].get_installed())
        for step in self:
            words = [
                languages.get(mailing.cx_lang, mailing.cx_lang) or self.env._("any language")
                # sudo: the languages only, for reps too
                for mailing in step.sudo().mailing_ids
            ]
            if step.kind not in MAILS:
                step.content_text = step._what()
            else:
                step.content_text = ", ".join(words) or self.env._("Nothing written yet")

    def _what(self):
        """What a step that is no mail does, in a few words."""
        return {
            "activity": self.activity_summary or self.activity_type_id.name,
            "tag": ", ".join(self.tag_ids.mapped("name")),
            "action": self.action_id.sudo().name,  # sudo: a name, to show it
        }.get(self.kind)

    # ---------------------------------------------------------------- counts
    def _compute_act_counts(self):
        counts = {
            (step.id, state): count
            for step, state, count in self.env["cx.campaign.act"]._read_group(
                [("step_id", "in", self.ids)], ["step_id", "state"], ["__count"]
            )
        }
        for step in self:
            step.act_count = sum(n for (of, _state), n in counts.items() if of == step._origin.id)
            for number, states in NUMBERS.items():
                total = sum(counts.get((step._origin.id, state), 0) for state in states)
                step[f"{number}_count"] = total
