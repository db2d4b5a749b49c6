"""Wall time of a golden run beside the same calls on raw threads: `python benchmarks/wall.py`.

Real HTTP to a local OpenAI-compatible server that waits before each answer (tests/openai_server.py), and a blocking
Python function. Prints the ratio of whole processes, measured side by side; absolute times say nothing on a shared
machine. The raw side has as many calls in flight: threads with the standard library's HTTP client, or the plugin's own
client without the plugin. Other pytest plugins of the environment are left out: their start is not ours.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from openai_server import OpenAIServer  # noqa: E402 - found beside the tests

RAW_HTTP = """
import http.client, json, sys, threading, queue
url, cases, wide = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
host = url.split("/")[2]
todo = queue.SimpleQueue()
for number in range(cases): todo.put(number)
def work():
    connection = http.client.HTTPConnection(host)
    while True:
        try: number = todo.get_nowait()
        except queue.Empty: return
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"Say c{number}"}]})
        headers = {"Content-Type": "application/json", "Authorization": "Bearer x"}
        connection.request("POST", "/v1/chat/completions", body, headers)
        json.loads(connection.getresponse().read())
threads = [threading.Thread(target=work) for _ in range(wide)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
"""
RAW_CLIENT = """
import asyncio, sys
from openai import AsyncOpenAI, DefaultAioHttpClient
cases, wide = int(sys.argv[2]), int(sys.argv[3])
async def main():
    gate = asyncio.Semaphore(wide)
    http = DefaultAioHttpClient()
    async with AsyncOpenAI(base_url=sys.argv[1], api_key="x", max_retries=0, http_client=http) as client:
        async def call(number):
            messages = [{"role": "user", "content": f"Say c{number}"}]
            async with gate:
                await client.chat.completions.create(model="m", messages=messages)
        await asyncio.gather(*(call(number) for number in range(cases)))
asyncio.run(main())
"""
RAW_SLEEP = """
import sys, threading, queue, time
latency, cases, wide = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
todo = queue.SimpleQueue()
for number in range(cases): todo.put(number)
def work():
    while True:
        try: todo.get_nowait()
        except queue.Empty: return
        time.sleep(latency)
threads = [threading.Thread(target=work) for _ in range(wide)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
"""
FUNCTION = "import time\ndef answer(text):\n    time.sleep({latency})\n    return 'ok'\n"


def seconds(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Time a whole process; one that fails for another reason than its verdict ends the benchmark."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, check=False)
    took = time.perf_counter() - began
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return took


def write_library(folder: Path, cases: int, latency: float) -> None:
    """Write one prompt with many cases, and a blocking function that may stand for the model."""
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (folder / "answers.py").write_text(FUNCTION.format(latency=latency))
    (folder / "say.prompt.md").write_text("---\nmodel: m\n---\nSay {{text}}\n")
    lines = [json.dumps({"evaluators": [{"contains": {"value": "o"}}]})]
    lines += [json.dumps({"id": f"c{number}", "inputs": {"text": f"c{number}"}}) for number in range(cases)]
    (folder / "say.golden.jsonl").write_text("\n".join(lines) + "\n")


def main() -> None:
    """Print one row a way of calling: raw seconds, golden seconds, ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=0, help="pytest-xdist workers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, OpenAIServer(latency=options.latency, answer=lambda _: "ok") as server:
        folder = Path(name)
        write_library(folder, options.cases, options.latency)
        wide = [str(options.cases), str(options.concurrency)]
        golden = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_goldenprompt.plugin"]
        golden += ["-p", "xdist", "-n", str(options.workers)] if options.workers else []
        golden += ["--golden", "--golden-concurrency", str(options.concurrency)]
        asked = ["--golden-provider", "openai:m"]
        key = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "x", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ways = {
            "openai, beside the same client": (
                [sys.executable, "-c", RAW_CLIENT, server.url, *wide],
                [*golden, *asked],
            ),
            "openai, beside http.client": ([sys.executable, "-c", RAW_HTTP, server.url, *wide], [*golden, *asked]),
            "a blocking function": (
                [sys.executable, "-c", RAW_SLEEP, str(options.latency), *wide],
                [*golden, "--golden-provider", "python:answers:answer"],
            ),
        }
        head = f"{options.cases} cases, {options.latency * 1000:g} ms each, {options.concurrency} at once"
        print(f"{head}; whole processes, best of {options.rounds}")
        for way, (raw, run) in ways.items():
            raws = min(seconds(raw, folder, key) for _ in range(options.rounds))
            runs = min(seconds(run, folder, key) for _ in range(options.rounds))
            print(f"{way:32} raw {raws:6.2f} s   golden {runs:6.2f} s   ratio {runs / raws:5.2f}")


if __name__ == "__main__":
    main()
