"""What a person reads beside each choice of a page: the wording that is kept with the answer."""

from lxml import html


def wordings(page):
    """``{"name:value": text}`` of the boxes and options of a form, with the titles above them.

    :param str page: complete, as it was shown
    """
    root = html.fromstring(page)
    said = {}
    for box in root.iter("input"):
        label = next(box.iterancestors("label"), None)
        if box.get("type") == "checkbox" and label is not None:
            said[f"{box.get('name')}:{box.get('value')}"] = _text(_legend(box), label)
    for option in root.iter("option"):
        choice = next(option.iterancestors("select"))
        label = root.find(f".//label[@for='{choice.get('id')}']")
        said[f"{choice.get('name')}:{option.get('value')}"] = _text(_legend(choice), label, option)
    return said


def _legend(element):
    group = next(element.iterancestors("fieldset"), None)
    return None if group is None else group.find("legend")


def _text(*parts):
    return ": ".join(
        text
        for part in parts
        if part is not None and (text := " ".join(" ".join(part.itertext()).split()))
    )
