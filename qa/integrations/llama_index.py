"""Where the README has always said that the LlamaIndex classes are."""

from qa.fronts.llama_index import CitedQueryEngine, LibraryRetriever

__all__ = ["CitedQueryEngine", "LibraryRetriever"]
