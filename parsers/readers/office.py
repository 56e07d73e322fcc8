"""Old formats through child programs: LibreOffice for .doc, .wps, .rtf, .odt and .xls, unar or bsdtar for .rar and .7z.

The one place in this package that starts programs and touches a disk: a folder of its own, gone afterwards.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from parsers import sniff as kinds
from parsers.document import Document
from parsers.readers.errors import LIMITS, UnreadableDocument

_NAMES = {kinds.DOC: "in.doc", kinds.RTF: "in.rtf", kinds.ODT: "in.odt", kinds.XLS: "in.xls"}
_FILTERS = {kinds.DOCX: ("docx", "MS Word 2007 XML"), kinds.XLSX: ("xlsx", "Calc MS Excel 2007 XML")}
# LibreOffice's settings: no macros, no active content, and a dead proxy so that linked pictures are never fetched.
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_PROXY = "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (_SCRIPTING, "MacroSecurityLevel", "3"), (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "DisableActiveContent", "true"), (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    (_PROXY, "ooInetProxyType", "2"), (_PROXY, "ooInetHTTPProxyName", "127.0.0.1"),
    (_PROXY, "ooInetHTTPProxyPort", "9"), (_PROXY, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_PROXY, "ooInetHTTPSProxyPort", "9"),
)  # fmt: skip


def read_office(data: bytes, kind: str) -> Document:
    """Read a .doc, .wps, .rtf or .odt file: LibreOffice makes a .docx of it, which is then read.

    Raises UnreadableDocument where LibreOffice is not installed, fails, or takes longer than the limit.
    """
    from parsers.readers.word import read_docx

    if not has_office():
        raise UnreadableDocument(
            "This is a Word file of the old kind (.doc, .wps, .rtf); install LibreOffice (soffice) to have it read."
        )
    return replace(read_docx(convert(data, kind, kinds.DOCX)), media_type=kind)


def has_office() -> bool:
    """Whether LibreOffice is installed."""
    return _program() is not None


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(data: bytes, kind: str, target: str) -> bytes:
    """The file as LibreOffice saves it under another media type (.docx or .xlsx), in a limited child process.

    Raises UnreadableDocument where LibreOffice fails, or takes longer than the limit.
    """
    program = _program()
    if program is None:
        raise UnreadableDocument("LibreOffice (soffice) is not installed; install it to have the file read.")
    suffix, name = _FILTERS[target]
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        _write_settings(folder / "profile" / "user")
        source = folder / _NAMES[kind]
        source.write_bytes(data)
        _run(
            [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
             "--nolockcheck", "--nodefault", "--convert-to", f"{suffix}:{name}", "--outdir", str(folder),
             str(source)],
            folder, "The file",
        )  # fmt: skip
        converted = folder / f"in.{suffix}"
        if not converted.is_file():
            raise UnreadableDocument("LibreOffice cannot read this file; it is damaged or locked.")
        if converted.stat().st_size > LIMITS.max_bytes:
            raise UnreadableDocument("The file grows beyond all measure when it is converted; it is not read.")
        return converted.read_bytes()


def _write_settings(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    folder.mkdir(parents=True)
    (folder / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )


def unpack_foreign(data: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file in a .rar or .7z archive, in the order of their names.

    Only plain files inside the folder are looked at, never links. Raises UnreadableDocument without ``unar`` or
    ``bsdtar``, for damaged and locked archives and where the limits are passed.
    """
    unar, bsdtar = shutil.which("unar"), shutil.which("bsdtar")
    if unar is None and bsdtar is None:
        raise UnreadableDocument("This is a .rar or .7z archive; install unar to have it read.")
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / ("in.rar" if kind == kinds.RAR else "in.7z"), folder / "out"
        source.write_bytes(data)
        target.mkdir()
        if unar:
            command = [unar, "-quiet", "-no-directory", "-force-skip", "-password", "", "-output-directory",
                       str(target), str(source)]  # fmt: skip
        else:
            command = [bsdtar or "", "-x", "-f", str(source), "-C", str(target), "--no-same-permissions"]
        _run(command, folder, "The archive")
        files = sorted(p for p in target.rglob("*") if p.is_file() and not p.is_symlink() and p.stat().st_size)
        if not files:
            raise UnreadableDocument("The archive is damaged, empty or locked with a password.")
        if len(files) > LIMITS.max_members or sum(p.stat().st_size for p in files) > LIMITS.max_unpacked:
            raise UnreadableDocument("The archive unpacks to more than a document needs; it is not read.")
        for path in files:
            if path.stat().st_size <= LIMITS.max_bytes and not path.name.startswith("."):
                yield path.relative_to(target).as_posix(), path.read_bytes()


def _run(command: list[str], folder: Path, what: str) -> None:
    """Run a converter in its own session with limits on time, memory and file size. Its output is not wanted."""
    path = os.pathsep.join(dict.fromkeys((*os.defpath.split(os.pathsep), str(Path(command[0]).parent))))
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": path, "LANG": "C.UTF-8"}
    child = subprocess.Popen(  # noqa: S603 - a fixed program; names in the command are ours
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        for limit, value in (
            (resource.RLIMIT_CPU, LIMITS.child_seconds),
            (resource.RLIMIT_AS, LIMITS.child_memory),
            (resource.RLIMIT_FSIZE, LIMITS.max_unpacked),
        ):
            _limit(child.pid, limit, value)
        child.wait(timeout=LIMITS.child_seconds)
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument(f"{what} takes longer than {LIMITS.child_seconds} seconds to convert.") from error
    finally:
        _end(child)


def _limit(pid: int, limit: int, value: int) -> None:
    try:
        resource.prlimit(pid, limit, (value, value))
    except (ProcessLookupError, PermissionError):  # ended already, or a system that has no such call for it
        return


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all it has started; soffice is a script around the real program."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        child.wait()
