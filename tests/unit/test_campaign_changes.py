"""What differs between two definitions of a campaign: facts, without words or database."""

from copy import deepcopy

from odoo.addons.cx_lifecycle_mail.engine.versions import Change, changes, words


def step(key, after=None, **values):
    return {
        "key": key,
        "after": after,
        "values": {"kind": "mail", "trigger": "entry", "delay": 3, "delay_unit": "days",
                   "tag_ids": [], "survey_id": None, **values},
        "texts": {"name": {"en_US": "Mail", "fr_FR": "Mail"}},
        "contents": {"en_US": {"subject": "Hello", "preview": "", "body_html": "<p>A b</p>"}},
    }  # fmt: skip


def definition(*steps, **campaign):
    return {"campaign": {"max_days": 90, "stop_deal": False, **campaign}, "steps": list(steps)}


def found(before, after):
    return [
        (c.what, c.step, c.field, c.langs) if c.field != "when" else (c.what, c.step, "when")
        for c in changes(before, after)
    ]


def test_nothing_differs_from_itself():
    one = definition(step(1), step(2, after=1))
    assert list(changes(one, deepcopy(one))) == []
    # what was empty in another way is empty still
    assert list(changes(definition(note=None), definition(note=""))) == []


def test_values_of_the_campaign():
    before, after = definition(), definition(max_days=60, stop_deal=True)
    assert list(changes(before, after)) == [
        Change("changed", None, "max_days", 90, 60),
        Change("changed", None, "stop_deal", False, True),
    ]


def test_relations_are_compared_by_what_they_are_and_not_by_their_names():
    before = step(1, survey_id={"id": 3, "name": "Old"}, tag_ids=[{"id": 1, "name": "A"}])
    renamed = step(1, survey_id={"id": 3, "name": "New"}, tag_ids=[{"id": 1, "name": "B"}])
    other = step(1, survey_id={"id": 4, "name": "Old"}, tag_ids=[])
    assert found(definition(before), definition(renamed)) == []
    assert found(definition(before), definition(other)) == [
        ("changed", 1, "tag_ids", ()),
        ("changed", 1, "survey_id", ()),
    ]


def test_delay_trigger_and_place_are_one_sentence():
    before = definition(step(1), step(2, after=1, trigger="done"))
    after = definition(step(1), step(2, after=1, trigger="opened", delay=5))
    assert found(before, after) == [("changed", 2, "when")]
    moved = definition(step(1), step(3), step(2, after=3, trigger="done"))
    assert found(before, moved) == [("added", 3, None, ()), ("changed", 2, "when")]


def test_steps_come_and_go():
    before, after = definition(step(1), step(2)), definition(step(3), step(1))
    assert found(before, after) == [("added", 3, None, ()), ("removed", 2, None, ())]


def test_texts_that_say_the_same_in_all_languages_are_told_once():
    before, after = step(1), step(1)
    after["texts"]["name"] = {"en_US": "Letter", "fr_FR": "Letter"}
    assert found(definition(before), definition(after)) == [("changed", 1, "name", ())]
    after["texts"]["name"] = {"en_US": "Letter", "fr_FR": "Lettre"}
    assert found(definition(before), definition(after)) == [
        ("changed", 1, "name", ("en_US",)),
        ("changed", 1, "name", ("fr_FR",)),
    ]


def test_contents_by_language():
    before, after = step(1), step(1)
    after["contents"] = {
        "en_US": {"subject": "Hi", "preview": "", "body_html": "<p>A b</p>"},
        "fr_FR": {"subject": "Bonjour", "preview": "", "body_html": "<p>A b</p>"},
    }
    assert found(definition(before), definition(after)) == [
        ("changed", 1, "subject", ("en_US",)),
        ("added", 1, "content", ("fr_FR",)),
    ]
    assert found(definition(after), definition(before))[1] == ("removed", 1, "content", ("fr_FR",))


def test_words():
    assert words("same", "same") == [("same", "same")]
    assert words("", "new") == [("in", "new")]
    assert words("old", "") == [("out", "old")]
    assert words("a b c", "a x c") == [("same", "a"), ("out", "b"), ("in", "x"), ("same", "c")]


def test_of_long_texts_only_what_is_around_a_change():
    long = " ".join(str(n) for n in range(20))
    told = words(long, long.replace(" 10 ", " ten "))
    assert told == [
        ("gap", ""), ("same", "6 7 8 9"), ("out", "10"), ("in", "ten"), ("same", "11 12 13 14"),
        ("gap", ""),
    ]  # fmt: skip
