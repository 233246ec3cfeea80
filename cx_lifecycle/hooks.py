def post_init_hook(env):
    """Every company gets its default policy, and a rebuild from its past purchases."""
    for company in env["res.company"].search([("active", "=", True)]):
        env["cx.policy"]._of(company)
    env["cx.run"]._request("rebuild")


def uninstall_hook(env):
    """Empty the tables that hold on to the stages, before Odoo removes the stages."""
    # or the activities would be emptied along, for they may point to a customer
    env.cr.execute(
        "ALTER TABLE mail_activity DROP CONSTRAINT IF EXISTS mail_activity_cx_customer_id_fkey"
    )
    env.cr.execute("TRUNCATE cx_customer, cx_episode CASCADE")
