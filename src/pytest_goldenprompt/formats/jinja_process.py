"""The process in which Jinja2 templates are filled: the only home of jinja2. It reads and writes lines of JSON.

The environment is the immutable sandbox; an undefined name is an error, nothing is escaped, and what can be included is
what comes with the question. Memory is capped where the operating system can.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

MEMORY = 1 << 30
LONGEST = 8 * 1024 * 1024
MAIN = "<prompt>"


def answer_lines() -> None:
    """Answer one question a line until there are no more; the first line is where packages are found."""
    sys.path[:] = json.loads(sys.stdin.readline())
    answer = _prepared()
    print(flush=True)  # noqa: T201 - the answer goes through the pipe
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201 - as above


def _prepared() -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    import jinja2.meta  # noqa: PLC0415 - found only once the path is set
    import jinja2.sandbox  # noqa: PLC0415 - as above

    @lru_cache(maxsize=32)
    def environment(parts: str) -> Any:
        texts: dict[str, str] = json.loads(parts)
        loader = jinja2.FunctionLoader(lambda name: (texts[name], name, None) if name in texts else None)
        made = jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=loader, undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True
        )
        # What gives another text each time would show as a change of the prompt.
        made.globals.pop("lipsum"), made.filters.pop("random")
        return made

    def fill(question: Mapping[str, Any]) -> dict[str, Any]:
        made = environment(json.dumps({**question["parts"], MAIN: question["body"]}))
        absent = {name: jinja2.Undefined(name=name) for name in question["absent"]}
        text = made.get_template(MAIN).render({**absent, **question["values"]})
        return {"text": text} if len(text) <= LONGEST else {"error": f"it gives more than {LONGEST:,} characters"}

    def names(question: Mapping[str, Any]) -> dict[str, Any]:
        made = environment(json.dumps({**question["parts"], MAIN: question["body"]}))
        trees = [made.parse(text) for text in (question["body"], *question["parts"].values())]
        return {"names": sorted(set().union(*(jinja2.meta.find_undeclared_variables(tree) for tree in trees)))}

    def answer(question: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return fill(question) if question["ask"] == "fill" else names(question)
        except jinja2.TemplateSyntaxError as error:
            return _told(error.message or "", error.name, error.lineno)
        except jinja2.TemplateNotFound as error:
            return _told(f"{error.name!r} is not found; only names in quotes can be included", *_place(error))
        except MemoryError:
            return {"error": "it took too much memory"}
        except Exception as error:  # noqa: BLE001 - whatever a template does wrong is told, not raised
            return _told(str(error) or type(error).__name__, *_place(error))

    _cap_memory()
    return answer


def _told(what: str, name: str | None, line: int | None) -> dict[str, Any]:
    return {"error": " ".join(what.split())[:300], "line": line, "part": None if name in {MAIN, None} else name}


def _place(error: BaseException) -> tuple[str | None, int | None]:
    """Find the innermost line of a template in a traceback, which Jinja2 rewrites to its templates' lines."""
    name, line, trace = None, None, error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if trace.tb_frame.f_globals.get("__name__") != __name__ and not file.endswith(".py"):
            name, line = file, trace.tb_lineno
        trace = trace.tb_next
    return name, line


def _cap_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    answer_lines()
