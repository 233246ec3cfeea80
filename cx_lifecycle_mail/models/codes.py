"""What comes from outside as text, and names a record."""


def id_of(text):
    """The id that a text names; 0 where it names none.

    Digits are not enough: "²" is one, and too many of them are no id of any database.
    """
    return int(text) if text.isdecimal() and len(text) < 10 else 0
