"""The fleet of site records as a whole: what can be checked without a network, and what a new record looks like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from crawler.scope import host_of, under_suffix
from crawler.site_records import SiteError, SiteRecord
from parsers.divisions import Area, area


def check_fleet(records: Mapping[str, SiteRecord], suffix: str) -> Iterator[str]:
    """What is wrong with the records, one sentence each: codes, names, hosts used twice, hosts that are not official.

    Args:
        records: by site id.
        suffix: of official hosts, e.g. ``.gov.cn``.
    """
    owners: dict[str, str] = {}
    for record in records.values():
        yield from _check_division(record)
        for url in filter(None, (record.homepage, record.column)):
            if not under_suffix(host_of(url), suffix):
                yield f"{record.site_id}: {host_of(url)} is not under {suffix}."
        home = host_of(record.homepage)
        if (other := owners.setdefault(home.removeprefix("www."), record.site_id)) != record.site_id:
            yield f"{record.site_id}: the homepage's host {home} is that of {other} too."
        if record.platform and not record.why:
            yield f"{record.site_id}: `platform` is a guess; say in `why` what it rests on."


def _check_division(record: SiteRecord) -> Iterator[str]:
    found = area(record.code or "", None)
    if found is None:
        yield f"{record.site_id}: there is no division with the code {record.code}."
    elif "-" not in record.site_id and record.name and found.name != record.name:
        yield f"{record.site_id}: the division is called {found.name}, not {record.name}."


def province_file(folder: Path, code: str) -> Path:
    """The file that a county's record belongs into, named after its province in pinyin or by code."""
    province: Area | None = area(code[:2] + "0000", None)
    return folder / f"{(province.pinyin if province else '') or code[:2]}.yml"


def record_text(code: str, homepage: str, more: Iterable[tuple[str, str | None]] = ()) -> str:
    """A record as YAML, ready to be appended to a file.

    Raises:
        SiteError: there is no division with that code.
    """
    found = area(code[:6], None)
    if found is None:
        raise SiteError(f"There is no division with the code {code}; look it up in parsers/data/divisions.csv.")
    fields = [("name", found.name), ("homepage", homepage), *((name, value) for name, value in more if value)]
    lines = [f'- code: "{code}"']
    for name, value in fields:
        text = yaml.safe_dump(value, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
        lines.append(f"  {name}: {text}")
    return "\n".join(lines) + "\n"
