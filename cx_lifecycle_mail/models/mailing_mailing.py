"""The content of a campaign's step in one language: what may be in it, and that it stays there."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from ..engine import text

# Odoo's theme offers the page of a mailing, which a mail of a campaign does not have
VIEW_ONLINE = re.compile(r"""\shref=["'](?:https?://[^/"']+)?/view["'?#]""", re.IGNORECASE)
TEXTS = {"subject": False, "preview": False, "body_html": True}  # whether it is HTML


class MailingMailing(models.Model):
    """The content of a step in one language: Odoo's editor, links and statistics.

    It is read by :mod:`engine.text` and never by Odoo's template engines, and it leaves with its
    campaign only: whatever would render or send it as a mailing of its own is refused.
    """

    _inherit = "mailing.mailing"

    cx_step_id = fields.Many2one(
        "cx.campaign.step", "Campaign Step", index="btree_not_null", ondelete="cascade", copy=False
    )
    cx_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(), string="Content Language"
    )
    cx_written = fields.Boolean(
        "Has Text", compute="_compute_cx_written", help="There is something to send."
    )
    _cx_lang_unique = models.UniqueIndex(
        "(cx_step_id, cx_lang) WHERE cx_step_id IS NOT NULL",
        "A step has one content for each language.",
    )

    @api.depends("subject", "body_html")
    def _compute_cx_written(self):
        for mailing in self:
            mailing.cx_written = bool(mailing.subject) and not is_html_empty(mailing.body_html)

    # ------------------------------------------------------------------- text
    @api.constrains(
        "cx_step_id", "cx_lang", "mailing_type", "ab_testing_enabled", "attachment_ids", "state",
        *TEXTS,
    )  # fmt: skip
    def _check_cx_content(self):
        for mailing in self.filtered("cx_step_id"):
            mailing._cx_check_kind()
            mailing._cx_check_text()

    def _cx_check_kind(self):
        if not self.cx_lang:
            raise ValidationError(self.env._("Content Language: choose one for this content."))
        if self.attachment_ids:
            raise ValidationError(
                self.env._("Attachments: mails of a campaign have none. Link to the file instead.")
            )
        if self.mailing_type != "mail" or self.ab_testing_enabled or self.state != "draft":
            raise ValidationError(
                self.env._(
                    "The content of a campaign's step is an e-mail without A/B test, and stays a "
                    "draft: its campaign sends it. Compare with people held out instead."
                )
            )

    def _cx_check_text(self):
        """Refuse what cannot be read, or what the author or whoever writes it may not see."""
        step = self.cx_step_id
        for name, template in self._cx_compiled().items():
            problem = step._refused(template.variables, self.env) or step._unknown(template.facts)
            if problem:
                raise ValidationError(
                    self.env._(
                        "%(field)s: %(problem)s", field=self._cx_label(name), problem=problem
                    )
                )
        if VIEW_ONLINE.search(self.body_html or ""):
            raise ValidationError(
                self.env._(
                    "Body: mails of a campaign have no page to be viewed online. Remove the link."
                )
            )

    def _cx_compiled(self):
        """The texts, read: ``{field name: Template}``.

        :raise ValidationError: naming the field and what is wrong in it
        """
        templates = {}
        for name, html in TEXTS.items():
            try:
                templates[name] = text.compile(self[name] or "", html)
            except text.TextError as error:
                raise ValidationError(
                    self.env._(
                        "%(field)s: %(problem)s Here: %(fragment)s",
                        field=self._cx_label(name),
                        problem=self._cx_problem(error.code),
                        fragment=error.fragment,
                    )
                ) from error
        return templates

    def _cx_label(self, name):
        """The field as people see it: they write the body in another one, that of the editor."""
        name = "body_arch" if name == "body_html" else name
        return self._fields[name]._description_string(self.env)

    def _cx_problem(self, code):
        """What a code of :class:`engine.text.TextError` means."""
        return {
            "expression": self.env._(
                "between double braces stands a field as in {{ object.partner_id.name ||| default "
                "}}, a condition as in {{ if need = security }}, {{ else }} or {{ end }}; nothing "
                "can be calculated."
            ),
            "unclosed": self.env._("a placeholder is not closed with }}."),
            "open_block": self.env._("this condition is not closed with {{ end }}."),
            "stray": self.env._("there is no condition open that this could belong to."),
            "attribute": self.env._(
                'of Odoo\'s template language only <t t-out="object.field"> is known; remove the '
                "t- attribute or write {{ object.field }}."
            ),
            "place": self.env._("no placeholder or condition may stand in this place."),
            "split": self.env._(
                "formatting cuts through this placeholder; type it again in one go."
            ),
            "crossing": self.env._(
                "this condition begins and ends in different blocks, cells or rows; put its end "
                "beside its beginning."
            ),
            "depth": self.env._("too many conditions or elements within each other."),
            "markup": self.env._("the HTML cannot be read."),
        }[code]

    def _check_access_right_dynamic_template(self):
        """Contents are checked by us, whoever writes; Odoo checks all others."""
        others = self.filtered(lambda mailing: not mailing.cx_step_id)
        return super(MailingMailing, others)._check_access_right_dynamic_template()

    def _render_field(self, *args, **options):
        """No template engine of Odoo ever reads a content."""
        self._cx_refuse()
        return super()._render_field(*args, **options)

    # ------------------------------------------------------------------ making
    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        step = self.env["cx.campaign.step"].browse(self.env.context.get("default_cx_step_id"))
        if step:
            known = step._content_values(values.get("cx_lang"))
            values.update((name, value) for name, value in known.items() if name in fields)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        steps = self.env["cx.campaign.step"]
        default = self.env.context.get("default_cx_step_id")
        vals_list = [
            {**steps.browse(step)._content_values(vals.get("cx_lang")), **vals}
            if (step := vals.get("cx_step_id", default))
            else vals
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        if "cx_step_id" in vals and any(m.cx_step_id.id != vals["cx_step_id"] for m in self):
            # a mailing may become a content, a content nothing else: see copy_data
            self._cx_refuse()
        done = super().write(vals)
        if vals.get("cx_step_id"):
            self.check_access("write")  # it may have become the content of others
        return done

    def copy_data(self, default=None):
        """A copy is for another step: as a mailing it would go to all customers."""
        if not (default or {}).get("cx_step_id"):
            self._cx_refuse()
        return super().copy_data(default)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        # sudo: whether there are any, whoever deletes
        acts = self.env["cx.campaign.act"].sudo()
        if acts.search_count([("mailing_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Mails were sent from this content: archive it, their figures stay.")
            )

    # ----------------------------------------------------------------- sending
    def _cx_refuse(self):
        """What belongs to a campaign leaves with the campaign only."""
        if steps := self.cx_step_id:
            raise UserError(
                self.env._(
                    "This is the content of step %s of a lifecycle campaign: launch the campaign "
                    "instead.",
                    steps[0].name,
                )
            )

    def action_launch(self):
        self._cx_refuse()
        return super().action_launch()

    def action_schedule(self):
        self._cx_refuse()
        return super().action_schedule()

    def action_put_in_queue(self):
        self._cx_refuse()
        return super().action_put_in_queue()

    def action_retry_failed(self):
        self._cx_refuse()
        return super().action_retry_failed()

    def action_test(self):
        self._cx_refuse()
        return super().action_test()

    def action_send_mail(self, res_ids=None):
        self._cx_refuse()
        return super().action_send_mail(res_ids)

    def _action_send_mail(self, res_ids=None):
        self._cx_refuse()
        return super()._action_send_mail(res_ids)

    def _action_view_documents_filtered(self, view_filter):
        """Who opened, clicked and so on: the mails of a content are traced on the recipients."""
        action = super()._action_view_documents_filtered(view_filter)
        if self.cx_step_id:
            action["res_model"] = "res.partner"
        return action

    def action_send_winner_mailing(self):
        self._cx_refuse()
        return super().action_send_winner_mailing()

    def action_select_as_winner(self):
        self._cx_refuse()
        return super().action_select_as_winner()

    @api.model
    def _process_mass_mailing_queue(self):
        """Whatever queued it, a content does not hold up the mailings of others."""
        queued = [("cx_step_id", "!=", False), ("state", "!=", "draft")]
        self.search(queued).write({"state": "draft", "kpi_mail_required": False})
        return super()._process_mass_mailing_queue()
