"""A campaign is made of a file, by the ordinary ``create`` and the rights of whoever imports."""

from contextlib import contextmanager

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .cx_campaign_file import WORDS
from .cx_campaign_preset import translate


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    @api.model
    def _make(self, plan, topic=None):
        """A draft of the current company from the plan of a file; all of it, or nothing.

        :param FilePlan plan: see :mod:`.cx_campaign_file_plan`
        :param topic: for a topic that is not here; one of its name is made when empty
        :raise UserError: naming the part of the file that is not allowed, and why
        """
        plan.refuse_if_missing()
        with self.env.cr.savepoint():
            with self._as_part(self, self.env._("Campaign")):
                if plan.topic:
                    topic = topic or self._make_topic(plan)
                    plan.values["topic_id"] = topic.id
                name = plan.own(plan.words)
                campaign = self.create(
                    {**plan.values, "name": name, "company_id": self.env.company.id}
                )
                translate(campaign, "name", plan.words)
            made, tags = [], {}
            for values in plan.steps:
                with self._as_part(self.env["cx.campaign.step"], values["label"]):
                    made.append(campaign._make_step(plan, values, made, tags))
        return campaign

    def _make_topic(self, plan):
        topic = self.env["cx.topic"].create(
            {"name": plan.own(plan.topic), "company_id": self.env.company.id}
        )
        translate(topic, "name", plan.here(plan.topic))
        return topic

    def _make_step(self, plan, values, before, tags):
        """
        :param before: the steps made so far
        :param dict tags: those made so far, by name: what one step adds, another removes
        """
        for name in values["new_tags"]:
            tags[name] = tags.get(name) or self.env["res.partner.category"].create({"name": name})
        words = values["words"]
        step = self.env["cx.campaign.step"].create(
            {
                **values["values"],
                "campaign_id": self.id,
                "parent_id": values["after"] is not None and before[values["after"]].id,
                "tag_ids": [
                    *values["values"]["tag_ids"],
                    *(tags[name].id for name in values["new_tags"]),
                ],
                "name": plan.own(words["name"]),
                **{name: plan.own(words[name]) for name in WORDS},
            }
        )
        translate(step, "name", words["name"])
        translate(step, "activity_summary", words["activity_summary"])
        step._translate_note(plan.own(words["activity_note"]), words["activity_note"], plan)
        if values["contents"]:
            self.env["mailing.mailing"].create(
                [{"cx_step_id": step.id, **content} for content in values["contents"]]
            )
        return step

    @contextmanager
    def _as_part(self, model, label):
        """What goes wrong inside is said with its place in the file."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except (UserError, ValidationError, AccessError) as error:
            raise UserError(
                self.env._("%(place)s: %(error)s", place=label, error=error.args[0])
            ) from error
        except (psycopg2.IntegrityError, psycopg2.DataError) as error:
            raise UserError(
                self.env._(
                    "%(place)s: %(error)s",
                    place=label, error=model._sql_error_to_message(error),
                )
            ) from error  # fmt: skip


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    def _translate_note(self, written, words, plan):
        """Write the note in other languages, where each has the same parts as what was written."""
        field = self._fields["activity_note"]
        source = field.get_trans_terms(self.activity_note)
        translations = {}
        for lang, text in words.items():
            terms = field.get_trans_terms(field.convert_to_cache(text, self))
            if text == written or not terms:
                continue
            if len(terms) == len(source):
                translations[lang] = dict(zip(source, terms, strict=True))
            else:
                plan.notes.append(
                    self.env._(
                        "Step %(step)s: its note has other parts in %(lang)s, and was not "
                        "translated.",
                        step=self.name, lang=plan.langs[lang],
                    )
                )  # fmt: skip
        if translations:
            self._update_field_translations(
                "activity_note", translations, source_lang=self.env.lang or "en_US"
            )
