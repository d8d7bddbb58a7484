"""A BEIR folder (Thakur et al. 2021): rank the corpus for each query of the test split.

Every corpus entry is one document, its title the first line; the score of a document is
that of its best passage.  Figures through ir_measures, the library behind published ones.
"""

from pathlib import Path

from qa.errors import UsageError
from qa.evaluate.statistics import mean_interval
from qa.evaluate.suites import (
    Figure,
    Laps,
    Opener,
    Outcome,
    Published,
    Step,
    documents_in_order,
    read_lines,
    sample,
)

DEPTH = 120
"""Hits asked for: enough for 100 documents."""

_BM25 = "Kamalloo et al. 2023, Resources for Brewing BEIR"
_SBERT = "MTEB, results of sentence-transformers/all-MiniLM-L6-v2"
_BGE = "MTEB, results of BAAI/bge-small-en-v1.5"
_PLAN = "measured with the same MiniLM while this project was planned"
PUBLISHED = {
    "scifact": (
        Published("BM25, flat index (Anserini)", "nDCG@10", 0.679, _BM25),
        Published("all-MiniLM-L6-v2, full precision", "nDCG@10", 0.645, _SBERT),
        Published("bge-small-en-v1.5", "nDCG@10", 0.713, _BGE),
        Published("both, sum of z-scores", "nDCG@10", 0.728, _PLAN),
    )
}


def load(data: Path) -> tuple[dict[str, str], dict[str, str], dict[str, dict[str, int]]]:
    """(corpus by id, queries by id, relevance by query and document) of the test split.

    Raises UsageError where a file lacks or is malformed.
    """
    try:
        corpus = {
            row["_id"]: "\n\n".join(part for part in (row.get("title"), row["text"]) if part)
            for row in read_lines(data / "corpus.jsonl")
        }
        queries = {row["_id"]: row["text"] for row in read_lines(data / "queries.jsonl")}
        lines = (data / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
        qrels: dict[str, dict[str, int]] = {}
        for line in lines:
            query, document, grade = line.split("\t")
            qrels.setdefault(query, {})[document] = int(grade)
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(f"{str(data)!r} is no BEIR folder: {error!r}") from error
    return corpus, queries, qrels


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:
    """Rank the corpus for every query of the test split that has a relevant document."""
    try:
        import ir_measures
    except ImportError as error:
        raise UsageError("the suite 'beir' needs ir-measures: pip install 'qa[eval]'") from error

    clock = Laps()
    corpus, queries, qrels = load(data)
    ids = {f"{number:06d}.txt": one for number, one in enumerate(corpus)}
    asked = sample(list(qrels), limit)
    ranking: dict[str, dict[str, float]] = {}
    empty = [one for one, text in corpus.items() if not text.strip()]
    texts = {path: corpus[one] for path, one in ids.items() if corpus[one].strip()}
    with opened("corpus", texts) as bench:
        clock.lap("ingest")
        for query in asked:
            found = documents_in_order(bench.search(queries[query], limit=DEPTH))
            ranking[query] = {ids[path]: -float(rank) for rank, path in enumerate(found)}
            step()
        clock.lap("queries")
    measures = [ir_measures.nDCG @ 10, ir_measures.R @ 100, ir_measures.AP, ir_measures.RR @ 10]
    per_query: dict[str, dict[str, float]] = {str(one): {} for one in measures}
    judged = {query: qrels[query] for query in asked}
    for metric in ir_measures.iter_calc(measures, judged, ranking):
        per_query[str(metric.measure)][metric.query_id] = metric.value
    figures = []
    for name, values in per_query.items():
        interval = mean_interval([values.get(query, 0.0) for query in asked])
        if interval is not None:
            figures.append(Figure({"AP": "MAP"}.get(name, name), "of the test queries", interval))
    notes = [f"{len(corpus)} documents, {len(asked)} queries"]
    if empty:
        notes.append(f"{len(empty)} empty documents of the corpus were left out")
    published = PUBLISHED.get(data.name.lower(), ())
    return Outcome("beir", data.name, tuple(figures), published, tuple(notes), tuple(clock.seconds))
