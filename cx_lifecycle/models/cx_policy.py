"""The company's rules in versions: drafts are changed, one is in force, the old ones are kept."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from . import cx_policy_domain as domains
from .cx_policy_limits import LEARNED, LIMITS
from .machine_field import own_defaults

CUSTOMERS = '[("supplier_rank", "=", 0), ("employee", "=", False), ("partner_share", "=", True)]'
MOST_CLOSED = 300  # days a year
LINES = ("segment_ids", "rule_ids", "closure_ids")
# What a version says; changed in drafts only.
RULES = (*LIMITS, "history_days", "customer_domain", "prospect_domain", "season_clock", *LINES)
# What only publishing and fitting write.
MACHINE = {
    *LEARNED, "fitted_for", "state", "version", "company_id", "user_id", "published_at",
    "retired_at", "based_on_id", "refit", "history_from", "scanned_at", "last_partner_id",
    "season_weights", "clock_key", "tonight", "announce", "pending_moves",
    "ranges_at", "ranges_began_at", "ranges_partner_id",
}  # fmt: skip


class CxPolicy(models.Model):
    """One version of the rules that turn a company's purchases into stages and dates."""

    _name = "cx.policy"
    _inherit = ["cx.policy.limits", "mail.thread", "mail.activity.mixin"]
    _description = "Lifecycle Policy"
    _order = "company_id, version desc, id desc"

    name = fields.Char(required=True, translate=True, default=lambda self: self.env._("Policy"))
    version = fields.Integer(readonly=True, copy=False, help="Counted up within a company.")
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="Only drafts can be changed; the published version decides; retired ones can be "
        "restored.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Author",
        readonly=True,
        copy=False,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="Who last changed or published this version. Its conditions are looked at with this "
        "person's rights, by the nights too.",
    )
    published_at = fields.Datetime("Published", readonly=True, copy=False)
    retired_at = fields.Datetime("Retired", readonly=True, copy=False)
    based_on_id = fields.Many2one(
        "cx.policy", "Made From", readonly=True, copy=False, ondelete="set null"
    )
    refit = fields.Boolean(
        readonly=True,
        copy=False,
        help="Made by the monthly refit, which would have moved too many customers without asking.",
    )
    edition = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Counts the changes of a draft: who saves an older edition is told.",
    )
    tonight = fields.Boolean(
        "Published Tonight", readonly=True, copy=False, help="Waits for the night to be published."
    )
    announce = fields.Boolean(
        readonly=True,
        copy=False,
        help="Whether the moves of this publication may set off what follows a change of stage.",
    )

    segment_ids = fields.One2many(
        "cx.policy.segment", "policy_id", "Segments", copy=True,
        help="Customers with limits of their own; the first segment that fits counts.",
    )  # fmt: skip
    rule_ids = fields.One2many(
        "cx.policy.rule", "policy_id", "Rules of Your Own", copy=True,
        help="Asked before the limits of silence; the first rule that fits decides.",
    )  # fmt: skip
    closure_ids = fields.One2many(
        "cx.policy.closure", "policy_id", "Closures", copy=True,
        help="Days on which nobody can buy do not count as silence.",
    )  # fmt: skip
    season_clock = fields.Boolean(
        help="Days count more in months of many purchases and less in months of few, as learned "
        "from at least two full years.",
    )
    history_days = fields.Integer(
        "History Before Anybody Is Lost",
        default=365,
        help="Nobody is called lost by silence before the company's purchases span so many days.",
    )
    customer_domain = fields.Char(
        "Possible Customers",
        required=True,
        default=CUSTOMERS,
        help="Which contacts are suspects before they ever bought: no suppliers, no employees.",
    )
    prospect_domain = fields.Char(
        "Also Prospects",
        help="Contacts that are qualified besides those with an open opportunity or quotation.",
    )

    pending_moves = fields.Selection(
        [("silent", "Silent"), ("announced", "Announced")],
        readonly=True,
        copy=False,
        help="While everybody is looked at after a publication or refit: whether moves that the "
        "rules made, and not the customer, may set off anything.",
    )
    history_from = fields.Date(
        readonly=True, help="Day of the company's first purchase, as of the last full pass."
    )
    scanned_at = fields.Datetime(
        readonly=True, copy=False, help="Documents written before this moment have been looked at."
    )
    last_partner_id = fields.Integer(
        readonly=True, copy=False, help="Contacts up to this database id have been looked at."
    )

    _published_unique = models.UniqueIndex(
        "(company_id) WHERE state = 'published'",
        "Another version was published meanwhile. Reload the page.",
    )
    _version_unique = models.Constraint(
        "UNIQUE(company_id, version)", "This version exists already. Try again."
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "%(policy)s, version %(version)s", policy=policy._title(), version=policy.version
            )

    def _title(self):
        """The name of the rules; that of the built-in ones in the reader's language."""
        named = self.with_context(lang="en_US").name
        return self.env._("Default policy") if named == "Default policy" else self.name

    @api.constrains("history_days")
    def _check_history(self):
        for policy in self:
            if not 0 <= policy.history_days <= 3650:
                raise ValidationError(
                    self.env._(
                        "History Before Anybody Is Lost: %s is out of range. Enter a number of "
                        "days from 0 to 3650.",
                        policy.history_days,
                    )
                )

    @api.constrains("customer_domain", "prospect_domain")
    def _check_domains(self):
        for policy in self:
            for name in ("customer_domain", "prospect_domain"):
                domains.check(policy, name, "res.partner", decided=True)

    @api.constrains("closure_ids")
    def _check_closures(self):
        for policy in self:
            closed = set()
            for first, last in policy._closed():
                days = range((last - first).days + 1)
                closed.update(first + timedelta(n) for n in days if first.year in (2031, 2032))
            if len(closed) > 2 * MOST_CLOSED:
                raise ValidationError(
                    self.env._(
                        "Closures: together they leave hardly a day on which customers can buy. "
                        "Shorten them."
                    )
                )

    # ---------------------------------------------------------------- changes
    @api.model
    def default_get(self, fields):
        return own_defaults(self, MACHINE - {"company_id"}, super().default_get(fields))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # a new version is of a company that the rules on records let its author work for
            self._check_machine({key: vals[key] for key in vals if key != "company_id"})
        policies = super().create(vals_list)
        for policy in policies:
            policy.sudo().version = policy._next_version()  # sudo: numbers are the machine's
        policies._prepare()
        return policies

    def write(self, vals):
        self._check_machine(vals)
        if not self.env.su and "edition" in vals:
            for policy in self:
                policy._check_edition(vals["edition"])
            vals = {key: vals[key] for key in vals if key != "edition"}
        if set(RULES).isdisjoint(vals):
            return super().write(vals)
        self._change()
        done = super().write(vals)
        self._prepare()
        return done

    def _check_machine(self, vals):
        if not self.env.su and (forged := MACHINE.intersection(vals)):
            raise UserError(
                self.env._("%s: nobody writes this by hand. Use Publish.", ", ".join(forged))
            )

    def _check_draft(self):
        if self.filtered(lambda policy: policy.state != "draft"):
            raise UserError(
                self.env._(
                    "Only a draft can be changed. Press New Version on the published version, or "
                    "Restore on a retired one, change that, and publish it."
                )
            )
        if self.filtered("tonight"):
            raise UserError(
                self.env._(
                    "This draft is published tonight. Press Do Not Publish to go on changing it."
                )
            )

    def _change(self):
        """These drafts, or parts of them, are being changed: count it, and note by whom."""
        self._check_draft()
        author = {} if self.env.su else {"user_id": self.env.uid}
        for policy in self.sudo():  # sudo: the edition is the machine's
            policy.write({"edition": policy.edition + 1, **author})

    def _check_edition(self, edition):
        """Refuse to overwrite what somebody else saved since the form was opened."""
        if edition != self.edition:
            raise UserError(
                self.env._(
                    "%s has changed this draft since you opened it. Nothing was saved: reload the "
                    "page to see it, and make your changes again.",
                    self.user_id.name,
                )
            )

    def _next_version(self):
        # sudo: versions are counted within the company, whoever may see them
        others = self.sudo().search([("company_id", "=", self.company_id.id)])
        return max(others.mapped("version"), default=0) + 1

    def _prepare(self):
        """What changed rules need before they can be tried: the clock, and segments' rhythms."""
        for policy in self:
            policy._learn_missing()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if self.filtered(lambda policy: policy.state != "draft"):
            raise UserError(
                self.env._("Published and retired versions are kept: decisions refer to them.")
            )

    # --------------------------------------------------------------- versions
    @api.model
    def _of(self, company):
        """The published policy of a company, made from the defaults when there is none."""
        published = [("company_id", "=", company.id), ("state", "=", "published")]
        policy = self.sudo().search(published)  # sudo: everybody's stages follow it
        if not policy:
            # the built-in rules are nobody's, so they run with everybody's rights
            root = self.with_user(SUPERUSER_ID).with_context(lang="en_US")
            policy = root.create({"company_id": company.id, "name": "Default policy"})
            policy._promote()
        return policy.with_env(self.sudo().env)  # sudo: as above

    # -------------------------------------------------------------------- SQL
    def _segment_number(self, partner, scope):
        """SQL of the number, from 1, of the first segment a commercial partner is in; 0: none."""
        if not self.segment_ids:
            return SQL("0")
        cases = SQL(" ").join(
            SQL("WHEN %s IN %s THEN %s", partner, self._members(segment.domain, scope), number)
            for number, segment in enumerate(self.segment_ids._in_order(), 1)
        )
        return SQL("CASE %s ELSE 0 END", cases)

    def _members(self, text, scope):
        """Subquery of the contacts in a scope that a condition of this policy takes."""
        query = domains.as_author(self, "res.partner")._search(domains.parsed(text))
        query.add_where(scope(SQL.identifier(query.table, "id")))
        return query.subselect()

    def _constants(self):
        """The numbers that the formulas name, where they are the same for every customer."""
        return {} if self.segment_ids else self._numbers()

    def _with_numbers(self, source, scope):
        """The rows of a SELECT with each partner_id's segment, and the numbers of that segment."""
        number = self._segment_number(SQL("s.partner_id"), scope)
        return self._numbered(SQL("SELECT s.*, %s AS segment FROM (%s) AS s", number, source))

    def _with_stored_numbers(self, source):
        """The same, for rows that have the customer's stored segment_id."""
        ids = self.segment_ids._in_order()._origin.ids
        number = SQL("coalesce(array_position(%s::int[], s.segment_id), 0)", ids)
        return self._numbered(SQL("SELECT s.*, %s AS segment FROM (%s) AS s", number, source))

    def _numbered(self, source):
        """The rows of a SELECT with a segment, and the numbers of it where segments differ."""
        if not self.segment_ids:
            return source
        numbers = [part._numbers() for part in (self, *self.segment_ids._in_order())]
        names = SQL(", ").join(map(SQL.identifier, numbers[0]))
        values = [
            SQL(", ").join(SQL("%s::float8", float(value)) for value in part.values())
            for part in numbers
        ]
        rows = SQL(", ").join(SQL("(%s, %s)", i, value) for i, value in enumerate(values))
        return SQL(
            "SELECT s.*, k.* FROM (%s) AS s JOIN (VALUES %s) AS k (number, %s)"
            " ON k.number = s.segment",
            source, rows, names,
        )  # fmt: skip

    def _limits_for(self, segment):
        """The limits for customers of a segment (a record, maybe of an older version)."""
        return segment.sudo() if segment in self.segment_ids else self  # sudo: as the policy is
