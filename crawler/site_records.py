"""Site records: one YAML file a county portal in ``crawler/sites/``, checked when loaded.

A record needs a ``code`` and a ``homepage``; the rest is optional::

    code: "141127"              # division code of the county, six digits
    name: 岚县人民政府
    homepage: http://www.example.gov.cn/
    hosts: [www.example.gov.cn]  # further hosts that are the site's own
    platform: trs                # site product, if known
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
FIELDS = frozenset({"code", "name", "homepage", "hosts", "platform", "browser", "quirks"})
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
    platform: str | None = None
    browser: str = "auto"
    quirks: tuple[str, ...] = ()


def load_records(folder: str | os.PathLike[str] = FOLDER) -> dict[str, SiteRecord]:
    """Read all records of a folder, by division code.

    Raises:
        SiteError: a file is no YAML, has an unknown or ill-formed field, or repeats a code.
    """
    records: dict[str, SiteRecord] = {}
    for path in sorted(Path(folder).glob("*.yml")):
        record = load_record(path)
        if record.site_id in records:
            raise SiteError(f"{path}: the code {record.site_id} is used by another record too.")
        records[record.site_id] = record
    return records


def load_record(path: Path) -> SiteRecord:
    """Read one record. Raises SiteError as ``load_records`` does."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SiteError(f"{path} cannot be read as YAML ({str(error).splitlines()[0]}).") from error
    if not isinstance(data, dict):
        raise SiteError(f"{path}: a record is a list of `field: value` lines.")
    if unknown := sorted(str(key) for key in data if key not in FIELDS):
        raise SiteError(f"{path}: unknown field {unknown[0]!r}; known are {', '.join(sorted(FIELDS))}.")
    code = data.get("code")
    if not isinstance(code, str) or not re.fullmatch(r"\d{6}(?:-[a-z0-9]+)?", code):
        raise SiteError(f'{path}: `code` must be six digits in quotes, e.g. code: "141127".')
    browser = data.get("browser", "auto")
    if browser not in BROWSER_VALUES:
        raise SiteError(f"{path}: `browser` must be one of {', '.join(BROWSER_VALUES)}.")
    homepage = _homepage(_text(data, "homepage", path) or "", f"{path}: `homepage`")
    hosts = (*_hosts_of(homepage), *_texts(data, "hosts", path))
    return SiteRecord(
        site_id=code, homepage=homepage, hosts=tuple(dict.fromkeys(hosts)), code=code[:6],
        name=_text(data, "name", path), platform=_text(data, "platform", path), browser=browser,
        quirks=_texts(data, "quirks", path),
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


def _text(data: Mapping[str, object], name: str, path: Path) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise SiteError(f"{path}: `{name}` must be text (put it in quotes).")
    return value


def _texts(data: Mapping[str, object], name: str, path: Path) -> tuple[str, ...]:
    value = data.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SiteError(f"{path}: `{name}` must be a list of texts.")
    return tuple(value)
