"""The tool that records the explorables: what it plays is there, what it writes can be read."""

import pytest
from bs4 import BeautifulSoup

import record_widgets
from course_utils import widgets
from widget_plays import PLAYS


def test_every_explorable_is_played_by_pointer_and_by_keys():
    kinds = {getattr(widgets, name)._kind for name in widgets.__all__}
    assert set(PLAYS) == kinds
    for _, _, *scripts in PLAYS.values():
        for script in scripts:
            assert all(hasattr(record_widgets.Player, method) for _, method, *_ in script)


def test_each_way_meets_both_themes_both_hosts():
    for by in ("mouse", "keyboard", "touch"):
        themes, hosts = zip(*[s[1:] for s in record_widgets.SESSIONS if s[0] == by], strict=True)
        assert set(themes) == {"light", "dark"} and set(hosts) == {"http", "file"}


def test_what_a_page_says_cannot_break_the_record():
    rows = [("A <b>", ("1 < 2", "", ""), ("p.jpg", 690, 800))]
    text = record_widgets.session("conv", "mouse", "dark", "http", rows)
    assert "A &lt;b&gt;" in text and "<dt>read aloud</dt><dd>1 &lt; 2</dd>" in text and "verdict" not in text


def test_the_record_is_one_page_whose_contents_lead_to_every_session():
    rows = [("Press Reset.", ("", "Done.", ""), ("p.jpg", 690, 800))]
    sessions = [record_widgets.session("conv", *how, rows) for how in record_widgets.SESSIONS]
    page = BeautifulSoup(record_widgets.document({"conv": sessions}), "html.parser")
    links = [a["href"] for a in page.select("table a")]
    assert len(links) == len(sessions) and all(page.select_one(f"h3{link}") for link in links)
    assert page.select_one("dd").text == "Done." and page.select_one("img")["alt"] == "conv: Press Reset."


def test_an_unknown_kind_is_named(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["record_widgets.py", "cube"])
    with pytest.raises(SystemExit) as stopped:
        record_widgets.main()
    assert "cube" in str(stopped.value.code) + capsys.readouterr().err
