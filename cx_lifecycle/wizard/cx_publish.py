from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.locking import lock
from ..models.notice import CLOSE, notice


class CxPublish(models.TransientModel):
    """Publish a draft: what changes, who moves, when, and whether anything follows from it."""

    _name = "cx.publish"
    _description = "Publish a Policy"

    policy_id = fields.Many2one("cx.policy", required=True, readonly=True, ondelete="cascade")
    edition = fields.Integer(readonly=True, help="The edition of the draft that was looked at.")
    difference = fields.Html(related="policy_id.difference", related_sudo=False)
    simulation_id = fields.Many2one("cx.simulation", readonly=True, ondelete="set null")
    summary = fields.Text(readonly=True, help="Who would move, in words.")
    moving = fields.Integer(readonly=True, help="Customers whose stage changes.")
    warning = fields.Text(compute="_compute_warning")
    when = fields.Selection(
        [("now", "Now"), ("tonight", "Tonight, after the customers due")],
        default="now",
        required=True,
    )
    announce = fields.Boolean(
        "Let these moves set off what follows a change of stage",
        help="Otherwise nothing starts because of this publication: the rules changed, not the "
        "customers. What was started before goes on.",
    )

    @api.model
    def _begin(self, policy):
        """The dialog for a draft, with its simulation of this moment."""
        policy._check_draft()
        if problems := policy._problems():
            raise ValidationError("\n".join(problems))
        simulation = self.env["cx.simulation"]._begin(policy, {})
        answer = simulation.answer()
        sentences = [headline["text"] for headline in answer["headlines"]]
        if answer["state"] == "running":
            sentences = [self.env._("There are many customers: the count goes on meanwhile.")]
        elif not sentences:
            sentences = [self.env._("Nobody moves.")]
        # sudo: only made with a simulation, here
        dialog = self.sudo().create(
            {
                "policy_id": policy.id,
                "edition": policy.edition,
                "simulation_id": simulation.id,
                "summary": "\n".join(sentences),
                "moving": answer["moving"],
            }
        )
        return dialog.with_env(self.env)

    @api.depends("policy_id")
    def _compute_warning(self):
        for wizard in self:
            policy = wizard.policy_id
            published = policy._of(policy.company_id)
            warnings = []
            if policy.based_on_id and policy.based_on_id != published:
                warnings.append(
                    self.env._(
                        "Version %(now)s was published after this draft was begun from version "
                        "%(then)s. What it changed is undone by publishing this one.",
                        now=published.version, then=policy.based_on_id.version,
                    )
                )  # fmt: skip
            if wizard.simulation_id.state == "done":  # otherwise there are too many to wait for
                warnings += policy._broad_rules()
            wizard.warning = "\n".join(warnings)

    def action_show(self):
        """List the customers that would move."""
        self.ensure_one()
        return self.simulation_id.action_lines()

    def action_publish(self):
        """Publish the draft that was looked at, now or tonight."""
        self.ensure_one()
        policy = self.policy_id
        policy.check_access("write")
        lock(policy)
        policy.invalidate_recordset()
        policy._check_draft()
        if policy.edition != self.edition:
            raise UserError(
                self.env._(
                    "%s has changed this draft since you opened this dialog. Nothing was "
                    "published: close it, look at the draft again, and publish it then.",
                    policy.user_id.name,
                )
            )
        # sudo: versions are put in force by nothing else
        policy.sudo().user_id = self.env.user
        if self.when == "tonight":
            policy.sudo().write({"tonight": True, "announce": self.announce})  # sudo: as above
            message = self.env._("Published tonight, after the customers due.")
        else:
            policy.sudo()._publish(self.announce)  # sudo: as above
            message = self.env._("Published. All customers are looked at in the background.")
        return notice(message, CLOSE)
