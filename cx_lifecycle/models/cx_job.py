"""Long work that a job does in pieces: each is committed, and what breaks is told on its record."""

import logging

from odoo import fields, models
from odoo.exceptions import UserError

from .cx_customer_refresh import brief

_logger = logging.getLogger(__name__)


class CxJob(models.AbstractModel):
    """A record that was asked for, and is gone on with until it is done."""

    _name = "cx.job"
    _description = "Work Done in Pieces"

    problem = fields.Char(readonly=True, help="Why it could not be finished.")

    def _go_on(self):
        """Do what is left, committing each piece; False when time is up."""
        raise NotImplementedError

    def _guarded(self):
        """Go on; what breaks is told on the record, and the others go on.

        :return: False when time is up
        """
        try:
            return self._go_on()
        except UserError as error:
            problem = str(error)
        except Exception as error:
            problem = brief(error)
            _logger.exception("%s of company %s", self, self.company_id.id)
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)
        self.write(self._ended_by(problem))
        self._commit(remaining=0)
        return True

    def _ended_by(self, problem):
        """The values of a record that a problem ended."""
        return {"state": "done", "problem": problem}

    def _commit(self, processed=0, remaining=None):
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
