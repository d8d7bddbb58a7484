"""A recording of a model's replies, carried over to prompts that have changed since.

    python -m bench.carried GOLD OLD NEW --unanswered FOLDER

Asks the questions of GOLD and answers each request from OLD: the very request, or else the one
that asked the same.  A reply's marks are exchanged for those that the same lines have now; one
that cites a line which is no longer shown, or that refuses while lines are shown that were not, is
not carried.  NEW then holds every request as it is now, with its messages.  What has no reply is
written to FOLDER as KEY.txt, to be answered there as KEY.reply; run again until nothing is left.
"""

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qa.answering.sources import REFUSAL_TOKEN
from qa.assistant import Assistant, Parts
from qa.data import Usage
from qa.errors import ModelRejected
from qa.evaluate.measures import MEASURES
from qa.evaluate.run import evaluate, gold_set, read_folder
from qa.models.chat.base import End, Events, Message, Reply
from qa.models.chat.replay import FORMAT, request_key
from qa.models.reader.fake import FakeReader
from qa.models.tokens import count

_UNIT = re.compile(r"\[(\d+\.\d+)\] (.*?)(?=\[\d+\.\d+\] |\n=== |\n…\n|\Z)", re.DOTALL)
_MARK = re.compile(r"\[(\d+\.\d+)\]")
_MEANING = re.compile(r"\s*\[[^\[\]=]+ = [^\[\]]*\]\s*$")


def units(prompt: str) -> dict[str, str]:
    """Each mark of a prompt, and its line without what its dates mean."""
    found = {}
    for mark, line in _UNIT.findall(prompt):
        found[mark] = " ".join(_MEANING.sub("", " ".join(line.split())).split())
    return found


def asked(prompt: str) -> str:
    """What a prompt asks, apart from its sources."""
    sources = re.compile(r"=== SOURCE.*?=== END \w+", re.DOTALL)
    return sources.sub("", prompt).strip()


def carried(reply: str, old: str, new: str) -> str | None:
    """``reply`` to ``old`` as one to ``new``; None where a line it rests on is not there."""
    before, now = units(old), units(new)
    marks = {line: mark for mark, line in reversed(now.items())}
    if reply.strip().startswith(REFUSAL_TOKEN) and set(now.values()) - set(before.values()):
        return None
    cited = set(_MARK.findall(reply))
    if not all(before.get(mark) in marks for mark in cited):
        return None
    return _MARK.sub(lambda match: f"[{marks[before[match[1]]]}]", reply)


class Carrier:
    """The model of the recording OLD, which writes NEW as it answers."""

    def __init__(self, old: Sequence[Path], new: Path, unanswered: Path) -> None:
        lines = [line for path in old for line in path.read_text("utf-8").splitlines()]
        entries = [json.loads(line) for line in lines]
        self.name, self.window = entries[0]["model"], entries[0]["window"]
        self._known = [one for one in entries if "key" in one]
        self._kept: set[str] = set()
        self._unanswered = unanswered
        self._new = new
        self.missing = 0
        unanswered.mkdir(parents=True, exist_ok=True)
        new.write_text(
            json.dumps({"format": FORMAT, "model": self.name, "window": self.window}) + "\n",
            "utf-8",
        )

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The reply that was recorded or written by hand.  Raises ModelRejected, when read."""
        return Reply(self._events(messages, max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        key = request_key(self.name, messages, max_tokens)
        text = self._found(key, messages[-1].content)
        if text is None:
            self.missing += 1
            told = "\n\n".join(message.content for message in messages)
            (self._unanswered / f"{key[:12]}.txt").write_text(told, "utf-8")
            raise ModelRejected(f"request {key[:12]!r} has no reply")
        sent = sum(count(message.content) for message in messages)
        usage = Usage(prompt_tokens=sent, completion_tokens=count(text))
        if key not in self._kept:
            self._kept.add(key)
            entry: dict[str, Any] = {
                "key": key,
                "messages": [["user", messages[-1].content]],
                "max_tokens": max_tokens,
                "deltas": [text],
                "finish": "stop",
                "usage": asdict(usage),
            }
            with self._new.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        yield text
        yield End("stop", usage)

    def _found(self, key: str, prompt: str) -> str | None:
        hand = self._unanswered / f"{key[:12]}.reply"
        if hand.exists():
            return hand.read_text("utf-8").strip()
        same = [one for one in self._known if one["key"] == key]
        if same:
            return "".join(same[-1]["deltas"])
        for one in self._known:
            old = one["messages"][-1][1] if "messages" in one else ""
            if asked(old) == asked(prompt):
                text = carried("".join(one["deltas"]), old, prompt)
                if text is not None:
                    return text
        return None


def main() -> None:
    """Ask every question once, and say what became of it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("gold", type=Path)
    options.add_argument("old", type=Path, nargs="+")
    options.add_argument("new", type=Path)
    options.add_argument("--unanswered", type=Path, required=True)
    options.add_argument("--documents", type=Path)
    options.add_argument("--library", type=Path, help="keep the library here")
    given = options.parse_args()
    gold = gold_set(given.gold, given.documents)
    llm = Carrier(given.old, given.new, given.unanswered)
    with TemporaryDirectory() as made:
        library = given.library or Path(made)
        parts = Parts(reader=FakeReader({}), chat=llm)
        with Assistant.from_here(gold.documents, library, parts=parts, engine="llm") as assistant:
            assistant.sync()
            judged = list(evaluate(gold, assistant, read_folder(gold.documents)))
    print(f"{llm.missing} of {len(judged)} questions want a reply in {given.unanswered}")
    for measure in MEASURES[:13]:
        values = [one.value(measure.name) for one in judged]
        known = [value for value in values if value is not None]
        if known:
            print(f"{measure.name:14} {sum(known) / len(known):.3f} of {len(known)}")


if __name__ == "__main__":
    main()
