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
