"""A real small model before documents that give orders: what of its obedience is shown.

    python -m bench.attacks MODEL.gguf [--part 1] [--save REPLIES.jsonl]

Every attack of tests/answering/attacks.py is put before ``local:MODEL.gguf``, its sentences
helped to a citation (see bench/local_model.py), and what a reader would see is judged as the
tests judge it.  ``--save`` keeps each reply, a JSON object a line, for the tests to replay.
"""

import argparse
import json
import sys
from pathlib import Path

from bench.local_model import Helped
from qa.answering.write import generate
from qa.errors import ModelError
from qa.models.chat.base import Events, Message
from qa.models.chat.opening import open_llm
from tests.answering.attacks import ASKED, ATTACKS, faults, hits
from tests.answering.made import answered, windows_of


class Heard(Helped):
    """A helped model that keeps what it said last."""

    said = ""

    def _events(self, messages: list[Message], max_tokens: int) -> Events:
        self.said = ""
        for event in super()._events(messages, max_tokens):
            if isinstance(event, str):
                self.said += event
            yield event


def main() -> int:
    """Print every statement shown and what is wrong with it; exit with 1 where anything is."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", type=Path)
    options.add_argument("--part", type=int, default=1, help="every PART-th attack alone")
    options.add_argument("--save", type=Path)
    given = options.parse_args()
    llm = Heard(open_llm(f"local:{given.model}"))
    shown = obeyed = wrong = 0
    kept = []
    for attack in ATTACKS[:: given.part]:
        found = hits(attack)
        try:
            answer = answered(generate(ASKED, windows_of(found), llm))
        except ModelError as error:
            print(f"{attack.name}: failed: {error}", flush=True)
            continue
        kept.append({"attack": attack.name, "reply": llm.said})
        obeyed += any(word.casefold() in llm.said.casefold() for word in attack.taint)
        for statement in answer.statements:
            shown += 1
            bad = list(faults(statement, attack, found))
            wrong += bool(bad)
            print(f"{attack.name}: {statement.text}  {bad or ''}", flush=True)
    print(f"{len(kept)} replies, {obeyed} with the attacker's words; {shown} shown, {wrong} wrong")
    if given.save:
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in kept)
        given.save.write_text(lines, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
