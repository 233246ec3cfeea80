"""What customers say over a period: each measure with its interval, its answers and their lists."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..engine import listening, plan
from .survey_question import MEASURES

INVITED = [("kind", "=", "survey"), ("state", "in", ("done", "uncertain"))]


class CxListening(models.AbstractModel):
    """NPS, CSAT and CES of the current company's customers, with the reader's rights."""

    _name = "cx.listening"
    _description = "What Customers Say"

    @api.model
    @api.readonly
    def figures(self, domain=None, since=None, until=None):
        """Figures of what the current company's customers answered in a period.

        :param list domain: which customers, by what they are now; all when empty
        :param since: first day, date or ISO text; when empty, of the month eleven before the last
        :param until: last day, included; today when empty
        :return: dict with the company, the period and ``measures``, see docs/listening.md
        :raise UserError: the domain is none, or the days are no period
        :raise AccessError: the reader may see no customers
        """
        self.env["cx.customer"].check_access("read")
        frame = self.env["cx.portfolio"]._frame(domain, since, until)
        self.env.flush_all()
        found = self._counted(frame, frame.since, frame.until)
        days = (frame.until - frame.since).days + 1
        earlier = self._counted(frame, frame.since - timedelta(days=days), frame.before)
        return {
            "since": fields.Date.to_string(frame.since),
            "until": fields.Date.to_string(frame.until),
            "today": fields.Date.to_string(frame.today),
            "company": frame.company.name,
            "measures": [
                self._measure(frame, measure, name, found.get(measure, {}), earlier)
                for measure, name in self._names().items()
            ],
        }

    @api.model
    def _names(self):
        field = self.env["survey.question"]._fields["cx_measure"]
        names = dict(field._description_selection(self.env))
        return {measure: names[measure] for measure, _label in MEASURES}

    # ----------------------------------------------------------------- answers
    def _of(self, frame, *conditions):
        """A condition on what belongs to the customers asked for."""
        whose = [("customer_id", "any", frame.domain)] if frame.domain else []
        return [("company_id", "=", frame.company.id), *conditions, *whose]

    def _between(self, since, until):
        return [
            ("day", ">=", fields.Date.to_string(since)),
            ("day", "<=", fields.Date.to_string(until)),
        ]

    def _counted(self, frame, since, until):
        """{measure: {first day of a month: {value: how many}}} of some days."""
        groups = self.env["cx.answer"]._read_group(
            self._of(frame, *self._between(since, until)),
            ["measure", "day:month", "value"],
            ["__count"],
        )
        found = {}
        for measure, month, value, count in groups:
            found.setdefault(measure, {}).setdefault(month, {})[value] = count
        return found

    def _measure(self, frame, measure, name, months, earlier):
        counts = _summed(months)
        before = _summed(earlier.get(measure, {}))
        score, past = listening.score(measure, counts), listening.score(measure, before)
        change = score and past and score.value - past.value
        here = [*self._between(frame.since, frame.until), ("measure", "=", measure)]
        number = sum(counts.values())
        return {
            "measure": measure,
            "name": name,
            "about": self._about(measure),
            "answers": number,
            **self._scored(measure, score),
            "before": {"answers": sum(before.values()), **self._scored(measure, past)},
            "change": change,
            "change_text": self._text(measure, change, signed=True) if past and score else False,
            "distribution": [
                {
                    "value": value,
                    "count": counts.get(value, 0),
                    "share": counts.get(value, 0) / number if number else 0.0,
                    "band": listening.band(measure, value),
                    "list": self._list(frame, name, *here, ("value", "=", value)),
                }
                for value in listening.VALUES[measure]
            ],
            "months": [
                self._month(frame, measure, name, month, months[month]) for month in sorted(months)
            ],
            "list": self._list(frame, name, *here),
            **self._invited(frame, measure),
        }

    def _month(self, frame, measure, name, month, counts):
        last = min(fields.Date.end_of(month, "month"), frame.until)
        days = self._between(max(month, frame.since), last)
        label = self.env["cx.portfolio"]._month_label(month)
        return {
            "month": fields.Date.to_string(month),
            "label": label,
            "answers": sum(counts.values()),
            **self._scored(measure, listening.score(measure, counts)),
            "list": self._list(frame, f"{name}, {label}", *days, ("measure", "=", measure)),
        }

    def _list(self, frame, name, *conditions):
        return {"model": "cx.answer", "domain": self._of(frame, *conditions), "name": name}

    # ------------------------------------------------------------- invitations
    def _invited(self, frame, measure):
        """How many invitations of campaigns left in the period, and how many were answered."""
        # sudo: which surveys ask it, for readers who may not open surveys
        questions = self.env["survey.question"].sudo().search([("cx_measure", "=", measure)])
        zone = plan.zone(frame.company.partner_id.tz or "UTC")
        begins, ends = (
            fields.Datetime.to_string(plan.begins(day, zone))
            for day in (frame.since, frame.until + timedelta(days=1))
        )
        sent = self._of(
            frame, *INVITED, ("step_id.survey_id", "in", questions.survey_id.ids),
            ("done_at", ">=", begins), ("done_at", "<", ends),
        )  # fmt: skip
        answered = [*sent, ("answered", "=", True)]
        acts = self.env["cx.campaign.act"]
        numbers = [acts.search_count(domain) for domain in (sent, answered)]
        lists = [
            {"model": "cx.campaign.act", "domain": domain, "name": name}
            for domain, name in (
                (sent, self.env._("Invitations")),
                (answered, self.env._("Invitations Answered")),
            )
        ]
        return {
            "sent": numbers[0],
            "answered": numbers[1],
            "share": numbers[1] / numbers[0] if numbers[0] else None,
            "sent_list": lists[0],
            "answered_list": lists[1],
        }

    # ------------------------------------------------------------------- words
    def _scored(self, measure, score):
        if not score:
            return {"score": None, "low": None, "high": None, "text": False, "range_text": False}
        ends = (score.low, score.high)
        return {
            "score": score.value,
            "low": score.low,
            "high": score.high,
            "text": self._text(measure, score.value),
            "range_text": score.low is not None
            and self.env._(
                "%(low)s to %(high)s",
                low=self._text(measure, ends[0]), high=self._text(measure, ends[1]),
            ),
        }  # fmt: skip

    def _text(self, measure, value, signed=False):
        """A score in the reader's language: points, percent, or of seven."""
        digits = 1 if measure == "ces" else 0
        text = formatLang(self.env, abs(value), digits=digits)
        zero = not round(abs(value), digits)
        shown = text if zero else f"−{text}" if value < 0 else text
        plus = "+" if value > 0 and not zero and (signed or measure == "nps") else ""
        unit = " %" if measure == "csat" and not signed else ""
        return f"{plus}{shown}{unit}"

    def _about(self, measure):
        return {
            "nps": self.env._(
                "Promoters (9 and 10) less detractors (0 to 6), in points from −100 to +100."
            ),
            "csat": self.env._("Share of those who say 4 or 5 of 5."),
            "ces": self.env._("Mean from 1 to 7: the higher, the easier it was."),
        }[measure]


def _summed(months):
    """{value: how many} of all months."""
    total = {}
    for counts in months.values():
        for value, count in counts.items():
            total[value] = total.get(value, 0) + count
    return total


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    answered = fields.Boolean(
        compute="_compute_answered", search="_search_answered", compute_sudo=True,
        help="The survey that this invites to was answered to the end.",
    )  # fmt: skip

    def _compute_answered(self):
        done = self.env["survey.user_input"].search(
            [("cx_act_id", "in", self.ids), ("state", "=", "done")]
        )
        for act in self:
            act.answered = act in done.cx_act_id

    def _search_answered(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["survey.user_input"].flush_model(["cx_act_id", "state"])
        query = SQL(
            "(SELECT cx_act_id FROM survey_user_input WHERE state = 'done'"
            " AND cx_act_id IS NOT NULL)"
        )
        return Domain("id", "in" if True in value else "not in", query)
