from odoo import models
from odoo.tools import html_escape


class CxCampaignStep(models.Model):
    """The contents of a step: which one is for whom, and new ones to be written."""

    _inherit = "cx.campaign.step"

    def _content(self, lang):
        """The mailing for a language: in it, in its base language, in the company's, or the first.

        Contents without subject or text are not there yet. Empty when there is none.
        """
        self.ensure_one()
        written = self.mailing_ids.filtered("cx_written").sorted("id")
        company = self.campaign_id.company_id.partner_id.lang
        for wanted in (lang, company):
            base = (wanted or "").split("_")[0]
            if found := (
                written.filtered(lambda m, wanted=wanted: m.cx_lang == wanted)
                or written.filtered(lambda m, base=base: m.cx_lang.split("_")[0] == base)
            ):
                return found[0]
        return written[:1]

    def _content_values(self, lang=None):
        """What a new content begins with.

        Its model is the customer, so that the editor's placeholder button offers the customer's
        fields and writes ``object.…`` of them.
        """
        self.ensure_one()
        campaign = self.campaign_id
        lang = lang or campaign.company_id.partner_id.lang or self.env.user.lang
        body = self.with_context(lang=lang)._content_body()
        return {
            "cx_step_id": self.id,
            "cx_lang": lang,
            "subject": self.with_context(lang=lang).name,
            "body_arch": body,
            "body_html": body,
            "mailing_type": "mail",
            "mailing_model_id": self.env["ir.model"]._get_id("cx.customer"),
            # sent otherwise than by its campaign, it would reach nobody
            "mailing_domain": repr([("id", "=", 0)]),
            "campaign_id": campaign.utm_campaign_id.id,
            "user_id": campaign.user_id.id,
            "email_from": campaign.email_from or self.env.user.email_formatted,
        }

    def _content_body(self):
        """An invitation to a survey begins with its link, which no link dialog accepts."""
        if self.kind != "survey":
            return False
        return (
            '<p>{}</p><p><a class="btn btn-primary" href="{{{{ survey.link }}}}">{}</a></p>'
        ).format(
            html_escape(self.env._("How was it? Your opinion helps us.")),
            html_escape(self.env._("Give my opinion")),
        )
