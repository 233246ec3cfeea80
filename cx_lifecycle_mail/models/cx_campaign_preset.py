"""Campaigns that are ready to launch: who enters, which steps, and what the messages say."""

import itertools

from lxml import html
from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError

# What mail programs that read no style sheet are told, by tag and class.
STYLES = {
    ("p", ""): "margin: 0 0 16px 0;",
    ("ul", ""): "margin: 0 0 16px 0; padding: 0 0 0 24px;",
    ("li", ""): "margin: 0 0 8px 0;",
    ("a", ""): "color: inherit; text-decoration: underline;",
    ("a", "btn btn-primary"): "display: inline-block; padding: 12px 24px; border-radius: 4px; "
    "background-color: #35979c; color: #ffffff; font-weight: bold; text-decoration: none;",
}


class CxCampaignPreset(models.Model):
    """A campaign to begin from. Using it makes a draft of the company's own; nothing is sent.

    The draft speaks every language that is installed, and has one content of each mail for each
    of them; a language without translations gets the English texts.
    """

    _name = "cx.campaign.preset"
    _description = "Campaign Preset"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Stable name for programs.")
    name = fields.Char(required=True, translate=True)
    purpose = fields.Text(
        required=True, translate=True, help="Who enters, what is done, and when it ends."
    )
    icon = fields.Char(required=True, help="Its name in Font Awesome, for instance fa-heart.")
    sequence = fields.Integer(default=10)
    values = fields.Json(required=True, help="Plain values of the campaign, by their field.")
    stage_id = fields.Many2one("cx.stage", ondelete="restrict")
    from_stage_ids = fields.Many2many("cx.stage", string="Coming From")
    date_field_id = fields.Many2one("ir.model.fields", "Date", ondelete="cascade")
    interaction_ids = fields.Many2many("cx.interaction", string="Interactions")
    topic_id = fields.Many2one("cx.topic", ondelete="restrict")
    step_ids = fields.One2many("cx.campaign.preset.step", "preset_id", "Steps")

    _code_unique = models.Constraint("UNIQUE(code)", "Each code stands for one preset.")

    def action_use(self):
        """Make a draft of this campaign in the current company, and open it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.campaign",
            "res_id": self._build(self.env.company).id,
            "views": [(False, "form")],
        }

    def _build(self, company):
        """A draft for the company, with its steps and their contents.

        :raise AccessError: for who may not make campaigns, or not in this company
        :raise UserError: when neither the company nor the user has an address to send from
        """
        self.ensure_one()
        names = self._names(company)
        # whoever has no salesperson hears from the company
        sender = company.email_formatted or self.env.user.email_formatted
        if not sender:
            raise UserError(
                self.env._(
                    "E-mail: enter an address of %s first: it writes to who has no salesperson.",
                    company.name,
                )
            )
        campaign = self.env["cx.campaign"].create(
            {
                **self.values,
                "preset": self.code,
                "name": names[self._first_lang()],
                "company_id": company.id,
                "email_from": sender,
                "stage_id": self.stage_id.id,
                "from_stage_ids": self.from_stage_ids.ids,
                "date_field_id": self.date_field_id.id,
                "touchpoint_interaction_ids": self.interaction_ids.ids,
                "topic_id": self.topic_id.id,
            }
        )
        translate(campaign, "name", names)
        made = {}
        for line in self.step_ids:  # those that follow others come after them
            made[line] = line._build(campaign, made.get(line.parent_id))
        return campaign

    def _names(self, company):
        """``{language: name}``, numbered when the company has a campaign of that name."""
        names = {code: self.with_context(lang=code).name for code in self._langs()}
        campaigns = self.env["cx.campaign"].with_context(active_test=False)
        taken = set(campaigns.search([("company_id", "=", company.id)]).mapped("name"))
        own = names[self._first_lang()]
        if own not in taken:
            return names
        number = next(n for n in itertools.count(2) if f"{own} ({n})" not in taken)
        return {code: f"{name} ({number})" for code, name in names.items()}

    def _langs(self):
        return [code for code, _name in self.env["res.lang"].get_installed()]

    def _first_lang(self):
        """The language in which records are created: the user's."""
        langs = self._langs()
        return self.env.lang if self.env.lang in langs else langs[0]


class CxCampaignPresetStep(models.Model):
    """One step of a preset, and what it says."""

    _name = "cx.campaign.preset.step"
    _description = "Step of a Campaign Preset"
    _order = "preset_id, sequence, id"

    preset_id = fields.Many2one("cx.campaign.preset", required=True, index=True, ondelete="cascade")
    parent_id = fields.Many2one("cx.campaign.preset.step", "After", ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    values = fields.Json(required=True, help="Plain values of the step, by their field.")
    survey_id = fields.Many2one("survey.survey", ondelete="restrict")
    subject = fields.Char(translate=True)
    preview = fields.Char(translate=True)
    body = fields.Html(translate=True, help="Without signature and footer, which all share.")
    coupon = fields.Text(
        "Paragraph with the Coupon", translate=True,
        help="Left out where there are no personal coupons, or the author may not make any.",
    )  # fmt: skip
    activity_summary = fields.Char("Summary", translate=True)
    activity_note = fields.Text("Note", translate=True)

    def _build(self, campaign, parent):
        """The same step in a campaign, after the parent if there is one."""
        self.ensure_one()
        kind, company = self.values["kind"], campaign.company_id
        words = {code: self.with_context(lang=code) for code in self.preset_id._langs()}
        own = words[self.preset_id._first_lang()]
        values = {
            **self.values,
            "campaign_id": campaign.id,
            "parent_id": parent and parent.id,
            "sequence": self.sequence,
            "name": own.name,
            "survey_id": self.survey_id.id,
        }
        translated = ["name"]
        if kind == "activity":
            call = company.cx_activity_type_id or self.env.ref("mail.mail_activity_data_call")
            values |= {
                "activity_type_id": call.id,
                "activity_summary": own.activity_summary,
                "activity_note": Markup("<p>%s</p>") % own.activity_note,
            }
            translated += ["activity_summary", "activity_note"]
        if self.coupon:
            values["coupon_program"] = self._coupon_program(company)
        step = self.env["cx.campaign.step"].create(values)
        for name in translated:
            translate(step, name, {code: line[name] for code, line in words.items()})
        if kind != "activity":
            self._write_contents(step, words)
        return step

    def _coupon_program(self, company):
        """The company's program of personal coupons, as a step names it, or False.

        Only if the author may make coupons: without, such a mail could not be sent.
        """
        known = "loyalty.program" in self.env
        if not known or not self.env["loyalty.card"].has_access("create"):
            return False
        of_company = [("program_type", "=", "coupons"), ("company_id", "in", [False, company.id])]
        program = self.env["loyalty.program"].search(of_company, limit=1)
        return str(program.id) if program else False

    def _write_contents(self, step, words):
        """What a step says, in each language: ``{language: this line in that language}``."""
        # sudo: Odoo takes {{ }} for its own templates, which few may write; these texts are ours
        self.env["mailing.mailing"].sudo().create(
            [
                {
                    "cx_step_id": step.id,
                    "cx_lang": code,
                    "subject": line.subject,
                    "preview": line.preview,
                    "email_from": step.campaign_id.email_from,
                    **line._bodies(with_coupon=step.coupon_program),
                }
                for code, line in words.items()
            ]
        )

    def _bodies(self, with_coupon):
        """The body as Odoo's editor opens it, and as mail programs show it."""
        qweb = self.env["ir.qweb"]
        values = {"body": self.body, "coupon": self.coupon if with_coupon else False}
        arch = qweb._render("cx_lifecycle_mail.preset_arch", values, minimal_qcontext=True)
        sent = qweb._render("cx_lifecycle_mail.preset_html", values, minimal_qcontext=True)
        return {"body_arch": arch, "body_html": styled(sent)}


def translate(record, name, words):
    """Set a translated field in several languages: ``{language: text}``.

    HTML must be one paragraph: it is replaced as a whole.
    """
    if record._fields[name].translate is True:
        record._update_field_translations(name, words)
    else:
        words = {code: {"": escape(text)} for code, text in words.items()}
        record._update_field_translations(name, words, digest=lambda _term: "")


def styled(body):
    """The same HTML with the style of each element beside it."""
    root = html.fragment_fromstring(body)
    for node in root.iter("p", "ul", "li", "a"):
        style = STYLES.get((node.tag, node.get("class"))) or STYLES[node.tag, ""]
        node.set("style", f"{style} {node.get('style', '')}".rstrip())
    return Markup(html.tostring(root, encoding="unicode", method="xml"))
