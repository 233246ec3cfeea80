"""The back-test on the demonstration's data: 2,357 customers of CDNOW over a year and a half."""

from datetime import date
from pathlib import Path

from model.common import LifecycleCase

from odoo.addons.cx_lifecycle.demo import loader, purchases_csv

# a week after the last purchase, as the demonstration shifts them to a week ago
TODAY = date(1998, 7, 7)


class TestDemoBacktest(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sample = Path(loader.__file__).with_name("cdnow_sample.txt")
        rows = purchases_csv.read(sample.read_text(encoding="utf-8").splitlines(keepends=True))
        loader.load(cls.env, rows)
        cls.classPatch(type(cls.env["ir.cron"]), "_commit_progress", lambda *_, **__: 100.0)
        cls.classPatch(type(cls.env["cx.customer"]), "_today", lambda *_: TODAY)
        cls.env["cx.run"].search([]).state = "done"
        run = cls.env["cx.run"]._request("rebuild", cls.company)
        run.as_of = TODAY
        run._pass()
        cls.test = cls.env["cx.backtest"]._request(cls.env["cx.policy"]._of(cls.company))
        cls.test._go_on()
        cls.summary = {line.setting: line for line in cls.test.summary_ids}

    def test_the_usual_dates(self):
        self.assertTrue(self.test.usual)
        self.assertEqual(self.test.horizon, 102, "three usual gaps of 34 days")
        # a fourth, in June 1997, had less than half a year before it
        self.assertEqual(self.test.cuts, ["1997-09-26", "1997-12-26", "1998-03-27"])
        self.assertFalse(self.test.seasonal, "a year and a half tells no season")

    def test_another_program_finds_the_same(self):
        """Figures of bench/backtest.py, which shares the engine but neither SQL nor models.

        For instance: bench/backtest.py FILE --cut 1997-12-26 --horizon 102
        """
        for setting, figures in (
            ("rhythm", [0.699, 0.702, 0.742]),
            ("fixed_90", [0.686, 0.693, 0.722]),
            ("fixed_180", [0.728, 0.732, 0.751]),
            ("fixed_365", [0.500, 0.500, 0.763]),
        ):
            lines = self.test.line_ids.filtered(lambda li, s=setting: li.setting == s)
            found = lines.sorted("cut").mapped("balanced_accuracy")
            self.assertEqual([round(figure, 3) for figure in found], figures, setting)

    def test_every_setting_tells_something(self):
        for setting, line in self.summary.items():
            low = 0.5 if setting == "fixed_365" else 0.6
            self.assertGreaterEqual(line.balanced_accuracy, low, setting)
            self.assertEqual(line.judged, self.summary["present"].judged)
        found = {s: line.balanced_accuracy for s, line in self.summary.items()}
        self.assertEqual(found["present"], found["rhythm"], "the policy is the default one")
        self.assertGreater(found["cautious"], found["rhythm"])
        self.assertGreater(found["fixed_180"], found["rhythm"])
        self.assertEqual(max(found, key=found.get), "fixed_best")
        self.assertGreater(self.summary["rhythm"].lead_180, 0, "the default limits call early")

    def test_the_proposal(self):
        found = self.test.proposal
        self.assertEqual((found["setting"], found["fixed"]), (170, 170))
        self.assertTrue(found["better"] and found["fixed_does"])
        self.assertIn("“Fixed: 170 days” did best on the earlier", self.test.proposal_text)

    def test_lists(self):
        self.assertEqual(len(self.test.case_ids), self.summary["present"].judged)
        self.assertTrue(all(case.customer_id for case in self.test.case_ids))
