from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


def test_of_two_recordings_of_one_month_at_once_one_is_accepted_and_neither_is_lost(library):
    library.dataset("prompts/triage", {"a": "yes", "b": "yes"})
    model = (library.folder / "model.py").read_text()
    wait = "    import time\n    (HERE / str(__import__('os').getpid())).touch()\n"
    wait += "    while len(list(HERE.glob('[0-9]*'))) < 2:\n        time.sleep(0.01)\n"
    library.write("model.py", model.replace("    with (HERE", f"{wait}    with (HERE", 1))
    with ThreadPoolExecutor(2) as pool:
        reports = [f"--golden-report=json={name}.json" for name in "ab"]
        runs = list(pool.map(lambda report: library.run("--golden-record", report), reports))
    told = sorted(run.out.partition("record  ")[2].splitlines()[0] for run in runs)
    assert told[0].startswith("stored and accepted as the baseline of ")
    assert told[1].startswith("stored, not accepted: another run became the baseline of ")
    assert [run.code for run in runs] == [0, 0]
    listed = library.command("list").out
    assert listed.count(" recording ") == 2
    assert listed.count("anchor") == 1
    assert len(library.command("log").out.splitlines()) == 3
