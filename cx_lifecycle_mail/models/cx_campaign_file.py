"""A campaign as one file: everything a person wrote, by names that mean the same elsewhere.

What the machine keeps (state, author, figures), the company and database ids are not in it.
Reading a file is in :mod:`.cx_campaign_file_read`.
"""

import json

from odoo import models
from odoo.exceptions import AccessError

from .cx_campaign_act_actions import MARKETER

FORMAT, VERSION = "cx.campaign", 1
# plain values, by the names of the fields
CAMPAIGN = (
    "entry", "stage_days", "quiet_by", "quiet_days", "date_days", "touchpoint_days", "sample_share",
    "domain", "members", "cooldown_days", "exclusive", "legal_basis", "stop_purchase",
    "stop_stage", "stop_reply", "stop_hold", "stop_lost", "stop_deal", "stop_sign", "max_days",
    "sender", "email_from", "holdout_share", "result_days", "call_minutes", "purpose", "sequence",
)  # fmt: skip
STEP = (
    "sequence", "kind", "trigger", "delay", "delay_unit", "date_days", "weekday", "hour",
    "validity", "domain", "recipient", "activity_days", "assignee", "tag_change",
)  # fmt: skip
CONTENT = ("subject", "preview", "body_arch", "body_html")
# by the language they are in
WORDS = ("activity_summary", "activity_note")
# what stands for records, and the field it fills
CAMPAIGN_LINKS = {
    "stage": "stage_id", "from_stages": "from_stage_ids", "date_field": "date_field_id",
    "interactions": "touchpoint_interaction_ids", "channels": "touchpoint_channel_ids",
    "warning_kinds": "warning_kind_ids", "topic": "topic_id", "mail_server": "mail_server_id",
    "preset": "preset",
}  # fmt: skip
STEP_LINKS = {
    "date_field": "date_field_id", "role": "role_id", "survey": "survey_id",
    "coupon": "coupon_program", "activity_type": "activity_type_id", "person": "assignee_id",
    "tags": "tag_ids", "action": "action_id",
}  # fmt: skip


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def action_export(self):
        """Download the campaign as a file, which another database can import."""
        self.ensure_one()
        self._check_may_export()
        return {
            "type": "ir.actions.act_url",
            "url": f"/cx_lifecycle/campaign/{self.id}/file",
            "target": "download",
        }

    def _check_may_export(self):
        """Contents are for marketers."""
        if not self.env.user.has_group(MARKETER):
            raise AccessError(self.env._("Only marketers may export campaigns."))
        self.check_access("read")

    def _file(self):
        """The campaign as the text of a file.

        :raise AccessError: the user is no marketer, or may not read it
        """
        self.ensure_one()
        self._check_may_export()
        return json.dumps(self._file_values(), ensure_ascii=False, indent=2) + "\n"

    def _file_values(self):
        steps = self._file_steps()
        places = {step: place for place, step in enumerate(steps, 1)}
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": _words(self, "name"),
            **_plain(self, CAMPAIGN),
            **self._file_links(),
            "steps": [step._file_values(places.get(step.parent_id)) for step in steps],
        }

    def _file_steps(self):
        """The steps, each behind the one that it follows."""
        children = {}
        for step in self.step_ids.sorted(lambda step: (step.sequence, step.id)):
            children.setdefault(step.parent_id, []).append(step)
        found, left = [], list(reversed(children.get(self.env["cx.campaign.step"], [])))
        while left:
            step = left.pop()
            found.append(step)
            left += reversed(children.get(step, []))
        return found

    def _file_links(self):
        return {
            "preset": self.preset or None,
            "stage": self.stage_id.code or None,
            "from_stages": self.from_stage_ids.sorted("id").mapped("code"),
            "date_field": _field_name(self.date_field_id),
            "interactions": self.touchpoint_interaction_ids.sorted("id").mapped("code"),
            "channels": self.touchpoint_channel_ids.sorted("id").mapped("code"),
            "warning_kinds": self.warning_kind_ids.sorted("id").mapped("code"),
            "topic": _words(self.topic_id, "name") if self.topic_id else None,
            "mail_server": _name(self.mail_server_id),
        }


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _file_values(self, after):
        """The step as a part of a file.

        :param after: the place of the step that it follows, from 1 on, or None
        """
        return {
            "name": _words(self, "name"),
            "after": after,
            **_plain(self, STEP),
            **{name: _words(self, name) for name in WORDS},
            **self._file_links(),
            "contents": [
                {"lang": content.cx_lang, **_plain(content, CONTENT)}
                for content in self.mailing_ids.sorted("cx_lang")
            ],
        }

    def _file_links(self):
        programs = dict(self.with_context(lang="en_US")._coupon_programs())
        return {
            "date_field": _field_name(self.date_field_id),
            "role": self.role_id.code or None,
            "survey": _name(self.survey_id),
            "coupon": programs.get(self.coupon_program),
            "activity_type": self._file_activity_type(),
            "person": _name(self.assignee_id),
            "tags": sorted(_name(tag) for tag in self.tag_ids),
            "action": _name(self.action_id),
        }

    def _file_activity_type(self):
        kind = self.activity_type_id
        if not kind:
            return None
        xmlid = kind.get_external_id()[kind.id]
        return {"id": xmlid if xmlid and "__" not in xmlid else None, "name": _name(kind)}


def _plain(record, names):
    """Values of fields as JSON has them; None where a text or a choice is empty."""
    return {
        name: value
        if record._fields[name].type in ("boolean", "integer", "float")
        else value or None
        for name in names
        for value in [record[name]]
    }


def _words(record, name):
    """A translated text in each installed language: ``{code: text}``, empty ones left out."""
    langs = [code for code, _name in record.env["res.lang"].get_installed()]
    texts = {code: record.with_context(lang=code)[name] for code in langs}
    return {code: str(text) for code, text in texts.items() if text}


def _name(record):
    """The name by which a record is found elsewhere: in English, which every database has.

    Not as it is shown: a tag is shown with those above it, and is not found by that.
    """
    if not record:
        return None
    # sudo: a name that the campaign's own screen shows too
    return record.sudo().with_context(lang="en_US")[record._rec_name or "name"] or None


def _field_name(field):
    # sudo: technical names
    return f"{field.sudo().model}.{field.sudo().name}" if field else None
