"""A run beside the last good one of the same site: what it brought then and now, and what is gone."""

from __future__ import annotations

from typing import Any

from archive.ledger import Ledger

LEAST = 0.8  # of the documents of last time; fewer is a reason to look


def compare(ledger: Ledger, run_id: str) -> list[dict[str, Any]]:
    """One entry a site: ``site``, ``now``, ``before``, ``gone``, ``last_run``, ``problem``.

    ``now`` and ``before`` count the documents that answered; ``before`` and ``last_run`` are None for a site that no
    finished run brought documents of. ``problem`` is a sentence if much less came than last time, else an empty text.
    """
    out = []
    for row in ledger.documents_by_site(run_id):
        last = ledger.last_good_run(row["site_id"], run_id)
        before = last["documents"] if last else None
        problem = ""
        if before and row["documents"] < LEAST * before:
            problem = (
                f"{row['site_id']}: {row['documents']} document(s) answered where the run {last['run_id']} brought "
                f"{before}; see the log of this run in runs/."
            )
        out.append({
            "site": row["site_id"], "now": row["documents"], "before": before, "gone": row["gone"],
            "last_run": last["run_id"] if last else None, "problem": problem,
        })  # fmt: skip
    return out
