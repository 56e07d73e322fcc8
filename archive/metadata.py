"""What Datasette is told about the public database: titles, descriptions, facets, stored queries, settings.

What people read is ``Chinese｜English``; a page shows the side of its language.
"""

from __future__ import annotations

from typing import Any

from archive import words
from archive.wide import made_columns

DATABASE = "public"
SETTINGS: dict[str, int | bool] = {
    # Suggesting facets took 9 seconds on a wide table; the useful ones are named below.
    "suggest_facets": False,
    # Half of a table page's work is drawing its cells: 50 rows took 50 ms.
    "default_page_size": 25,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 500,
    "num_sql_threads": 8,
    "truncate_cells_html": 300,
}
LICENSE = "CC BY 4.0"
SOURCE = "各级人民政府门户网站公布的政府信息公开工作年度报告"
SOURCE_EN = "annual reports on information disclosure, published on the governments' own sites"


def columns(name: str) -> dict[str, str]:
    """The description of every column of a public table in both languages, in the codebook's order."""
    pairs = dict(words.tables()[name].columns) | made_columns(name)
    return {column: f"{zh}｜{en}" for column, (zh, en) in pairs.items()}


def metadata() -> dict[str, Any]:
    """Datasette's metadata for the public database."""
    tables: dict[str, Any] = {name: _table(name) for name in words.tables()}
    tables |= {name: {"hidden": True} for name in ("_cells", "_placed", "_row_counts")}
    return {
        "title": "年报 nianbao",
        "license": LICENSE,
        "source": f"{SOURCE}｜{SOURCE_EN}",
        "databases": {
            DATABASE: {
                "title": "数据表与查询｜Tables and queries",
                "description": "以下各表可以筛选、排序、下载，也可以用 SQL 查询。空值不是零。｜"
                "These tables can be filtered, sorted, downloaded and queried in SQL. NULL is never zero.",
                "tables": tables,
                "queries": {name: _query(q) for name, q in words.queries().items()},
            }
        },
    }


def _table(name: str) -> dict[str, Any]:
    about = words.tables()[name]
    out: dict[str, Any] = {
        "title": "｜".join(about.title), "description": "｜".join(about.about), "columns": columns(name),
        "facets": list(about.facets), "sort_desc": about.sort_desc, "label_column": about.label,
    }  # fmt: skip
    return {key: value for key, value in out.items() if value}


def _query(query: words.Query) -> dict[str, str]:
    return {"title": "｜".join(query.title), "description": "｜".join(query.about), "sql": query.sql}
