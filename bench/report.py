"""Lines and tables of the benchmark, in Markdown."""

import os
import sys

from bench.measure import execute


def say(text):
    print(text, flush=True)


def title(*columns):
    say("")
    row(*columns)
    row(*("---" for _column in columns))


def row(*values):
    say("| " + " | ".join(map(str, values)) + " |")


def platform_line(database):
    [(version,)] = execute(database, "SHOW server_version")
    return (
        f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, PostgreSQL {version}; "
        "s: processor seconds of Odoo + PostgreSQL"
    )


def plain(value):
    if isinstance(value, list):
        return "–".join(map(str, sorted({value[0], value[-1]})))
    return f"{value:.1f}"


def seconds(cost):
    if cost.cpu is None:
        return "not visible"
    return f"{cost.odoo:.2f} + {cost.postgres:.2f} = {cost.cpu:.2f}"
