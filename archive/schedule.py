"""Run `nianbao run` regularly: a systemd service with its timer, or a line of the crontab.

Nothing is guessed from a shell: the interpreter and the archive are named by their full paths.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.workdb import ArchiveError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MARK = "# nianbao"
PASSED_ON = ("NIANBAO_CONTACT", "NIANBAO_VANTAGE", "NIANBAO_CHROMIUM")

SERVICE = """\
[Unit]
Description=nianbao: crawl what is due, read and publish ({archive})
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
{environment}WorkingDirectory={folder}
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=yes
TimeoutStartSec=infinity
"""
TIMER = """\
[Unit]
Description=nianbao: when to crawl ({archive})

[Timer]
OnCalendar={day}*-*-* {hour:02}:{minute:02}:00
RandomizedDelaySec=20min
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run and when: ``weekday`` is None for every day, else 0 (Monday) to 6."""

    archive: Path
    hour: int
    minute: int
    weekday: int | None = None
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the units: one schedule an archive."""
        return f"nianbao-{hashlib.sha256(str(self.archive).encode()).hexdigest()[:8]}"

    @property
    def command(self) -> list[str]:
        """The command that is run."""
        return [sys.executable, "-m", "archive.cli", "run", "--archive", str(self.archive), *self.arguments]

    def units(self) -> dict[str, str]:
        """File names and texts of the systemd units."""
        given = [f'Environment="{name}={_escaped(os.environ[name])}"\n' for name in PASSED_ON if os.environ.get(name)]
        # In a command a dollar sign begins a variable; in Environment= it is itself.
        words = [_escaped(word).replace("$", "$$") for word in self.command]
        archive = str(self.archive).replace("%", "%%")
        day = "" if self.weekday is None else f"{DAYS[self.weekday]} "
        return {
            f"{self.name}.service": SERVICE.format(
                archive=archive, command=" ".join(f'"{word}"' for word in words),
                environment="".join(given), folder=str(self.archive.parent).replace("%", "%%"),
            ),
            f"{self.name}.timer": TIMER.format(archive=archive, day=day, hour=self.hour, minute=self.minute),
        }  # fmt: skip

    def cron_line(self) -> str:
        """The line of a crontab. cron takes a bare percent sign for the end of the command."""
        day = "*" if self.weekday is None else str((self.weekday + 1) % 7)
        given = " ".join(f"{name}={shlex.quote(os.environ[name])}" for name in PASSED_ON if os.environ.get(name))
        command = f"{given} {shlex.join(self.command)}".strip().replace("%", r"\%")
        return f"{self.minute} {self.hour} * * {day} {command} {MARK} {self.name}"


def plan_of(archive: Path, at: str, weekday: str | None, arguments: Sequence[str]) -> Plan:
    """A plan from what was typed: ``at`` as HH:MM, ``weekday`` as ``mon`` to ``sun`` or None.

    Raises:
        ArchiveError: the time is none, or the path cannot stand in a unit file.
    """
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at.strip())
    if found is None:
        raise ArchiveError(f"--at {at!r} is no time of day; write it like 02:30.")
    full = archive.absolute()
    if any(ord(c) < 32 for word in (str(full), *arguments) for c in word):
        raise ArchiveError("A line break or control character cannot stand in a schedule; rename the folder.")
    day = None if weekday is None else [d.lower() for d in DAYS].index(weekday.lower())
    return Plan(full, int(found[1]), int(found[2]), day, tuple(arguments))


def _escaped(word: str) -> str:
    """A word inside double quotes in a unit file."""
    for char, instead in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%")):
        word = word.replace(char, instead)
    return word


class Systemd:
    """The units of this user (of the system for root)."""

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        self._user = [] if os.geteuid() == 0 else ["--user"]
        config = env.get("XDG_CONFIG_HOME") or str(Path(env.get("HOME", "~")).expanduser() / ".config")
        usual = f"{config}/systemd/user" if self._user else "/etc/systemd/system"
        self.folder = Path(env.get("NIANBAO_UNITS") or usual)

    def there(self) -> bool:
        """Whether a systemd is running that would start the timer."""
        if shutil.which("systemctl") is None:
            return False
        state = _output(["systemctl", *self._user, "is-system-running"], check=False).strip()
        return state not in ("", "offline", "unknown")

    def write(self, plan: Plan) -> None:
        """Put the units in place and start the timer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in plan.units().items():
            (self.folder / name).write_text(text, encoding="utf-8")
        _output(["systemctl", *self._user, "daemon-reload"])
        _output(["systemctl", *self._user, "enable", "--now", f"{plan.name}.timer"])

    def show(self, plan: Plan) -> str:
        """The units as they are on disk, and when the timer fires next; empty if there are none."""
        paths = [self.folder / name for name in plan.units()]
        if not all(path.is_file() for path in paths):
            return ""
        texts = [f"# {path}\n{path.read_text('utf-8')}" for path in paths]
        timers = ["systemctl", *self._user, "list-timers", "--all", f"{plan.name}.timer"]
        return "\n".join([*texts, _output(timers, check=False)])

    def remove(self, plan: Plan) -> bool:
        """Stop the timer and take the units away; whether there were any."""
        paths = [self.folder / name for name in plan.units() if (self.folder / name).exists()]
        if not paths:
            return False
        _output(["systemctl", *self._user, "disable", "--now", f"{plan.name}.timer"], check=False)
        for path in paths:
            path.unlink()
        _output(["systemctl", *self._user, "daemon-reload"], check=False)
        return True


class Cron:
    """The crontab of this user; lines that are not ours stay as they are."""

    def there(self) -> bool:
        """Whether there is a crontab command."""
        return shutil.which("crontab") is not None

    def write(self, plan: Plan) -> None:
        """Add the line, in the place of an earlier one for the same archive."""
        others = [line for line in self._lines() if not _ours(line, plan)]
        self._save([*others, plan.cron_line()])

    def show(self, plan: Plan) -> str:
        """The line as it is; empty if there is none."""
        return "\n".join(line for line in self._lines() if _ours(line, plan))

    def remove(self, plan: Plan) -> bool:
        """Take the line away; whether there was one."""
        lines = self._lines()
        others = [line for line in lines if not _ours(line, plan)]
        if len(others) == len(lines):
            return False
        self._save(others)
        return True

    def _lines(self) -> list[str]:
        return _output(["crontab", "-l"], check=False).splitlines() if self.there() else []

    def _save(self, lines: list[str]) -> None:
        _output(["crontab", "-"], given="".join(f"{line}\n" for line in lines))


def _ours(line: str, plan: Plan) -> bool:
    return line.rstrip().endswith(f"{MARK} {plan.name}")


def _output(command: list[str], check: bool = True, given: str | None = None) -> str:
    """What a command prints.

    Raises:
        ArchiveError: it failed and ``check`` is set.
    """
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ArchiveError(f"`{shlex.join(command)}` could not be run ({error}).") from error
    if check and done.returncode:
        raise ArchiveError(f"`{shlex.join(command)}` failed: {done.stderr.strip() or done.returncode}.")
    return done.stdout
