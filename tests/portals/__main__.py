"""``python -m tests.portals``: serve the portals as a proxy; prints the port, then the manifest as one JSON line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from dataclasses import asdict
from pathlib import Path

import click

from tests.portals.fleet import build
from tests.portals.kit import SUFFIX, Variant
from tests.portals.server import Server


async def _serve(variant: Variant, log: Path | None, pause: float, only: tuple[str, ...]) -> None:
    portals = [p for p in build(variant) if not only or p.key in only]
    with contextlib.ExitStack() as stack:
        handle = stack.enter_context(log.open("a", encoding="utf-8")) if log else None
        server, port = await Server(portals, handle, pause).start()
        click.echo(port)
        manifest = {
            "suffix": SUFFIX,
            "portals": [
                {
                    "key": p.key,
                    "home": p.home,
                    "hosts": sorted(p.hosts),
                    "needed": p.needed,
                    "traps": p.traps,
                    "robots": p.robots,
                }
                for p in portals
            ],
            "rows": [asdict(row) for p in portals for row in p.rows],
        }
        click.echo(json.dumps(manifest, ensure_ascii=False))
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with server:
            await stop.wait()


@click.command()
@click.option("--variant", type=int, default=0, help="0 as planned; other numbers rename classes, columns and more.")
@click.option("--season", type=int, default=1, help="2: a year later.")
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--pause", type=float, default=0.0, help="Seconds before each answer.")
@click.option("--only", multiple=True, help="Key of a portal; all by default.")
def main(variant: int, season: int, log: Path | None, pause: float, only: tuple[str, ...]) -> None:
    """Serve the replica portals until interrupted."""
    asyncio.run(_serve(Variant(variant, season), log, pause, only))


if __name__ == "__main__":
    main()
