"""What a campaign brought: figures for the screen, each with the list it counts."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import effect

VERDICTS = [
    ("nobody", "Nobody held out"),
    ("early", "Too early"),
    ("unknown", "Cannot tell yet"),
    ("gained", "Gained"),
    ("lost", "Lost"),
]
ARMS = ("treated", "held_out")
NOBODY = (effect.Arm(), effect.Arm())
GROUPS = ("stage_id", "segment")
PACE_DAYS = 56  # how many enter is looked at over so many days
# sums over the outcomes of an arm, in the order of :class:`effect.Arm`
SUMS = SQL(
    "count(*), count(*) FILTER (WHERE bought), coalesce(sum(counted), 0)::float8,"
    " coalesce(sum(counted::float8 ^ 2), 0), coalesce(sum(counted::float8 ^ 3), 0)"
)


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    verdict = fields.Selection(
        VERDICTS, compute="_compute_verdict", groups="cx_lifecycle.group_marketer",
        help="Whether those treated bought for more than those held out, by a rule that holds "
        "however often it is looked at.",
    )  # fmt: skip

    @api.depends_context("uid")
    def _compute_verdict(self):
        arms = self._arms("campaign_id")
        entered = dict(
            self.env["cx.campaign.outcome"]._read_group(
                [("campaign_id", "in", self.ids), ("arm", "=", "held_out")],
                ["campaign_id"], ["__count"],
            )
        )  # fmt: skip
        for campaign in self:
            treated, held = arms.get(campaign.id, NOBODY)
            if not campaign.launched_at:
                campaign.verdict = False
            elif not held.number:
                campaign.verdict = (
                    "early" if entered.get(campaign) or campaign._holds_out() else "nobody"
                )
            else:
                campaign.verdict, _more = effect.verdict(treated, held, campaign.planned_number)

    def _holds_out(self):
        """Whether somebody who enters now may be held out."""
        everywhere = self.company_id.sudo().cx_holdout_share  # sudo: a setting of the company
        return self.holdout_share > 0 or everywhere > 0

    # ------------------------------------------------------------------- sums
    def _complete(self):
        """Domain of the outcomes that count: their window is over."""
        domains = [
            Domain("campaign_id", "in", campaigns.ids)
            & Domain("window_ends_on", "<", self.env["cx.customer"]._today(company))
            for company, campaigns in self.grouped("company_id").items()
        ]
        return Domain.OR(domains)

    def _arms(self, group, domain=Domain.TRUE):
        """``{value of a column: (treated, held out)}`` of the complete outcomes, in one query.

        :param str group: a column of the outcomes
        """
        if not self:
            return {}
        outcomes = self.env["cx.campaign.outcome"]
        outcomes.flush_model()
        query = outcomes._search(self._complete() & domain)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, arm, %s FROM cx_campaign_outcome WHERE id IN %s GROUP BY 1, 2",
                SQL.identifier(group),
                SUMS,
                query.subselect(),
            )
        )
        found = {}
        for value, arm, *sums in rows:
            found.setdefault(value, {})[arm] = effect.Arm(*sums)
        return {
            value: tuple(arms.get(arm, effect.Arm()) for arm in ARMS)
            for value, arms in found.items()
        }

    # ------------------------------------------------------------ for the screen
    @api.readonly
    def result(self):
        """What came of the campaign, against those held out.

        Everybody counts in the arm of the first entry, whatever was done (intention to treat), and
        only when the window is over.

        :return: a dictionary for the widget *cx_result*: numbers, money in the company's currency,
            sentences in the reader's language
        :raise AccessError: the user is no marketer
        """
        self.ensure_one()
        self._check_marketer()
        self.check_access("read")
        arms = self._arms("campaign_id").get(self.id, NOBODY)
        answer = {
            "currency_id": self.company_id.currency_id.id,
            "days": self.result_days,
            "cap": self.amount_cap,
            "measured": self.measured_at and fields.Datetime.to_string(self.measured_at),
            "problem": self.measure_problem,
            "arms": self._arm_rows(arms),
            "open": self._open_windows(),
            "curve": self.result_curve or {},
            "groups": self._group_rows(),
            **self._difference(arms),
            **self._money(arms),
        }
        answer["verdict"] = self.verdict
        answer["sentence"] = self._result_sentence(arms, answer)
        return answer

    def _arm_rows(self, arms):
        facts = {
            arm: (purchases, margin)
            for arm, purchases, margin in self.env["cx.campaign.outcome"]._read_group(
                self._complete(), ["arm"], ["purchases:sum", "margin:sum"]
            )
        }
        names = dict(
            self.env["cx.campaign.outcome"]._fields["arm"]._description_selection(self.env)
        )
        rows = []
        for arm, sums in zip(ARMS, arms, strict=True):
            purchases, margin = facts.get(arm, (0.0, False))
            rows.append(
                {
                    "arm": arm,
                    "name": names[arm],
                    "number": sums.number,
                    "buyers": sums.buyers,
                    "share": sums.buyers / sums.number if sums.number else None,
                    "purchases": purchases,
                    "margin": margin,
                    "mean": sums.mean if sums.number else None,
                }
            )
        return rows

    def _open_windows(self):
        """How many are not counted yet, and when the first window ends."""
        today = self.env["cx.customer"]._today(self.company_id)
        [(count, first)] = self.env["cx.campaign.outcome"]._read_group(
            [("campaign_id", "=", self.id), ("window_ends_on", ">=", today)],
            [], ["__count", "window_ends_on:min"],
        )  # fmt: skip
        return {"number": count, "first": first and fields.Date.to_string(first)}

    def _difference(self, arms):
        """Buyers and money, each with its interval of one look."""
        shares, amounts = effect.shares(*arms), effect.amounts(*arms)
        return {
            "shares": shares and shares._asdict(),
            "amounts": amounts and amounts._asdict(),
        }

    def _group_rows(self):
        """The same by stage at entry and by segment: hints, no verdicts."""
        rows = []
        for group in GROUPS:
            found = self._arms(group)
            if len(found) < 2:
                continue  # one group is the whole
            for value, arms in sorted(found.items(), key=lambda item: -item[1][0].number):
                name = self.env["cx.stage"].browse(value).name if group == "stage_id" else value
                rows.append(
                    {
                        "group": group,
                        "value": value or False,
                        "name": name or self.env._("None"),
                        "arms": [{"number": a.number, "buyers": a.buyers} for a in arms],
                        **self._difference(arms),
                    }
                )
        return rows

    def _money(self, arms):
        """What was gained in all, what it cost, and what came back of each unit spent."""
        treated, _held = arms
        amounts = effect.amounts(*arms)
        query = self.env["cx.campaign.outcome"]._search(
            self._complete() & Domain("arm", "=", "treated")
        )
        costs = self._costs(query.select())
        share, known = self._margin_known()
        gain = amounts and {
            name: number * treated.number for name, number in amounts._asdict().items()
        }
        worth = gain and {name: number * share for name, number in gain.items()}
        total = costs["total"]
        return {
            "costs": costs,
            "discounts": self._discounts(query.select()),
            "gain": gain,
            "margin_share": share if known else None,
            "margin_source": known,
            "returned": (worth and total and {
                name: (number - total) / total for name, number in worth.items()
            }) or None,
            "attribution": self._attribution(),
        }  # fmt: skip

    def _margin_known(self):
        """(share of purchases that is margin, how it is known): by the documents, the settings, or
        not at all, and then purchases count whole."""
        [(purchases, margin, number, told)] = self.env["cx.campaign.outcome"]._read_group(
            self._complete() & Domain("bought", "=", True),
            [], ["purchases:sum", "margin:sum", "__count", "margin:count"],
        )  # fmt: skip
        if number and told == number and purchases > 0:
            return max(float(margin / purchases), 0.0), "documents"
        # what was sold below cost gains nothing, however much more of it was sold
        usual = self.company_id.sudo().cx_margin_share  # sudo: a setting of the company
        return (usual, "settings") if usual else (1.0, False)

    def _attribution(self):
        """What others would credit it with: by the link, by the last touch, by the window."""
        touched = Domain("arm", "=", "treated") & self._complete()
        outcomes = self.env["cx.campaign.outcome"]
        [(number, within)] = outcomes._read_group(
            touched & Domain("bought", "=", True), [], ["__count", "purchases:sum"]
        )
        [(last_number, last)] = outcomes._read_group(
            touched & Domain("attributed", "!=", 0), [], ["__count", "attributed:sum"]
        )
        rows = [
            {"code": "window", "number": number, "amount": within or 0.0},
            {"code": "last", "number": last_number, "amount": last or 0.0},
        ]
        orders = self.env["sale.order"]
        if orders.has_access("read"):
            [(count, amount)] = self.env.execute_query(
                SQL(
                    "SELECT count(*), coalesce(sum(amount_untaxed"
                    " / coalesce(nullif(currency_rate, 0), 1)), 0)::float8"
                    " FROM sale_order WHERE id IN %s",
                    orders._search(self._linked_orders()).subselect(),
                )
            )
            rows.append({"code": "link", "number": count, "amount": amount})
        return rows

    def _linked_orders(self):
        """Domain of the orders that came by a link of this campaign."""
        return (
            Domain("campaign_id", "=", self.utm_campaign_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "sale")
        )

    def _pace(self):
        """How many customers enter for the first time in a week; 0 while it does not run."""
        if self.state != "running":
            return 0
        today = self.env["cx.customer"]._today(self.company_id)
        since = fields.Date.subtract(today, days=PACE_DAYS)
        since = max(since, self.launched_on or since)
        entered = self.env["cx.campaign.outcome"].search_count(
            [("campaign_id", "=", self.id), ("entered_on", ">=", since)]
        )
        return entered / max((today - since).days, 1) * 7
