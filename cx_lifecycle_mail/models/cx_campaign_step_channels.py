"""One step, two ways: a call for those who prefer to talk, a mail for the others."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains

PREFERS = "cx_preferred_channel_id.code"
TALK = ("phone", "salesperson")  # codes of the channels on which a person speaks


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def action_call_instead(self):
        """Add a call beside a mail, for those who prefer to talk; the mail goes to the others.

        :raise UserError: it is no mail, or the campaign was launched
        """
        self.ensure_one()
        self.check_access("write")
        campaign = self.campaign_id
        if campaign.launched_at:
            raise UserError(
                self.env._("%s was launched: change its steps in a new version.", campaign.name)
            )
        if self.kind not in ("mail", "survey"):
            raise UserError(self.env._("%s is no mail: choose a step that writes.", self.name))
        if PREFERS in self.domain:
            raise UserError(
                self.env._("%s looks at the preferred channel already: see its condition.",
                           self.name)
            )  # fmt: skip
        condition = domains.parsed(self.domain)
        talkers = condition & Domain(PREFERS, "in", TALK) & Domain("phone", "!=", False)
        # of whom no preference is known, "not in" says nothing
        others = Domain(PREFERS, "not in", TALK) | Domain("cx_preferred_channel_id", "=", False)
        writers = condition & (others | Domain("phone", "=", False))
        call = campaign.company_id.cx_activity_type_id or self.env.ref(
            "mail.mail_activity_data_call"
        )
        self.create(
            {
                "campaign_id": campaign.id,
                "parent_id": self.parent_id.id,
                "sequence": self.sequence,
                "name": self.env._("%s, by phone", self.name),
                "kind": "activity",
                "activity_type_id": call.id,
                "domain": repr(list(talkers)),
                **{name: self[name] for name in ("trigger", "delay", "delay_unit", "weekday")},
                "date_field_id": self.date_field_id.id,
                "date_days": self.date_days,
            }
        )
        self.domain = repr(list(writers))
