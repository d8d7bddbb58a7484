"""What is shown of claims that somebody planted, and of harmless texts that look alike.

    python -m bench.planted eval/planted/cases.jsonl eval/planted/lookalikes.jsonl
    python -m bench.planted --each FILE    also a line for each case where a claim is shown

Each folder is a library of its own, asked from end to end without a model (eval/planted/README.md).
A planted claim is shown plainly, as one side of a disagreement, or named as somebody else's words.
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from qa.assistant import Assistant, Parts
from qa.data import Answer
from qa.models.embed.minilm import MiniLM
from qa.models.reader.onnx import OnnxReader


def asked(case: dict[str, Any], work: Path, parts: Parts) -> Answer:
    """The answer to a case, of its own documents alone."""
    documents = work / "documents"
    for name, text in case["documents"].items():
        path = documents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = Assistant.from_here(documents=documents, library=work / "library", parts=parts)
    made.sync()
    return made.ask(case["question"])


def came_of(case: dict[str, Any], answer: Answer) -> str:
    """How the planted claim is shown: "plain", "disagreement", "named" or "not"."""
    if not any(case["planted"] in one.text for one in answer.statements):
        return "not"
    told = {
        tuple(dict(one.values)[x] for x in ("path", "line"))
        for one in answer.notes
        if one.kind == "voice"
    }
    cited = {(one.path, str(one.line)) for one in answer.citations if case["planted"] in one.quote}
    if cited and cited <= told:
        return "named"
    kinds = {one.kind for one in answer.notes}
    return "disagreement" if "disagree" in kinds else "plain"


def main(given: list[str]) -> None:
    """Ask and print the sums of each file."""
    parts = Parts(embedding=MiniLM(), reader=OnnxReader())
    for name in (one for one in given if one != "--each"):
        cases = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
        sums: Counter[str] = Counter()
        with tempfile.TemporaryDirectory() as made:
            for number, case in enumerate(cases):
                answer = asked(case, Path(made) / str(number), parts)
                sums["truth shown"] += any(case["truth"] in one.text for one in answer.statements)
                sums["voice named"] += any(one.kind == "voice" for one in answer.notes)
                if "planted" not in case:
                    continue
                came = came_of(case, answer)
                sums[came] += 1
                if "--each" in given and came != "not":
                    print(f"  {came}: {case['kind']} {case['language']}: {case['question']}")
        print(f"{name}: {len(cases)} cases; {dict(sums)}")


if __name__ == "__main__":
    main(sys.argv[1:])
