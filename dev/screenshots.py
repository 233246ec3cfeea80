"""The pictures of docs/ and of the addons' app pages, taken from the demonstration.

`./cx screenshots` takes all of them, `./cx screenshots launch policy` two. It works on a copy
of the demonstration, in which a campaign of last spring is measured and two drafts are open.
Look at each picture before it is committed.
"""

import contextlib
import json
import socket
import subprocess
import time
import urllib.request

from dev.chrome import chrome
from dev.odoo import CONF, command, environment
from dev.packages import PYTHON
from dev.shell import HOME, ROOT, Problem, run, say, started

DATABASE = "cx_pictures"
DOCS = ROOT / "docs" / "images"
PHONE = (390, 844)
APP_PAGES = {
    "cx_lifecycle": ("customer", "going_quiet", "portfolio", "policy"),
    "cx_lifecycle_mail": ("launch", "dry_run", "result"),
}
# name: who, size, address, what is pressed, what must be seen, the part that is shown
PICTURES = {
    "going_quiet": ("rep", (1400, 640), "going-quiet", (), ".o_data_row", None),
    "going_quiet_phone": ("rep", PHONE, "going-quiet", (), ".o_kanban_record", None),
    "customer": (
        "rep", (1400, 640), "going-quiet/res.partner/{customer}", (), ".o_cx_rhythm svg", None,
    ),
    "committee": (
        "rep", (1400, 1000), "crm.lead/{lead}", (), ".o_field_cx_committee", "[name=cx_people]",
    ),
    "stages": ("rep", (1600, 800), "customers-by-stage", (), ".o_kanban_record svg", None),
    "policy": (
        "admin", (1400, 900), "action-cx_lifecycle.action_policies/{policy}", (),
        ".o_cx_simulation td", None,
    ),
    "portfolio": ("marketer", (1400, 1000), "lifecycle-portfolio", (), "canvas", None),
    "journey": ("marketer", (1400, 1160), "journey-map", (), ".o_cx_journey td", None),
    "loyal": ("marketer", (1400, 900), "makes-loyal", (), ".o_data_row", None),
    "launch": (
        "marketer", (1400, 1000), "lifecycle-campaigns/{draft}", ("button[name=action_launch]",),
        ".modal .o_data_row", None,
    ),
    "dry_run": (
        "marketer", (1400, 1000), "lifecycle-campaigns/{draft}", ("button[name=action_dry_run]",),
        "[name=weeks]", None,
    ),
    "result": (
        "marketer", (1400, 1000), "lifecycle-campaigns/{past}", ("a[name=result]",),
        ".o_cx_result_curve", None,
    ),
}  # fmt: skip
# runs in an Odoo shell; answers the numbers that addresses need
STORY = """
import json, random
from datetime import timedelta
from odoo import fields

today = fields.Date.today()
env["ir.config_parameter"].set_param("web.base.url", "https://shop.example.com")
env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
env["ir.mail_server"].create({"name": "Post", "smtp_host": "mail.example.com"})
users = env["res.users"].search([])
users.write({"lang": "en_US", "odoobot_state": "disabled"})
marketer = users.filtered(lambda u: u.login == "marketer")
rep = users.filtered(lambda u: u.login == "rep")
env.company.write({"cx_message_cost": 0.02, "cx_hour_cost": 35, "cx_margin_share": 0.45})

dormant = env.ref("cx_lifecycle.stage_dormant")
call = env.ref("mail.mail_activity_data_call")
step = {"name": "Ring", "kind": "activity", "activity_type_id": call.id, "assignee_id": rep.id}
past = env["cx.campaign"].with_user(marketer).create({
    "name": "Wake the dormant, last spring", "entry": "becomes", "stage_id": dormant.id,
    "holdout_share": 0.3, "members": "future", "result_days": 60, "cost_fixed": 150,
    "step_ids": [fields.Command.create(step)],
}).sudo()
past._launch()
past.write({
    "launched_on": today - timedelta(days=400),
    "launched_at": fields.Datetime.subtract(fields.Datetime.now(), days=400),
})
dice = random.Random(7)
since = [("stage_id", "=", dormant.id), ("entered_on", ">", today - timedelta(days=400))]
env["cx.campaign.run"].create([{
    "campaign_id": past.id, "customer_id": stay.customer_id.id, "company_id": stay.company_id.id,
    "entry_key": f"episode:{stay.id}", "episode_id": stay.id, "stage_id": dormant.id,
    "arm": "held_out" if dice.random() < 0.3 else "treated", "state": "finished",
    "reason": "completed", "entered_at": fields.Datetime.add(
        fields.Datetime.to_datetime(stay.entered_on), hours=10),
    "ends_on": stay.entered_on + timedelta(days=90),
} for stay in env["cx.episode"].search(since, order="entered_on, id")])
past._measure()

product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
for name, days, price in (
        ("Clinic Moreau", 12, 380), ("Garage Weber", 6, 129), ("Hotel Roy", 0, 0)):
    partner = env["res.partner"].create({"name": name, "user_id": rep.id, "is_company": True})
    if price:
        line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": price}
        env["sale.order"].create({
            "partner_id": partner.id, "user_id": rep.id, "state": "sale",
            "date_order": fields.Datetime.subtract(fields.Datetime.now(), days=days),
            "order_line": [fields.Command.create(line)],
        })
    else:
        env["crm.lead"].create({
            "name": "Rooms", "type": "opportunity", "partner_id": partner.id, "user_id": rep.id})

preset = env["cx.campaign.preset"].search([("code", "=", "wake_dormant")])
draft = preset.with_user(marketer)._build(env.company)

policy = env["cx.policy"]._of(env.company).with_user(env.ref("base.user_admin"))
policy = policy.browse(policy.action_new_version()["res_id"])
policy.chance_limit = 0.33

env["cx.evidence.run"]._request(env.company)
env["cx.evidence.run"]._cron_measure()

mine = [("user_id", "=", rep.id), ("stage_id", "=", dormant.id), ("purchase_count", ">", 9)]
customer = env["cx.customer"].search(mine, order="value_12m desc", limit=1)
lead = env["crm.lead"].search([("user_id", "=", rep.id), ("won_status", "=", "pending")]).sorted(
    lambda one: (not one.cx_needs, abs(len(one.cx_seat_ids) - 2), one.id))[:1]
env.cr.commit()
print("FOUND" + json.dumps({
    "past": past.id, "draft": draft.id, "policy": policy.id, "lead": lead.id,
    "customer": customer.partner_id.id,
}))
"""
# fewer colours: a third of the size, and nobody sees it
SMALLER = """
import sys
from PIL import Image
for path in sys.argv[1:]:
    picture = Image.open(path).convert("RGB")
    picture.quantize(256, Image.Quantize.MEDIANCUT, kmeans=3, dither=0).save(path, optimize=True)
"""


def take(env, names):
    """Take the named pictures, or all, from the copy of the demonstration."""
    if unknown := set(names) - set(PICTURES):
        raise Problem(f"no such picture: {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    say("a past is made up")
    ids = story(env)
    with server(env) as base:
        for name in names or PICTURES:
            say(name)
            paths = [DOCS / f"{name}.png"]
            paths += [
                ROOT / addon / "static" / "description" / f"{name}.png"
                for addon, wanted in APP_PAGES.items() if name in wanted
            ]  # fmt: skip
            taken = one(base, ids, *PICTURES[name])
            for path in paths:
                path.write_bytes(taken)
            run([PYTHON, "-c", SMALLER, *paths])


def one(base, ids, login, size, address, pressed, seen, part):
    with chrome(*size) as page:
        page.login(base, login)
        page.open(f"{base}/odoo/{address.format(**ids)}")
        for selector in pressed:
            page.click(selector)
        page.seen(seen)
        return page.picture(part)


def story(env):
    cmd = command(["shell", "--no-http", "--log-level=warn"], DATABASE)
    said = run(cmd, input=STORY, env=environment(env)).stdout
    if "FOUND" not in said:
        raise Problem(f"the copy could not be prepared:\n{said}")
    return json.loads(said.rpartition("FOUND")[2].splitlines()[0])


@contextlib.contextmanager
def server(env):
    """Odoo on a free port, for as long as it is needed; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    options = ["-d", DATABASE, "--db-filter", f"^{DATABASE}$", "--http-port", port]
    cmd = [PYTHON, "-m", "odoo", "-c", CONF, *options, "--max-cron-threads=0"]
    with (HOME / "screenshots.log").open("w") as log:
        quiet = {"stdout": log, "stderr": subprocess.STDOUT, "env": environment(env)}
        with started(cmd, **quiet) as process:
            try:
                await_health(base, process)
                yield base
            finally:
                process.terminate()


def await_health(base, process):
    while process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/web/health"):
            return
        time.sleep(0.5)
    raise Problem(f"Odoo did not start; see {HOME / 'screenshots.log'}")
