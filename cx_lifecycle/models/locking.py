"""Two people at one record at once."""

from odoo.exceptions import LockError


def lock(record, **options):
    """Take a record for the rest of this transaction.

    :raise LockError: somebody else has it at this moment; says of which record
    """
    try:
        record.lock_for_update(**options)
    except LockError as error:
        raise LockError(
            record.env._(
                "%s: somebody else is changing it at this very moment. Nothing was changed; try "
                "again.",
                record.display_name,
            )
        ) from error
