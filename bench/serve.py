"""``qa serve`` measured as its users meet it: one answer, many at once, readers that do not read.

    python -m bench.serve [--documents DIR] [--seconds 60] [--askers 50]

The server is a process of its own on this machine, quoting (no model); all requests go to loopback.
"""

import argparse
import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from qa.assistant import Assistant

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "who are Huawei's auto partners?",
    "when was AITO launched?",
    "who attended the signing ceremony?",
    "when did Huawei say it would start selling cars?",
    "what is the first model of Seres and Huawei?",
    "how many cars does AITO want to sell?",
    "what does Huawei's auto unit aim for by 2025?",
    "who won the 1998 world cup?",
)
SLOW = 20  # connections that ask and do not read


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("a process has a size")


def spread(found: list[float]) -> str:
    """Median, 95th of a hundred and most, in milliseconds."""
    ordered = sorted(found)
    most = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    middle = statistics.median(ordered)
    return f"median {1000 * middle:.0f}, 95 % {1000 * most:.0f}, most {1000 * ordered[-1]:.0f} ms"


def single(url: str, assistant: Assistant) -> None:
    """One question after the other: in this process, by the page's way, by OpenAI's."""
    own, page_first, page_whole, chat_first, chat_whole = [], [], [], [], []
    with httpx.Client(base_url=url, timeout=60) as client:
        for question in QUESTIONS * 3:
            began = time.perf_counter()
            assistant.sync()  # as every front does before an answer
            assistant.ask(question)
            own.append(time.perf_counter() - began)
            messages = [{"role": "user", "content": question}]
            chat = {"model": "qa", "stream": True, "messages": messages}
            for path, asked, first, whole in (
                ("/api/ask", {"question": question}, page_first, page_whole),
                ("/v1/chat/completions", chat, chat_first, chat_whole),
            ):
                began = time.perf_counter()
                with client.stream("POST", path, json=asked) as response:
                    lines = (line for line in response.iter_lines() if line)
                    next(lines)
                    first.append(time.perf_counter() - began)
                    for _ in lines:
                        pass
                whole.append(time.perf_counter() - began)
    print(f"in process, whole answer: {spread(own)}")
    print(f"page, first statement: {spread(page_first)}; whole: {spread(page_whole)}")
    print(f"/v1, first piece: {spread(chat_first)}; whole: {spread(chat_whole)}")


async def crowd(url: str, pid: int, askers: int, seconds: float) -> None:
    """Many that ask without pause: errors, how evenly they are served, memory."""
    taken: list[list[float]] = [[] for _ in range(askers)]
    errors: list[str] = []
    until = time.perf_counter() + seconds
    sizes = []

    async def one(number: int, client: httpx.AsyncClient) -> None:
        draw = random.Random(number)
        while time.perf_counter() < until:
            began = time.perf_counter()
            response = await client.post("/api/ask", json={"question": draw.choice(QUESTIONS)})
            last = json.loads(response.text.splitlines()[-1])
            if last["event"] != "answer":
                errors.append(str(last))
            taken[number].append(time.perf_counter() - began)

    async def watch() -> None:
        while time.perf_counter() < until:
            sizes.append(memory(pid))
            await asyncio.sleep(seconds / 12)

    limits = httpx.Limits(max_connections=askers, max_keepalive_connections=askers)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        await asyncio.gather(watch(), *(one(number, client) for number in range(askers)))
    counts = [len(one) for one in taken]
    every = [spent for one in taken for spent in one]
    print(
        f"{askers} askers for {seconds:.0f} s: {sum(counts)} answers, {len(errors)} errors;"
        f" each got {min(counts)} to {max(counts)}; {spread(every)}"
    )
    print("resident MB over that time: " + " ".join(f"{size:.0f}" for size in sizes))


def slow_readers(client: httpx.Client) -> list[socket.socket]:
    """Connections that have asked and read nothing; their answers fill what the kernel holds."""
    host, port = client.base_url.host, client.base_url.port
    body = json.dumps({"question": QUESTIONS[0]}).encode()
    head = (
        f"POST /api/ask HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode()
    held = []
    for _ in range(SLOW):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect((host, port))
        connection.sendall(head + body)
        held.append(connection)
    return held


def slow(url: str) -> None:
    """What readers that do not read cost the others."""
    with httpx.Client(base_url=url, timeout=300) as client:

        def asked() -> list[float]:
            spent = []
            for question in QUESTIONS * 2:
                began = time.perf_counter()
                client.post("/api/ask", json={"question": question})
                spent.append(time.perf_counter() - began)
            return spent

        alone = asked()
        held = slow_readers(client)
        time.sleep(1.0)  # until all have their turn, and then until all have had it
        client.post("/api/ask", json={"question": QUESTIONS[1]})
        beside = asked()
        for connection in held:
            connection.close()
    print(f"one asker alone: {spread(alone)}")
    print(f"beside {SLOW} that read nothing: {spread(beside)}")


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, default=ROOT / "seeds")
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = ["--documents", str(given.documents), "--library", folder]
        command = [sys.executable, "-m", "qa", *place, "serve", "--port", "0", "--no-open"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            try:
                url = server.stderr.readline().split()[3]
                with httpx.Client(base_url=url, timeout=120) as client:
                    client.post("/api/ask", json={"question": QUESTIONS[0]})  # loads the models
                with Assistant.from_here(given.documents, folder) as assistant:
                    assistant.ask(QUESTIONS[0])
                    single(url, assistant)
                asyncio.run(crowd(url, server.pid, given.askers, given.seconds))
                slow(url)
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
