"""A real small model on a gold set: what it says, what of it is shown, and how soon.

    python -m bench.local_model MODEL.gguf [--count 25] [--part 2] [--helped]

Asks ``local:MODEL.gguf`` the first COUNT answerable, self-contained questions of
eval/gold/seed.jsonl, every PART-th, and prints every statement that a reader would see beside
the sentences it cites, so that a person can tell whether they carry it, and what was left out
and why.

A model of 135 million parameters cites nothing that was shown to it, so that all of it is
dropped.  With ``--helped`` the marks around the sources are made plainer for it, and to each
sentence that it writes the id of the source sentence nearest to it is added: the hardest
citation that a wrong sentence can have, so that what is left is up to the checker.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from qa.answering.retrieve import retrieve
from qa.answering.windows import open_windows
from qa.answering.write import Written, generate
from qa.assistant import Assistant
from qa.data import LeftOut, Note, Statement
from qa.errors import ModelError
from qa.evaluate.gold import load
from qa.models.chat.base import LLM, End, Events, Message, Reply
from qa.models.chat.opening import open_llm
from qa.text.sentences import sentences
from qa.text.words import terms
from tests.answering.made import drained

ROOT = Path(__file__).parents[1]


class Helped:
    """A model whose sentences get the id of the source sentence that shares most with each."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        self.name, self.window = llm.name, llm.window

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The model's reply, cited; at most 250 tokens, for it does not know when to stop."""
        return Reply(self._events(messages, min(max_tokens, 250)), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        prompt = messages[-1].content
        shown = re.findall(r"^\[(\d+\.\d+)\] (.*)$", prompt, re.MULTILINE)
        plainer = prompt.replace("=== ", "")
        with self._llm.reply(
            [messages[0], Message("user", plainer)], max_tokens=max_tokens
        ) as reply:
            said = "".join(reply)
        for line in re.sub(r"\[[\d.]+\]", "", said).splitlines():
            for span in sentences(line):
                sentence = line[span.start : span.end]
                yield f"{sentence} [{_nearest(sentence, shown)}]\n"
        yield End(reply.finish, reply.usage)


def _nearest(sentence: str, shown: Sequence[tuple[str, str]]) -> str:
    own = set(terms(sentence))
    return max(shown, key=lambda one: len(own & set(terms(one[1]))))[0]


def main() -> int:
    """Print every statement shown and left out, and the counts of them."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", type=Path)
    options.add_argument("--count", type=int, default=25)
    options.add_argument("--part", type=int, default=2)
    options.add_argument("--helped", action="store_true")
    given = options.parse_args()
    llm: LLM = open_llm(f"local:{given.model}")
    llm = Helped(llm) if given.helped else llm
    pairs = [
        pair for pair in load(ROOT / "eval/gold/seed.jsonl") if pair.answerable and not pair.history
    ]
    counts: Counter[str] = Counter()
    firsts, wholes = [], []
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.from_here(documents=ROOT / "seeds", library=folder)
        assistant.sync()
        for pair in pairs[:: given.part][: given.count]:
            print(f"\n{pair.id}: {pair.question}", flush=True)
            with assistant.library.reading() as view:
                windows = open_windows(retrieve(pair.question, view, assistant.embedding), view)
            began = time.perf_counter()
            try:
                streamed, written = drained(generate(pair.question, windows, llm))
                for event in streamed:
                    _tell(event, counts)
                assert isinstance(written, Written)
                answer = written.answer
                for note in answer.notes:
                    print(f"  note: {note}")
                counts["answered" if answer.answered else "refused"] += 1
                if answer.usage and answer.usage.seconds_to_first is not None:
                    firsts.append(answer.usage.seconds_to_first)
            except ModelError as error:
                counts["failed"] += 1
                print(f"  failed: {error}")
            wholes.append(time.perf_counter() - began)
    _sum_up(counts, firsts, wholes)
    return 0


def _tell(event: Note | Statement | LeftOut, counts: Counter[str]) -> None:
    if isinstance(event, Note):
        return
    counts["events"] += 1
    if isinstance(event, LeftOut):
        counts[event.fate] += 1
        print(f"  {event.fate}: {event.text[:200]}\n      {event.reason}")
        return
    counts["shown"] += 1
    print(f"  SHOWN ({event.support:.2f}): {event.text}")
    for citation in event.citations:
        print(f"      “{' '.join(citation.quote.split())}”")


def _sum_up(counts: Counter[str], firsts: list[float], wholes: list[float]) -> None:
    produced = counts["events"] - counts["repaired"]  # a repair is one sentence, two events
    print(
        f"\n{len(wholes)} questions: {counts['answered']} answered, {counts['refused']} refused,"
        f" {counts['failed']} failed\n{produced} sentences produced, {counts['shown']} statements"
        f" shown ({counts['repaired']} of them the cited sentence itself in place of what the"
        f" model wrote), {counts['dropped']} dropped"
    )
    for what, seconds in (("first statement", sorted(firsts)), ("whole answer", sorted(wholes))):
        if seconds:
            middle = seconds[len(seconds) // 2]
            print(f"seconds to the {what}: median {middle:.1f}, longest {seconds[-1]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
