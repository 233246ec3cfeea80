"""Names and words that try to run something, on every screen that shows them, in a real browser."""

from browser.common import TourCase

from odoo import fields
from odoo.tests import tagged

HOSTILE = '<img src="x" onerror="window.hostile=1"><script>window.hostile=1</script>'
# shown as it was written, no element made of it, and nothing of it run
LOOK = """
(async () => {
    const until = Date.now() + 15000;
    const shown = () => document.body.innerText.includes("onerror=") ||
        [...document.querySelectorAll("input, textarea")].some((i) => i.value.includes("onerror="));
    while (!shown() && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (%(must)s && !shown()) {
        throw new Error("nothing hostile is shown here: " + document.body.innerText.slice(0, 300));
    }
    if (window.hostile || document.querySelector('img[src="x"]')) {
        throw new Error("what people wrote was taken for a page");
    }
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestHostileNames(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.product.name = HOSTILE
        cls.alpha.partner_id.name = HOSTILE
        for model in ("cx.stage", "cx.journey.step", "cx.channel", "cx.interaction", "cx.need"):
            env[model].search([]).write({"name": HOSTILE})  # pylint: disable=no-search-all
        topic = env["cx.topic"].create({"name": HOSTILE})
        cls.campaign = env["cx.campaign"].create(
            {"name": HOSTILE, "entry": "manual", "topic_id": topic.id}
        )
        env["cx.campaign.step"].create(
            {"campaign_id": cls.campaign.id, "name": HOSTILE, "kind": "wait"}
        )
        env["cx.touchpoint"].create(
            {
                "customer_id": cls.alpha.id,
                "channel_id": env.ref("cx_lifecycle.channel_phone").id,
                "interaction_id": env.ref("cx_lifecycle.interaction_complains").id,
                "at": fields.Datetime.now(),
                "satisfaction": 1,
                "note": HOSTILE,
            }
        )
        env["cx.need.evidence"].create(
            {
                "partner_id": cls.alpha.partner_id.id,
                "need_id": env.ref("cx_lifecycle.need_security").id,
                "source": "note",
                "note": HOSTILE,
            }
        )
        cls.alpha.hold(env.ref("cx_lifecycle.stage_active"), "2099-01-01", HOSTILE)
        cls.alpha.partner_id.message_post(body=HOSTILE)

    def look(self, url, must=True):
        self.browser_js(
            url, LOOK % {"must": "true" if must else "false"}, "odoo.isReady === true",
            login="admin", timeout=60,
        )  # fmt: skip

    def test_a_contact(self):
        self.look(f"/odoo/res.partner/{self.alpha.partner_id.id}")

    def test_customers(self):
        self.look("/odoo/action-cx_lifecycle.action_customers")

    def test_the_journey_map(self):
        self.look("/odoo/journey-map")

    def test_the_portfolio(self):
        self.look("/odoo/action-cx_lifecycle.action_portfolio")

    def test_touchpoints(self):
        self.look("/odoo/action-cx_lifecycle.action_touchpoints")

    def test_campaigns(self):
        self.look("/odoo/lifecycle-campaigns")

    def test_a_campaign(self):
        self.look(f"/odoo/lifecycle-campaigns/{self.campaign.id}")

    def test_listening(self):
        self.look("/odoo/action-cx_lifecycle_mail.action_listening", must=False)
