"""Values that the machine writes: what clients send is not believed, by whatever way it comes."""

from odoo import fields


class Pointer(fields.Many2one):
    """A link that decides whose figures are shown.

    While a form is edited, what the client sent stands in the cache of a record that is not saved,
    and related fields follow it as superuser: of such a record the saved link is told.
    """

    def __get__(self, record, owner=None):
        if record is not None and not all(record._ids):
            record = record._origin
        return super().__get__(record, owner)


def own_defaults(model, names, values):
    """What ``default_get`` says of machine fields: what the field does, and nothing else.

    Neither a context nor a person's own defaults set what no user may write.

    :param names: of the machine fields
    :param dict values: as Odoo would have it; changed
    """
    for name in set(names) & set(values):
        field = model._fields[name]
        if field.default:
            values[name] = field.convert_to_write(field.default(model), model)
        else:
            del values[name]
    return values
