"""Files of settings: what a key, its comment and its path are read as, and where they stand."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qa.answering.quote import quoted, select
from qa.data import Document
from qa.ingest.split import embedded_text, split
from qa.text.config import LONGEST, SETTINGS, settings, title_of, told_by
from qa.text.sentences import sentences
from tests.answering.made import opened, reading, words
from tests.ingest.files import reading as read

YAML = """# Settings of the ferries (summer)

crossing:
  # We sail with fewer boats than the usual 8 because the quay has only
  # 6 berths.
  boats: 5
  first: "05:30"  # not on Sundays
  #last: "23:00"

timeout:
  boarding: 10m
harbours:
- name: Larch
  pilots:
    - Ann
  notes: |
    # keep: this
    ring twice
"""
INI = """; the ferries
[fares]
adult = 12
;child = 6
[fares.dogs]
; half of the fare
small=6
"""
TOML = '''[[boats]]
name = "Merlin"
ports = [
  "Larch",
]
motto = """
rows: all
"""
seats = 40
'''


def said(text: str) -> list[tuple[str, str]]:
    """What each stretch is, and how it is read."""
    return [(one.kind, one.said) for one in settings(SETTINGS + text).values()]


def test_keys_are_read_with_their_paths_and_comments() -> None:
    """A key says its path, its value and why; a wrapped comment is one; long strings are code."""
    assert said(YAML) == [
        ("comment", "Settings of the ferries (summer)"),
        ("setting", "crossing:"),
        (
            "setting",
            "crossing.boats: 5 - We sail with fewer boats than the usual 8"
            " because the quay has only 6 berths.",
        ),
        ("setting", "crossing.first: 05:30 - not on Sundays"),
        ("code", '#last: "23:00"'),
        ("setting", "timeout:"),
        ("setting", "timeout.boarding: 10m"),
        ("setting", "harbours:"),
        ("setting", "harbours.name: Larch"),
        ("setting", "harbours.pilots:"),
        ("setting", "harbours.pilots: Ann"),
        ("setting", "harbours.notes:"),
        ("code", "# keep: this"),
        ("code", "ring twice"),
    ]


def test_sections_are_paths() -> None:
    """The keys of TOML and INI files have their section's name; what is commented out sets none."""
    assert said(INI) == [
        ("setting", "fares: the ferries"),
        ("setting", "fares.adult: 12"),
        ("code", ";child = 6"),
        ("setting", "fares.dogs:"),
        ("setting", "fares.dogs.small: 6 - half of the fare"),
    ]
    assert said(TOML) == [
        ("setting", "boats:"),
        ("setting", "boats.name: Merlin"),
        ("setting", "boats.ports:"),
        ("code", '"Larch",'),
        ("code", "]"),
        ("setting", 'boats.motto: """'),
        ("code", "rows: all"),
        ("code", '"""'),
        ("setting", "boats.seats: 40"),
    ]


def test_what_is_read_is_cited() -> None:
    """A setting stands on its line, in its comment, and on the lines of the keys of its path."""
    text = SETTINGS + YAML
    places = {
        one.said[:14]: [text[a:b] for a, b in told_by(text, *span)]
        for span, one in settings(text).items()
    }
    assert places["crossing.boats"] == [
        "boats: 5",
        "We sail with fewer boats than the usual 8 because the quay has only\n  # 6 berths.",
        "crossing:",
    ]
    assert places["harbours.pilot"] == ["- Ann", "harbours:", "pilots:"]


def test_a_value_goes_on_below() -> None:
    """A line below a key that has a value is no key, whatever stands on it."""
    assert said("note: a boat\n  that is: old\n")[1] == ("code", "that is: old")


LINES = st.lists(
    st.sampled_from(
        "# a b;  # c;#k=1;k: v;  k: 'v' # w;- k: |;-;- x;[s];k = 1;;  ;{;  x;#---"
        ';k: """;""";k:;  k:;\tk: &a;a: [;// é'.split(";")
    )
    | st.text(max_size=8)
)


@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_every_word_stands_in_one_place(lines: list[str], end: str) -> None:
    """Places are in order, apart and of whole lines; no word is lost; keys above are above."""
    text = SETTINGS + end.join(lines)
    at = len(SETTINGS)
    for (start, stop), one in settings(text).items():
        assert at <= start < stop <= len(text)
        assert not any(map(str.isalnum, text[at:start]))
        for a, b in (*one.lines, *one.above):
            assert text[a:b] == text[a:b].strip()
            assert len(text[a:b].splitlines()) == 1
        assert all(b < start for _, b in one.above)
        assert one.said
        at = stop
    assert not any(map(str.isalnum, text[at:]))
    assert [(one.start, one.end) for one in sentences(text)] == list(settings(text))


def test_a_file_of_settings_is_known_by_its_suffix(tmp_path: Path) -> None:
    """It begins so, its first comment is its title; a program and a file of data are code."""
    found = read(tmp_path, "a.yaml", YAML)
    assert (found.text, found.title) == (SETTINGS + YAML, "Settings of the ferries (summer)")
    assert title_of(SETTINGS + "# They sail.\n\na: 1\n") is None
    assert not settings(read(tmp_path, "a.py", "A = 1\n").text)
    assert not settings(read(tmp_path, "b.yaml", "a: 1\n" * (LONGEST // 5 + 1)).text)


def test_passages_hold_the_paths() -> None:
    """What is embedded and looked up by words says "timeout.boarding", not "boarding" alone."""
    document = Document("a", SETTINGS + YAML, title="Ferries")
    (passage,) = split(document, words)
    assert "timeout.boarding: 10m" in embedded_text(document, passage)


def test_an_answer_says_why() -> None:
    """A key is shown as it is read, and cited with its comment and the key that it stands under."""
    found = reading(opened(SETTINGS + YAML), {"crossing.boats": 0.9})
    (one,) = quoted(found, select(found, sure=True))
    assert one.text.startswith("crossing.boats: 5 - We sail with fewer boats")
    assert one.text.endswith("because the quay has only 6 berths.")
    assert [cited.quote for cited in one.citations][::2] == ["boats: 5", "crossing:"]


def test_keys_without_a_value_answer_nothing() -> None:
    """They are frames, and open the string of several lines that stands below them."""
    made = opened(SETTINGS + YAML)
    frames = [unit.text for unit in made.units if unit.is_frame]
    assert frames == ["crossing:", "timeout:", "harbours:", "harbours.pilots:", "harbours.notes:"]
