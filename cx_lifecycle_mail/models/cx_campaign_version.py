"""The versions of a launched campaign: what it said from when on, and who said so."""

from odoo import api, fields, models

from .cx_campaign_freeze import DEFINED, STEP_DEFINED, STEP_TEXTS

CONTENT = ("subject", "preview", "body_html")


def plain_value(record, name):
    """The value of a field as data that outlives what it names."""
    field, value = record._fields[name], record[name]
    if field.relational:
        # sudo: names, to read later what was published
        named = [{"id": one.id, "name": one.display_name} for one in value.sudo()]
        return named if field.type == "many2many" else (named[0] if named else None)
    return str(value) if field.type == "date" and value else value


class CxCampaignVersion(models.Model):
    """What a campaign said from a moment on, word by word. Written once, by publishing."""

    _name = "cx.campaign.version"
    _description = "Version of a Campaign"
    _order = "campaign_id, number desc"
    _rec_name = "number"

    campaign_id = fields.Many2one("cx.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    number = fields.Integer("Version", required=True)
    user_id = fields.Many2one("res.users", "Published By", required=True, ondelete="restrict")
    published_at = fields.Datetime("Published", required=True)
    note = fields.Text(help="Why, in the words of whoever published it.")
    definition = fields.Json(required=True, help="All it says, see ``engine.versions``.")
    run_count = fields.Integer("Participants", compute="_compute_run_count")
    difference = fields.Html(
        "Changes", compute="_compute_difference", sanitize=False,
        help="What it says otherwise than the version before.",
    )  # fmt: skip

    _number_unique = models.Constraint(
        "UNIQUE(campaign_id, number)", "A campaign has one version of each number."
    )

    @api.depends("number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._("Version %s", version.number)

    def _compute_run_count(self):
        counts = {
            (campaign.id, number): count
            for campaign, number, count in self.env["cx.campaign.run"]._read_group(
                [("campaign_id", "in", self.campaign_id.ids)],
                ["campaign_id", "version_number"],
                ["__count"],
            )
        }
        for version in self:
            version.run_count = counts.get((version.campaign_id.id, version.number), 0)

    @api.depends("definition")
    @api.depends_context("lang")
    def _compute_difference(self):
        for version in self:
            before = version._before()
            version.difference = bool(before) and version.campaign_id._changes_table(
                before.definition, version.definition
            )

    def _before(self):
        """The version that this one took the place of, if any."""
        return self.search(
            [("campaign_id", "=", self.campaign_id.id), ("number", "<", self.number)],
            order="number desc", limit=1,
        )  # fmt: skip

    def action_compare(self):
        """Open what this version says otherwise than the one before."""
        self.ensure_one()
        return self.campaign_id._dialog(self._name, self.display_name, self.id)

    def action_participants(self):
        """List who takes or took part by this version."""
        self.ensure_one()
        action = self.campaign_id.action_participants()
        return action | {"domain": [*action["domain"], ("version_number", "=", self.number)]}


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    version_number = fields.Integer(
        "Version", readonly=True, copy=False, help="The one in force; 0 before the launch."
    )
    version_ids = fields.One2many("cx.campaign.version", "campaign_id", "Versions")

    def _definition(self):
        """All that the campaign says now, as :mod:`engine.versions` takes it."""
        self.ensure_one()
        # sudo: contents too, and what their publisher may not list
        campaign = self.sudo()
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        return {
            "campaign": {name: plain_value(campaign, name) for name in DEFINED},
            "steps": [step._definition(langs) for step in campaign.step_ids.sorted("number")],
        }

    def _freeze(self, note=False):
        """Keep what the campaign says now as its next version, by whoever acts."""
        self.ensure_one()
        # sudo: versions are written by the machine, at the launch and by publishing
        campaign = self.sudo()
        campaign.version_number += 1
        return campaign.env["cx.campaign.version"].create(
            {
                "campaign_id": campaign.id,
                "number": campaign.version_number,
                "user_id": self.env.uid,
                "published_at": fields.Datetime.now(),
                "note": note,
                "definition": campaign._definition(),
            }
        )

    def action_versions(self):
        """List what the campaign said when, and by whom."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %s", self.name),
            "res_model": "cx.campaign.version",
            "views": [(False, "list")],
            "domain": [("campaign_id", "=", self.id)],
        }


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _key(self):
        """What makes it the same step in two versions."""
        return self.lineage or self.id

    def _in_all_versions(self):
        """This step as each version of its campaign has it; removed ones too."""
        key = self._key()
        return self.with_context(active_test=False).search(
            [
                ("campaign_id", "=", self.campaign_id.id),
                "|",
                ("id", "=", key),
                ("lineage", "=", key),
            ]
        )

    def _definition(self, langs):
        self.ensure_one()
        worded = {lang: self.with_context(lang=lang) for lang in langs}
        return {
            "key": self._key(),
            "after": self.parent_id._key() or None,
            "values": {name: plain_value(self, name) for name in STEP_DEFINED},
            "texts": {
                name: {lang: str(step[name] or "") for lang, step in worded.items()}
                for name in STEP_TEXTS
            },
            "contents": {
                content.cx_lang: {name: str(content[name] or "") for name in CONTENT}
                for content in self.mailing_ids
            },
        }
