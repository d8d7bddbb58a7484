"""A library as LlamaIndex sees it: a retriever, and a query engine that cites.

    from llama_index.core.query_engine import RetrieverQueryEngine
    from qa import Assistant
    from qa.fronts.llama_index import CitedQueryEngine, LibraryRetriever

    retriever = LibraryRetriever(Assistant.from_here(documents="seeds"), limit=5)
    engine = CitedQueryEngine(Assistant.from_here(documents="seeds"))

LlamaIndex's global ``Settings`` are neither read nor set, and no model of its is called.
"""

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.assistant import Assistant
from qa.data import Hit


class LibraryRetriever(BaseRetriever):
    """Retrieves passages of an assistant's library, at most ``limit``, best first.

    A node's text is the passage, its id the passage's id, its score the fused score; its
    metadata are ``path``, ``title``, ``published``, ``page`` and the offsets ``start`` and
    ``end`` into the document's extracted text.
    """

    def __init__(self, assistant: Assistant, limit: int = 10) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._assistant = assistant
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.search(query_bundle.query_str, self._limit)
        return [_node(hit) for hit in hits]


class CitedQueryEngine(BaseQueryEngine):
    """Answers with an assistant: every statement cites the sentences that carry it.

    ``str(response)`` is the answer with its markers, or the refusal; ``source_nodes`` are
    the passages found; ``metadata["answer"]`` is ``Answer.to_dict()``.
    """

    def __init__(self, assistant: Assistant) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._assistant = assistant

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._assistant.ask(query_bundle.query_str)
        return Response(
            response=answer.text,
            source_nodes=[_node(hit) for hit in answer.hits],
            metadata={"answer": answer.to_dict()},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        import asyncio

        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def _node(hit: Hit) -> NodeWithScore:
    passage, document = hit.passage, hit.document
    node = TextNode(
        id_=passage.id,
        text=hit.text,
        metadata={
            "path": hit.path,
            "title": document.title,
            "published": document.published.isoformat() if document.published else None,
            "page": passage.page,
            "start": passage.start,
            "end": passage.end,
        },
    )
    # The place is for the reader: it is neither embedded nor shown to a model as text.
    node.excluded_embed_metadata_keys = list(node.metadata)
    return NodeWithScore(node=node, score=hit.score)
