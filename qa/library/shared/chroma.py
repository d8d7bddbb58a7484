"""A Chroma server as the engine of a shared library: its tables, its calls, its errors.

It is spoken to by the HTTP interface that it documents (``/openapi.json`` of any server), with
time-outs: Chroma's own client waits for ever, and its import takes longer than a question.
A server knows no BM25, takes long to say what a record's metadata are, and longer to look for them:
words have an index in the catalog, and what is near is asked for by ids and distances alone.
"""

import json
import operator
import weakref

# ruff: noqa: ARG002 - what Milvus must be told, a server of Chroma need not
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryDamaged, LibraryError, LibraryMismatch
from qa.library.shared.engine import NAMES, Is, Where
from qa.settings.address import Address

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TIMEOUT = 10.0  # seconds: a server that does not answer by then is not there
_LONG = 60.0  # ... or that has much to write
_BATCH = 256  # records, of at most 64,000 bytes: a server takes 40 MB at once

_GRAPH = {"space": "cosine", "max_neighbors": 16, "ef_construction": 100, "ef_search": 1000}
_HOW = {"==": "$eq", "!=": "$ne", "<=": "$lte", ">": "$gt", "<": "$lt"} | {
    "in": "$in",
    "not in": "$nin",
}
_COMPARED = {"==": operator.eq, "!=": operator.ne, "<=": operator.le} | {
    ">": operator.gt,
    "<": operator.lt,
}
_NAMES = ("key", "number")  # fields that are a record's id
_WIDE = ("born", "died", "store")  # fields that nearly every record passes


class Chroma:
    """As ``engine.Engine`` says; a server answers with all that was written before."""

    def __init__(self, address: Address, token: str | None) -> None:
        self.address = address
        self._token = token
        self._lock = Lock()
        self._client: Any = None
        self._ids: dict[str, str] = {}  # of collections, by their names

    @property
    def ranking(self) -> None:
        """None: it knows no BM25."""

    def _open(self) -> Any:
        with self._lock:
            if self._client is None:
                import httpx2

                headers = {}
                if self._token and " " in self._token:  # "Bearer ...", for what stands before it
                    headers["Authorization"] = self._token
                elif self._token:
                    headers["X-Chroma-Token"] = self._token
                where = f"/tenants/{self.address.tenant}/databases/{self.address.database}"
                client = httpx2.Client(base_url=self.address.uri + "/api/v2", headers=headers)
                weakref.finalize(self, client.close)  # a library needs no closing
                if self._ask(client, "GET", where) is None:
                    raise LibraryError(
                        f"library {self.address.shown!r}: its server has no database"
                        f" {self.address.database!r} of a tenant {self.address.tenant!r};"
                        " make it there, or name another: chroma://HOST:PORT/TENANT/DATABASE/NAME"
                    )
                client.base_url = f"{self.address.uri}/api/v2{where}"
                self._client = client
            return self._client

    def _ask(self, client: Any, method: str, path: str, body: Any = None) -> Any:
        """What the server says; None where what is asked for is not there."""
        import httpx2

        sent = None if body is None else json.dumps(body)
        patience = _LONG if path.endswith(("/upsert", "/delete")) else _TIMEOUT
        kind = {"Content-Type": "application/json"}
        try:
            response = client.request(method, path, content=sent, headers=kind, timeout=patience)
        except httpx2.HTTPError as error:
            raise self._unreached(str(error) or type(error).__name__) from error
        if response.status_code == 404 and "NotFoundError" in response.text:
            return None
        try:
            said = response.json()
        except ValueError as error:
            raise self._failed(response.status_code, response.text) from error
        if response.is_success:
            return said
        raise self._failed(response.status_code, str(said.get("message", said)))

    def _unreached(self, said: str) -> LibraryError:
        return LibraryError(
            f"library {self.address.shown!r} cannot be reached or did not answer"
            f" ({' '.join(said.split())[:160]}); start its engine, or name another with --library"
        )

    def _failed(self, status: int, said: str) -> LibraryError:
        name, said = repr(self.address.shown), " ".join(said.split())[:160]
        if status in (401, 403):
            return LibraryError(f"library {name} refused the token; set QA_LIBRARY_TOKEN=TOKEN")
        if "dimension" in said:
            return LibraryMismatch(f"library {name} refuses the request ({said})")
        if status in (404, 405, 410, 501):
            return LibraryError(
                f"library {name}: what answers there is no Chroma of version 1 or later"
                f" (status {status}); start one: chroma run"
            )
        return self._unreached(f"status {status}: {said}")

    def _collection(self, name: str) -> str | None:
        client = self._open()
        if name not in self._ids:
            found = self._ask(client, "GET", f"/collections/{name}")
            if found is None:
                return None
            self._ids[name] = found["id"]
        return self._ids[name]

    def _call(self, collection: str, verb: str, body: Mapping[str, Any]) -> Any:
        known = self._collection(collection)
        said = known and self._ask(self._open(), "POST", f"/collections/{known}/{verb}", body)
        if said is None:
            self._ids.pop(collection, None)
            raise LibraryDamaged(
                f"library {self.address.shown!r} lacks the collection {collection!r};"
                " run: qa repair"
            )
        return said

    def has(self, collection: str) -> bool:
        """Tell whether there is such a collection."""
        return self._collection(collection) is not None

    def drop(self, collection: str) -> None:
        """Delete a collection with all that is in it."""
        self._ids.pop(collection, None)
        self._ask(self._open(), "DELETE", f"/collections/{collection}")

    def create_catalog(self) -> None:
        """Make the collection of the catalog, if it is not there."""
        self._create(self.address.name)

    def create_passages(self, collection: str, width: int) -> None:
        """Make a collection of passages, whose vectors have ``width`` dimensions."""
        self._create(collection)  # the first vector says how many

    def _create(self, name: str) -> None:
        body = {"name": name, "get_or_create": True, "configuration": {"hnsw": _GRAPH}}
        made = self._ask(self._open(), "POST", "/collections", body)
        if made is None:
            raise self._unreached(f"no collection {name!r} could be made")
        self._ids[name] = made["id"]

    def put(self, collection: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows; those of known keys are replaced."""
        for i in range(0, len(rows), _BATCH):
            part = rows[i : i + _BATCH]
            plain = ("vector", "terms", *_NAMES)
            body = {
                "ids": [str(row["key"] if "key" in row else row["number"]) for row in part],
                # A collection has vectors; the catalog's are all the same.
                "embeddings": [list(map(float, row.get("vector", (1.0,)))) for row in part],
                "metadatas": [
                    {k: row[k] for k in row if k not in plain}
                    | ({"terms": " ".join(row["terms"])} if "terms" in row else {})
                    for row in part
                ],
            }
            self._call(collection, "upsert", body)

    def delete(self, collection: str, where: Where) -> None:
        """Forget the rows of which ``where`` is true."""
        self._call(collection, "delete", _written(where))

    def rows(
        self, collection: str, where: Where, fields: Sequence[str], level: str = "Strong"
    ) -> list[dict[str, Any]]:
        """The rows of which ``where`` is true, few enough for one message."""
        among, late = _parted(where)
        found = self._get(collection, _written(among), fields)
        return [row for row, about in found if all(_holds(one, about) for one in late)]

    def pages(
        self, collection: str, where: Where, fields: Sequence[str], level: str = "Strong"
    ) -> Iterator[dict[str, Any]]:
        """The rows of which ``where`` is true, however many they are."""
        among, late = _parted(where)
        ids = self._call(collection, "get", _written(among) | {"include": []})["ids"]
        for i in range(0, len(ids), NAMES):
            for row, about in self._get(collection, {"ids": ids[i : i + NAMES]}, fields):
                if all(_holds(one, about) for one in late):
                    yield row

    def _get(
        self, collection: str, body: Mapping[str, Any], fields: Sequence[str]
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Rows, each with all that its record says."""
        include = ["metadatas", *(["embeddings"] if "vector" in fields else [])]
        found = self._call(collection, "get", {**body, "include": include})
        rows = []
        for i, name in enumerate(found["ids"]):
            about = found["metadatas"][i]
            row = dict(about) | {"key": name}
            if "number" in fields:
                row["number"] = int(name)
            if "terms" in fields:
                row["terms"] = row["terms"].split()
            if "vector" in fields:
                row["vector"] = found["embeddings"][i]
            rows.append(({field: row[field] for field in fields}, about))
        return rows

    def count(self, collection: str, where: Where, level: str = "Strong") -> int:
        """How many rows there are of which ``where`` is true."""
        return len(self._call(collection, "get", _written(where) | {"include": []})["ids"])

    def nearest(
        self, collection: str, vector: "NDArray[np.float32]", where: Where, limit: int, level: str
    ) -> dict[int, float]:
        """The passages whose vectors are nearest: number to cosine."""
        asked = {"query_embeddings": [vector.tolist()], "n_results": limit}
        body = {**_written(where), **asked, "include": ["distances"]}
        found = self._call(collection, "query", body)
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return {int(name): 1.0 - distance for name, distance in pairs}

    def cosines(
        self, collection: str, vector: "NDArray[np.float32]", numbers: Sequence[int], level: str
    ) -> dict[int, float]:
        """The cosines of the passages of these numbers."""
        import numpy as np

        found = self.nearest(
            collection, vector, (Is("number", "in", numbers),), len(numbers), level
        )
        # A graph may miss some even where it is asked for all.
        if lost := sorted(set(numbers) - found.keys()):
            for row in self.rows(collection, (Is("number", "in", lost),), ("number", "vector")):
                found[row["number"]] = float(np.array(row["vector"], np.float32) @ vector)
        return found


def _parted(where: Where) -> tuple[Where, Where]:
    """What the server looks at, and what is looked at here, of what it has found.

    A filter that nearly every record passes costs a server more than all else of a question.
    """
    among = tuple(one for one in where if one.field not in _WIDE)
    return (among, tuple(one for one in where if one.field in _WIDE)) if among else (where, ())


def _written(where: Where) -> dict[str, Any]:
    """A filter in the server's language: ids, and what their metadata have to say.

    >>> _written((Is("number", "in", [1, 2]), Is("born", "<=", 7)))
    {'ids': ['1', '2'], 'where': {'born': {'$lte': 7}}}
    """
    said: dict[str, Any] = {}
    others = []
    for one in where:
        if one.field not in _NAMES:
            others.append({one.field: {_HOW[one.how]: one.value}})
        elif isinstance(one.value, str | int):
            said["ids"] = [str(one.value)]
        else:
            said["ids"] = [str(value) for value in one.value]
    if others:
        said["where"] = others[0] if len(others) == 1 else {"$and": others}
    return said


def _holds(one: Is, about: Mapping[str, Any]) -> bool:
    """Tell whether a record whose metadata are ``about`` passes a filter of numbers."""
    value: Any = one.value
    return bool(_COMPARED[one.how](about[one.field], value))
