"""Touchpoints that people write down: a call, a visit, a word at the fair."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class CxTouchpoint(models.Model):
    _inherit = "cx.touchpoint"

    @api.model
    def log(self, partner_id, channel, interaction, at=None, satisfaction=None, note=None):
        """Write down a contact with a customer of the current company, with the caller's rights.

        :param int partner_id: the person, or the customer itself
        :param channel: id or code, as ``phone``
        :param interaction: id or code, as ``complains``
        :param at: when, a moment in UTC; now when empty, never in the future
        :param satisfaction: a number from 0 to 10; unknown when None
        :param str note: what was said, one line
        :return: the touchpoint; by RPC, a list of its id
        :raise AccessError: the contact, or the customer, is not the caller's to see
        :raise UserError: an argument says nothing; the message names it
        """
        person = self.env["res.partner"].browse(partner_id).exists()
        if not person:
            raise UserError(self.env._("Contact: there is no contact %s.", partner_id))
        person.check_access("read")
        return self.create(
            {
                "customer_id": self._customer_of(person).id,
                "person_id": person.id,
                "channel_id": self.env["cx.channel"]._pick(channel, self.env._("Channel")).id,
                "interaction_id": self.env["cx.interaction"]
                ._pick(interaction, self.env._("Interaction"))
                .id,
                "at": self._moment(at),
                "satisfaction": self._score(satisfaction),
                "note": note or False,
            }
        )

    def _customer_of(self, person):
        """The customer that a contact belongs to, with the caller's rights."""
        where = [
            ("partner_id", "=", person.commercial_partner_id.id),
            ("company_id", "=", self.env.company.id),
        ]
        customers = self.env["cx.customer"].with_context(active_test=False)
        # sudo: whether there is one; whether the caller may see it is asked next
        customer = customers.sudo().search(where, limit=1).sudo(False)
        if not customer:
            raise UserError(
                self.env._(
                    "Contact: %(name)s is no customer of %(company)s yet.",
                    name=person.display_name,
                    company=self.env.company.name,
                )
            )
        customer.check_access("read")
        return customer

    def _moment(self, at):
        try:
            moment = fields.Datetime.to_datetime(at) or fields.Datetime.now()
        except (ValueError, TypeError) as error:
            raise UserError(
                self.env._("When: write %s like 2026-03-14 09:30:00, in UTC.", at)
            ) from error
        # the clocks of two computers are never quite the same
        if moment > fields.Datetime.add(fields.Datetime.now(), minutes=5):
            raise UserError(self.env._("When: a contact that is still to come is an activity."))
        return moment

    def _score(self, satisfaction):
        if satisfaction is None or satisfaction is False:
            return None
        known = isinstance(satisfaction, (int, float)) and satisfaction is not True
        if not known or not 0 <= satisfaction <= 10:
            raise UserError(
                self.env._("Satisfaction: enter a number from 0 to 10, or none where unknown.")
            )
        return satisfaction

    @api.model_create_multi
    def create(self, vals_list):
        """Rows by hand: step and beginner are those of the interaction unless told otherwise."""
        filled = []
        for vals in vals_list:
            interaction = self.env["cx.interaction"].browse(vals.get("interaction_id"))
            score = self._score(vals.get("satisfaction"))
            filled.append(
                {
                    "at": fields.Datetime.now(),
                    **vals,
                    "begun_by": vals.get("begun_by") or interaction.begun_by,
                    "step_id": interaction.step_id.id,
                    "satisfaction": score or 0.0,
                    "rated": score is not None,
                }
            )
        touchpoints = super().create(filled)
        touchpoints._unknown_is_null()
        # sudo: figures are the machine's, whoever writes the note
        customers = self.env["cx.customer"].sudo()
        customers._met_again(touchpoints.customer_id.ids)
        customers._rate(touchpoints.filtered("rated").customer_id.ids)
        return touchpoints

    def unlink(self):
        met, rated = self.customer_id.ids, self.filtered("rated").customer_id.ids
        done = super().unlink()
        customers = self.env["cx.customer"].sudo()  # sudo: as in create
        customers._met_again(met)
        customers._rate(rated)
        return done

    @api.constrains("customer_id", "person_id")
    def _check_person(self):
        for touchpoint in self:
            person = touchpoint.person_id
            if person and person.commercial_partner_id != touchpoint.customer_id.partner_id:
                raise ValidationError(
                    self.env._("Person: %s is nobody of this customer.", person.display_name)
                )

    @api.constrains("customer_id", "person_id")
    def _check_profiled(self):
        (self.person_id | self.customer_id.partner_id)._check_cx_profiled(
            lambda name, day: self.env._(
                "Person: %(name)s objected to profiling on %(day)s, so no contact is noted by "
                "name. Choose the company instead; of a private customer, note none.",
                name=name,
                day=day,
            )
        )

    def _unknown_is_null(self):
        """A number that nobody knows is no zero, which means would count."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE cx_touchpoint SET satisfaction = CASE WHEN rated THEN satisfaction END,"
                " delay_hours = nullif(delay_hours, 0) WHERE id = ANY(%s)",
                self.ids,
            )
        )
        self.invalidate_recordset(["satisfaction", "delay_hours"])
