"""Every check of the project, each one word: `nox -s lint tests`."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "tests"]
PYTHONS = ["3.11", "3.12", "3.13"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and the directions of imports."""
    session.install("-e", ".[openai,schema]", *nox.project.dependency_groups(_project(), "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session(python=PYTHONS)
@nox.parametrize("pytest", ["8.4.*", ""])
def tests(session: nox.Session, pytest: str) -> None:
    """Run the tests on the oldest and the newest pytest."""
    session.install("-e", ".[openai,schema]", *nox.project.dependency_groups(_project(), "test"))
    session.install(f"pytest=={pytest}" if pytest else "pytest")
    session.run("pytest", *session.posargs)


def _project() -> dict[str, object]:
    return nox.project.load_toml("pyproject.toml")
