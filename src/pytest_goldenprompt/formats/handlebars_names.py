"""Which inputs a Handlebars template uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pytest_goldenprompt.formats.handlebars_tree import Node, tree_of
from pytest_goldenprompt.formats.handlebars_words import Path
from pytest_goldenprompt.model.prompt import Template

HISTORY = "history"


def nodes_of(nodes: Sequence[Node]) -> Iterator[Node]:
    """Give all nodes of a tree, those inside of blocks too."""
    for node in nodes:
        yield node
        yield from nodes_of(node.body)
        yield from nodes_of(node.otherwise)


def has_history(body: str, parts: Mapping[str, str]) -> bool:
    """Say whether a template, checked before, puts earlier messages somewhere."""
    trees = (tree_of(text) for text in (body, *parts.values()))
    return any(node.kind == "helper" and node.name == HISTORY for tree in trees for node in nodes_of(tree))


def names_in(template: Template) -> frozenset[str] | None:
    """Name the inputs that a template may use; None where it uses all, as `{{json this}}` does."""
    found: set[str] = set()
    for text in (template.body, *template.parts.values()):
        for node in nodes_of(tree_of(text, template.line if text is template.body else 1)):
            for word in (*node.words, *node.options.values()):
                if isinstance(word, Path):
                    found.add(first_name(word.text))
    return None if _uses_all(template) else frozenset(name for name in found - {"this", "."} if name[:1] != "@")


def _uses_all(template: Template) -> bool:
    """Say whether a template takes its inputs as one value, outside of any block that has an item of its own."""
    top = [node for node in tree_of(template.body, template.line) if node.kind == "helper"]
    return any(isinstance(word, Path) and word.text in {"this", "."} for node in top for word in node.words)


def first_name(path: str) -> str:
    """Give the input that a path begins with."""
    bare = path.replace("../", "").removeprefix("@root.").removeprefix("this.").removeprefix("this/").removeprefix("./")
    return re.split(r"[./]", bare)[0] or bare
