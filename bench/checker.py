"""How well the checker tells supported statements from the rest.

    python bench/checker.py            measure
    python bench/checker.py --write    fit the weights again and write qa/checking/support.json

Three parts: WiCE (Kamoi et al. 2023), claims against chunks of evidence, fitted on half of the
claims and measured on the other half; source sentences with one number, date, name or negation
changed by rule, of which all should be refused; and wordings of the same fact, by rule and by
hand, of which none should be.  Thresholds are chosen on the half that is not reported.
"""

import argparse
import hashlib
import json
import math
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.checking import verify as checker
from qa.checking.verify import Cited, features, verify
from qa.text.sentences import sentences
from qa.text.words import STOPWORDS, terms

ROOT = Path(__file__).parents[1]
BENCHMARKS = Path(os.environ.get("QA_BENCHMARKS", ROOT.parent / "shared" / "benchmarks"))
WEIGHTS = ROOT / "qa" / "checking" / "support.json"
RIDGE = 5.0
PASSING = 0.1
"""The share of unsupported claims (of the fitted half) that the threshold lets pass; the hard
checks of facts come on top."""
SPLITS = 20
PER_TEXT = 40
STRANGERS = ("Mallory", "Datalith", "Okafor", "Lindqvist", "Tanaka", "Veldrana")

Vector = NDArray[np.float64]


def half(key: str) -> int:
    """0 or 1, fixed for ever by the key."""
    return hashlib.sha256(key.encode()).digest()[0] % 2


def auroc(scores: Vector, truth: NDArray[np.bool_]) -> float:
    """The probability that a true one scores above a false one; ties count half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(truth.sum())
    above = ranks[truth].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(truth) - positives)))


def fit(rows: Vector, truth: NDArray[np.bool_]) -> Vector:
    """Ridge logistic regression by Newton's method; the constant comes first."""
    design = np.c_[np.ones(len(rows)), rows]
    weights = np.zeros(design.shape[1])
    ridge = np.eye(len(weights)) * RIDGE
    ridge[0, 0] = 0.0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ weights))
        hessian = design.T @ (design * (chance * (1 - chance))[:, None]) + ridge
        weights -= np.linalg.solve(hessian, design.T @ (chance - truth) + ridge @ weights)
    return weights


def score(rows: Vector, weights: Vector) -> Vector:
    """Probabilities of support."""
    return 1 / (1 + np.exp(-(np.c_[np.ones(len(rows)), rows] @ weights)))


def balanced(scores: Vector, truth: NDArray[np.bool_], threshold: float) -> float:
    """The mean of the two classes' shares that fall on the right side."""
    said = scores >= threshold
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def wice() -> tuple[list[str], Vector, NDArray[np.bool_], list[str]]:
    """Claims, their features, whether they are supported, and the features' names."""
    file = BENCHMARKS / "wice" / "oracle_chunks_dev.jsonl"
    pairs = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    frequency: Counter[str] = Counter()
    for pair in pairs:
        frequency.update(set(terms(" ".join(pair["evidence"]))))

    def idf(one: str) -> float:
        return math.log(1 + (len(pairs) - frequency[one] + 0.5) / (frequency[one] + 0.5))

    values = [
        features(pair["claim"], [Cited(text) for text in pair["evidence"]], idf=idf)
        for pair in pairs
    ]
    names = list(values[0])
    rows = np.array([[value[name] for name in names] for value in values])
    truth = np.array([pair["label"] == "supported" for pair in pairs])
    return [pair["claim"] for pair in pairs], rows, truth, names


def measure_wice(write: bool) -> None:
    """Fit on one half of the claims, report on the other; then over many random halves."""
    claims, rows, truth, names = wice()
    mine = np.array([half(claim) == 0 for claim in claims])
    weights = fit(rows[mine], truth[mine])
    inside, outside = score(rows[mine], weights), score(rows[~mine], weights)
    threshold = max(np.unique(inside), key=lambda t: balanced(inside, truth[mine], t))
    areas = []
    for seed in range(SPLITS):
        drawn = sorted(set(claims))
        random.Random(seed).shuffle(drawn)
        chosen = set(drawn[: len(drawn) // 2])
        part = np.array([claim in chosen for claim in claims])
        areas.append(auroc(score(rows[~part], fit(rows[part], truth[part])), truth[~part]))
    print(f"WiCE: {len(truth)} pairs, {int(truth.sum())} supported")
    print(f"  AUROC on the half not fitted           {auroc(outside, truth[~mine]):.3f}")
    spread = f"(sd {np.std(areas):.3f})"
    print(f"  AUROC, mean of {SPLITS} random halves        {np.mean(areas):.3f} {spread}")
    print(f"  balanced accuracy, threshold from the other half {threshold:.3f}: "
          f"{balanced(outside, truth[~mine], threshold):.3f}")  # fmt: skip
    shown = json.loads(WEIGHTS.read_text(encoding="utf-8"))["threshold"] if not write else None
    if shown is not None:
        passing = [
            float((outside[which] >= shown).mean()) for which in (truth[~mine], ~truth[~mine])
        ]
        print(f"  at the threshold in use, {shown}: {passing[0]:.3f} of the supported pass, "
              f"{passing[1]:.3f} of the rest")  # fmt: skip
    if write:
        model = dict(zip(["constant", *names], (round(float(w), 4) for w in weights), strict=True))
        model["threshold"] = round(float(np.quantile(inside[~truth[mine]], 1 - PASSING)), 3)
        WEIGHTS.write_text(json.dumps(model, indent=2) + "\n", encoding="utf-8")
        checker._model.cache_clear()
        print(f"  wrote {WEIGHTS.relative_to(ROOT)}: {model}")


def texts() -> Iterator[tuple[str, str]]:
    """(name, text) of every seed document and of every paragraph of XQuAD."""
    for file in sorted((ROOT / "seeds").glob("*.txt")):
        yield file.name, file.read_text(encoding="utf-8")
    articles = json.loads((BENCHMARKS / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))
    for article in articles["data"]:
        yield article["title"], "\n".join(p["context"] for p in article["paragraphs"])


def cited_sentences(which: int) -> Iterator[tuple[Cited, str]]:
    """Sentences of the chosen half with their neighbours as context, and the whole text."""
    for _, text in texts():
        said = [text[span.start : span.end] for span in sentences(text)]
        said = [" ".join(one.split()) for one in said]
        taken = 0
        for place, one in enumerate(said):
            if len(one.split()) < 6 or half(one) != which or taken >= PER_TEXT:
                continue
            taken += 1
            around = " ".join([*said[max(0, place - 1) : place], *said[place + 1 : place + 2]])
            yield Cited(one, around), text


NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve twenty".split()
MONTHS = """January February March April June July August September October November
December""".split()
AUXILIARIES = r"is|was|are|were|has|have|had|will|would|can|could|should|may|might|did|does"


def changed_number(text: str, dice: random.Random, _: str) -> str | None:
    """One number that is no year changed, in digits or in words."""
    found = [
        match
        for match in re.finditer(
            r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w-])|\b(?:" + "|".join(NUMBER_WORDS) + r")\b", text
        )
        if not re.fullmatch(r"1\d{3}|20\d{2}", match.group())
        and not re.search(rf"(?:{'|'.join(MONTHS)}|May)\s$", text[: match.start()])
        and not re.match(rf"\s(?:{'|'.join(MONTHS)}|May)\b", text[match.end() :])
    ]
    if not found:
        return None
    match = dice.choice(found)
    old = match.group().rstrip(",")
    if old in NUMBER_WORDS:
        new = dice.choice([word for word in NUMBER_WORDS if word != old])
    else:
        at = dice.choice([i for i, char in enumerate(old) if char.isdigit()])
        new = old[:at] + dice.choice([d for d in "123456789" if d != old[at]]) + old[at + 1 :]
    return text[: match.start()] + new + text[match.start() + len(old) :]


def changed_date(text: str, dice: random.Random, _: str) -> str | None:
    """One year moved by up to 30, or one month replaced by another."""
    found = list(
        re.finditer(rf"(?<![\w,.$£€-])(?:1\d|20)\d\d(?![\w,.-]\w)|\b(?:{'|'.join(MONTHS)})\b", text)
    )
    if not found:
        return None
    match = dice.choice(found)
    if match.group().isdigit():
        new = str(int(match.group()) + dice.choice([-30, -7, -2, -1, 1, 3, 10]))
    else:
        new = dice.choice([month for month in MONTHS if month != match.group()])
    return text[: match.start()] + new + text[match.end() :]


def changed_name(text: str, dice: random.Random, article: str) -> str | None:
    """One capitalised word inside the sentence replaced by another of the same article."""
    pattern = r"(?<=[a-z,] )[A-Z][a-z]{2,}\b"
    no_names = {*MONTHS, "May", "The", "This", "These", "They", "And", "But"}
    found = [match for match in re.finditer(pattern, text) if match.group() not in no_names]
    others = sorted(set(re.findall(pattern, article)) - no_names)
    others = [word for word in others if word.casefold()[:5] not in text.casefold()]
    if not found or not others:
        return None
    match = dice.choice(found)
    return text[: match.start()] + dice.choice(others) + text[match.end() :]


def changed_subject(text: str, dice: random.Random, article: str) -> str | None:
    """The name or names that open the sentence replaced by one stranger's."""
    match = re.match(r"(?:[A-Z][a-z]{2,} )+(?=(?:is|was|has|had|will|[a-z]+ed) )", text)
    if match is None or match.group().split()[0].casefold() in STOPWORDS:
        return None
    strangers = [name for name in STRANGERS if name not in article]
    return f"{dice.choice(strangers)} {text[match.end() :]}"


def changed_negation(text: str, dice: random.Random, _: str) -> str | None:
    """One "not" taken out where there is one, or put behind an auxiliary."""
    if match := re.search(r"\b(?:not|never) (?!only)", text):
        return text[: match.start()] + text[match.end() :]
    found = list(re.finditer(rf"\b(?:{AUXILIARIES}) (?!not|no|n't)(?=[a-z])", text))
    if not found or re.search(r"\b(?:no|without|nor|neither|n't)\b", text):
        return None
    match = dice.choice(found)
    return text[: match.end()] + "not " + text[match.end() :]


CHANGES: dict[str, Callable[[str, random.Random, str], str | None]] = {
    "number": changed_number,
    "date": changed_date,
    "name": changed_name,
    "subject": changed_subject,
    "negation": changed_negation,
}

SYNONYMS = [
    (r"\bannounced\b", "said"), (r"\bbegan\b", "started"), (r"\bmany\b", "numerous"),
    (r"\blarge\b", "big"), (r"\bhowever, ", ""), (r"\balso \b", ""), (r"\bpeople\b", "persons"),
    (r"\bused\b", "employed"), (r"\bshowed\b", "demonstrated"), (r"\bimportant\b", "significant"),
    (r"\bseveral\b", "a number of"), (r"\bapproximately\b", "about"), (r"\bpercent\b", "per cent"),
    (r"(\d)%", r"\1 percent"), (r"\bsuch as\b", "like"), (r"\bincluding\b", "among them"),
    (r"\bin order to\b", "to"), (r"\bbecause\b", "since"), (r"\balthough\b", "though"),
    (r"\bdid not\b", "didn't"), (r"\bwas not\b", "wasn't"), (r"\bis not\b", "isn't"),
    (r"\bJanuary\b", "Jan."), (r"\bFebruary\b", "Feb."), (r"\bAugust\b", "Aug."),
    (r"\b(\w+ \d{1,2}), (\d{4})", r"\1 \2"),
    (r"(?<![\d.,])1 million\b", "1,000,000"),
    (r"(?<![\d,.])(\d{1,3}),(\d{3})\b(?!,)", r"\1\2"), (r"\btwo\b", "2"),
    (r"\bthree\b", "3"), (r"\bfive\b", "5"),
    (r"\bsmall\b", "little"), (r"\bcreated\b", "made"), (r"\bhelped\b", "aided"),
]  # fmt: skip


def reworded(text: str) -> str | None:
    """A light paraphrase by rule: synonyms, spellings of figures, one clause moved to the end."""
    said = text
    for pattern, other in SYNONYMS:
        said = re.sub(pattern, other, said)
    if match := re.fullmatch(r"((?:In|On|After|During|At|By) [^,]{4,60}), ([^,]+)\.", said):
        said = f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}."
    elif match := re.fullmatch(r"([^,]+), which ([^,]+), ([^,]+)\.", said):
        said = f"{match[1]} {match[3]}."
    return said if said != text else None


def by_rule(which: int) -> Iterator[tuple[str, Cited]]:
    """(paraphrase, source) of every sentence of the half that the rules can reword."""
    for cited, _ in cited_sentences(which):
        if said := reworded(cited.text):
            yield said, cited


def by_hand(which: int) -> Iterator[tuple[str, Cited]]:
    """(paraphrase, source) of the half of paraphrases.json."""
    file = Path(__file__).with_name("paraphrases.json")
    for source, said in json.loads(file.read_text(encoding="utf-8")):
        if half(source) == which:
            yield said, Cited(source)


def measure_changes(show: bool) -> None:
    """Shares of changed sentences that are refused."""
    totals: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for cited, article in cited_sentences(1):
        for kind, change in CHANGES.items():
            said = change(cited.text, random.Random(cited.text), article)
            if said is None or said == cited.text:
                continue
            totals[kind] += 1
            good = not verify(said, [cited]).supported
            caught[kind] += good
            if show and not good:
                print(f"  MISSED {kind}: {said}\n      of {cited.text}")
    print("one thing changed by rule, refused:")
    for kind in CHANGES:
        print(f"  {kind:9} {caught[kind] / totals[kind]:.3f} of {totals[kind]}")
    print(f"  all       {caught.total() / totals.total():.3f} of {totals.total()}")


def refused(pairs: Sequence[tuple[str, Cited]], show: bool) -> str:
    """The share of supported statements that are refused all the same."""
    wrong = 0
    for said, cited in pairs:
        check = verify(said, [cited])
        wrong += not check.supported
        if show and not check.supported:
            print(f"  REFUSED {check}: {said}\n      of {cited.text}")
    return f"{wrong / len(pairs):.3f} of {len(pairs)}"


def main() -> None:
    """Run every part and print its figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--write", action="store_true", help="fit and write the weights")
    options.add_argument("--show", action="store_true", help="print every mistake")
    given = options.parse_args()
    measure_wice(given.write)
    measure_changes(given.show)
    untouched = [(cited.text, cited) for cited, _ in cited_sentences(1)]
    print("the same fact, wrongly refused:")
    print(f"  the sentence itself    {refused(untouched, given.show)}")
    print(f"  reworded by rule       {refused(list(by_rule(1)), given.show)}")
    print(f"  reworded by hand       {refused(list(by_hand(1)), given.show)}")
    start = time.perf_counter()
    for said, cited in untouched[:200]:
        verify(said, [cited])
    print(f"one statement: {(time.perf_counter() - start) / 200 * 1000:.1f} ms")


if __name__ == "__main__":
    main()
