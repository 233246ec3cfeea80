"""What the preference page shows of an address, and what it saves."""

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, models

MONTHS = (1, 3, 6)  # the pauses that are offered


class CxTopicOptout(models.Model):
    _inherit = "cx.topic.optout"

    @api.model
    def _preferences(self, email, company):
        """What an address receives from a company.

        :return: ``{"topics": all there are, "refused": those not wanted, "paused_until": the last
            day of a pause or None, "blocked": whether it receives nothing at all, "unasked":
            topics that only a yes lets through, which it did not say}``
        """
        # the machine's: whoever follows the link is nobody that is logged in
        optouts = self.with_user(SUPERUSER_ID).with_company(company)
        said = optouts._in_force(email, company)
        pauses = said.filtered(lambda no: not no.topic_id).mapped("until")
        of_company = [("company_id", "in", (False, company.id))]
        blocked = optouts.env["mail.blacklist"].search_count([("email", "=", email)], limit=1)
        topics = optouts.env["cx.topic"].search(of_company)
        missing = optouts.env["cx.consent"]._unasked(email, topics, company)
        return {
            "topics": topics,
            "unasked": missing - said.topic_id,
            "refused": said.topic_id,
            "paused_until": max(pauses, default=None),
            "blocked": bool(blocked),
        }

    @api.model
    def _save_preferences(self, email, company, wishes, may_return):
        """Write down what a person chose on the page; only what the page had shown is touched.

        :param dict wishes: ``shown``, ``kept`` and ``unasked`` (shown without a mark, for a yes is
            missing), sets of topic ids; ``months``, a pause from
            today on, 0 for none, None as it is; ``nothing``, True for no message at all, False to
            receive some again, None as it is; ``reason``, text or None
        :param bool may_return: whether the link is good for receiving again what was refused
        :return: whether everything was done
        """
        now = self._preferences(email, company)
        asked = wishes.get("unasked", set())
        shown = now["topics"].filtered(lambda topic: topic.id in wishes["shown"])
        kept = shown.filtered(lambda topic: topic.id in wishes["kept"])
        pause, no_topic = now["paused_until"], now["topics"].browse()
        until = pause
        if wishes["months"] is not None:
            today = self.env["cx.customer"]._today(company)
            until = today + relativedelta(months=wishes["months"]) if wishes["months"] else None

        back = list(kept & now["refused"])
        if pause and (not until or until < pause):
            back.append(no_topic)
        unblock = now["blocked"] and wishes["nothing"] is False
        agreed = (kept & now["unasked"]).filtered(lambda topic: topic.id in asked)
        if may_return:
            # the machine's: whoever says yes on the page is nobody that is logged in
            self.with_user(SUPERUSER_ID)._agree(email, agreed, company)
            for topic in back:
                self._opt_in(email, topic, company)
            if unblock:
                self._unblock(email, company)

        gone = shown - kept - now["refused"]  # who never said yes need not say no
        no_more = [(topic, None) for topic in gone if topic.id not in asked]
        if until and until != pause:  # a shorter one than the standing is none, if that stands
            no_more.append((no_topic, until))
        self._opt_out_of(email, no_more, company, "page", wishes["reason"])
        if wishes["nothing"]:
            self._block(email, company, "page", wishes["reason"])
        return may_return or not (back or unblock or agreed)
