"""``python -m crawler.replica --port 0``: serve the practice portals; prints the port, homepages, an empty line."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

import click

from crawler.replica.server import Replica


async def _serve(port: int, log: Path | None, pause: float) -> None:
    with contextlib.ExitStack() as stack:
        handle = stack.enter_context(log.open("a", encoding="utf-8")) if log else None
        replica = Replica(log=handle, pause=pause)
        server, actual = await replica.start(port)
        click.echo(actual)
        for host in replica.hosts:
            click.echo(f"http://{host}/")
        click.echo()  # an empty line ends the list
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with server:
            await stop.wait()


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Access log, one JSON line a request.")
@click.option("--pause", type=click.FloatRange(0, 60), default=0.0, help="Seconds before each answer.")
def main(port: int, log: Path | None, pause: float) -> None:
    """Serve the practice portals (演示门户) as a proxy on loopback until interrupted."""
    try:
        asyncio.run(_serve(port, log, pause))
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be used ({error.strerror}); give another --port.") from error


if __name__ == "__main__":
    main()
