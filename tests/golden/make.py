"""Write the golden documents of a seed and what they say.

Usage: python tests/golden/make.py [--seed N] [--only PART] [--out DIR]

Every document has its bytes in cases/ and an entry in expected.json. The same seed gives the same numbers and texts;
bytes of compressed pictures and of LibreOffice's files follow the versions installed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from maker.cases import Golden, goldens  # noqa: E402

_SUFFIX = {"text": "txt", "scan": "pdf"}


def suffix(golden: Golden) -> str:
    """The name's ending; readers go by content and do not look at it."""
    for start, name in ((b"II*", "tif"), (b"\x89PNG", "png"), (b"%PDF", "pdf")):
        if golden.data.startswith(start):
            return name
    return _SUFFIX.get(golden.format, golden.format)


def entry(golden: Golden, name: str) -> dict[str, object]:
    """What is expected of a document. ``lost``: cells without a number in the document."""
    return {
        "file": name, "format": golden.format, "form": golden.figures.form.id, "damage": golden.damage,
        "bar": golden.bar, "lost": list(golden.lost), **golden.facts,
        "cells": {k: v for k, v in golden.figures.cells.items() if k not in golden.lost},
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="only documents whose name contains this")
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    folder = options.out / "cases"
    folder.mkdir(parents=True, exist_ok=True)
    index = options.out / "expected.json"
    expected = json.loads(index.read_text("utf-8")) if options.only and index.exists() else {}
    for golden in goldens(options.seed, options.only):
        name = f"{golden.name}.{suffix(golden)}"
        (folder / name).write_bytes(golden.data)
        expected[golden.name] = entry(golden, f"cases/{name}")
        print(f"{name}: {len(golden.data):,} bytes")
    lines = (f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in sorted(expected.items()))
    index.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
