"""A library inside real LlamaIndex pipelines."""

import asyncio
from collections.abc import Iterator

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.tools import QueryEngineTool

from qa import Assistant
from qa.fronts.llama_index import CitedQueryEngine, LibraryRetriever


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
