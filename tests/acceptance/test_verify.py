"""A deploy job verifies what a gate decided: the true record passes, and whatever was changed since is refused."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta

import pytest

from deploy_job import POLICY, build, commit, edit, flips, forge, git, hand_over, means_the_same
from golden_library import GoldenLibrary
from pytest_goldenprompt.cli import main, verify_command
from pytest_goldenprompt.cli.refusal import Why
from pytest_goldenprompt.store.codec import sealed

PROMPT, DATASET = "prompts/triage.prompt.md", "prompts/triage.golden.yaml"
FLIPS = 120
"""Byte flips in the default run; `benchmarks/verify_flips.py` makes thousands."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build(folder)
    return folder


class Deploy:
    """A deploy job: a fresh checkout, and what was handed over to it."""

    def __init__(self, folder, capsys):
        self.root = folder / "library"
        self.record = folder / "handed" / "verdict.json"
        self._capsys = capsys

    def verify(self, *words):
        """Verify; give the exit code and all that was printed."""
        code = main(["-C", str(self.root), "verify", str(self.record), *words])
        shown = self._capsys.readouterr()
        assert (shown.err == "") == (code < Why.UNREADABLE and code != 2), shown.err
        assert shown.err.count("\n") <= 1
        return code, shown.out + shown.err

    def refuses(self, why, *words):
        """Verify, and check that it is refused for this kind of reason; give the sentence."""
        code, shown = self.verify(*words)
        assert code == why, shown
        assert shown.startswith(f"goldenprompt: refused ({why.name.lower().replace('_', ' ')}): ")
        return shown

    def edit(self, name, old, new):
        edit(self.root, name, old, new)

    def forge(self, **changes):
        forge(self.record, **changes)


@pytest.fixture
def deploy(built, tmp_path, capsys):
    shutil.copytree(built, tmp_path / "here")
    return Deploy(tmp_path / "here", capsys)


def at(moment, monkeypatch):
    monkeypatch.setattr(verify_command, "now", lambda: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def finished(deploy):
    return datetime.fromisoformat(json.loads(deploy.record.read_text())["run"]["finished"])


def test_the_true_record_passes_and_says_what_it_was_held_against(deploy):
    code, out = deploy.verify()
    head = git(deploy.root, "rev-parse", "HEAD")
    assert code == 0
    assert out.startswith("VERIFIED PASS: run ")
    assert f"of commit {head}\n" in out
    assert f"judged   by the policy of HEAD at {head[:12]}, compared with run " in out
    assert "\nexpires  " in out
    assert deploy.verify("--base", "stored", "--commit", head, "--max-age", "1h", "--live", "--path", "prompts")[0] == 0


def test_the_run_is_found_where_jobs_hand_it_over(deploy):
    run = json.loads(deploy.record.read_text())["run"]["id"]
    handed = deploy.record.parent
    shutil.copytree(handed, deploy.root / ".goldenprompt" / "cache" / "runs" / run)
    (handed / "run.json").unlink()
    assert deploy.verify()[0] == 0
    shutil.move(deploy.root / ".goldenprompt" / "cache", handed.parent / "cache")
    assert "is not in" in deploy.refuses(Why.UNREADABLE)
    assert deploy.verify("--run", str(handed.parent / "cache" / "runs"))[0] == 0
    shutil.move(handed.parent / "cache" / "runs" / run, deploy.root / "golden")
    deploy.record = deploy.root / "golden"
    assert deploy.verify()[0] == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (PROMPT, "Answer", "answer", f"{PROMPT} is not the prompt that was judged"),
        (DATASET, "a text", "A text", f"{DATASET} is not the golden dataset that was judged"),
        (DATASET, "cases:", "caSes:", f"{DATASET} cannot be read"),
    ],
)
def test_one_byte_of_a_prompt_or_dataset_is_refused(deploy, name, old, new, told):
    deploy.edit(name, old, new)
    assert told in deploy.refuses(Why.FILES)


def test_one_byte_of_the_policy_is_refused(deploy):
    assert "alpha of the policy" in deploy.refuses(Why.POLICY, "--base", "looser")


def test_one_byte_of_the_stored_run_is_refused(deploy):
    assert "changed since" in deploy.refuses(Why.BASELINE, "--base", "damaged")


def test_one_byte_of_the_record_is_refused(deploy):
    text = deploy.record.read_text()
    deploy.record.write_text(text.replace('"partial": false', '"partial": falsy'))
    assert "no verdict record" in deploy.refuses(Why.UNREADABLE)
    deploy.record.write_text(text.replace('"compared": 4', '"compared": 5', 1))
    assert "is not the record that run" in deploy.refuses(Why.TAMPERED)


def test_another_commit_is_refused(deploy):
    first = git(deploy.root, "rev-parse", "stored")
    deploy.refuses(Why.COMMIT, "--commit", first)
    assert ": --commit: no such revision" in deploy.refuses(Why.CHECKOUT, "--commit", "f" * 40)
    git(deploy.root, "switch", "-q", "--detach", "stored")
    assert "it is of commit" in deploy.refuses(Why.COMMIT)
    assert f"commit {first} is checked out" in deploy.refuses(Why.CHECKOUT, "--commit", "main")


def test_another_date_is_refused(deploy):
    year = finished(deploy).year
    deploy.record.write_text(deploy.record.read_text().replace(f"{year}-", f"{year + 1}-", 1))
    assert deploy.verify()[0] in {Why.TAMPERED, Why.UNREADABLE}


def test_an_expired_record_is_refused_by_the_policy_or_by_what_was_asked(deploy, monkeypatch):
    end = finished(deploy)
    at(end + timedelta(hours=24), monkeypatch)
    assert deploy.verify()[0] == 0
    assert "more than 2 hours ago" in deploy.refuses(Why.EXPIRED, "--max-age", "120m")
    at(end + timedelta(hours=24, seconds=1), monkeypatch)
    assert "more than 24 hours ago" in deploy.refuses(Why.EXPIRED)
    assert deploy.verify("--max-age", "7d")[0] == 0


def test_a_record_of_the_future_is_refused(deploy, monkeypatch):
    at(finished(deploy) - timedelta(minutes=4), monkeypatch)
    assert deploy.verify()[0] == 0
    at(finished(deploy) - timedelta(minutes=6), monkeypatch)
    deploy.refuses(Why.FUTURE)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        (PROMPT, "is not as it was committed"),
        (DATASET, "is not as it was committed"),
        ("model.py", "is not as it was committed"),
        ("new.txt", "is in no commit"),
        ("prompts/new.golden.yaml", "is in no commit"),
    ],
)
def test_a_dirty_checkout_is_refused(deploy, name, how):
    with (deploy.root / name).open("a") as file:
        file.write("\n")
    assert f"{name} {how}" in deploy.refuses(Why.CHECKOUT)


@pytest.mark.parametrize("name", ["verdict.json", "run.json", "cases.jsonl", "texts.jsonl"])
def test_a_missing_file_is_refused(deploy, name):
    (deploy.record.parent / name).unlink()
    deploy.refuses(Why.UNREADABLE)


def test_a_missing_or_unjudged_dataset_is_refused(deploy):
    git(deploy.root, "update-index", "--skip-worktree", DATASET)
    (deploy.root / DATASET).rename(deploy.root / "prompts" / "other.golden.yaml")
    (deploy.root / ".git" / "info" / "exclude").write_text("other.*\n")
    assert "prompts/other.golden.yaml cannot be read" in deploy.refuses(Why.FILES)
    shutil.copy(deploy.root / PROMPT, deploy.root / "prompts" / "other.prompt.md")
    assert "is here and was not judged" in deploy.refuses(Why.FILES)
    assert "was judged and is not here" in deploy.refuses(Why.FILES, "--path", "nowhere")


def test_no_checkout_at_all_is_refused(deploy):
    shutil.rmtree(deploy.root / ".git")
    assert "no checkout that git can read" in deploy.refuses(Why.CHECKOUT)


def set_verdict(record):
    record["verdict"] = "new"


@pytest.mark.parametrize(
    ("forged", "why", "told"),
    [
        ({"record": set_verdict}, Why.TAMPERED, 'give another verdict: verdict is "pass", found "new"'),
        ({"cases": lambda text: text.replace('"passed":true', '"passed":false', 1)}, Why.TAMPERED, "another verdict"),
        ({"cases": lambda text: text.replace('"score":1.0', '"score":"x"', 1)}, Why.TAMPERED, "no run has written"),
        ({"cases": lambda text: text.split("\n", 1)[1]}, Why.FILES, "case 'a' of"),
        ({"about": lambda run: run.update(dirty=True)}, Why.COMMIT, "not committed"),
        ({"about": lambda run: run.pop("dirty")}, Why.COMMIT, "not committed"),
        ({"about": lambda run: run.pop("commit")}, Why.COMMIT, "outside of git"),
        ({"about": lambda run: run.update(started="soon")}, Why.TAMPERED, "has no time"),
        ({"about": lambda run: run.update(started="2999-01-01T00:00:00Z")}, Why.FUTURE, "it is of 2999"),
        ({"about": lambda run: run.update(finished="2020-01-01T00:00:00Z")}, Why.TAMPERED, "ended before it began"),
        ({"about": lambda run: run.update(month="2999-01")}, Why.TAMPERED, "a month to come"),
        ({"about": lambda run: run.update(month="2020-01", kind="recording")}, Why.TAMPERED, "another verdict"),
        ({"about": lambda run: run.update(policy_digest="0" * 64)}, Why.POLICY, "digest of its policy"),
        ({"about": lambda run: run["policy"].update(max_age_hours=8000)}, Why.POLICY, "max_age_hours"),
        ({"about": lambda run: run.update(prompts=[])}, Why.FILES, "was not judged"),
        ({"record": lambda record: record.update(baseline=None)}, Why.BASELINE, "baseline none"),
        ({"record": lambda record: record["anchor"].update(digest="0" * 64)}, Why.BASELINE, "another record of it"),
        ({"record": lambda record: record["baseline"].update(age_days=-9)}, Why.TAMPERED, "baseline.age_days"),
        ({"record": lambda record: record["prompts"][0].update(months=[])}, Why.TAMPERED, "prompts[0].months"),
    ],
)
def test_a_forgery_whose_digests_and_seals_fit_is_refused_where_it_contradicts_itself(deploy, forged, why, told):
    deploy.forge(**forged)
    assert told in deploy.refuses(why)


def test_a_forgery_of_any_shape_ends_in_one_line_and_no_traceback(deploy):
    """Each field of a run's facts, and of its prompt's, takes a turn at holding something odd; the seal fits."""
    path = deploy.record.parent / "run.json"
    true = json.loads(path.read_text())
    places = [(true, name) for name in true if name not in {"seal", "schema", "files"}]
    places += [(true["prompts"][0], name) for name in true["prompts"][0]]
    refused = 0
    for number, (holder, name) in enumerate(places):
        before, odd = holder[name], [5, None, "x", [], {}, [5], {"x": 5}][number % 7]
        holder[name] = odd
        path.write_text(json.dumps(sealed({key: value for key, value in true.items() if key != "seal"})))
        code, shown = deploy.verify()
        assert code in {0, *Why}, (name, odd, shown)
        refused += code in set(Why)
        holder[name] = before
    assert refused > len(places) / 2


def test_a_run_without_its_seal_is_refused(deploy):
    path = deploy.record.parent / "run.json"
    plain = json.loads(path.read_text())
    plain.pop("seal")
    path.write_text(json.dumps(plain))
    assert "its seal is gone" in deploy.refuses(Why.UNREADABLE)


def test_a_base_that_is_not_there_is_a_wrong_call(deploy):
    code, shown = deploy.verify("--base", "nowhere")
    assert (code, shown.startswith("goldenprompt: --base: no such revision")) == (2, True)
    git(deploy.root, "remote", "add", "origin", "https://example.org/x.git")
    code, shown = deploy.verify()
    assert (code, "none of origin/HEAD, origin/main, origin/master" in shown) == (2, True)
    git(deploy.root, "update-ref", "refs/remotes/origin/main", "main")
    assert "policy of origin/main at" in deploy.verify()[1]
    for age in ("24", "0h", "1w", "-1h"):
        assert deploy.verify(f"--max-age={age}")[0] == 2


def test_no_flip_of_a_byte_is_taken_for_another_meaning(deploy):
    """Whatever is accepted has the meaning of the true record: the same JSON values."""
    refused = 0
    for _, before, now in flips(deploy.record.parent, FLIPS):
        code, shown = deploy.verify()
        refused += code in set(Why)
        assert code in set(Why) or means_the_same(before, now), shown
    assert refused > 0.9 * FLIPS
    assert deploy.verify()[0] == 0


@pytest.fixture
def gate(built, tmp_path, capsys):
    """Give a deploy job after a gate that ran with other answers, and with some options."""

    def run(answers, *options):
        shutil.copytree(built / "library", tmp_path / "here" / "library")
        library = GoldenLibrary(tmp_path / "here" / "library")
        library.answers(answers)
        for _ in range(2 if options else 1):
            commit(library.folder, "as it is")
            hand_over(library, tmp_path / "here" / "handed", *options)
        return Deploy(tmp_path / "here", capsys)

    return run


def test_a_true_record_that_is_red_says_so_by_its_own_code(gate):
    code, out = gate({"a": "no"}).verify()
    assert code == 1
    assert "VERIFIED REGRESSED" in out
    assert "prompts/triage: got worse" in out


def _all_pass(record):
    record["verdict"] = "pass"
    for prompt in record["prompts"]:
        prompt.update(state="pass", reasons=[], kinds=[], cases=[])


def test_a_red_record_made_green_is_refused(gate):
    regressed = gate({"a": "no"})
    regressed.forge(record=_all_pass)
    assert "give another verdict" in regressed.refuses(Why.TAMPERED)


def test_recorded_answers_are_refused_where_live_ones_are_demanded(gate):
    replayed = gate({}, "--golden-replay=once")
    assert replayed.verify()[0] == 0
    assert "recorded answers" in replayed.refuses(Why.NOT_LIVE, "--live")


POOLED = """
[gate]
pool_months = 2
[[waivers]]
prompt = "prompts/triage"
case = "c3"
owner = "o"
reason = "known"
until = 2099-12-31
[prices."python:model:answer"]
input = 1.0
output = 2.0
"""


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """A repository with two pooled months of a flaky model, an anchor, a waiver, prices and cases that got worse."""
    library = GoldenLibrary(tmp_path_factory.mktemp("rich"))
    library.model(deterministic=False)
    names = [f"c{number}" for number in range(8)]
    library.dataset("prompts/triage", dict.fromkeys(names, "yes"), extra=", tags: [t]")
    library.dataset("prompts/draft", {"x": "yes"}, header="status: draft")
    library.write(POLICY, POOLED)
    library.write(".gitignore", "__pycache__/\ncalls.log\nverdict.json\n")
    library.answers({"c1": ["yes", "yes", "no"], "c3": ["yes", "yes", "yes", "no"]})
    git(library.folder, "init", "-q", "-b", "main")
    for month in ("2026-09", "2026-10"):
        run = library.run("--golden-record", f"--golden-month={month}")
        assert run.code == 0, run.out
    library.command("anchor", "last", "--reason", "looked at it")
    library.answers({"c1": ["no", "yes", "no"], "c3": "no", "c5": ["no", "yes"]})
    commit(library.folder, "two months")
    return library


def merged(library):
    for number in (1, 2):
        library.run("--golden-only", "--golden-shard", f"{number}/2")
    return library.run("--golden-only", "--golden-merge=")


HOWEVER = {
    "plain": lambda library: library.run(),
    "as main": lambda library: library.run("--golden-baseline=git:main"),
    "merged": merged,
    "look": lambda library: library.run("-k", "c0"),
}


@pytest.mark.parametrize("way", HOWEVER)
def test_a_true_record_is_verified_however_its_run_was_made(rich, capsys, way):
    run = HOWEVER[way](rich)
    record = run.verdict
    assert record is not None, run.out
    assert record["waived"]
    assert record["baseline"]["pooled"]
    assert record["prompts"][1]["months"]
    assert way == "look" or record["counts"]["extra_calls"]
    code = main(["-C", str(rich.folder), "verify", "verdict.json"])
    shown = capsys.readouterr()
    assert (shown.err, code) == ("", {"regressed": 1, "incomplete": 4, "inconclusive": 3, "pass": 0}[record["verdict"]])


def test_a_library_without_a_stored_run_is_no_baseline_and_a_broken_policy_no_guard(tmp_path, capsys):
    library = GoldenLibrary(tmp_path)
    library.dataset("prompts/triage", {"a": "yes"})
    library.write(".gitignore", "__pycache__/\ncalls.log\nverdict.json\n.goldenprompt/\n")
    git(tmp_path, "init", "-q", "-b", "main")
    library.write(POLICY, "[gate]\nalpha = 7\n")
    commit(tmp_path, "a policy that cannot be read")
    git(tmp_path, "tag", "broken")
    (tmp_path / POLICY).unlink()
    commit(tmp_path, "none")
    assert library.run("-p", "no:cacheprovider").state == "no-baseline"
    assert main(["-C", str(tmp_path), "verify", "verdict.json"]) == 5
    assert "compared with nothing stored" in capsys.readouterr().out
    assert main(["-C", str(tmp_path), "verify", "verdict.json", "--base", "broken"]) == Why.POLICY
    assert "the base's policy cannot be read" in capsys.readouterr().err
