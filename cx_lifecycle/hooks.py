import logging

from psycopg2.errors import LockNotAvailable

from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# tables of Odoo's that the installation alters, or points to
TABLES = (
    "account_move", "crm_lead", "crm_stage", "digest_digest", "mail_activity", "mail_blacklist",
    "mail_message", "phone_blacklist", "product_category", "product_template", "res_company",
    "res_currency", "res_partner", "res_users", "sale_order",
)  # fmt: skip
WAIT = 300  # milliseconds for all of them; PostgreSQL looks for deadlocks after a second
TRIES = 200


def pre_init_hook(env):
    hold(env, TABLES)


def hold(env, tables):
    """Take all locks that the installation needs, at once or not at all, until it is through.

    Odoo's own way takes them one by one while people work: whoever holds the next and waits for the
    last is a deadlock, and ends the installation. Now people wait for it, some seconds.
    """
    names = SQL(", ").join(map(SQL.identifier, tables))
    for _attempt in range(TRIES):
        try:
            with env.cr.savepoint():
                env.cr.execute(SQL("SET LOCAL lock_timeout = %s", WAIT))
                query = SQL("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", names)
                env.cr.execute(query, log_exceptions=False)
                env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
                return
        except LockNotAvailable:
            continue
    _logger.info("Installing beside long transactions of others")


def post_init_hook(env):
    """Every company gets its default policy, and a rebuild from its past purchases."""
    for company in env["res.company"].search([("active", "=", True)]):
        env["cx.policy"]._of(company)
    env["cx.run"]._request("rebuild")


def uninstall_hook(env):
    """Let go of what Odoo is about to remove row by row, as the stages: the tables follow anyway.

    Emptying the tables instead would empty those that point to them, activities among them.
    """
    env.cr.execute(
        r"""
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
          FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid
         WHERE c.contype = 'f' AND c.confdeltype IN ('a', 'r') AND t.relname LIKE 'cx\_%'
        """
    )
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)
    # those that touchpoint sources made on tables of others
    env.cr.execute(
        r"SELECT format('DROP INDEX %I.%I', schemaname, indexname) FROM pg_indexes"
        r" WHERE indexname LIKE 'cx\_written\_%'"
    )
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)
    forget(env, "cx_lifecycle")


def forget(env, module):
    """Rows about a module that Odoo's uninstall would leave behind.

    They are notes on foreign keys, which have no external id, external ids that the modules whose
    mixins our models inherit gave to parts of these models, and scripts and styles put together
    while it was there, which Odoo makes anew.
    """
    env["ir.attachment"].regenerate_assets_bundles()
    env.cr.execute(
        SQL(
            """
            DELETE FROM ir_model_constraint
             WHERE type = 'f' AND module = (SELECT id FROM ir_module_module WHERE name = %s)
            """,
            module,
        )
    )
    env.cr.execute(
        SQL(
            r"""
            DELETE FROM ir_model_data d USING ir_model_data ours, ir_model m
             WHERE ours.module = %(module)s AND ours.model = 'ir.model' AND m.id = ours.res_id
               AND NOT EXISTS (SELECT FROM ir_model_data o WHERE o.model = 'ir.model'
                                  AND o.res_id = m.id AND o.module != %(module)s)
               AND d.module != %(module)s
               AND d.model IN ('ir.model.inherit', 'ir.model.fields.selection')
               AND d.name LIKE '%%\_\_' || replace(m.model, '.', '\_') || '\_\_%%'
            """,
            module=module,
        )
    )
