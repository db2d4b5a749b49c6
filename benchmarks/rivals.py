"""The same work done otherwise: programs that ask a server all questions, so many at once, and look at the answers.

Each takes the server's URL, the number of cases and the calls at once, and is held beside a golden run with the same
client: the standard library's in threads, aiohttp, or the openai package, as `openai:` of this plugin has it. Those
that need a package are left out where it is not installed.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

THREADS = """
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
        assert "o" in json.loads(connection.getresponse().read())["choices"][0]["message"]["content"]
threads = [threading.Thread(target=work) for _ in range(wide)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
"""
CLIENT = """
import asyncio, sys
from openai import AsyncOpenAI, DefaultAioHttpClient
url, cases, wide = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = AsyncOpenAI(base_url=url, api_key="x", max_retries=0, http_client=DefaultAioHttpClient())
async def ask(text):
    messages = [{"role": "user", "content": f"Say {text}"}]
    return (await client.chat.completions.create(model="m", messages=messages)).choices[0].message.content
async def ask_all():
    gate = asyncio.Semaphore(wide)
    async def one(text):
        async with gate:
            return await ask(text)
    async with client:
        return await asyncio.gather(*(one(f"c{number}") for number in range(cases)))
"""
CLIENT_ALONE = f"""{CLIENT}
assert all("o" in answer for answer in asyncio.run(ask_all()))
"""
PYDANTIC_EVALS = f"""{CLIENT}
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Contains
cases = [Case(name=f"c{{number}}", inputs=f"c{{number}}") for number in range(cases)]
dataset = Dataset(name="say", cases=cases, evaluators=[Contains("o")])
async def evaluate():
    async with client:
        return await dataset.evaluate(ask, max_concurrency=wide, progress=False)
assert all(one.value for case in asyncio.run(evaluate()).cases for one in case.assertions.values())
"""
DEEPEVAL = f"""{CLIENT}
from deepeval import evaluate
from deepeval.evaluate.configs import AsyncConfig, CacheConfig, DisplayConfig
from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase
class Contains(BaseMetric):
    threshold, async_mode, error, reason, evaluation_cost = 1.0, True, None, None, None
    def measure(self, test_case, *_, **__):
        self.score = float("o" in test_case.actual_output)
        self.success = self.score == 1.0
        return self.score
    async def a_measure(self, test_case, *_, **__):
        return self.measure(test_case)
    def is_successful(self):
        return self.success
    @property
    def __name__(self):
        return "Contains"
answers = asyncio.run(ask_all())
tests = [LLMTestCase(input=f"c{{number}}", actual_output=answer) for number, answer in enumerate(answers)]
display = DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False)
result = evaluate(tests, [Contains()], async_config=AsyncConfig(max_concurrent=wide), display_config=display,
                  cache_config=CacheConfig(write_cache=False))
assert all(one.success for one in result.test_results)
"""
PYTEST_EVALS = """
import os, openai, pytest
client = openai.OpenAI(base_url=os.environ["OPENAI_BASE_URL"], api_key="x", max_retries=0)
@pytest.mark.eval(name="say")
@pytest.mark.parametrize("number", range(int(os.environ["CASES"])))
def test_say(number, eval_bag):
    messages = [{"role": "user", "content": f"Say c{number}"}]
    eval_bag.answer = client.chat.completions.create(model="m", messages=messages).choices[0].message.content
    eval_bag.contains = "o" in eval_bag.answer
@pytest.mark.eval_analysis(name="say")
def test_all(eval_results):
    assert all(result.result.contains for result in eval_results)
"""


CLIENTS = """
import http.client, json, os, threading
HOST = os.environ["OPENAI_BASE_URL"].split("/")[2]
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer x"}
mine, session = threading.local(), None
def body_of(prompt):
    return json.dumps({"model": "m", "messages": prompt.messages})
def in_threads(prompt):
    if not hasattr(mine, "connection"):
        mine.connection = http.client.HTTPConnection(HOST)
    mine.connection.request("POST", "/v1/chat/completions", body_of(prompt), HEADERS)
    return json.loads(mine.connection.getresponse().read())["choices"][0]["message"]["content"]
async def on_the_loop(prompt):
    global session
    if session is None:
        import aiohttp
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    url = f"http://{HOST}/v1/chat/completions"
    async with session.post(url, data=body_of(prompt), headers=HEADERS) as reply:
        return (await reply.json())["choices"][0]["message"]["content"]
"""
"""A team's own functions, with the clients that the threads and pydantic-evals have."""

PYDANTIC_EVALS_AIOHTTP = """
import asyncio, json, sys
import aiohttp
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Contains
url, cases, wide = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
headers = {"Content-Type": "application/json", "Authorization": "Bearer x"}
async def evaluate():
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        async def ask(text):
            body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"Say {text}"}]})
            async with session.post(f"{url}/chat/completions", data=body, headers=headers) as reply:
                return (await reply.json())["choices"][0]["message"]["content"]
        written = [Case(name=f"c{number}", inputs=f"c{number}") for number in range(cases)]
        dataset = Dataset(name="say", cases=written, evaluators=[Contains("o")])
        return await dataset.evaluate(ask, max_concurrency=wide, progress=False)
assert all(one.value for case in asyncio.run(evaluate()).cases for one in case.assertions.values())
"""


@dataclass(frozen=True)
class Rival:
    """A program that does the work, and the package that it needs."""

    name: str
    program: str
    package: str = "openai"

    @property
    def is_there(self) -> bool:
        """Say whether its package is installed."""
        return importlib.util.find_spec(self.package) is not None

    def command(self, url: str, cases: int, wide: int, folder: Path) -> list[str]:
        """Give the command that does the work."""
        if self.package != "pytest_evals":
            return [sys.executable, "-c", self.program, url, str(cases), str(wide)]
        home = folder / "evals"
        home.mkdir(exist_ok=True)
        (home / "pytest.ini").write_text("[pytest]\n")
        (home / "test_evals.py").write_text(self.program)
        beside = ["-p", "pytest_harvest.plugin", "-p", "pytest_evals.plugin", "--run-eval", "--run-eval-analysis"]
        # Where pytest-xdist is installed, one of them asks for its options.
        beside += ["-p", "xdist"] if importlib.util.find_spec("xdist") else []
        return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *beside, str(home)]


IN_THREADS = Rival("threads with http.client", THREADS, "http")
ALONE_CLIENT = Rival("the openai client alone", CLIENT_ALONE)
PYDANTIC = Rival("pydantic-evals", PYDANTIC_EVALS, "pydantic_evals")
DEEP = Rival("deepeval's evaluate()", DEEPEVAL, "deepeval")
AIOHTTP = Rival("pydantic-evals", PYDANTIC_EVALS_AIOHTTP, "pydantic_evals")
BESIDE = {
    "python:clients:in_threads": (IN_THREADS,),
    "python:clients:on_the_loop": (AIOHTTP,),
    "openai:m": (ALONE_CLIENT, PYDANTIC, DEEP),
}
"""Providers, and who does the same work with the same client."""
ONE_BY_ONE = Rival("pytest-evals, one at a time", PYTEST_EVALS, "pytest_evals")

SILENT = {"DEEPEVAL_TELEMETRY_OPT_OUT": "1", "DEEPEVAL_NO_INSPECT_PROMPT": "1", "DEEPEVAL_UPDATE_WARNING_OPT_IN": "0"}
"""No rival looks for anything on the net."""
