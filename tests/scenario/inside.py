"""Runs inside an Odoo shell, under the code of whatever release that Odoo has.

So it names only what the release before this one had. ``living.script`` calls these functions.
"""

from datetime import date, timedelta

from odoo import SUPERUSER_ID, Command

from odoo.addons.cx_lifecycle.demo import loader
from odoo.addons.cx_lifecycle.demo.purchases_csv import Purchase

TODAY = date.today()
SENDER = '"Shop" <shop@example.com>'
BODY = "<div><p>Dear customer, we miss you.</p></div>"
# days before today on which the customers of each kind bought
KINDS = {
    "sleeper": (290, 270, 225, 190, 175, 120, 85, 60),
    "regular": (150, 120, 90, 60, 30, 3),
    "once": (12,),
    "gone": (1500, 1470, 1440, 1410),
}
EACH = 14


def fill(env, smtp_port):
    """A shop that has used the addons for some time; commits."""
    env = env(user=env.ref("base.user_admin"), context={"tracking_disable": True})
    env.user.group_ids += env.ref("cx_lifecycle.group_admin") | env.ref(
        "cx_lifecycle.group_marketer"
    )
    env.company.write({"cx_mail_cap": 0, "cx_call_cap": 0, "cx_quiet_from": 0, "cx_quiet_to": 0})
    env["ir.config_parameter"].set_param("web.base.url", "https://shop.example.com")
    listen(env, smtp_port)
    people(env)
    first = stages(env)
    rules(env)
    own_words(env)
    said(env)
    campaigns(env)
    env.cr.commit()
    work(env)
    return {"first": first, "now": stages(env)}


def listen(env, smtp_port):
    """The only mail server is the one that the test listens on."""
    servers = env["ir.mail_server"].search([])
    servers.active = False
    env["ir.mail_server"].create(
        {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": smtp_port, "sequence": 1}
    )


def machine(env):
    """As scheduled actions run."""
    return env(user=SUPERUSER_ID)


def people(env):
    loader.load(
        env,
        [
            Purchase(f"{kind}{n}", TODAY - timedelta(days=days + n), 40.0 + n)
            for kind, past in KINDS.items()
            for n in range(EACH)
            for days in past
        ],
    )
    env["cx.first.run"]._of(env.company)._accept()
    machine(env)["cx.run"]._request("rebuild", env.company)
    machine(env)["cx.run"]._cron_pass()


def stages(env):
    """{reference of the customer: code of its stage}"""
    env.invalidate_all()
    return {c.partner_id.ref: c.stage_id.code for c in env["cx.customer"].search([])}


def alone(env, rebuild=False):
    """Nights without the campaigns; the stages after."""
    if rebuild:
        machine(env)["cx.run"]._cron_pass()
    machine(env)["cx.run"]._cron_night()
    for cron in env["ir.cron"].search([("model_id.model", "=like", "cx.%")]):
        cron.method_direct_trigger()
    return {"stages": stages(env)}


def one(env, ref):
    return env["res.partner"].search([("ref", "=", ref)])


def rules(env):
    """A version of the rules of the company's own, in force, and a draft of the next."""
    policy = env["cx.policy"]._of(env.company)
    draft = policy.browse(policy.action_new_version()["res_id"])
    tag = env["res.partner.category"].create({"name": "Closed down"})
    one(env, "regular0").category_id = tag
    lost = {"name": "Shop closed", "stage_id": env.ref("cx_lifecycle.stage_lost").id,
            "domain": f"[('category_id', 'in', [{tag.id}])]"}  # fmt: skip
    draft.write({"name": "Ours", "chance_limit": 0.3, "rule_ids": [Command.create(lost)]})
    draft.sudo()._publish(False)  # sudo: as the button does
    machine(env)["cx.run"]._cron_pass()
    draft.browse(draft.action_new_version()["res_id"]).chance_limit = 0.25


def own_words(env):
    """Shipped records that people changed, and records of their own beside them."""
    env.ref("cx_lifecycle.stage_new").write({"name": "Newcomer", "description": "Ours"})
    env.ref("cx_lifecycle.cron_night").write({"interval_number": 2, "active": False})
    env.ref("cx_lifecycle_mail.cron_campaigns").interval_number = 7
    env.ref("cx_lifecycle.source_pos_order").active = False
    env["cx.need"].search([], limit=1).name = "Safety, as we say"
    env["cx.warning.kind"].search([], limit=1).active = False
    env["cx.topic"].search([], limit=1).name = "Our topic"
    rule = env["ir.model.data"].search(
        [("module", "=", "cx_lifecycle"), ("model", "=", "ir.rule")], order="id", limit=1
    )
    env["ir.rule"].browse(rule.res_id).name = "Our rule"
    env["cx.purchase.source"].create(
        {
            "name": "Deals won", "model": "crm.lead", "partner_path": "partner_id",
            "date_path": "date_closed", "amount_path": "expected_revenue",
            "domain": '[("won_status", "=", "won")]', "company_id": env.company.id,
        }
    )  # fmt: skip
    env["cx.objective"].create(
        {"measure": "new", "target": 12, "date_from": TODAY - timedelta(days=20),
         "date_to": TODAY + timedelta(days=40)}
    )  # fmt: skip


def said(env):
    """What people said: to the machine, about customers, and customers to us."""
    customers = env["cx.customer"]
    kept, gone, later = (
        customers.search([("partner_id", "=", one(env, ref).id)])
        for ref in ("sleeper7", "sleeper6", "sleeper5")
    )
    kept.hold("active", TODAY + timedelta(days=60), "Ordered by phone")
    gone.declare_lost("Retired")
    later.snooze(TODAY + timedelta(days=20), "seasonal", "After the summer")
    env["cx.need.evidence"].create(
        {"partner_id": one(env, "regular1").id, "weight": "3", "on": TODAY - timedelta(days=9),
         "need_id": env.ref("cx_lifecycle.need_money").id, "note": "Too dear"}
    )  # fmt: skip
    env["cx.touchpoint"].log(one(env, "regular2").id, "phone", "complains", satisfaction=3)
    topic = env["cx.topic"].create({"name": "Offers"})
    env["cx.topic.optout"].create(
        [
            {"email": "sleeper0@example.com", "topic_id": topic.id, "reason": "Enough"},
            {"email": "once0@example.com", "until": TODAY + timedelta(days=50)},
        ]
    )
    env["mail.blacklist"].create({"email": "sleeper1@example.com"})


def campaigns(env):
    """One that runs, one that is being changed, one that pauses, one that is a draft."""
    topic = env["cx.topic"].search([("name", "=", "Offers")])
    dormant = env.ref("cx_lifecycle.stage_dormant")
    here = {"entry": "in_stage", "stage_id": dormant.id, "members": "both", "topic_id": topic.id,
            "cooldown_days": 0, "exclusive": False, "max_days": 90}  # fmt: skip
    running = campaign(env, "Wake up", holdout_share=0.5, **here)
    changed = campaign(env, "By hand", entry="manual", topic_id=topic.id)
    paused = campaign(env, "Paused", holdout_share=0, **here)
    for each in (running, changed, paused):
        each._launch()
    paused.action_pause()
    draft = changed.browse(changed.action_edit()["res_id"])
    draft.max_days = 50
    campaign(env, "Not begun", entry="manual", topic_id=topic.id)


def campaign(env, name, **values):
    """A mail at once, a call, and a second mail after five days."""
    made = env["cx.campaign"].create(
        {"name": name, "sender": "fixed", "email_from": SENDER, "holdout_share": 0, **values}
    )
    first = mail(env, made, "First", env["cx.campaign.step"])
    env["cx.campaign.step"].create(
        {
            "campaign_id": made.id, "parent_id": first.id, "name": "Call", "kind": "activity",
            "trigger": "done", "activity_type_id": env.ref("mail.mail_activity_data_call").id,
            "assignee_id": env.user.id,
        }
    )  # fmt: skip
    mail(env, made, "Second", first, delay=5, delay_unit="days")
    return made


def mail(env, made, name, parent, **values):
    return env["cx.campaign.step"].create(
        {
            "campaign_id": made.id, "name": name, "kind": "mail", "parent_id": parent.id,
            "trigger": "done" if parent else "entry", **values,
            "mailing_ids": [Command.create({
                "subject": f"{name}: we miss you", "email_from": SENDER, "body_html": BODY,
                "body_arch": BODY, "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            })],
        }
    )  # fmt: skip


def work(env):
    """What the machine does when its time comes, twice over."""
    env = machine(env)
    for _turn in range(2):
        env["cx.campaign"]._cron_campaigns()
        env["cx.campaign.act"]._cron_deliver()
        env.cr.commit()


def turn(env, days=0):
    """A night and the machine's work so many days later; what is there afterwards."""
    env = env(user=env.ref("base.user_admin"), context={"tracking_disable": True})
    later(env, days)
    machine(env)["cx.run"]._cron_night()
    work(env)
    return look(env)


def later(env, days):
    """So many days go by for the campaigns."""
    env.cr.execute(
        "UPDATE cx_campaign_act SET not_before = not_before - %(ahead)s,"
        " due_at = due_at - %(ahead)s, expires_at = expires_at - %(ahead)s,"
        " done_at = done_at - %(ahead)s",
        {"ahead": timedelta(days=days)},
    )


def look(env):
    """What the records mean to people."""
    env = env(user=env.ref("base.user_admin"))
    customers = env["cx.customer"].with_context(active_test=False).search([])
    objectives = env["cx.objective"].search([])
    return {
        "customers": {
            c.partner_id.ref or c.partner_id.name: {
                "stage": c.stage_id.code, "why": c.why()["sentence"], "bought": c.purchase_count,
                "stays": [[e.stage_id.code, e.entered_on, e.left_on] for e in c.episode_ids],
            }
            for c in customers
        },
        "campaigns": {
            c.name + (" (changes)" if c.draft_of_id else ""): {
                "state": c.state, "problem": c.problem, "version": c.version_number,
                "topic": c.topic_id.name, "max_days": c.max_days,
                "steps": [[s.name, s.kind, s.parent_id.name] for s in c.step_ids],
                "runs": sorted([r.partner_id.ref, r.arm, r.state] for r in c.run_ids),
                "acts": sorted(
                    [a.partner_id.ref, a.step_id.name, a.state, a.reason or ""]
                    for a in c.run_ids.act_ids
                ),
            }
            for c in env["cx.campaign"].search([])
        },
        "objectives": [[o.measure, o.target, o.actual_heads] for o in objectives],
        "policy": env["cx.policy"]._of(env.company).name,
        "french": env.ref("cx_lifecycle.stage_lost").with_context(lang="fr_FR").name,
    }  # fmt: skip


def make_due(env):
    """As many mails as can be are due: of campaigns to customers, and of nights to colleagues."""
    later(env, 6)
    colleague = env["res.users"].create(
        {
            "name": "Remy", "login": "remy", "email": "remy@shop.example.com",
            "group_ids": [Command.link(env.ref("cx_lifecycle.group_marketer").id)],
            "notification_type": "email",
        }
    )  # fmt: skip
    env["res.partner"].search([("ref", "=like", "%")]).user_id = colleague
    env["cx.customer"].search([]).write({"due": True, "dormant_on": TODAY - timedelta(days=2)})
    env.company.write({"cx_summary_user_ids": colleague.ids, "cx_summary_month": False})
    env.cr.commit()
    return {}


def force(env, smtp_port):
    """Switch on again whatever sends: mail server, scheduled actions; and let them work."""
    listen(env, smtp_port)
    models = [("model_id.model", "in", ("mail.mail", "mailing.mailing"))]
    ours = [("model_id.model", "=like", "cx.%")]
    crons = env["ir.cron"].with_context(active_test=False)
    for cron in crons.search(ours) + crons.search(models):
        cron.active = True
        env.cr.commit()
        cron.method_direct_trigger()
        env.cr.commit()
    return {"ran": crons.search_count([*ours, ("active", "=", True)])}
