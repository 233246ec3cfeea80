"""What tests of warning signs need besides: touchpoints on a day, and the spells of a kind."""

from datetime import datetime, time, timedelta

from model.common import LifecycleCase, ago

from odoo.addons.cx_lifecycle.models.scopes import everybody


def noon(days):
    """Noon in UTC so many days ago."""
    return datetime.combine(ago(days), time(12))


class WarningCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Warning = cls.env["cx.warning"]
        cls.Kind = cls.env["cx.warning.kind"]
        cls.Kind.search([]).write({"looked_at": False, "whole_at": False})

    @classmethod
    def kind(cls, code, addon="cx_lifecycle", **values):
        kind = cls.env.ref(f"{addon}.warning_{code}")
        if values:
            kind.write(values)
        return kind

    @classmethod
    def customer(cls, name="Ada", **values):
        partner = cls.partner(name, **values)
        cls.refresh(partner)
        return cls.of(partner)

    def met(self, customer, interaction, days, hours=0, satisfaction=None, **values):
        """A touchpoint so many days ago, as a source writes it."""
        return self.env["cx.touchpoint"].create(
            {
                "customer_id": customer.id,
                "channel_id": self.env.ref("cx_lifecycle.channel_phone").id,
                "interaction_id": self.env.ref(f"cx_lifecycle.interaction_{interaction}").id,
                "at": noon(days) + timedelta(hours=hours),
                "satisfaction": satisfaction,
                **values,
            }
        )

    def read(self, kind):
        """Read all of the past of a kind, as the job does."""
        self.env.flush_all()
        kind.write({"looked_at": False, "began_at": False, "read_to": 0})
        self.assertTrue(kind._look())
        self.assertFalse(kind.error)

    def look(self, kind):
        """Look at what changed, as every night."""
        self.env.flush_all()
        self.assertTrue(kind.looked_at)
        self.assertTrue(kind._look())
        self.assertFalse(kind.error)

    def computed(self, kind, company=None, today=None):
        """{customer: [(began, ended)]} of what one SELECT finds, the end may lie ahead."""
        company = company or self.company
        self.env.flush_all()
        rows = self.env.execute_query(
            kind._spells(company, everybody, today or self.Customer._today(company))
        )
        result = {}
        for customer_id, began, ended, _facts in sorted(rows, key=lambda row: row[:2]):
            result.setdefault(self.Customer.browse(customer_id), []).append((began, ended))
        return result

    def spells(self, kind, customer):
        """[(began, ended)] of what is kept, ended None while it stands."""
        signs = self.Warning.search(
            [("kind_id", "=", kind.id), ("customer_id", "=", customer.id)], order="began_on"
        )
        return [(sign.began_on, sign.ended_on or None) for sign in signs]

    def standing(self, kind, customer):
        return self.Warning.search(
            [("kind_id", "=", kind.id), ("customer_id", "=", customer.id),
             ("standing", "=", True)]
        )  # fmt: skip
