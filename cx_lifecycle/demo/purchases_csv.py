"""Reading purchases from a CSV file with the header ``customer_id,date,amount``."""

import csv
import math
from datetime import date
from typing import NamedTuple

HEADER = ["customer_id", "date", "amount"]


class Purchase(NamedTuple):
    """One row: who, when, how much; a negative amount is a refund."""

    customer: str
    day: date
    amount: float


class BadRow(ValueError):
    """A row that cannot be read; the message names its line and what is wrong."""


def read(lines, as_of=None):
    """The purchases of some CSV lines, those after ``as_of`` left out.

    :raise BadRow: at the first line that is not a purchase, or when there is none at all
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        if [name.strip().lower() for name in header] != HEADER:
            raise BadRow(f"line 1: the header must be {','.join(HEADER)}, not {','.join(header)}")
        purchases = [_purchase(row, reader.line_num) for row in reader if row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadRow(
            f"line {reader.line_num + 1}: not readable as CSV in UTF-8: {error}"
        ) from error
    if not purchases:
        raise BadRow("line 2: the file has no purchases")
    return [p for p in purchases if not as_of or p.day <= as_of]


def _purchase(row, line):
    if len(row) != len(HEADER):
        raise BadRow(f"line {line}: {len(HEADER)} values are needed, {len(row)} found")
    customer, day, amount = (value.strip() for value in row)
    if not customer:
        raise BadRow(f"line {line}: customer_id is empty")
    try:
        day = date.fromisoformat(day)
    except ValueError:
        raise BadRow(f"line {line}: date {day!r} is not a day written YYYY-MM-DD") from None
    try:
        amount = float(amount)
    except ValueError:
        raise BadRow(f"line {line}: amount {amount!r} is not a number") from None
    if not math.isfinite(amount) or abs(amount) >= 1e12:
        raise BadRow(f"line {line}: amount {amount} is out of range")
    return Purchase(customer, day, amount)
