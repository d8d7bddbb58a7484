"""Milvus as the engine of a shared library: its tables, its client's calls, and its errors.

From the terms of the passages it makes the sparse vectors of its BM25 itself.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryDamaged, LibraryError, LibraryMismatch
from qa.library.local.lexical import K1, B
from qa.library.shared.engine import Is, Where, term, token
from qa.settings.address import Address

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDEST = 65_535  # bytes of a VARCHAR
_TIMEOUT = 10.0  # seconds: an engine that does not answer by then is not there
_BATCH = 256  # rows, of at most WIDEST bytes: below the 64 MB that a message may have
_PAGE = 1000


class Milvus:
    """As ``engine.Engine`` says."""

    def __init__(self, address: Address, token: str | None) -> None:
        self.address = address
        self._token = token
        self._lock = Lock()
        self._writing = Lock()  # Milvus Lite takes one write at a time; a lease is renewed beside
        self._client: Any = None
        self._loaded: set[str] = set()

    @property
    def ranking(self) -> "Milvus":
        """Itself: it knows BM25."""
        return self

    def _open(self) -> Any:
        with self._lock:
            if self._client is None:
                os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it writes on the terminal
                try:
                    import numpy  # noqa: F401 - whole, before another thread meets half
                    from pymilvus import MilvusClient
                except ImportError as error:
                    raise LibraryError(
                        f"library {self.address.shown!r} needs pymilvus; run: pip install"
                        " 'qa[milvus]'"
                    ) from error
                # What it logs before it raises is said once, by the error.
                for name in ("pymilvus", "milvus_lite"):
                    logging.getLogger(name).setLevel(logging.CRITICAL + 1)
                with self.mapped():
                    self._client = MilvusClient(
                        self.address.uri, token=self._token or "", timeout=_TIMEOUT
                    )
            return self._client

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Turn what the client raises into the errors of this project."""
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except MilvusException as error:
            raise self._failed(error, str(error.message), int(error.code)) from error
        except (grpc.RpcError, ConnectionError, TimeoutError, ValueError) as error:
            if isinstance(error, ValueError) and "closed channel" not in str(error):
                raise
            raise self._failed(error, str(error), 0) from error

    def _failed(self, _error: Exception, message: str, code: int) -> LibraryError:
        said = " ".join(message.split())[:160]
        name, low = repr(self.address.shown), said.lower()
        if code in (1100, 1101) or "dimension" in low:
            return LibraryMismatch(f"library {name} refuses the request ({said})")
        if any(word in low for word in ("unauthenticated", "auth check", "permission")):
            return LibraryError(
                f"library {name} refused the user; set QA_LIBRARY_TOKEN=USER:PASSWORD"
            )
        if any(word in low for word in ("collection not found", "can't find collection")):
            return LibraryDamaged(f"library {name} lacks a collection ({said}); run: qa repair")
        return LibraryError(
            f"library {name} cannot be reached or did not answer ({said}); start its engine, or"
            " name another with --library"
        )

    def _load(self, collection: str) -> Any:
        """The client, with a collection that can be searched: an engine may have let go of it."""
        client = self._open()
        if collection not in self._loaded:
            with self.mapped():
                state = client.get_load_state(collection, timeout=_TIMEOUT)["state"]
                if state.name != "Loaded":  # who loaded it chose how many replicas it has
                    client.load_collection(collection, timeout=6 * _TIMEOUT)
            self._loaded.add(collection)
        return client

    def has(self, collection: str) -> bool:
        """Tell whether there is such a collection."""
        client = self._open()
        with self.mapped():
            return bool(client.has_collection(collection, timeout=_TIMEOUT))

    def drop(self, collection: str) -> None:
        """Delete a collection with all that is in it."""
        client = self._open()
        self._loaded.discard(collection)
        with self.mapped():
            client.drop_collection(collection, timeout=_TIMEOUT)

    def create_catalog(self) -> None:
        """Make the collection of the catalog, if it is not there."""
        from pymilvus import DataType

        if self.has(self.address.name):
            return
        schema, index = self._blank()
        schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=64)
        for name in ("store", "part", "born", "died"):
            schema.add_field(name, DataType.INT64)
        for name, size in (("kind", 16), ("ref", 64), ("digest", 64), ("body", WIDEST)):
            schema.add_field(name, DataType.VARCHAR, max_length=size)
        schema.add_field("name", DataType.VARCHAR, max_length=WIDEST)
        schema.add_field("blank", DataType.FLOAT_VECTOR, dim=2)  # Milvus wants one in each
        index.add_index("blank", index_type="FLAT", metric_type="IP")
        for name in ("kind", "ref", "digest"):
            index.add_index(name, index_type="INVERTED")
        self._create(self.address.name, schema, index)

    def create_passages(self, collection: str, width: int) -> None:
        """Make a collection of passages, whose vectors have ``width`` dimensions."""
        from pymilvus import DataType, Function, FunctionType

        schema, index = self._blank()
        schema.add_field("number", DataType.INT64, is_primary=True)
        for name in ("first", "last", "born", "died"):
            schema.add_field(name, DataType.INT64)
        for name in ("id", "document_id", "vector_id"):
            schema.add_field(name, DataType.VARCHAR, max_length=64)
        schema.add_field("body", DataType.VARCHAR, max_length=WIDEST)
        # Terms come analysed, as tokens that every analyser leaves as they are: ``token``.
        schema.add_field(
            *("terms", DataType.VARCHAR),
            max_length=WIDEST,
            enable_analyzer=True,
            enable_match=True,
            analyzer_params={"tokenizer": "standard"},
        )
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=width)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["terms"],
                output_field_names=["sparse"],
            )
        )
        index.add_index("vector", index_type="FLAT", metric_type="IP")  # exact; docs/scale.md
        index.add_index(
            *("sparse", "SPARSE_INVERTED_INDEX"),
            metric_type="BM25",
            params={"bm25_k1": K1, "bm25_b": B},
        )
        for name in ("document_id", "vector_id"):
            index.add_index(name, index_type="INVERTED")
        self._create(collection, schema, index)

    def _blank(self) -> tuple[Any, Any]:
        client = self._open()
        return client.create_schema(auto_id=False, enable_dynamic_field=False), (
            client.prepare_index_params()
        )

    def _create(self, collection: str, schema: Any, index: Any) -> None:
        with self.mapped():
            self._open().create_collection(
                collection,
                schema=schema,
                index_params=index,
                consistency_level="Strong",
                timeout=6 * _TIMEOUT,
            )

    def put(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows; those of known keys are replaced."""
        client = self._open()
        for i in range(0, len(rows), _BATCH):
            part = [_out(row) for row in rows[i : i + _BATCH]]
            with self.mapped(), self._writing:
                client.upsert(collection, part, timeout=6 * _TIMEOUT)

    def delete(self, collection: str, where: Where) -> None:
        """Forget the rows of which ``where`` is true."""
        client = self._load(collection)
        with self.mapped(), self._writing:
            client.delete(collection, filter=written(where), timeout=6 * _TIMEOUT)

    def rows(
        self, collection: str, where: Where, fields: Sequence[str], level: str = "Strong"
    ) -> list[dict[str, Any]]:
        """The rows of which ``where`` is true, few enough for one message."""
        client = self._load(collection)
        with self.mapped():
            found = client.query(
                collection,
                filter=written(where),
                output_fields=list(fields),
                consistency_level=level,
                timeout=_TIMEOUT,
            )
        return [_in(row) for row in found]

    def pages(
        self, collection: str, where: Where, fields: Sequence[str], level: str = "Strong"
    ) -> Iterator[dict[str, Any]]:
        """The rows of which ``where`` is true, however many they are."""
        client = self._load(collection)
        with self.mapped():
            iterator = client.query_iterator(
                collection,
                batch_size=_PAGE,
                filter=written(where),
                output_fields=list(fields),
                consistency_level=level,
                timeout=6 * _TIMEOUT,
            )
            try:
                while page := iterator.next():
                    yield from map(_in, page)
            finally:
                iterator.close()

    def count(self, collection: str, where: Where, level: str = "Strong") -> int:
        """How many rows there are of which ``where`` is true."""
        return self._count(collection, written(where), level)

    def holding(self, collection: str, term: str, where: Where, level: str) -> int:
        """How many passages of which ``where`` is true hold a term."""
        return self._count(
            collection, f"{written(where)} and TEXT_MATCH(terms, '{token(term)}')", level
        )

    def _count(self, collection: str, where: str, level: str) -> int:
        client = self._load(collection)
        with self.mapped():
            found = client.query(
                collection,
                filter=where,
                output_fields=["count(*)"],
                consistency_level=level,
                timeout=_TIMEOUT,
            )
        return int(found[0]["count(*)"])

    def nearest(
        self,
        collection: str,
        vector: "NDArray[np.float32]",
        where: Where,
        limit: int,
        level: str,
    ) -> dict[int, float]:
        """The passages whose vectors are nearest: number to cosine."""
        found = self._search(collection, "vector", vector, where, limit, level, ["number"])
        return {int(one["entity"]["number"]): float(one["distance"]) for one in found}

    def cosines(
        self, collection: str, vector: "NDArray[np.float32]", numbers: Sequence[int], level: str
    ) -> dict[int, float]:
        """The cosines of the passages of these numbers."""
        among = (Is("number", "in", numbers),)
        return self.nearest(collection, vector, among, len(numbers), level)

    def matching(
        self, collection: str, terms: Sequence[str], where: Where, limit: int, level: str
    ) -> dict[int, list[str]]:
        """The passages that the engine's BM25 puts first: number to all their terms."""
        if not terms:
            return {}
        fields, query = ["number", "terms"], " ".join(map(token, terms))
        found = self._search(collection, "sparse", query, where, limit, level, fields)
        return {int(one["entity"]["number"]): _terms(one["entity"]) for one in found}

    def _search(
        self,
        collection: str,
        field: str,
        query: Any,
        where: Where,
        limit: int,
        level: str,
        fields: list[str],
    ) -> list[Any]:
        client = self._load(collection)
        with self.mapped():
            return list(
                client.search(
                    collection,
                    data=[query],
                    anns_field=field,
                    limit=limit,
                    filter=written(where),
                    # For a graph index; an exact one takes no notice.
                    search_params={"params": {"ef": limit}} if field == "vector" else {},
                    output_fields=fields,
                    consistency_level=level,
                    timeout=_TIMEOUT,
                )[0]
            )


def _out(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is stored."""
    if "terms" in row:
        return {**row, "terms": " ".join(map(token, row["terms"]))}
    return {**row, "blank": [0.0, 1.0]}


def _in(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it was stored."""
    return {**row, "terms": _terms(row)} if "terms" in row else dict(row)


def _terms(row: Mapping[str, Any]) -> list[str]:
    return [term(one) for one in row["terms"].split()]


def written(where: Where) -> str:
    r"""A filter in the engine's language.

    >>> written((Is("born", "<=", 7), Is("name", "in", ["a", 'b"'])))
    'born <= 7 and name in ["a","b\\\\""]'
    """
    return " and ".join(f"{one.field} {one.how} {_value(one.value)}" for one in where)


def _value(value: int | str | Sequence[int] | Sequence[str]) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "[" + ",".join(map(_value, value)) + "]"
