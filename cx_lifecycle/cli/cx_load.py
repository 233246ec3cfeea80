"""``odoo cx_load``: purchases from a CSV file as orders, and the stages they give."""

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules import module
from odoo.modules.registry import Registry
from odoo.tools import config


class CxLoad(Command):
    """Load purchases from a CSV file with the header customer_id,date,amount.

    Every row becomes a confirmed order of the customer whose reference is customer_id;
    a negative amount is a refund. Then stages and their history are rebuilt.
    """

    name = "cx_load"

    def run(self, args):
        options = self._options(args)
        config.parse_config(
            [*(["-c", options.config] if options.config else []), "-d", options.database,
             "--log-level=warn", "--no-http"],
            setup_logging=True,
        )  # fmt: skip
        registry = Registry(options.database)
        if "cx.customer" not in registry:
            sys.exit(f"The addon cx_lifecycle is not installed in {options.database}.")
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                self._load(env, options)
            except (ValueError, OSError, UserError) as error:
                cr.rollback()
                sys.exit(f"{options.file}: nothing was imported. {error}")

    def _options(self, args):
        parser = self.parser
        parser.add_argument("file", type=Path, nargs="?", help="the CSV file")
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument("-c", "--config", help="Odoo's configuration file")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD",
            help="ignore later rows, and decide stages as of that day",
        )  # fmt: skip
        parser.add_argument(
            "--shift-to-today", action="store_true", help="move all days: the last is a week ago"
        )
        parser.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)
        options = parser.parse_args(args)
        if options.demo:
            options.file = options.file or Path(module.get_module_path("cx_lifecycle")) / (
                "demo/cdnow_sample.txt"
            )
            options.shift_to_today = True
        if not options.file:
            parser.error("name the CSV file")
        if options.as_of and options.shift_to_today:
            parser.error("--as-of and --shift-to-today exclude each other")
        return options

    def _load(self, env, options):
        # Odoo loads this file as odoo.cli.cx_load: there is nothing to be relative to
        from odoo.addons.cx_lifecycle.demo import (  # pylint: disable=odoo-addons-relative-import
            journey,
            loader,
            objectives,
            people,
            purchases_csv,
        )

        with options.file.open(encoding="utf-8-sig", newline="") as lines:
            purchases = purchases_csv.read(lines, options.as_of)
        if not purchases:
            raise ValueError(f"every purchase is after {options.as_of}.")
        shift = timedelta(0)
        if options.shift_to_today:
            last = max(p.day for p in purchases)
            shift = env["cx.customer"]._today(env.company) - timedelta(days=7) - last
        customers, orders = loader.load(env, purchases, shift, options.demo)
        if options.demo:
            people.write(env)
        self._say(f"{customers} customers, {orders} orders loaded")
        self._accept(env)
        runs = env["cx.run"]
        run = runs._request("rebuild", env.company)
        run.as_of = options.as_of
        run._commit()
        run._pass()
        if not options.as_of:
            runs._cron_night()
        if options.demo:
            objectives.write(env)
            journey.write(env)
        self._print_stages(env)

    def _accept(self, env):
        """Who loads a file wants to see its stages: nobody is asked first."""
        first = env["cx.first.run"]._of(env.company)
        if not first.accepted_at:
            first.action_check_sources()
            first._accept()
            self._say(
                "stages accepted: reps see them (Lifecycle > Configuration > First Steps takes "
                "that back)"
            )

    def _say(self, text):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _print_stages(self, env):
        groups = env["cx.customer"]._read_group([], ["stage_id"], ["__count", "value_12m:sum"])
        self._say(f"\n{'stage':<12}{'customers':>12}{'value 12 months':>20}")
        for stage, count, value in groups:
            self._say(f"{stage.name or '-':<12}{count:>12,}{value:>20,.2f}")
