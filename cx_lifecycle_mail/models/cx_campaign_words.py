"""Which placeholders and conditions a content may have: the words, and who may read them."""

import re

from odoo import SUPERUSER_ID, models

# roots that are records: a path of fields follows
RECORDS = {
    "object": "cx.customer",
    "customer": "res.partner",
    "person": "res.partner",
    "company": "res.company",
    "salesperson": "res.partner",
}
# of some roots a few things only
CHOSEN = {
    "salesperson": ("name", "email", "phone", "function"),
    "purchase": ("date", "average"),
    "survey": ("link",),
    "coupon": ("code",),
    "preferences": ("link",),
    "unsubscribe": ("link",),
}
ALIASES = {
    "purchase.date": "object.last_purchase_on",
    "purchase.average": "object.average_purchase",
}
FACTS = ("need", "role", "stage", "language")
TYPES = {
    "char", "text", "date", "datetime", "integer", "float", "monetary", "selection", "many2one",
}  # fmt: skip
# a second fence behind the rights of the author, who may be an administrator
PRIVATE = re.compile(r"passw|token|secret|api_key|passkey|signup|totp")
TECHNICAL = ("ir.", "base.", "bus.", "auth")


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    # ------------------------------------------------------------------ checks
    def _refused(self, variables, writer=None):
        """Why paths may not be shown by this step; empty when they may.

        :param writer: the environment of whoever writes them, who must be able to read them too
        """
        self.ensure_one()
        envs = [self.campaign_id._as_author("cx.customer").env]
        if writer and writer.uid != SUPERUSER_ID:
            envs.append(writer(su=False))  # constraints run as superuser
        problems = (self._refused_path(path, envs) for path in sorted(variables))
        return next(filter(None, problems), "")

    def _refused_path(self, path, envs):
        root, *names = path.split(".")
        if root not in RECORDS and root not in CHOSEN:
            return self.env._(
                "%(path)s is not known. Begin with one of: %(roots)s.",
                path=path, roots=", ".join(dict.fromkeys([*RECORDS, *CHOSEN])),
            )  # fmt: skip
        if root in CHOSEN and names not in [[name] for name in CHOSEN[root]]:
            return self.env._(
                "%(path)s is not known. There is: %(known)s.",
                path=path, known=", ".join(f"{root}.{name}" for name in CHOSEN[root]),
            )  # fmt: skip
        if root == "survey" and not self.survey_id:
            return self.env._("%s: choose a survey for the step first.", path)
        if root == "coupon":
            return self._refused_coupon(path, envs)
        root, *names = ALIASES.get(path, path).split(".")
        if root in RECORDS:
            return self._refused_fields(path, self.env[RECORDS[root]], names, envs)
        return ""

    def _refused_fields(self, path, model, names, envs):
        for place, name in enumerate(names, 1):
            field = model._fields.get(name)
            if not field or PRIVATE.search(name):
                return self.env._(
                    "%(path)s: %(model)s has no field %(field)s that could be shown.",
                    path=path, model=model._description, field=name,
                )  # fmt: skip
            last = place == len(names)
            if field.type not in TYPES if last else field.type != "many2one":
                return self.env._(
                    "%(path)s: %(field)s cannot be written in a mail.", path=path, field=name
                )
            read = [field]
            if field.relational:
                model = self.env[field.comodel_name]
                read.append(model._fields["display_name"])
            if user := next((env.user for env in envs if not self._may_read(env, read)), None):
                return self.env._(
                    "%(path)s: %(user)s may not read %(field)s of %(model)s.",
                    path=path, user=user.sudo().name,  # sudo: a name, for the message
                    field=name, model=self.env[field.model_name]._description,
                )  # fmt: skip
        return ""

    def _may_read(self, env, fields):
        """Whether a user may read the fields, with no regard to single records."""
        for field in fields:
            model = env[field.model_name].sudo(False)  # the crons' rights are nobody's rights
            allowed = model.has_access("read") and model._has_field_access(field, "read")
            if not allowed or model._name.startswith(TECHNICAL):
                return False
        return True

    def _unknown(self, facts):
        """What is wrong with the facts of conditions; empty when nothing is."""
        for fact in sorted(facts, key=str):
            name, value = (fact, None) if isinstance(fact, str) else fact
            if name not in FACTS:
                return self.env._(
                    "{{ if %(name)s }} is not known. A condition asks for a field, or one of: "
                    "%(facts)s.",
                    name=name, facts=", ".join(FACTS),
                )  # fmt: skip
            known = self._fact_values(name)
            if value is not None and value not in known:
                return self.env._(
                    "{{ if %(name)s = %(value)s }}: choose one of %(known)s.",
                    name=name, value=value, known=", ".join(known),
                )  # fmt: skip
        return ""

    def _fact_values(self, name):
        """What a fact can be, in lower case."""
        if name == "language":
            codes = [code.lower() for code, _name in self.env["res.lang"].get_installed()]
            return list(dict.fromkeys([*codes, *(code.split("_")[0] for code in codes)]))
        model = {"need": "cx.need", "role": "cx.buyer.role", "stage": "cx.stage"}[name]
        # sudo: a vocabulary that is the same for everybody
        return self.env[model].sudo().search([], limit=100).mapped("code")
