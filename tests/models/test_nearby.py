"""Model servers of the machine, found at their ports."""

from qa.models.chat.nearby import servers
from tests.server.http import Endpoint


def test_a_server_is_found_with_its_models() -> None:
    """Who lists models is told with the address that uses it; a port where nobody is, is not."""
    listed = {"object": "list", "data": [{"id": "small"}, {"id": "large"}]}
    with Endpoint(personality=lambda exchange: exchange.json(listed)) as endpoint:
        port = int(endpoint.url.split(":")[2].split("/")[0])
        (found,) = servers({port: "Ollama", 1: "nobody"})
        asked = [one.path for one in endpoint.exchanges]
    assert (found.program, found.base_url) == ("Ollama", f"http://127.0.0.1:{port}/v1")
    assert found.models == ("small", "large")
    assert asked == ["/v1/models"]
