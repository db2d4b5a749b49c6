"""A prompt file of any format that is read natively, chosen by the file's name."""

from __future__ import annotations

from pathlib import Path

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.added import prompt_from
from pytest_goldenprompt.formats.dotprompt import read_dotprompt
from pytest_goldenprompt.formats.endings import OURS, Formats, PromptReader
from pytest_goldenprompt.formats.github_models import read_github_models
from pytest_goldenprompt.formats.pairing import prompt_id
from pytest_goldenprompt.formats.plain import read_jinja, read_plain
from pytest_goldenprompt.formats.prompty import read_prompty, with_sample
from pytest_goldenprompt.formats.reader import read_source, relative
from pytest_goldenprompt.formats.references import References
from pytest_goldenprompt.model.prompt import Prompt

_READERS: tuple[tuple[str, PromptReader], ...] = (
    (".yml", read_github_models),
    (".yaml", read_github_models),
    (".md", read_plain),
    (".txt", read_plain),
    (".j2", read_jinja),
    (".prompty", read_prompty),
    (".prompt", read_dotprompt),
)


def read_prompt(root: Path, path: Path, *, sample: bool = False, formats: Formats = OURS) -> Prompt:
    """Read a prompt file under the root, and what it includes, in the format that its name ends in.

    A format that was added comes first, as the end of its ending may be one of ours.

    `sample`: a Prompty file's sample is read too, as rows; it may lie in a file of its own.
    """
    where = relative(root, path)
    for ending, added in formats.prompts.items():
        if path.name.endswith(ending):
            files = References(root, (root / path).parent)
            return prompt_from(added, read_source(root, path), prompt_id(where, formats), files)
    for ending, reader in _READERS:
        if path.name.endswith(ending):
            source, files = read_source(root, path), References(root, (root / path).parent)
            prompt = reader(source, prompt_id(where), files)
            return with_sample(prompt, source, files) if sample and reader is read_prompty else prompt
    raise InputError(
        f"no prompt format that is read, found {path.suffix or 'no ending'}; "
        f"{', '.join((*(ending for ending, _ in _READERS), *formats.prompts))} are accepted",
        where=where,
    )
