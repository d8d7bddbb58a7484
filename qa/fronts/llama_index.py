"""A library as LlamaIndex sees it.

    from qa import Assistant
    from qa.fronts.llama_index import CitedChatEngine, CitedQueryEngine, LibraryRetriever

    assistant = Assistant.from_here(documents="seeds")
    retriever = LibraryRetriever(assistant, limit=5)  # for any pipeline
    engine = CitedQueryEngine(assistant, streaming=True)  # its answers cite
    chat = CitedChatEngine(assistant)  # follow-up questions
    tool = query_tool(assistant, "contracts", "Answers questions about our contracts.")
    reader = EvidencePostprocessor(assistant=assistant)  # for nodes of any retriever

LlamaIndex's global ``Settings`` are neither read nor set, and no model of its is called.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from threading import Thread
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.base.response.schema import (
    RESPONSE_TYPE,
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.bridge.pydantic import Field
from llama_index.core.callbacks import CallbackManager
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.tools import QueryEngineTool

from qa.assistant import Assistant
from qa.data import Answer, Hit, Statement
from qa.models.reader.base import Shown
from qa.text.sentences import sentences


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

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class CitedQueryEngine(BaseQueryEngine):
    """Answers with an assistant: every statement cites the sentences that carry it.

    ``str(response)`` is the answer with its markers, or the refusal; ``source_nodes`` are
    the passages found, each with its ``citations`` in its metadata (marker, quote, offsets);
    ``metadata["answer"]`` is ``Answer.to_dict()``.  With ``streaming`` each statement comes once
    it is checked, and none is taken back; ``source_nodes`` and ``metadata`` are filled when the
    stream has been read to its end.
    """

    def __init__(self, assistant: Assistant, *, streaming: bool = False) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._assistant = assistant
        self._streaming = streaming

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            answer = self._assistant.ask(query_bundle.query_str)
            return Response(answer.text, _nodes(answer), {"answer": answer.to_dict()})
        response = StreamingResponse(response_gen=iter(()), source_nodes=[], metadata={})  # type: ignore[arg-type]
        response.response_gen = _streamed(
            self._assistant, query_bundle.query_str, (), lambda answer: _fill(response, answer)
        )
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return await asyncio.to_thread(self._query, query_bundle)
        nodes: list[NodeWithScore] = []
        metadata: dict[str, Any] = {}

        def fill(answer: Answer) -> None:
            nodes.extend(_nodes(answer))
            metadata["answer"] = answer.to_dict()

        pieces = _streamed(self._assistant, query_bundle.query_str, (), fill)
        return AsyncStreamingResponse(_awaited(pieces), nodes, metadata)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


class CitedChatEngine(BaseChatEngine):
    """A conversation with an assistant: a question may lean on those before it.

    The turns are kept here; a ``chat_history`` that is given takes their place, as the questions
    and answers that it holds.  ``source_nodes`` and ``metadata`` are those of
    ``CitedQueryEngine``.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._turns: list[Answer] = []

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The turns so far, as messages."""
        return [
            ChatMessage(role=role, content=content)
            for one in self._turns
            for role, content in (
                (MessageRole.USER, one.question),
                (MessageRole.ASSISTANT, one.text),
            )
        ]

    def reset(self) -> None:
        """Forget the turns."""
        self._turns = []

    def chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """Answer ``message`` after the turns so far."""
        self._take(chat_history)
        answer = self._assistant.ask(message, self._turns)
        self._turns.append(answer)
        return AgentChatResponse(
            response=answer.text,
            source_nodes=_nodes(answer),
            metadata={"answer": answer.to_dict()},
        )

    async def achat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """As ``chat``."""
        return await asyncio.to_thread(self.chat, message, chat_history)

    def stream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Give each statement once it is checked."""
        self._take(chat_history)
        response = StreamingAgentChatResponse()
        pieces = _streamed(
            self._assistant, message, tuple(self._turns), lambda one: self._end(response, one)
        )
        response.chat_stream = _messages(pieces)
        thread = Thread(target=response.write_response_to_history, args=(_unkept(),), daemon=True)
        response.write_response_to_history_thread = thread
        thread.start()
        return response

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """As ``stream_chat``."""
        self._take(chat_history)
        response = StreamingAgentChatResponse()
        pieces = _streamed(
            self._assistant, message, tuple(self._turns), lambda one: self._end(response, one)
        )
        response.achat_stream = _amessages(pieces)
        response.awrite_response_to_history_task = asyncio.create_task(
            response.awrite_response_to_history(_unkept())
        )
        return response

    def _take(self, chat_history: list[ChatMessage] | None) -> None:
        if chat_history is None:
            return
        asked = ""
        self._turns = []
        for one in chat_history:
            if one.role == MessageRole.USER:
                asked = one.content or ""
            elif one.role == MessageRole.ASSISTANT and asked:
                self._turns.append(_remembered(asked, one.content or ""))

    def _end(self, response: StreamingAgentChatResponse, answer: Answer) -> None:
        response.source_nodes.extend(_nodes(answer))
        self._turns.append(answer)


class EvidencePostprocessor(BaseNodePostprocessor):
    """Reads nodes of any retriever for the question, and keeps those that answer it.

    A node's score becomes the reader's probability that it answers, wholly or in part; those
    below ``least`` go, the rest is sorted, and at most ``top_n`` stay.  ``evidence`` in a node's
    metadata is its sentence that answers likeliest.
    """

    assistant: Assistant = Field(description="Whose reader reads.", exclude=True)
    least: float = Field(default=0.0, description="The least probability that a node may have.")
    top_n: int = Field(default=10, description="How many nodes are kept.")

    @classmethod
    def class_name(cls) -> str:
        """Its name in serialised pipelines."""
        return "EvidencePostprocessor"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None:
            raise ValueError("EvidencePostprocessor needs the question: query_bundle or query_str")
        windows = [_shown(one) for one in nodes]
        read = [(node, window) for node, window in zip(nodes, windows, strict=True) if window.units]
        said = self.assistant.reader.read(query_bundle.query_str, (), [shown for _, shown in read])
        found = []
        for (node, window), one in zip(read, said, strict=True):
            best = max(range(len(one.evidence)), key=one.evidence.__getitem__)
            node.node.metadata["evidence"] = window.units[best]
            node.node.excluded_embed_metadata_keys.append("evidence")
            found.append(NodeWithScore(node=node.node, score=one.outcome[0] + one.outcome[1]))
        kept = [one for one in found if (one.score or 0.0) >= self.least]
        return sorted(kept, key=lambda one: -(one.score or 0.0))[: self.top_n]


def query_tool(
    assistant: Assistant, name: str = "documents", description: str | None = None
) -> QueryEngineTool:
    """A tool for agents that answers from the library, with citations in its nodes' metadata."""
    said = description or (
        "Answers a question from documents, with the sentences that support each statement;"
        " says so where they hold no answer."
    )
    return QueryEngineTool.from_defaults(CitedQueryEngine(assistant), name=name, description=said)


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


def _nodes(answer: Answer) -> list[NodeWithScore]:
    """The passages found, with what the answer cites of each."""
    cited = dict.fromkeys(one for said in answer.statements for one in said.citations)
    nodes = []
    for hit in answer.hits:
        made = _node(hit)
        made.node.metadata["citations"] = [
            {"marker": one.marker, "quote": one.quote, "start": one.start, "end": one.end}
            for one in cited
            if one.document_id == hit.document.id
            and hit.passage.start < one.end
            and one.start < hit.passage.end
        ]
        made.node.excluded_embed_metadata_keys.append("citations")
        made.node.excluded_llm_metadata_keys.append("citations")
        nodes.append(made)
    return nodes


def _fill(response: StreamingResponse, answer: Answer) -> None:
    response.source_nodes.extend(_nodes(answer))
    assert response.metadata is not None
    response.metadata["answer"] = answer.to_dict()


def _streamed(
    assistant: Assistant, question: str, turns: tuple[Answer, ...], ended: Any
) -> Generator[str, None, None]:
    """What is to be shown, statement by statement; ``ended`` is given the answer."""
    said = False
    for event in assistant.stream(question, turns):
        if isinstance(event, Statement):
            yield ("\n" if said else "") + f"{event.text} {event.markers}"
            said = True
        elif isinstance(event, Answer):
            ended(event)
            if not said:
                yield event.text


def _messages(pieces: Iterator[str]) -> Generator[ChatResponse, None, None]:
    whole = ""
    for piece in pieces:
        whole += piece
        message = ChatMessage(role=MessageRole.ASSISTANT, content=whole)
        yield ChatResponse(message=message, delta=piece)


async def _amessages(pieces: Iterator[str]) -> AsyncGenerator[ChatResponse, None]:
    whole = ""
    async for piece in _awaited(pieces):
        whole += piece
        message = ChatMessage(role=MessageRole.ASSISTANT, content=whole)
        yield ChatResponse(message=message, delta=piece)


async def _awaited(pieces: Iterator[str]) -> AsyncGenerator[str, None]:
    """Each piece, waited for in a thread."""
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _unkept() -> ChatMemoryBuffer:
    """A memory for a stream to write into; what is kept are the answers."""
    return ChatMemoryBuffer.from_defaults(token_limit=1, tokenizer_fn=lambda _text: [])


def _remembered(question: str, text: str) -> Answer:
    said = (Statement(text, (), 0.0),) if text else ()
    return Answer(
        question=question,
        answered_question=question,
        statements=said,
        reason=None,
        nearest=(),
        hits=(),
        engine="llama_index",
    )


def _shown(node: NodeWithScore) -> Shown:
    text = node.node.get_content()
    units = tuple(text[one.start : one.end] for one in sentences(text))
    return Shown(str(node.node.metadata.get("title") or ""), "", units)
