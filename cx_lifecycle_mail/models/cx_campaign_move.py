"""Those who are inside when another version is published, and how they move to it."""

from odoo import fields, models
from odoo.tools import SQL


def goes_on(step, run):
    """SQL: a step belongs to the version that a run goes by."""
    return SQL(
        "(%(step)s.past IS NOT TRUE OR %(step)s.last_version >= %(run)s.version_number)",
        step=SQL.identifier(step),
        run=SQL.identifier(run),
    )


def lineage(step):
    """SQL of what a step has in common with its other versions."""
    step = SQL.identifier(step)
    return SQL("coalesce(nullif(%s.lineage, 0), %s.id)", step, step)


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _movable(self, key):
        """SQL condition on ``r``: under way here, and has not been done step ``key`` yet.

        Whoever got a step in one version does not get it again in another.
        """
        return SQL(
            "r.campaign_id = %s AND r.state = 'running' AND NOT EXISTS ("
            "SELECT FROM cx_campaign_act b JOIN cx_campaign_step k ON k.id = b.step_id"
            " WHERE b.run_id = r.id AND %s = %s AND b.state IN ('sending', 'done', 'uncertain'))",
            self.id, lineage("k"), key,
        )  # fmt: skip

    def _inside(self, key=None):
        """Who is under way, and what a move to a step would do; nothing is done.

        :param key: of the step, see ``cx.campaign.step._key``; None for no move
        :return: ``{"treated", "held_out", "waiting", "moving", "dropped"}``: people, their acts
            that wait, those of the treated who would move, and how many acts they would lose
        """
        self.ensure_one()
        for model in ("cx.campaign.run", "cx.campaign.act", "cx.campaign.step"):
            self.env[model].flush_model()
        moves = SQL("false") if key is None else self._movable(key)
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE arm = 'treated'),
                       count(*) FILTER (WHERE arm = 'held_out'),
                       coalesce(sum(waiting), 0),
                       count(*) FILTER (WHERE arm = 'treated' AND moves),
                       coalesce(sum(waiting) FILTER (WHERE moves), 0)
                  FROM (SELECT r.arm, %(moves)s AS moves,
                               (SELECT count(*) FROM cx_campaign_act a WHERE a.run_id = r.id
                                   AND a.state IN ('waiting', 'claimed')) AS waiting
                          FROM cx_campaign_run r
                         WHERE r.campaign_id = %(campaign)s AND r.state = 'running') AS inside
                """,
                moves=moves,
                campaign=self.id,
            )
        )
        names = ("treated", "held_out", "waiting", "moving", "dropped")
        return {name: int(number) for name, number in zip(names, row, strict=True)}

    def _move_to(self, step):
        """Those under way leave what waits for them, and begin with a step of this version.

        Nobody begins it twice, nor in two versions; who is held out gets nothing.

        :return: how many people begin it
        """
        self.ensure_one()
        self.env.flush_all()
        now = fields.Datetime.now()
        acts = self.env["cx.campaign.act"]
        [[moved]] = self.env.execute_query(
            SQL(
                """
                WITH moving AS (
                    UPDATE cx_campaign_run r SET version_number = %(number)s WHERE %(movable)s
                 RETURNING r.id, r.customer_id, r.arm),
                dropped AS (
                    UPDATE cx_campaign_act a SET state = 'skipped', reason = 'moved',
                           done_at = %(now)s, claim = NULL
                      FROM moving WHERE a.run_id = moving.id AND a.state IN ('waiting', 'claimed')),
                begun AS (%(begun)s RETURNING id)
                SELECT count(*) FROM begun
                """,
                number=self.version_number,
                movable=self._movable(step._key()),
                now=now,
                begun=acts._insert(
                    SQL("SELECT id AS run_id, customer_id, NULL::timestamp AS deadline"
                        " FROM moving WHERE arm = 'treated'"),
                    SQL("s.id = %s", step.id),
                    now=now,
                ),
            )
        )  # fmt: skip
        self.env["cx.campaign.run"].invalidate_model()
        acts.invalidate_model()
        return moved

    def _steps_in_use(self):
        """The steps of this version, and those of others by which somebody still goes."""
        self.ensure_one()
        campaign = self._known_as()
        self.env["cx.campaign.run"].flush_model()
        steps = self.env["cx.campaign.step"]
        [[oldest]] = self.env.execute_query(
            SQL(
                "SELECT min(version_number) FROM cx_campaign_run"
                " WHERE campaign_id = %s AND state = 'running'",
                campaign.id,
            )
        )
        if oldest is None:
            return self.step_ids
        former = [("campaign_id", "=", campaign.id), ("last_version", ">=", oldest)]
        return self.step_ids | campaign.step_ids | steps.search(former)


class CxCampaignRun(models.Model):
    _inherit = "cx.campaign.run"

    version_number = fields.Integer(
        "Version", default=1, help="The version of the campaign by which it goes."
    )

    def _steps(self):
        """What this participation went through, and what may still come; archived steps too."""
        self.ensure_one()
        steps = self.env["cx.campaign.step"].with_context(active_test=False)
        number, acted = self.version_number, self.act_ids.step_id
        return steps.search(
            [
                ("campaign_id", "=", self.campaign_id.id),
                "|", ("id", "in", acted.ids),
                "&", ("active", "=", True),
                "&", ("version_number", "<=", number),
                "|", ("past", "=", False), ("last_version", ">=", number),
            ]
        )  # fmt: skip


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    version_number = fields.Integer(related="step_id.version_number", string="Version")
