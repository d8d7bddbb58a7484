"""A real small model on a gold set: what it says, what of it is shown, and how soon.

    python bench/local_model.py MODEL.gguf [COUNT] [PART] [OUT]

Asks ``local:MODEL.gguf`` the first COUNT answerable, self-contained questions of
eval/gold/seed.jsonl , every PART-th, and prints every statement that a reader would see
beside the sentences it cites, so that a person can tell whether they carry it, and what was
left out and why.  With OUT every reply is recorded in that file.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from qa.answer.generate import generate
from qa.answer.retrieve import retrieve
from qa.assistant import Assistant
from qa.data import Answer, LeftOut, Statement
from qa.errors import ModelError
from qa.evaluate.gold import load
from qa.models.llm import LLM, open_llm
from qa.models.replay import Recorder

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Print every statement shown and left out, and the counts of them."""
    model, count, part = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    llm: LLM = open_llm(f"local:{model}")
    if len(sys.argv) > 4:
        llm = Recorder(llm, Path(sys.argv[4]))
    pairs = [
        pair for pair in load(ROOT / "eval/gold/seed.jsonl") if pair.answerable and not pair.history
    ]
    counts: Counter[str] = Counter()
    firsts, wholes = [], []
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant(documents=ROOT / "seeds", library=folder)
        assistant.sync()
        for pair in pairs[::part][:count]:
            print(f"\n{pair.id}: {pair.question}", flush=True)
            with assistant.library.reading() as view:
                hits = retrieve(pair.question, view, assistant.embedding.embed)
            began = time.perf_counter()
            try:
                for event in generate(pair.question, hits, llm):
                    _tell(event, counts)
                    if isinstance(event, Answer):
                        counts["answered" if event.answered else "refused"] += 1
                        if event.usage and event.usage.seconds_to_first is not None:
                            firsts.append(event.usage.seconds_to_first)
            except ModelError as error:
                counts["failed"] += 1
                print(f"  failed: {error}")
            wholes.append(time.perf_counter() - began)
    _sum_up(counts, firsts, wholes)
    return 0


def _tell(event: Statement | LeftOut | Answer, counts: Counter[str]) -> None:
    if isinstance(event, Answer):
        for note in event.notes:
            print(f"  note: {note}")
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
