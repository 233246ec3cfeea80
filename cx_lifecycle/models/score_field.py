"""A number of which 0 is a value like any other."""

from odoo import fields


class Score(fields.Float):
    """Unknown is NULL in the database and False in Python, and no comparison finds it.

    A plain Float shows NULL as 0.0, and finds it where 0 is looked for: who never answered would
    be found among the most unhappy.
    """

    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_export(self, value, record):
        return "" if value is False else value

    def convert_to_record(self, value, record):
        return False if value is None else value
