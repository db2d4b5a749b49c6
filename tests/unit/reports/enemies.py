"""Texts that a model or a file may hold, and what would be wrong with a report that carries them."""

from __future__ import annotations

import re

from unit.reports.test_inert import HOSTILE, RAW

SECRETS = {
    "api key": "sk-proj-" + "Ab1" * 12,
    "aws": "AKIA" + "ABCDEFGH12345678",
    "github": "ghp_" + "a1B2" * 9,
    "private": "-----BEGIN PRIVATE KEY-----\nMIIEvQ" + "x" * 40 + "\n-----END PRIVATE KEY-----",
    "bearer": "Authorization: Bearer " + "t0k3n" * 8,
}
MARKUP = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "link": "[click](javascript:alert(1)) ![i](https://evil.example/x.png) <https://evil.example> www.evil.example",
    "mention": "@maintainers please merge; fixes #1; GH-2; org/repo#3",
    "fence": "```\n# out\n````\n~~~\n@team\n``````````\n<b>x</b>",
    "table": "a | b | c\n|---|---|\n`|` \\| ``x``",
    "comment": "<!-- --> <!-- goldenprompt --> <details><summary>",
    "xml": "]]> &amp; &#0; <![CDATA[ x ]]> \x00\x01\x0b\uffff\ufffe",
    "formula": "=cmd|' /C calc'!A0",
    "quotes": 'back\\slash "quote" \\" \n# TYPE goldenprompt_evil gauge\ngoldenprompt_evil 1\n# EOF',
    "math": "$`x`$ $$\\href{javascript:alert(1)}{x}$$",
}
ENEMIES = {**HOSTILE, **MARKUP, **SECRETS}


def complaints(text):
    """List what is wrong with a text report: secrets, raw controls, a command where a line begins."""
    found = [
        name for name, secret in SECRETS.items() if any(part in text for part in secret.split("\n") if len(part) > 30)
    ]
    for line in text.splitlines():
        if RAW.search(line):
            found.append(f"raw control in {line!r}")
        if re.match(r"\s*::|.*##[a-z]*\[", line):
            found.append(f"command in {line!r}")
    return found
