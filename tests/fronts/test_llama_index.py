"""A library inside real LlamaIndex pipelines."""

import asyncio
from collections.abc import Iterator

import pytest
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import BaseChatEngine
from llama_index.core.llms import ChatMessage, MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.tools import QueryEngineTool

from qa import Assistant
from qa.fronts.llama_index import (
    CitedChatEngine,
    CitedQueryEngine,
    EvidencePostprocessor,
    LibraryRetriever,
    query_tool,
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over two short documents."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "vans.txt").write_text("JAC builds vans in Hefei. It was founded in 1964.")
    (folder / "cars.md").write_text("---\ntitle: Cars\n---\n\nSeres builds cars in Chongqing.")
    with Assistant.from_here(documents=folder, library=folder.parent / "library") as made:
        made.sync()
        yield made


def test_retriever(assistant: Assistant) -> None:
    """Nodes carry the passage, its score, and the place it stands at."""
    nodes = LibraryRetriever(assistant, limit=1).retrieve("who builds vans in Hefei?")
    (node,) = nodes
    assert node.node.get_content() == "JAC builds vans in Hefei. It was founded in 1964."
    assert (node.metadata["path"], node.metadata["start"]) == ("vans.txt", 0)
    assert node.score == assistant.search("who builds vans in Hefei?", 1)[0].score


def test_retriever_in_a_pipeline(assistant: Assistant) -> None:
    """LlamaIndex's own engine, postprocessor and synthesizer take the retriever as theirs."""
    engine = RetrieverQueryEngine(
        LibraryRetriever(assistant),
        response_synthesizer=get_response_synthesizer(
            llm=MockLLM(), response_mode=ResponseMode.COMPACT
        ),
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=0.0)],
    )
    response = engine.query("who builds vans in Hefei?")
    assert response.source_nodes[0].metadata["path"] == "vans.txt"
    assert "JAC builds vans in Hefei." in str(response)  # the mock model repeats its prompt


def test_query_engine_as_a_tool(assistant: Assistant) -> None:
    """The query engine answers with markers, as a tool an agent can call."""
    tool = QueryEngineTool.from_defaults(CitedQueryEngine(assistant), name="documents")
    output = tool.call("When was JAC founded?")
    assert isinstance(output.raw_output, Response)
    answer = output.raw_output.metadata["answer"]
    assert answer["schema"] == "qa.answer/2"
    quotes = [c["quote"] for s in answer["statements"] for c in s["citations"]]
    assert "It was founded in 1964." in quotes
    assert "[1]" in str(output)


def test_query_engine_async(assistant: Assistant) -> None:
    """An awaited query is the same answer."""
    engine = CitedQueryEngine(assistant)
    question = "When was JAC founded?"
    assert str(asyncio.run(engine.aquery(question))) == str(engine.query(question))


def test_contracts() -> None:
    """Each class fulfils LlamaIndex's own base class: nothing abstract is left."""
    bases = {
        LibraryRetriever: BaseRetriever,
        CitedQueryEngine: BaseQueryEngine,
        CitedChatEngine: BaseChatEngine,
        EvidencePostprocessor: BaseNodePostprocessor,
    }
    for ours, base in bases.items():
        assert issubclass(ours, base)
        assert not getattr(ours, "__abstractmethods__", None)


def test_nodes_carry_their_citations(assistant: Assistant) -> None:
    """A node says which of its sentences the answer cites, to the letter."""
    response = CitedQueryEngine(assistant).query("When was JAC founded?")
    node = response.source_nodes[0]
    text, start = node.node.get_content(), node.metadata["start"]
    cited = node.metadata["citations"]
    assert "It was founded in 1964." in [one["quote"] for one in cited]
    for one in cited:
        assert text[one["start"] - start : one["end"] - start] == one["quote"]


def test_query_engine_streams(assistant: Assistant) -> None:
    """A stream's pieces are the answer, and its nodes are there when it has ended."""
    whole = CitedQueryEngine(assistant).query("When was JAC founded?")
    streamed = CitedQueryEngine(assistant, streaming=True).query("When was JAC founded?")
    assert "".join(streamed.response_gen) == str(whole)
    assert streamed.source_nodes[0].metadata == whole.source_nodes[0].metadata
    assert streamed.metadata["answer"]["outcome"] == whole.metadata["answer"]["outcome"]

    async def awaited() -> str:
        response = await CitedQueryEngine(assistant, streaming=True).aquery("When was JAC founded?")
        pieces = [piece async for piece in response.async_response_gen()]
        assert response.source_nodes
        return "".join(pieces)

    assert asyncio.run(awaited()) == str(whole)


def test_chat_engine(assistant: Assistant) -> None:
    """Turns are kept and given, streamed and awaited, until they are forgotten."""
    chat = CitedChatEngine(assistant)
    first = chat.chat("Who builds vans in Hefei?")
    assert "JAC builds vans in Hefei." in str(first)
    stream = chat.stream_chat("When was JAC founded?")
    assert "".join(stream.response_gen).count("It was founded in 1964.") == 1
    assert stream.source_nodes
    roles = [one.role.value for one in chat.chat_history]
    assert roles == ["user", "assistant", "user", "assistant"]
    history = [ChatMessage(role="user", content="Who builds vans?"), chat.chat_history[1]]
    again = asyncio.run(chat.achat("When was JAC founded?", history))
    assert again.metadata is not None
    assert again.metadata["answer"]["question"] == "When was JAC founded?"
    assert len(chat.chat_history) == 4

    async def awaited() -> str:
        response = await chat.astream_chat("When was JAC founded?", [])
        return "".join([piece async for piece in response.async_response_gen()])

    assert "It was founded in 1964." in asyncio.run(awaited())
    chat.reset()
    assert chat.chat_history == []


def test_a_refusal_is_streamed_too(assistant: Assistant) -> None:
    """Where nothing is found the stream says so."""
    stream = CitedChatEngine(assistant).stream_chat("Who won the 1998 world cup?")
    assert "".join(stream.response_gen) == "I found no answer in the 2 documents."


def test_tool_of_a_name(assistant: Assistant) -> None:
    """An agent sees a tool with a name and what it is for."""
    tool = query_tool(assistant, "firms", "About firms.")
    assert (tool.metadata.name, tool.metadata.description) == ("firms", "About firms.")
    assert "1964" in str(asyncio.run(tool.acall("When was JAC founded?")))


def test_postprocessor(assistant: Assistant) -> None:
    """The node that answers comes first, with the sentence that does; the others may go."""
    nodes = LibraryRetriever(assistant).retrieve("cars and vans")
    reader = EvidencePostprocessor(assistant=assistant)
    read = reader.postprocess_nodes(nodes, query_str="When was JAC founded?")
    assert len(read) == len(nodes) == 2
    assert read[0].metadata["evidence"] == "It was founded in 1964."
    assert (read[0].score or 0) > 0.5 > (read[1].score or 0)
    kept = EvidencePostprocessor(assistant=assistant, least=0.5)
    asked = asyncio.run(kept.apostprocess_nodes(nodes, query_str="When was JAC founded?"))
    assert [one.node.node_id for one in asked] == [read[0].node.node_id]
