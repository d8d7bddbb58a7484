"""Items from public sets, read out of their git repositories (README.md names the commits)."""

import csv
import gzip
import html
import io
import json
import random
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qa.text.sentences import sentences, weight
from qa.text.words import terms

from .items import BM25, FULL, NONE, SOME, STOP, Item, asked_of_another, phrase_of, without_gold
from .items import words as words_of

_SIZE = 230  # tokens of a window, by the product's estimate
_LONG = 320  # of one of CLAPnq, whose passages are to stay whole


class Question(NamedTuple):
    """A question, the units that answer it, all of them or not, and the words that do."""

    text: str
    gold: tuple[int, ...]
    answer: str = ""
    whole: bool = True


class Cut(NamedTuple):
    """A window of a document of a set, with what it answers and what its document does not."""

    document: str
    title: str
    units: tuple[str, ...]
    asked: tuple[Question, ...]


class Repository:
    """A git directory, ``folder``/OWNER+NAME/repo, read as it was committed last."""

    def __init__(self, folder: Path, name: str) -> None:
        self._git = ["git", f"--git-dir={folder / name.replace('/', '+') / 'repo'}"]

    def names(self) -> list[str]:
        """The paths of its files."""
        return self._run("ls-tree", "-r", "--name-only", "HEAD").decode().splitlines()

    def texts(self, paths: Sequence[str]) -> dict[str, str]:
        """Those of the files that are there."""
        asked = "".join(f"HEAD:{path}\n" for path in paths)
        out, found, at = self._run("cat-file", "--batch", given=asked.encode()), {}, 0
        for path in paths:
            end = out.index(b"\n", at)
            head, at = out[at:end].split(), end + 1
            if head[-1] != b"missing":
                size = int(head[-1])
                found[path] = out[at : at + size].decode("utf-8", "replace")
                at += size + 1
        return found

    def text(self, path: str) -> str:
        """One file."""
        return self.texts([path])[path]

    def raw(self, path: str) -> bytes:
        """The bytes of one file."""
        return self._run("cat-file", "blob", f"HEAD:{path}")

    def _run(self, *command: str, given: bytes | None = None) -> bytes:
        done = subprocess.run([*self._git, *command], input=given, capture_output=True, check=True)
        return done.stdout


def runs(units: Sequence[str], limit: int = _SIZE) -> list[list[int]]:
    """The numbers of ``units`` in runs of at most ``limit`` tokens, or of one unit."""
    out: list[list[int]] = [[]]
    size = 0
    for i, unit in enumerate(units):
        own = weight(unit) + 2
        if out[-1] and size + own > limit:
            out.append([])
            size = 0
        out[-1].append(i)
        size += own
    return out if out[0] else []


def cut(
    document: str, title: str, units: Sequence[str], asked: Sequence[Question], limit: int = _SIZE
) -> Iterator[Cut]:
    """A document in windows; a question goes where its answer is, one without one everywhere."""
    for run in runs(units, limit):
        mine = []
        for one in asked:
            gold = tuple(run.index(i) for i in one.gold if i in run)
            if gold or not one.gold:
                mine.append(one._replace(gold=gold, whole=len(gold) == len(one.gold)))
        yield Cut(document, title, tuple(units[i] for i in run), tuple(mine))


def selqa(folder: Path) -> Iterator[Cut]:
    """Questions about sections of Wikipedia, with the sentences that answer them."""
    repository = Repository(folder, "emorynlp/selqa")
    for part in ("dev", "test"):
        sections = defaultdict(list)
        for one in json.loads(repository.text(f"ass/selqa-ass-{part}.json")):
            where = one["article"], one["section"], tuple(one["candidates"])
            sections[where].append(Question(one["question"], tuple(one["answers"])))
        for (article, section, units), asked in sections.items():
            is_first = section.lower() in ("", "abstract")
            yield from cut(article, article if is_first else f"{article}: {section}", units, asked)


def fairytale(folder: Path) -> Iterator[Cut]:
    """Questions about tales whose answer stands there, where one sentence is clearly its place."""
    repository, at = Repository(folder, "uci-soe/FairytaleQAData"), "data-by-train-split"
    paths = [path for path in repository.names() if path.startswith(f"{at}/")]
    texts = repository.texts(paths)
    for path in paths:
        name = path.rsplit("/", 1)[1].removesuffix("-questions.csv")
        story = texts.get(f"{at}/section-stories/all/{name}-story.csv")
        if not path.startswith(f"{at}/questions/") or story is None:
            continue
        sections = defaultdict(list)
        for row in csv.DictReader(io.StringIO(texts[path])):
            is_said = (row["ex-or-im1"], row["local-or-sum"]) == ("explicit", "local")
            if is_said and row["answer1"]:
                sections[row["cor_section"]].append((row["question"], row["answer1"]))
        for row in csv.DictReader(io.StringIO(story)):
            text = re.sub(r"\s+", " ", row["text"])
            units = [text[one.start : one.end] for one in sentences(text)]
            asked = [
                Question(question, (place,), answer)
                for question, answer in sections[row["section"]]
                if (place := place_of(answer, question, units)) is not None
            ]
            yield from cut(name, name.replace("-", " ").capitalize(), units, asked)


def place_of(answer: str, question: str, units: Sequence[str]) -> int | None:
    """The one unit that holds the words of ``answer``, most of the question's beside them."""
    said, asks = words_of(answer), set(words_of(question)) - STOP
    told = [words_of(unit) for unit in units]
    content = set(said) - STOP

    def order(i: int) -> tuple[float, int]:
        return len(content & set(told[i])) / max(1, len(content)), len(asks & set(told[i]))

    exact = [i for i, own in enumerate(told) if f" {' '.join(said)} " in f" {' '.join(own)} "]
    if exact and content:
        ranked = sorted(exact, key=lambda i: (-order(i)[1], i))
        is_clear = len(ranked) == 1 or order(ranked[0])[1] > order(ranked[1])[1]
    else:
        ranked = sorted(range(len(units)), key=lambda i: (order(i), -i), reverse=True)
        is_clear = len(content) > 1 and bool(ranked) and order(ranked[0])[0] >= 0.75
        is_clear = is_clear and (len(ranked) == 1 or order(ranked[1]) < order(ranked[0]))
    return ranked[0] if is_clear else None


def clapnq(folder: Path) -> Iterator[Cut]:
    """Questions to a search engine over passages of Wikipedia, and what these do not answer."""
    repository = Repository(folder, "primeqa/clapnq")
    for kind in ("answerable", "unanswerable"):
        lines = repository.text(f"annotated_data/dev/clapnq_dev_{kind}.jsonl").split("\n")
        for one in (json.loads(line) for line in lines if line):
            passage = one["passages"][0]
            raw, gold = [unit.strip() for unit in passage["sentences"]], set[int]()
            if kind == "answerable":
                chosen = [told for x in one["output"] if (told := x.get("selected_sentences"))]
                told = [unit.strip() for unit in chosen[0]] if chosen else []
                gold = {raw.index(unit) for unit in told if unit in raw}
                if not gold:
                    continue
            asked, title = Question(one["input"], tuple(sorted(gold))), passage["title"]
            yield from cut(title, title, [plain(unit) for unit in raw], [asked], _LONG)


def qamr(folder: Path) -> Iterator[Cut]:
    """Questions about single sentences of Wikipedia and Wikinews, seven sentences together."""
    repository, rng = Repository(folder, "uwnlp/qamr"), random.Random(1)
    lines = repository.text("data/wiki-sentences.tsv").split("\n")
    told = dict(line.rstrip("\r").split("\t", 1) for line in lines if line)
    asked: dict[str, dict[str, str]] = defaultdict(dict)
    for part in ("dev", "test"):
        for line in repository.text(f"data/filtered/{part}.tsv").split("\n"):
            if len(row := line.rstrip("\r").split("\t")) >= 8:
                asked[row[0]].setdefault(re.sub(r" (['?.,])", r"\1", row[5]), row[6])
    articles = defaultdict(list)
    for key in told:
        articles[key.rsplit(":", 2)[0]].append(key)
    for article, keys in articles.items():
        keys.sort(key=lambda key: [int(x) if x.isdigit() else 0 for x in key.rsplit(":", 2)[1:]])
        for first in range(0, len(keys), 7):
            some, questions = keys[first : first + 7], []
            for i, key in enumerate(some):
                pieces = told[key].split()
                mine = list(asked[key].items())
                rng.shuffle(mine)
                for text, places in mine[:4]:
                    is_there = all(x.isdigit() and int(x) < len(pieces) for x in places.split())
                    answer = " ".join(pieces[int(x)] for x in places.split()) if is_there else ""
                    questions.append(Question(text, (i,), plain(answer)))
            if questions:
                yield from cut(article, "", [plain(told[key]) for key in some], questions)


def plain(text: str) -> str:
    """Pieces of a corpus as people write them."""
    for mark, sign in (("-LRB-", "("), ("-RRB-", ")"), ("-LSB-", "["), ("-RSB-", "]")):
        text = text.replace(mark, sign)
    text = re.sub(r" ?''", '"', re.sub(r"`` ?", '"', text))
    text = re.sub(r"([(\[$]) ", r"\1", re.sub(r" ([.,;:!?%)\]])", r"\1", text))
    text = re.sub(r" (n't|'s|'re|'ve|'d|'ll|'m|')\b", r"\1", text)
    return text.replace(" - ", "-") if text.count(" - ") == 1 else text


_COUNTED = re.compile(
    r"\b(how many (?:more|total|different|times)|number of|difference|total|average|before|after"
    r"|next|previous|first|last|most|least|highest|lowest|longest|shortest|largest|smallest|fewest"
    r"|same|other|above|below|only|consecutive|top|bottom|more than|less than)\b"
)


def wtq(folder: Path) -> Iterator[Cut]:
    """Look-ups in tables of Wikipedia: what one row answers, and no counting or comparing."""
    repository, rng = Repository(folder, "ppasupat/WikiTableQuestions"), random.Random(2)
    asked = defaultdict(list)
    for line in repository.text("data/training.tsv").splitlines()[1:]:
        if len(row := line.split("\t")) == 4:
            asked[row[2]].append((row[1], row[3]))
    for path, text in repository.texts(list(asked)).items():
        rows = csv.reader(io.StringIO(text.replace('\\"', '""')))
        head, *body = [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in rows]
        if len(body) < 3 or {len(row) for row in body} != {len(head)} or not 2 <= len(head) <= 8:
            continue
        questions = []
        for question, answer in asked[path]:
            if "|" in answer or _COUNTED.search(question):
                continue
            places = [i for i, row in enumerate(body) if answer.lower() in map(str.lower, row)]
            asks = set(words_of(question)) - STOP
            shared = [len(asks & set(words_of(" ".join(row)))) for row in body]
            if len(places) == 1 and 0 < shared[places[0]] == max(shared):
                said = question[0].upper() + question[1:] if rng.random() < 0.6 else question
                questions.append(Question(said, (places[0],), answer))
        if not questions:
            continue
        style = rng.choice((" | ", "", "; "))
        if style:
            told = [zip(head, row, strict=True) for row in body]
            units = [style.join(f"{name}: {x}" for name, x in row if x) for row in told]
            yield from cut(path, "", units, questions)
            continue
        top, *units = [f"| {' | '.join(row)} |" for row in (head, *body)]
        for one in cut(path, "", units, questions, _SIZE - weight(top)):  # each begins with it
            moved = tuple(q._replace(gold=tuple(i + 1 for i in q.gold)) for q in one.asked)
            yield one._replace(units=(top, *one.units), asked=moved)


def of_squad(data: Any, source: str, left_out: Collection[str] = ()) -> Iterator[Cut]:
    """Questions about paragraphs as SQuAD has them, whose answer stands where it is said to.

    Paragraphs with a question whose id is in ``left_out`` are left out whole.
    """
    for n, article in enumerate(data):
        title = article.get("title", "").replace("_", " ")
        for one in article["paragraphs"]:
            ids = {str(qa.get("id")) for qa in one["qas"]}
            text = html.unescape(one["context"])
            if not ids.isdisjoint(left_out):
                continue
            stretches = [(s.start, s.end) for s in sentences(text)]
            asked = []
            for qa in one["qas"]:
                answer, at = qa["answers"][0]["text"], qa["answers"][0]["answer_start"]
                if text[at : at + len(answer)] != answer:  # a translation says it once, or is wrong
                    at = text.find(answer) if text.count(answer) == 1 else -1
                place = [i for i, (a, b) in enumerate(stretches) if at >= 0 and a <= at < b]
                if place and answer.strip():
                    asked.append(Question(html.unescape(qa["question"]), (place[0],), answer))
            units = [re.sub(r"\s+", " ", text[a:b]) for a, b in stretches]
            if asked and units:
                yield from cut(f"{source} {n}", title, units, asked)


def jaquad(folder: Path) -> Iterator[Cut]:
    """Japanese questions about Wikipedia."""
    repository = Repository(folder, "SkelterLabsInc/JaQuAD")
    paths = [path for path in repository.names() if path.startswith("data/train/")]
    for path, text in repository.texts(paths).items():
        yield from of_squad(json.loads(text)["data"], path)


def cmrc(folder: Path) -> Iterator[Cut]:
    """Questions in simplified Chinese about Wikipedia."""
    repository = Repository(folder, "ymcui/cmrc2018")
    for part in ("dev", "trial"):
        text = repository.text(f"squad-style-data/cmrc2018_{part}.json")
        yield from of_squad(json.loads(text)["data"], part)


def drcd(folder: Path) -> Iterator[Cut]:
    """Questions in traditional Chinese about Wikipedia."""
    repository = Repository(folder, "DRCKnowledgeTeam/DRCD")
    for part in ("dev", "test"):
        yield from of_squad(json.loads(repository.text(f"DRCD_{part}.json"))["data"], part)


def portuguese(folder: Path) -> Iterator[Cut]:
    """A part of SQuAD's training set in Portuguese, by machine."""
    repository = Repository(folder, "nunorc/squad-v1.1-pt")
    yield from of_squad(json.loads(repository.text("docs/sample-v1.1-pt.json"))["data"], "pt")


def romance(folder: Path) -> Iterator[Cut]:
    """SQuAD's development set in Italian and Spanish, by machine, each asked in both.

    XQuAD's paragraphs, which are of the same articles, are left out.
    """
    measured = json.loads(Repository(folder, "google-deepmind/xquad").text("xquad.en.json"))
    held = {
        qa["id"] for one in measured["data"] for part in one["paragraphs"] for qa in part["qas"]
    }
    packed = Repository(folder, "crux82/squad-it").raw("SQuAD_it-test.json.gz")
    italian = json.loads(gzip.decompress(packed))["data"]
    spanish = json.loads(
        Repository(folder, "ccasimiro88/TranslateAlignRetrieve").text(
            "SQuAD-es-v1.1/dev-v1.1-es_small.json"
        )
    )["data"]
    asked = [
        {qa["id"]: qa["question"] for one in of for part in one["paragraphs"] for qa in part["qas"]}
        for of in (italian, spanish)
    ]
    for of, other, name in ((italian, asked[1], "it"), (spanish, asked[0], "es")):
        for one in of:
            for part in one["paragraphs"]:
                for i, qa in enumerate(part["qas"]):
                    if i % 3 == 0:
                        qa["question"] = other.get(qa["id"], qa["question"])
        yield from of_squad(of, name, held)


SETS: dict[str, tuple[Callable[[Path], Iterator[Cut]], int]] = {
    "selqa": (selqa, 1200),
    "fairytale": (fairytale, 1200),
    "qamr": (qamr, 800),
    "clapnq": (clapnq, 400),
    "wtq": (wtq, 700),
}
"""How each set is read, and how many of its answered questions are taken at most."""

LANGUAGES: dict[str, tuple[Callable[[Path], Iterator[Cut]], int]] = {
    "jaquad": (jaquad, 2000),
    "cmrc": (cmrc, 1500),
    "drcd": (drcd, 1500),
    "portuguese": (portuguese, 1500),
    "romance": (romance, 4000),
}
"""The same of other languages than English."""


def claims(folder: Path) -> Iterator[tuple[str, tuple[str, ...], str, bool]]:
    """Statements, sentences of Wikipedia, their article's title, whether they bear them out.

    Of FoolMeTwice, whose claims were made to mislead (Eisenschlos et al. 2021), and the symmetric
    part of FEVER, where the same claim is once true and once false (Schuster et al. 2019).
    """
    fooling = Repository(folder, "google-research/fool-me-twice")
    for part in ("dev", "test"):
        for line in fooling.text(f"dataset/{part}.jsonl").splitlines():
            one = json.loads(line)
            source = tuple(said["text"] for said in one["gold_evidence"])
            if source:
                title = one["wikipedia_page"].replace("_", " ")
                yield one["text"], source, title, one["label"] == "SUPPORTS"
    symmetric, seen = Repository(folder, "TalSchuster/FeverSymmetric"), set()
    for path in ("1/fever_symmetric_full", "2/fever_symmetric_dev", "2/fever_symmetric_test"):
        for line in symmetric.text(f"symmetric_v0.{path}.jsonl").splitlines():
            one = json.loads(line)
            said = one.get("evidence_sentence") or one["evidence"]
            claim, source = _detokenised(one["claim"]), (_detokenised(said),)
            if (claim, source) not in seen and one["label"] in ("SUPPORTS", "REFUTES"):
                seen.add((claim, source))
                yield claim, source, "", one["label"] == "SUPPORTS"


def _detokenised(text: str) -> str:
    """A text of FEVER as it is usually written."""
    for theirs, usual in (("-LRB-", "("), ("-RRB-", ")"), ("-LSB-", "["), ("-RSB-", "]")):
        text = text.replace(theirs, usual)
    text = text.replace("``", '"').replace("''", '"').replace(" -- ", "\u2013")
    text = re.sub(r" (?=[,.;:!?)\]])|(?<=[(\[]) | (?=(?:'s|n't|'re|'ll|'ve|'d)\b)", "", text)
    return " ".join(text.split())


def items(name: str, folder: Path, rng: random.Random) -> Iterator[Item]:
    """Answered questions of a set, each with windows that do not answer it."""
    make, most = (SETS | LANGUAGES)[name]
    cut_as = terms if name in LANGUAGES else words_of
    cuts = list(make(folder))
    texts = [" ".join((one.title, *one.units)) for one in cuts]
    far, others = BM25(texts, cut_as), [asked.text for one in cuts for asked in one.asked]
    of_document = defaultdict(list)
    for i, one in enumerate(cuts):
        of_document[one.document].append(i)

    def item(i: int, asked: Question, gold: tuple[int, ...] = ()) -> Item:
        title, units = cuts[i].title if rng.random() < 0.8 else "", cuts[i].units
        target = NONE if not gold else FULL if asked.whole else SOME
        phrase = phrase_of(asked.answer, units, gold)
        return Item(name, asked.text, (), title, "", units, (), gold, target, phrase)

    every = [(i, asked) for i, one in enumerate(cuts) for asked in one.asked]
    rng.shuffle(every)
    for i, asked in [(i, asked) for i, asked in every if asked.gold][:most]:
        yield (first := item(i, asked, asked.gold))
        if rng.random() < 0.5:
            near = [
                j
                for j in of_document[cuts[i].document]
                if j != i and not any(one.text == asked.text for one in cuts[j].asked)
            ]
            best = BM25([texts[j] for j in near], cut_as).best(asked.text, 1) or [0]
            yield from (item(near[k], asked) for k in best if near)
        if rng.random() < 0.4:
            strange = [j for j in far.best(asked.text, 6) if cuts[j].document != cuts[i].document]
            if strange:
                yield item(rng.choice(strange[:3]), asked)
        if rng.random() < 0.15 and (changed := without_gold(first)):
            yield changed
        if rng.random() < 0.25 and (changed := asked_of_another(first, others, rng)):
            yield changed
    yield from (item(i, asked) for i, asked in [x for x in every if not x[1].gold][:most])
