from odoo.addons.cx_lifecycle.hooks import TABLES, forget, hold

from .models.consent import SALT

MORE = (
    "link_tracker", "mail_template", "mailing_mailing", "mailing_trace", "survey_question",
    "survey_question_answer", "survey_survey", "survey_user_input", "survey_user_input_line",
    "utm_campaign",
)  # fmt: skip


def pre_init_hook(env):
    hold(env, (*TABLES, *MORE))


def uninstall_hook(env):
    """Odoo's list of mailings forgets the contents of campaigns, whose field goes.

    Left as drafts, a click would send them to everybody. What was sent stays, as a mailing that is
    done, with its statistics; what was not goes.
    """
    if action := env.ref("mass_mailing.mailing_mailing_action_mail", raise_if_not_found=False):
        action.domain = "[('mailing_type', '=', 'mail')]"
    # without the list of addresses, its secret is of no use
    env["ir.config_parameter"].search([("key", "=", SALT)]).unlink()
    env.flush_all()
    # in SQL, for as long as the code is there a content stays a draft
    env.cr.execute(
        """
        UPDATE mailing_mailing m
           SET cx_step_id = NULL, state = 'done',
               sent_date = (SELECT max(sent_datetime) FROM mailing_trace t
                             WHERE t.mass_mailing_id = m.id)
         WHERE cx_step_id IS NOT NULL
           AND (EXISTS (SELECT FROM cx_campaign_act a WHERE a.mailing_id = m.id)
                OR EXISTS (SELECT FROM mailing_trace t WHERE t.mass_mailing_id = m.id))
        """
    )
    env.invalidate_all()
    mailings = env["mailing.mailing"].with_context(active_test=False)
    unsent = mailings.search([("cx_step_id", "!=", False)])
    sources = unsent.source_id
    unsent.unlink()
    sources.unlink()
    forget(env, "cx_lifecycle_mail")
