"""What differs between two versions of a campaign, in the reader's words."""

from markupsafe import Markup, escape

from odoo import api, models
from odoo.tools import format_date, html2plaintext

from odoo.addons.cx_lifecycle.models.words import labelled

from ..engine import versions
from .cx_campaign_freeze import AT_ONCE, STEP_TEXTS
from .cx_campaign_step import MAILS

CONTENT = {"subject": "subject", "preview": "preview", "body_html": "body_arch"}
ROW = Markup('<tr><th scope="row">%s</th><td>%s</td><td>%s</td></tr>')
HEAD = Markup('<tr class="table-light"><th scope="rowgroup" colspan="3">%s%s</th></tr>')
MARKS = {"same": Markup("%s"), "out": Markup("<del>%s</del>"), "in": Markup("<ins>%s</ins>")}


def value_row(record, change):
    """A value that changed, of the model that ``record`` is of."""
    field = record._fields[change.field]
    label = field._description_string(record.env)
    return ROW % (
        label,
        said(record, field, change.before),
        said(record, field, change.after),
    )


def said(record, field, value):
    """A frozen value as people read it."""
    if field.type == "boolean":
        return record.env._("Yes") if value else record.env._("No")
    if field.name == "domain":
        condition = value or "[]"
        return record.env._("everybody") if condition == "[]" else Markup(
            "<code>%s</code>"
        ) % condition  # fmt: skip
    if isinstance(value, list):
        return ", ".join(one["name"] for one in value) or "–"
    if not value and field.type != "integer":
        return "–"
    if isinstance(value, dict):
        return value["name"]
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, value)
    if field.type == "date":
        return format_date(record.env, value)
    return str(value or 0)


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    @api.model
    def _changes_table(self, before, after):
        """A table of what the definition ``after`` says otherwise; False when nothing."""
        found = {}  # of the campaign first, then step by step, each with all its changes
        for change in versions.changes(before, after):
            found.setdefault(change.step, []).append(change)
        if not found:
            return False
        steps = {step["key"]: step for step in [*before["steps"], *after["steps"]]}
        rows = []
        for key, those in found.items():
            if key is None:
                rows += self._campaign_rows(those)
            else:
                rows += self.env["cx.campaign.step"]._change_rows(steps[key], those, steps)
        return Markup(
            '<table class="table table-sm o_cx_changes"><thead><tr><th scope="col">%s</th>'
            '<th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>%s</tbody></table>'
        ) % (self.env._("What"), self.env._("Before"), self.env._("After"), Markup().join(rows))

    @api.model
    def _campaign_rows(self, those):
        """The values of the campaign itself, with whom each concerns."""
        for at_once in (False, True):
            changed = [change for change in those if (change.field in AT_ONCE) == at_once]
            if not changed:
                continue
            if at_once:
                whom = self.env._("for everybody at once, also for those inside")
            else:
                whom = self.env._("for those who enter from now on")
            yield HEAD % (self.env._("Campaign, %s", whom), "")
            for change in changed:
                yield value_row(self, change)


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    @api.model
    def _change_rows(self, step, those, steps):
        """What changed of one step.

        :param step: its definition, the later one
        :param those: its changes
        :param steps: {key: definition} of all
        """
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        name, kind = self._definition_name(step), kinds[step["values"]["kind"]]
        whole = {change.what for change in those if not change.field}
        if "added" in whole:
            state = self.env._(" (new)")
        elif "removed" in whole:
            state = self.env._(" (removed)")
        else:
            state = ""
        yield HEAD % (self.env._("Step “%(step)s”, %(kind)s", step=name, kind=kind), state)
        for change in those:
            if change.field:
                yield self._change_row(change, steps)
            else:
                when = self._definition_when(step, steps)
                texts = self._definition_texts(step)
                told = Markup("<br/>").join([when, *texts])
                both = (told, "–") if change.what == "removed" else ("–", told)
                yield ROW % (self._fields["when_text"]._description_string(self.env), *both)

    def _change_row(self, change, steps):
        langs = dict(self.env["res.lang"].get_installed())
        beside = ", ".join(langs.get(lang, lang) for lang in change.langs)
        worded = lambda label: f"{label} ({beside})" if beside else label  # noqa: E731
        if change.field == "when":
            label = self._fields["when_text"]._description_string(self.env)
            return ROW % (
                label,
                self._definition_when(change.before, steps),
                self._definition_when(change.after, steps),
            )
        if change.field == "content":
            label = self._fields["mailing_ids"]._description_string(self.env)
            sides = [(side and side["subject"]) or "–" for side in (change.before, change.after)]
            return ROW % (worded(label), *sides)
        if change.field in CONTENT:
            label = self.env["mailing.mailing"]._cx_label(change.field)
            return self._text_row(worded(label), change)
        label = self._fields[change.field]._description_string(self.env)
        if change.field in STEP_TEXTS:
            return self._text_row(worded(label), change)
        return value_row(self, change)

    def _text_row(self, label, change):
        """A text that changed, word by word, without its layout."""
        before, after = (
            html2plaintext(text or "", include_references=False)
            if change.field in ("body_html", "activity_note")
            else text or ""
            for text in (change.before, change.after)
        )
        if before.split() == after.split():
            told = self.env._("The same words: layout, images or links changed.")
            cell = escape(told)
        else:
            cell = Markup(" ").join(
                Markup("…") if what == "gap" else MARKS[what] % text
                for what, text in versions.words(before, after)
            )
        return Markup('<tr><th scope="row">%s</th><td colspan="2">%s</td></tr>') % (label, cell)

    # ------------------------------------------------- steps as they were frozen
    def _definition_name(self, step):
        """The name in the reader's language, else in another one."""
        names = step["texts"]["name"]
        return names.get(self.env.lang) or next(filter(None, names.values()), "")

    def _definition_when(self, step, steps):
        """When a frozen step is done, in a sentence: as for a step that stands there."""
        values = {**step["values"]}
        date = values["date_field_id"]
        parent = step["after"] and steps.get(step["after"])
        there = self.new(
            {
                **{name: values[name] for name in versions.WHEN if name != "date_field_id"},
                "name": self._definition_name(step),
                "parent_id": parent and self.new({"name": self._definition_name(parent)}),
                # what it names may be gone since
                "date_field_id": date and self.env["ir.model.fields"].browse(date["id"]).exists(),
            }
        )
        return there.when_text or ""

    def _definition_texts(self, step):
        """What a step that came or went says, in a few words."""
        if step["values"]["kind"] not in MAILS:
            return []
        langs = dict(self.env["res.lang"].get_installed())
        return [
            labelled(self.env, langs.get(lang, lang), content["subject"])
            for lang, content in step["contents"].items()
        ]
