"""Who wants no more of what: rows are added, or removed when the person comes back."""

from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

REASON_LENGTH = 500


class CxTopicOptout(models.Model):
    """An address that wants no more of a topic, or a pause from all of them."""

    _name = "cx.topic.optout"
    _description = "Opt-Out of a Topic"
    _order = "id desc"
    _rec_name = "email"

    email = fields.Char(required=True, help="Normalized: lower case, without a name.")
    topic_id = fields.Many2one(
        "cx.topic", ondelete="cascade", index=True, help="Empty: of all campaigns, for a pause."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    until = fields.Date(help="Last day; empty: for good.")
    at = fields.Datetime("Said On", required=True, default=fields.Datetime.now, readonly=True)
    source = fields.Selection(
        [
            ("one_click", "Unsubscribe button of the mail program"),
            ("page", "Preference page"),
            ("person", "Entered by a colleague"),
        ],
        default="person",
        required=True,
        readonly=True,
    )
    reason = fields.Char(size=REASON_LENGTH, help="In the person's own words.")
    user_id = fields.Many2one("res.users", "Entered By", readonly=True)

    _address_index = models.Index("(email, company_id)")
    _topic_unique = models.UniqueIndex(
        "(email, company_id, topic_id) WHERE topic_id IS NOT NULL AND until IS NULL",
        "This address has opted out of this topic already.",
    )
    _what_check = models.Constraint(
        "CHECK(topic_id IS NOT NULL OR until IS NOT NULL)",
        "Topic: choose what the person wants no more of, or in Until the last day of a pause.",
    )

    # ------------------------------------------------------------ consistency
    @api.constrains("topic_id", "company_id")
    def _check_topic(self):
        for optout in self:
            if optout.topic_id.company_id not in (self.env["res.company"], optout.company_id):
                raise ValidationError(
                    self.env._("Topic: choose one of company %s.", optout.company_id.name)
                )

    @api.constrains("until", "company_id")
    def _check_until(self):
        for optout in self:
            today = self.env["cx.customer"]._today(optout.company_id)
            if optout.until and optout.until < today:
                raise ValidationError(self.env._("Until: choose a day that is still to come."))

    @api.model_create_multi
    def create(self, vals_list):
        """Effective at once: campaigns that the address takes part in may end here."""
        self.browse().check_access("create")  # before the address is looked at
        if not self.env.su:  # who says so, when and how is not for a form to tell
            said = {"source": "person", "user_id": self.env.uid, "at": fields.Datetime.now()}
            vals_list = [{**vals, **said} for vals in vals_list]
        optouts = super().create(
            [{**vals, "email": self._normalized(vals.get("email"))} for vals in vals_list]
        )
        for company, said in optouts.grouped("company_id").items():
            said._note(back=False)
            said._write_down("no")
            self._settle(said.mapped("email"), company)
        return optouts

    def unlink(self):
        """The contacts keep the memory of it."""
        for company, said in self.grouped("company_id").items():
            today = self.env["cx.customer"]._today(company)
            standing = said.filtered(lambda no, on=today: not no.until or no.until >= on)
            standing._note(back=True)
            standing._write_down("yes")
        return super().unlink()

    @api.model
    def _normalized(self, email):
        address = email_normalize(email)
        if not address:
            raise ValidationError(self.env._("E-mail: enter one address, such as ada@example.com."))
        return address

    # ------------------------------------------------------------ in and out
    @api.model
    def _in_force(self, email, company):
        """What an address has said no to in a company, until today or longer."""
        today = self.env["cx.customer"]._today(company)
        return self.search(
            Domain("email", "=", email)
            & Domain("company_id", "=", company.id)
            & (Domain("until", "=", False) | Domain("until", ">=", today))
        )

    @api.model
    def _opt_out(self, email, topic, company, source, reason=None, until=None, user=None):
        """An address wants no more of a topic, or a pause from all; saying it twice is no more.

        :param topic: ``cx.topic``; empty for a pause from all, with its last day in ``until``
        :param user: the colleague who enters it, if it is one
        :return: what is in force for the topic now, as superuser
        :raise ValidationError: when it is no address
        """
        return self._opt_out_of(email, [(topic, until)], company, source, reason, user)

    @api.model
    def _opt_out_of(self, email, wishes, company, source, reason=None, user=None):
        """The same for a list of (topic, last day or None); it makes one note."""
        # the machine's: whoever says no is nobody that is logged in
        optouts = self.with_user(SUPERUSER_ID).with_company(company)
        address = self._normalized(email)
        standing = optouts._in_force(address, company)
        new = [
            (topic, until)
            for topic, until in wishes
            if not any(
                said.topic_id == topic and (not said.until or (until and said.until >= until))
                for said in standing
            )
        ]
        with self._said_at_once():
            added = optouts.create(
                [
                    {
                        "email": address,
                        "topic_id": topic.id,
                        "until": until,
                        "company_id": company.id,
                        "source": source,
                        "reason": reason,
                        "user_id": user and user.id,
                    }
                    for topic, until in new
                ]
            )
        topics = {topic.id for topic, _until in wishes}
        return (standing | added).filtered(lambda said: said.topic_id.id in topics)

    @api.model
    def _opt_in(self, email, topic, company):
        """An address wants a topic again; with an empty topic, its pause ends."""
        # the machine's: whoever comes back is nobody that is logged in
        optouts = self.with_user(SUPERUSER_ID).with_company(company)
        said = optouts._in_force(self._normalized(email), company)
        said.filtered(lambda optout: optout.topic_id == topic).unlink()

    @api.model
    def _block(self, email, company, source, reason=None):
        """An address wants no more messages at all: Odoo's block list, of all companies."""
        entries = self.env["mail.blacklist"].with_user(SUPERUSER_ID).with_company(company)
        address = self._normalized(email)
        if entries.search_count([("email", "=", address)], limit=1):
            return
        with self._said_at_once():
            entries._add(address, message=self._note_of_block(address, company, source, reason))
        entries.env[self._name]._write_down_all(address, company, "no", source, reason)

    @api.model
    def _unblock(self, email, company):
        """An address wants messages again."""
        entries = self.env["mail.blacklist"].with_user(SUPERUSER_ID).with_company(company)
        address = self._normalized(email)
        if entries.search_count([("email", "=", address)], limit=1):
            entries._remove(address, message=self._note_of_block(address, company, back=True))
            entries.env[self._name]._write_down_all(address, company, "yes")

    @contextmanager
    def _said_at_once(self):
        """Mail programs and people press twice: the second of two requests looks again."""
        try:
            yield
            self.env.flush_all()
        except UniqueViolation as error:
            raise ConcurrencyError("the address said no in another request, too") from error
