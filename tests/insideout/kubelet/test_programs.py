"""Programs stand in for processes."""

import pytest

from insideout.kubelet.process import Exit, Process
from insideout.kubelet.programs import Program, Programs, Request, Step, parse
from insideout.sim import Loop


def process(loop: Loop, exits: list[Exit], limit_bytes: int | None = None) -> Process:
    """Return a process."""
    return Process(loop, "host", {"A": "1"}, limit_bytes, exits.append)


def test_parse() -> None:
    """Steps with their timing."""
    script = parse("log hello world every 2s; exit 3 after 5s; stop 1.5s")
    assert script.steps[:2] == (Step("log", "hello world", every_s=2), Step("exit", "3", after_s=5))
    assert script.stop_s == 1.5


def test_an_unknown_verb_is_named() -> None:
    """With the verbs there are."""
    with pytest.raises(ValueError, match=r"'dance' does not begin with a verb; use one of serve, exit"):
        parse("dance")


def test_a_script_runs_by_the_clock_until_it_ends() -> None:
    """Nothing happens after its end."""
    loop, exits = Loop(), []
    running = process(loop, exits)
    parse("log tick every 2s; exit 3 after 5s").start(running)
    loop.run(20)
    assert [line.time_s for line in running.log_lines] == [0, 2, 4]
    assert exits == [Exit(3, "Error")]


def test_what_a_command_finds() -> None:
    """A few commands are known; others are not found."""
    running = process(Loop(), [])
    program = Program()
    assert program.execute(running, ["sh", "-c", "sleep 3"]).duration_s == 3
    assert program.execute(running, ["env"]).stdout == "A=1\n"
    assert program.execute(running, ["ls"]).exit_code == 127


def test_the_default_program_answers_with_its_host_name() -> None:
    """As a web server for lessons does."""
    assert Program().answer(process(Loop(), []), Request(80)).body == "host\n"


def test_an_annotation_comes_before_the_image() -> None:
    """And an image nobody registered runs the default."""
    programs = Programs()
    programs.register("i", "exit 1")
    pod = {"metadata": {"annotations": {"program.course/a": "exit 2"}}}
    found = [
        programs.of(pod, {"name": name, "image": image})
        for name, image in (("a", "i"), ("b", "i"), ("b", "j"))
    ]
    assert found == [parse("exit 2"), parse("exit 1"), programs.default]


def test_a_process_that_ended_uses_no_more_cpu() -> None:
    """What it used is what it used until then."""
    loop = Loop()
    running = process(loop, [])
    parse("cpu 500m; exit 0 after 4s").start(running)
    loop.run(20)
    assert running.cpu_used_s == 2
