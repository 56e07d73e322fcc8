"""Site records: county portals as data, in ``crawler/sites/<province>.yml`` and an archive's own ``sites/`` folder.

A file is a list of records. A record needs a ``code`` and a ``homepage``; the rest is optional::

    - code: "141127"              # division code of the county, six digits; a zone adds a name: "370300-gaoxin"
      name: 岚县
      homepage: http://www.example.gov.cn/
      hosts: [xxgk.example.gov.cn]  # further hosts that are the site's own
      column: http://www.example.gov.cn/nb/  # the page that lists the reports, where known
      platform: trs                # site product, a guess
      why: addresses like /nb/202401/t20240110_1.html  # what the guess rests on
      browser: needed              # auto (default), needed or never
      quirks:                      # what is odd about the site, each with the reason why it is written down
        - the column is called 年度工作报告 (seen 2026-11)
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from crawler.scope import host_of, names_private_place

FOLDER = Path(__file__).parent / "sites"
FIELDS = ("code", "name", "homepage", "hosts", "column", "platform", "why", "browser", "quirks")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BROWSER_VALUES = ("auto", "needed", "never")


class SiteError(ValueError):
    """A site record or target that cannot be used; its text is one plain sentence."""


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """One county portal."""

    site_id: str
    homepage: str
    hosts: tuple[str, ...]
    code: str | None = None
    name: str | None = None
    column: str | None = None
    platform: str | None = None
    why: str | None = None
    browser: str = "auto"
    quirks: tuple[str, ...] = ()


def load_records(*folders: str | os.PathLike[str]) -> dict[str, SiteRecord]:
    """Read all records of the folders (by default of the one that comes with the program), by division code.

    Raises:
        SiteError: a file is no YAML, has an unknown or ill-formed field, or repeats a code.
    """
    records: dict[str, SiteRecord] = {}
    for path in (path for folder in folders or (FOLDER,) for path in sorted(Path(folder).glob("*.yml"))):
        for record in load_file(path):
            if record.site_id in records:
                raise SiteError(f"{path}: the code {record.site_id} is used by another record too.")
            records[record.site_id] = record
    return records


def load_file(path: Path) -> list[SiteRecord]:
    """Read the records of one file. Raises SiteError as ``load_records`` does."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - the safe loader, in C
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SiteError(f"{path} cannot be read as YAML ({str(error).splitlines()[0]}).") from error
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise SiteError(f"{path}: a file is a list of records, each with `field: value` lines.")
    return [_record(item, f"{path}, record {n}") for n, item in enumerate(data, 1)]


def _record(data: Mapping[str, object], where: str) -> SiteRecord:
    if unknown := sorted(str(key) for key in data if key not in FIELDS):
        raise SiteError(f"{where}: unknown field {unknown[0]!r}; known are {', '.join(FIELDS)}.")
    code = data.get("code")
    if not isinstance(code, str) or not re.fullmatch(r"\d{6}(?:-[a-z0-9]+)?", code):
        raise SiteError(f'{where}: `code` must be six digits in quotes, e.g. code: "141127".')
    browser = data.get("browser", "auto")
    if browser not in BROWSER_VALUES:
        raise SiteError(f"{where}: `browser` must be one of {', '.join(BROWSER_VALUES)}.")
    homepage = _homepage(_text(data, "homepage", where) or "", f"{where}: `homepage`")
    column = _text(data, "column", where)
    hosts = (*_hosts_of(homepage), *_texts(data, "hosts", where))
    return SiteRecord(
        site_id=code, homepage=homepage, hosts=tuple(dict.fromkeys(hosts)), code=code[:6],
        name=_text(data, "name", where), column=_homepage(column, f"{where}: `column`") if column else None,
        platform=_text(data, "platform", where), why=_text(data, "why", where), browser=str(browser),
        quirks=_texts(data, "quirks", where),
    )  # fmt: skip


def find_target(target: str, records: Mapping[str, SiteRecord]) -> SiteRecord:
    """The record for what the user named: a division code, a recorded homepage or host, or any homepage URL.

    Raises:
        SiteError: it is neither a known code nor a web address, or it is a private address.
    """
    if target in records:
        return records[target]
    if re.fullmatch(r"\d{6}", target):
        raise SiteError(f"There is no site record for code {target}; give the homepage URL instead.")
    homepage = _homepage(target, f"The target {target!r}")
    host = host_of(homepage)
    for record in records.values():
        if host in record.hosts:
            return record
    return SiteRecord(site_id=host, homepage=homepage, hosts=_hosts_of(homepage))


def _homepage(value: str, what: str) -> str:
    url = value.strip()
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if parts.scheme not in ("http", "https") or "." not in host or not re.fullmatch(r"[\w.-]+", host):
        raise SiteError(f"{what} is no web address; write it like http://www.example.gov.cn/.")
    if names_private_place(host):
        raise SiteError(f"{what} is a private address; only public portals are crawled.")
    return url if parts.path else url + "/"


def _hosts_of(homepage: str) -> tuple[str, ...]:
    host = host_of(homepage)
    return (host, host.removeprefix("www.") if host.startswith("www.") else f"www.{host}")


def _text(data: Mapping[str, object], name: str, where: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise SiteError(f"{where}: `{name}` must be text (put it in quotes).")
    return value


def _texts(data: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SiteError(f"{where}: `{name}` must be a list of texts.")
    return tuple(value)
