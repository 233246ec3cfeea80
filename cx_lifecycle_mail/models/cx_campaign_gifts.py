"""What a step makes for each recipient: the link to a survey of their own, a coupon."""

from odoo import models
from odoo.exceptions import UserError


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    # ----------------------------------------------------------------- surveys
    def _survey_links(self, acts):
        """Links to the survey, one answer for each act: ``{act id: address}``.

        An act that is tried again keeps its answer.

        :raise UserError: when the survey is closed, or not for people without an account
        """
        # sudo: an invitation is made for the recipient, as when anybody opens a public survey
        survey = self.survey_id.sudo()
        # sudo: as above
        Answer = self.env["survey.user_input"].sudo().with_context(tracking_disable=True)
        answers = {
            answer.cx_act_id.id: answer
            for answer in Answer.search(
                [("cx_act_id", "in", acts.ids), ("survey_id", "=", survey.id)]
            )
        }
        missing = acts.filtered(lambda act: act.id not in answers)
        made = Answer.create([self._survey_answer(survey, act) for act in missing])
        self._survey_prefill(survey, made)
        answers.update(zip(missing.ids, made, strict=True))
        base = survey.get_base_url() + survey.get_start_url()
        return {id_: f"{base}?answer_token={a.access_token}" for id_, a in answers.items()}

    def _survey_answer(self, survey, act):
        """The values of :meth:`survey.survey._create_answer`, which makes one at a time."""
        person = act.person_id.sudo()  # sudo: as the survey, for its sign-in rule
        survey._check_answer_creation(person.user_ids[:1], person, act.email, check_attempts=False)
        values = {
            "survey_id": survey.id,
            "partner_id": person.id,
            "email": act.email,
            "nickname": person.name,
            "cx_act_id": act.id,
        }
        if survey.is_attempts_limited and survey.access_mode != "public":
            values["invite_token"] = self.env["survey.user_input"]._generate_invite_token()
        return values

    def _survey_prefill(self, survey, answers):
        """Questions that ask for the address or name are answered already, as Odoo does."""
        lines = []
        for question in survey.question_ids:
            if question.question_type != "char_box":
                continue
            for answer in answers:
                known = (question.save_as_email and answer.email) or (
                    question.save_as_nickname and answer.nickname
                )
                if known:
                    lines.append(answer._get_line_answer_values(question, known, "char_box"))
        # sudo: as the answers
        self.env["survey.user_input.line"].sudo().create(lines)

    # ----------------------------------------------------------------- coupons
    def _coupon_program(self):
        """The step's program as the author sees it; empty without it or the loyalty app."""
        author = self.campaign_id._as_author("cx.customer")
        if not self.coupon_program or "loyalty.program" not in self.env:
            return author.browse()
        return author.env["loyalty.program"].browse(int(self.coupon_program)).exists()

    def _refused_coupon(self, path, envs):
        """Why somebody may not give coupons of the step's program; empty when all of them may.

        :param envs: of the author, and of whoever writes the content
        """
        program = self._coupon_program()
        if not program:
            return self.env._("%s: choose a coupon program for the step first.", path)
        for env in envs:
            if not env["loyalty.card"].has_access("create"):
                return self.env._(
                    "%(path)s: %(user)s may not make coupons.",
                    path=path, user=env.user.sudo().name,  # sudo: for the message
                )  # fmt: skip
        return ""

    def _coupon_codes(self, acts):
        """Codes of coupons, one for each customer: ``{act id: code}``.

        A customer who has one of the program that is still good gets the same again.

        :raise UserError: when the program ended or belongs to another company
        """
        program = self._coupon_program()
        company = self.campaign_id.company_id
        if not program.active or program.company_id.id not in (False, company.id):
            raise UserError(
                self.env._("Personal Coupon: the program of step %s is not in use.", self.name)
            )
        partners = {act.id: act.customer_id.partner_id for act in acts}
        Card = program.env["loyalty.card"].with_context(
            # the campaign tells of it, the program does not
            loyalty_no_mail=True, action_no_send_mail=True, tracking_disable=True,
        )  # fmt: skip
        wanted = acts.customer_id.partner_id
        codes = {
            card.partner_id.id: card.code
            for card in Card.search(
                [
                    ("program_id", "=", program.id),
                    ("partner_id", "in", wanted.ids),
                    ("points", ">", 0),
                    "|",
                    ("expiration_date", "=", False),
                    ("expiration_date", ">=", "today"),
                ],
                order="id desc",
            )
        }
        worth = min(program.reward_ids.mapped("required_points"), default=1)
        made = Card.create(
            [
                {
                    "program_id": program.id,
                    "partner_id": partner.id,
                    "points": worth,
                    "expiration_date": program.date_to,
                }
                for partner in wanted
                if partner.id not in codes
            ]
        )
        codes.update((card.partner_id.id, card.code) for card in made)
        return {act_id: codes[partner.id] for act_id, partner in partners.items()}
