"""Every package that the code imports is named in pyproject.toml: nothing works because something else brought it."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest


def imported(folder):
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    own = {path.stem for path in folder.rglob("*") if path.suffix == ".py" or path.is_dir()}
    return names - sys.stdlib_module_names - own - {"archive", "crawler", "parsers", "tests"}


def named(project, *extras):
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    found = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in lines}
    inner = [e for line in lines for e in re.findall(r"nianbao\[([\w,]+)\]", line)]
    return found | (named(project, *",".join(inner).split(",")) if inner else set())


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("parsers", ("ocr",)), ("archive", ("parquet", "read", "serve")), ("crawler", ("crawl", "dev")),
        ("tests", ("dev",)),
    ],
)
def test_imports_are_declared(repo_dir, folder, extras):
    project = tomllib.loads((repo_dir / "pyproject.toml").read_text("utf-8"))["project"]
    wheels = packages_distributions()
    have = named(project, *extras)
    missing = {
        name for name in imported(repo_dir / folder)
        if not {d.lower().replace("_", "-") for d in wheels.get(name, [name])} & have
    }  # fmt: skip
    assert missing == set()


def test_the_container_takes_every_version_of_the_lock_with_its_marker(repo_dir):
    """Two versions of one package, each for its Python, must not both be asked for."""
    step = next(line for line in (repo_dir / "Containerfile").read_text("utf-8").splitlines() if "run.lock >" in line)
    command = step.removeprefix("RUN ").partition(" > ")[0].split(" ", 2)
    made = subprocess.run(
        ["sed", command[1], shlex.split(command[2])[0], str(repo_dir / "requirements" / "run.lock")],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    lock = (repo_dir / "requirements" / "run.lock").read_text("utf-8").splitlines()
    assert len(made) == sum(line[:1].isalnum() for line in lock) > 50
    twice = [line for line in made if [m.partition("==")[0] for m in made].count(line.partition("==")[0]) > 1]
    assert twice
    assert all("python_full_version" in line.partition(" ; ")[2] for line in twice)
