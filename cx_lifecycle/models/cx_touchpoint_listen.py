"""What customers say is a touchpoint within the hour; what else happened waits for the night."""

from odoo import api, models


class CxTouchpointSource(models.Model):
    _inherit = "cx.touchpoint.source"

    @api.model
    def _cron_listen(self):
        """Read what was written of sources that tell a satisfaction, and read their past already.

        Then the signs that touchpoints show are looked for: a bad answer is known within the hour.

        Where nothing was written, that costs one look at an index for each of them.
        """
        telling = self.search([("satisfaction_path", "!=", False), ("fed_at", "!=", False)])
        for source in telling.filtered("installed"):
            if source._was_told() and not source._guarded():
                return  # time is up: the next call goes on
        self.env["cx.warning"]._look_soon()
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _was_told(self):
        """Whether there may be something new; a pass over everything is left to the night."""
        self.ensure_one()
        if self.began_at:
            return not self.whole
        return not self._problem() and bool(self._changed(most=1))

    @api.model
    def _listen_soon(self):
        """Have what was said read as soon as a worker is free."""
        # who answers must not be told that somebody deleted the job
        if cron := self.env.ref("cx_lifecycle.cron_listen", raise_if_not_found=False):
            cron.sudo()._trigger()  # sudo: starting the job is not reading jobs

    @api.model
    def _deleted(self, model, ids):
        """Some documents are gone: what was read of them goes at once, and what it told.

        Of people who were deleted the row is all that is left, and stays.
        """
        if not ids:
            return
        # sudo: touchpoints of documents are the machine's, whoever deletes these
        sources = self.sudo().with_context(active_test=False).search([("model", "=", model)])
        sources.env["cx.touchpoint"].search(
            [("source_id", "in", sources.ids), ("res_id", "in", ids), ("person_id", "!=", False)]
        ).unlink()
