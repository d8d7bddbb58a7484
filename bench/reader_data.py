"""Questions with known answers for the reader, and a small index to find passages with.

XQuAD (English; Artetxe et al. 2020, CC BY-SA 4.0) and QED (Lamm et al. 2020, CC BY-SA 3.0),
read from a folder that the user gives.  Seven tenths of XQuAD's articles and of QED's titles,
drawn at random, are worked with; figures are reported on the rest.
"""

import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa.answer.retrieve import LEXICAL
from qa.data import Document, Hit, Passage, Ranked, Sentence
from qa.ingest.sentences import sentences
from qa.library.lexical import most as lexical_most
from qa.models.embedding import MiniLM, Tokens
from qa.text import terms

SEED = 23
HITS = 10


class Row(NamedTuple):
    """A paragraph: its document, and the title or article that it belongs to."""

    document: Document
    sentences: tuple[Sentence, ...]
    group: str


class Asked(NamedTuple):
    """A question, the row that answers it, and the answers as ranges of that row's text.

    ``sentence`` is QED's gold sentence, where the set gives one.
    """

    question: str
    row: int
    answers: tuple[tuple[int, int], ...]
    group: str
    sentence: tuple[int, int] | None = None


class Dataset(NamedTuple):
    """Rows to search and questions about them."""

    name: str
    rows: tuple[Row, ...]
    asked: tuple[Asked, ...]

    def training(self) -> frozenset[str]:
        """The groups that are worked with: seven tenths, at random."""
        groups = sorted({one.group for one in self.asked})
        order = np.random.default_rng(SEED).permutation(len(groups))
        return frozenset(groups[i] for i in order[: len(groups) // 2 + len(groups) // 5])


def xquad(folder: Path) -> Dataset:
    """XQuAD's English paragraphs, without titles."""
    rows: list[Row] = []
    asked: list[Asked] = []
    for article in json.loads((folder / "xquad" / "xquad.en.json").read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            rows.append(Row(Document(f"x{len(rows)}", text), sentences(text), article["title"]))
            for pair in paragraph["qas"]:
                spans = tuple(
                    (one["answer_start"], one["answer_start"] + len(one["text"]))
                    for one in pair["answers"]
                )
                asked.append(Asked(pair["question"], len(rows) - 1, spans, article["title"]))
    return Dataset("XQuAD", tuple(rows), tuple(asked))


def qed(folder: Path) -> Dataset:
    """QED's paragraphs with their titles, and its questions with one gold sentence."""
    rows: list[Row] = []
    asked: list[Asked] = []
    known: dict[str, int] = {}
    path = folder / "qed" / "qed-dev.jsonlines"
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        text, title = one["paragraph_text"], one["title_text"]
        if text not in known:
            known[text] = len(rows)
            document = Document(f"q{len(rows)}", text, title=title)
            rows.append(Row(document, _given(text, one["sentence_starts"]), title))
        annotation = one["annotation"]
        if annotation["explanation_type"] == "single_sentence":
            gold = annotation["selected_sentence"]
            spans = tuple(
                (said["paragraph_reference"]["start"], said["paragraph_reference"]["end"])
                for said in annotation["answer"]
            )
            asked.append(
                Asked(one["question_text"], known[text], spans, title, (gold["start"], gold["end"]))
            )
    return Dataset("QED", tuple(rows), tuple(asked))


def _given(text: str, starts: Sequence[int]) -> tuple[Sentence, ...]:
    pieces = zip(starts, [*starts[1:], len(text)], strict=True)
    return tuple(Sentence(a, a + len(text[a:b].rstrip())) for a, b in pieces if text[a:b].strip())


class Embedder:
    """The embedded MiniLM with its vectors kept in a file."""

    def __init__(self, path: Path) -> None:
        self._model = MiniLM()
        self._store = sqlite3.connect(path)
        self._store.execute("CREATE TABLE IF NOT EXISTS vector (text TEXT PRIMARY KEY, row BLOB)")
        self._store.execute(
            "CREATE TABLE IF NOT EXISTS tokens (text TEXT PRIMARY KEY, spans BLOB, rows BLOB)"
        )
        self._known = {
            text: np.frombuffer(row, dtype=np.float32)
            for text, row in self._store.execute("SELECT text, row FROM vector")
        }

    def __call__(self, texts: list[str]) -> np.ndarray:
        """Unit rows, one a text."""
        missing = [one for one in dict.fromkeys(texts) if one not in self._known]
        if missing:
            rows = self._model.embed(missing)
            self._known.update(zip(missing, rows, strict=True))
            pairs = [(one, row.tobytes()) for one, row in zip(missing, rows, strict=True)]
            self._store.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", pairs)
            self._store.commit()
        return np.array([self._known[one] for one in texts], dtype=np.float32)

    def tokens(self, texts: list[str]) -> list[Tokens]:
        """Their word pieces."""
        held = {}
        for text in dict.fromkeys(texts):
            row = self._store.execute("SELECT spans, rows FROM tokens WHERE text = ?", (text,))
            for spans, rows in row:
                read = np.frombuffer(rows, dtype=np.float16).reshape(-1, 384)
                held[text] = Tokens(
                    np.frombuffer(spans, dtype=np.int32).reshape(-1, 2), read.astype(np.float32)
                )
        missing = [one for one in dict.fromkeys(texts) if one not in held]
        held |= zip(missing, self._model.tokens(missing), strict=True)
        pairs = [
            (one, held[one].spans.tobytes(), held[one].rows.astype(np.float16).tobytes())
            for one in missing
        ]
        self._store.executemany("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", pairs)
        self._store.commit()
        return [held[one] for one in texts]


class Index:
    """Dense and BM25 (k1 1.2, b 0.75) over rows, fused as the product does."""

    def __init__(self, rows: Sequence[Row], embed: Embedder) -> None:
        self.rows, self._embed = rows, embed
        texts = [f"{row.document.title or ''}\n{row.document.text}".strip() for row in rows]
        self._vectors = np.concatenate(
            [embed(texts[i : i + 64]) for i in range(0, len(texts), 64)], axis=0
        )
        counts = [Counter(terms(text)) for text in texts]
        self.passages = len(rows)
        self._frequency = Counter(term for count in counts for term in count)
        lengths = np.array([count.total() for count in counts], dtype=np.float64)
        self._norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for i, count in enumerate(counts):
            for term, times in count.items():
                self._postings[term].append((i, times))

    def document_frequency(self, wanted: Iterable[str]) -> dict[str, int]:
        """In how many rows each term occurs."""
        return {one: self._frequency[one] for one in wanted}

    def hits(self, question: str, without: int | None = None) -> list[Hit]:
        """The best rows for ``question``, one of them left out if asked."""
        dense = self._vectors @ self._embed([question])[0]
        lexical = np.zeros(self.passages)
        for term in set(terms(question)):
            df = self._frequency[term]
            idf = math.log(1 + (self.passages - df + 0.5) / (df + 0.5))
            for i, times in self._postings.get(term, ()):
                lexical[i] += idf * times * 2.2 / (times + self._norm[i])
        kept = np.array([i for i in range(self.passages) if i != without])
        values = {"dense": dense[kept], "bm25": lexical[kept]}
        most = lexical_most(sorted(set(terms(question))), self.passages, self._frequency)
        parts = {"dense": dense[kept], "bm25": lexical[kept] * (LEXICAL / (most or 1.0))}
        fused = parts["dense"] + parts["bm25"]
        order = np.argsort(-fused, kind="stable")[:HITS]
        return [
            self._hit(
                int(kept[at]),
                rank,
                float(fused[at]),
                tuple(
                    Ranked(
                        name, 1 + int((own > own[at]).sum()), float(own[at]), float(parts[name][at])
                    )
                    for name, own in values.items()
                ),
            )
            for rank, at in enumerate(order, start=1)
        ]

    def _hit(self, i: int, rank: int, score: float, ranked: tuple[Ranked, ...]) -> Hit:
        row = self.rows[i]
        held = row.sentences
        passage = Passage(str(i), row.document.id, held[0].start, held[-1].end, held)
        return Hit(passage, row.document, (f"{i}.txt",), rank, score, ranked)
