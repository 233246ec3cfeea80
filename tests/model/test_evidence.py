"""What precedes leaving and what goes with loyalty, measured in a shop whose causes are known."""

from model.shop import ShopCase


class TestKnownCauses(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.made = self.measure()

    def test_the_true_sign_is_found_and_the_others_are_not(self):
        self.assertFalse(self.made.problem)
        self.assertEqual((self.made.horizon, len(self.made.days)), (80, 12))
        cause, silent, rare = (self.evidence("leave", sign) for sign in self.signs)
        print(
            [
                (e.display_name, e.text, e.share, e.exposed, e.chance)
                for e in self.env["cx.evidence"].search([])
            ]
        )
        self.assertEqual(cause.verdict, "more")
        self.assertLess(cause.low, 2.5)
        self.assertGreater(cause.high, 2.5)
        self.assertGreater(cause.low, 1.5)
        self.assertEqual(silent.verdict, "same")
        self.assertEqual(rare.verdict, "few")
