from .models.consent import SALT


def uninstall_hook(env):
    """Odoo's list of mailings forgets the contents of campaigns, whose field goes."""
    if action := env.ref("mass_mailing.mailing_mailing_action_mail", raise_if_not_found=False):
        action.domain = "[('mailing_type', '=', 'mail')]"
    # without the list of addresses, its secret is of no use
    env["ir.config_parameter"].search([("key", "=", SALT)]).unlink()
