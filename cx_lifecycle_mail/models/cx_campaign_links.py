"""The links of a mail that anybody may follow: each is signed for one act, one address, one use."""

from odoo import api, fields, models
from odoo.tools import consteq, hmac

# a signature made for one of them opens none of the others
SCOPES = {"one_click": "cx-unsubscribe", "preferences": "cx-preferences", "pixel": "cx-open"}
LARGEST_ID = 2**31 - 1


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _links(self, act_id, email):
        """The signed links for the mail of an act.

        :param str email: the normalized address it goes to
        :return: ``{"one_click": url, "preferences": url, "pixel": url}``
        """
        base = self.get_base_url()
        day = fields.Date.to_string(fields.Date.today())
        one_click = self._signature("one_click", act_id, email)
        preferences = self._signature("preferences", act_id, email, day)
        pixel = self._signature("pixel", act_id, email)
        return {
            "one_click": f"{base}/cx/unsubscribe/{act_id}/{one_click}",
            "preferences": f"{base}/cx/preferences/{act_id}/{day}/{preferences}",
            "pixel": f"{base}/cx/open/{act_id}/{pixel}.gif",
        }

    @api.model
    def _signature(self, purpose, act_id, email, day=""):
        # sudo: the secret is for nobody to read, whoever sends or follows a link
        return hmac(self.sudo().env, SCOPES[purpose], (act_id, str(email), day))

    @api.model
    def _check_link(self, purpose, act_id, token, day=""):
        """The act that a link was made for, as superuser; nothing when the link is not right.

        Whoever tries learns nothing: an act that never was, one whose address was erased and a
        wrong signature cost the same query, the same arithmetic and get the same answer.

        :param str purpose: a key of ``SCOPES``
        :param str day: the day of issue as the link tells it, where it tells one
        """
        # sudo: who follows a link is nobody that is logged in; the signature is the right
        acts = self.sudo()
        # a number that no column holds is looked up all the same, as one that nobody has
        known = [("id", "=", max(1, min(act_id, LARGEST_ID)))]
        act = acts.search_fetch(known, ["email"], limit=1)
        signature = self._signature(purpose, act_id, act.email or "", day)
        # as bytes: what comes over the network may be any text
        right = consteq(signature.encode(), token.encode())
        return act if right and act.email else acts.browse()
