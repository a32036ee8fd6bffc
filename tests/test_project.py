"""The project's files agree with each other."""

import re
import tomllib

import yaml

from course.project import PROJECT

PROJECT_TOML = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
CONSTRAINTS = dict(
    line.split("==") for line in (PROJECT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
)
ENVIRONMENT = yaml.safe_load((PROJECT / "environment.yml").read_text("utf-8"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct() -> dict[str, str]:
    """Return the direct dependencies with their versions, those of every extra included."""
    listed = [*PROJECT_TOML["project"]["dependencies"]]
    for extra in PROJECT_TOML["project"]["optional-dependencies"].values():
        listed += extra
    return {
        canonical(name.split("[")[0]): version
        for name, version in (item.split(";")[0].split("==") for item in listed)
    }


def test_every_direct_dependency_is_pinned_to_what_constraints_say():
    pinned = {canonical(name): version for name, version in CONSTRAINTS.items()}
    assert {name: pinned.get(name) for name in direct()} == direct()


def test_what_reads_notebooks_builds_no_grammar_of_addresses():
    """That takes a second of each process that imports jsonschema: JupyterLab, nbgrader, `course grade`."""
    assert "rfc3987-syntax" not in CONSTRAINTS


def test_constraints_name_no_host():
    assert re.findall(r"https?://|file:|@", (PROJECT / "constraints.txt").read_text("utf-8")) == []


def test_every_direct_dependency_has_its_reason():
    text = (PROJECT / "pyproject.toml").read_text("utf-8")
    lines = [line for line in text.splitlines() if re.match(r'\s+"[\w.\[\]-]+==', line)]
    assert {canonical(re.search(r'"([\w.-]+)', line)[1]) for line in lines} == set(direct())
    assert [line for line in lines if "#" not in line] == []


def test_the_environment_for_binder_and_conda_installs_the_same_versions():
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    pip = next(item["pip"] for item in ENVIRONMENT["dependencies"] if isinstance(item, dict))
    versions = {
        canonical(name): version for name, version in (item.split("==") for item in pip if "==" in item)
    }
    asked = {"jupyterlab", "nbgrader", "kubernetes", "pytest", "nbval"}
    assert versions == {name: direct()[name] for name in asked}
    assert "-c constraints.txt" in pip


def test_the_environment_has_a_python_that_the_package_allows():
    python = next(item for item in ENVIRONMENT["dependencies"] if str(item).startswith("python="))
    lowest = PROJECT_TOML["project"]["requires-python"].removeprefix(">=")
    assert tuple(map(int, python.split("=")[1].split("."))) >= tuple(map(int, lowest.split(".")))


def test_binder_takes_the_sandbox_from_the_distribution():
    assert (PROJECT / "apt.txt").read_text("utf-8").split() == ["bubblewrap"]


def test_workflows_pin_their_actions_and_use_no_secrets():
    for file in (PROJECT / ".github" / "workflows").glob("*.yml"):
        text = file.read_text("utf-8")
        used = re.findall(r"uses: (\S+)", text)
        assert used
        assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []
        assert "secrets." not in text
