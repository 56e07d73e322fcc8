"""The arrows of the design: crawler -> archive -> parsers, no cycles, and parsers free of network, database, clock."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from graphlib import TopologicalSorter

import pytest

PACKAGES = ("crawler", "archive", "parsers")
MAY_IMPORT = {"crawler": {"crawler", "archive", "parsers"}, "archive": {"archive", "parsers"}, "parsers": {"parsers"}}
NOT_IN = {
    "parsers": {"scrapy", "playwright", "sqlite3", "sqlite_utils", "datasette", "requests", "urllib.request", "socket",
                "http", "httpx", "time", "random", "asyncio"},
    "archive": {"scrapy", "playwright", "scrapy_playwright", "twisted"},
}  # fmt: skip


def modules(repo):
    for package in PACKAGES:
        for path in sorted((repo / package).rglob("*.py")):
            name = ".".join(path.relative_to(repo).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(path.read_text("utf-8"))


def imports(tree, *, at_load=False):
    """Names of imported modules; ``at_load`` leaves out those inside functions and under TYPE_CHECKING."""
    for node in tree.body if at_load else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_go_one_way(repo_dir):
    wrong = [
        f"{name} imports {found}"
        for name, tree in modules(repo_dir)
        for found in imports(tree)
        if (top := found.partition(".")[0]) in PACKAGES and top not in MAY_IMPORT[name.partition(".")[0]]
    ]
    assert wrong == []


def test_what_a_package_must_not_touch(repo_dir):
    wrong = [
        f"{name} imports {found}"
        for name, tree in modules(repo_dir)
        for found in imports(tree)
        for barred in NOT_IN.get(name.partition(".")[0], ())
        if found == barred or found.startswith(barred + ".")
    ]
    assert wrong == []


def test_parsers_read_no_environment_and_no_clock(repo_dir):
    wrong = []
    for name, tree in modules(repo_dir):
        if name.startswith("parsers"):
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "now", "today", "utcnow"):
                    wrong.append(f"{name}:{node.lineno} .{node.attr}")
    assert wrong == []


def test_no_import_cycles(repo_dir):
    trees = dict(modules(repo_dir))
    graph = defaultdict(set)
    for name, tree in trees.items():
        graph[name] |= {found for found in imports(tree, at_load=True) if found in trees and found != name}
    TopologicalSorter(graph).prepare()  # raises CycleError


@pytest.mark.parametrize("limit", [400])
def test_modules_stay_short(repo_dir, limit):
    long = {name: n for name, n in ((p.relative_to(repo_dir), len(p.read_text("utf-8").splitlines()))
            for package in PACKAGES for p in (repo_dir / package).rglob("*.py")) if n > limit}  # fmt: skip
    assert long == {}


def test_no_machine_path_in_the_product(repo_dir):
    absolute = re.compile(r"(?<![\w.])/(?:root|home|work)/")
    wrong = [
        str(path.relative_to(repo_dir))
        for package in (*PACKAGES, "docs", "benchmarks", ".ci")
        for path in (repo_dir / package).rglob("*")
        if path.suffix in (".py", ".md", ".yml", ".sql", ".html", "") and path.is_file()
        and absolute.search(path.read_text("utf-8", errors="replace"))
    ]  # fmt: skip
    assert wrong == []
