"""How people like to be reached, in their own words."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class CxChannelPreference(models.Model):
    """A channel that a person asked to be reached over, at one step of the journey or at all."""

    _name = "cx.channel.preference"
    _description = "Preferred Channel"
    _order = "said_on desc, id desc"
    _rec_name = "channel_id"

    # restrict: erasing removes them first, and Odoo's look-up of a person finds no cascades
    person_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    step_id = fields.Many2one(
        "cx.journey.step", ondelete="cascade", help="Empty: at every step of the journey."
    )
    channel_id = fields.Many2one(
        "cx.channel", required=True, ondelete="restrict", domain=[("offered", "=", True)]
    )
    said_on = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    origin = fields.Selection(
        [
            ("page", "Preference page"),
            ("survey", "Survey"),
            ("person", "Noted by a colleague"),
        ],
        required=True,
        readonly=True,
        default="person",
    )

    _step_unique = models.UniqueIndex(
        "(person_id, coalesce(step_id, 0))",
        "This person has a preferred channel for this step already: change that one.",
    )

    @api.model
    def say(self, partner_id, channel, step=None):
        """Keep which channel a person prefers, with the caller's rights; the last word counts.

        :param int partner_id: the person
        :param channel: id or code, as ``phone``; None: no preference any more
        :param step: id or code of a step; at every step when empty
        :return: the preference, empty when there is none now; by RPC, a list of its id
        :raise AccessError: the contact is not the caller's to see, or the caller is no rep
        :raise UserError: there is no such contact, channel or step; or nobody is offered it
        """
        person = self.env["res.partner"].browse(partner_id).exists()
        if not person:
            raise UserError(self.env._("Contact: there is no contact %s.", partner_id))
        person.check_access("read")
        if channel is not None:
            channel = self.env["cx.channel"]._pick(channel, self.env._("Channel"))
            channel._check_offered()
        if step is not None:
            step = self.env["cx.journey.step"]._pick(step, self.env._("Step"))
        return self._say(person, channel, step, "person")

    @api.model
    def _say(self, person, channel, step, origin):
        """Write a preference of one person down, or remove it where the channel is empty."""
        step_id = step.id if step else False
        # sudo: whether something was said before; whether the caller may change it is asked next
        known = self.sudo().search([("person_id", "=", person.id), ("step_id", "=", step_id)])
        known = known.with_env(self.env)
        known.check_access("write")
        if not channel:
            known.unlink()
            return known.browse()
        values = {"channel_id": channel.id, "origin": origin, "said_on": self._said_today()}
        if known:
            known.write(values)
            return known
        return self.create({"person_id": person.id, "step_id": step_id, **values})

    @api.model
    def _of(self, person):
        """What a person said of all steps; empty when nothing."""
        return self.search([("person_id", "=", person.id), ("step_id", "=", False)])

    @api.model
    def _offered(self):
        """The channels that people may choose among."""
        return self.env["cx.channel"].search([("offered", "=", True)])

    @api.model
    def _said_today(self):
        return fields.Date.context_today(self)

    # ------------------------------------------------------------- what follows
    @api.model_create_multi
    def create(self, vals_list):
        preferences = super().create([{**vals, **self._told()} for vals in vals_list])
        preferences.channel_id._check_offered()
        preferences._count()
        return preferences

    def write(self, vals):
        people = self.person_id
        if {"said_on", "origin", "channel_id"} & set(vals):
            vals = {**vals, **self._told()}
        done = super().write(vals)
        if "person_id" in vals:
            self.check_access("write")  # nobody speaks for those of somebody else
        if "channel_id" in vals:
            self.channel_id._check_offered()
        self._count(people)
        return done

    def unlink(self):
        people = self.person_id
        done = super().unlink()
        self.browse()._count(people)
        return done

    def _told(self):
        """Who says so, and when, is not for a form to tell."""
        return {} if self.env.su else {"origin": "person", "said_on": self._said_today()}

    def _count(self, people=None):
        """Customers of these people: what they prefer may be another channel now."""
        people = (people or self.person_id) | self.person_id
        self.env["cx.customer"]._prefer(people.commercial_partner_id)
