"""Old Word formats: with LibreOffice where it is installed, and in one sentence where it is not."""

import shutil

import pytest

from parsers.readers import UnreadableDocument, office, read

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")


def rtf(text: str) -> str:
    return "".join(ch if ord(ch) < 128 else f"\\u{ord(ch) if ord(ch) < 32768 else ord(ch) - 65536}?" for ch in text)


TABLE = (
    "{\\rtf1\\ansi " + rtf("某县年报") + "\\par "
    + "\\trowd\\cellx2000\\cellx4000\\intbl " + rtf("规章") + "\\cell 12\\cell\\row "
    + "\\trowd\\cellx2000\\cellx4000\\intbl " + rtf("许可") + "\\cell 3\\cell\\row }"
).encode()  # fmt: skip


@needs_office
def test_rich_text_through_libreoffice() -> None:
    document = read(TABLE)
    assert document.media_type == "application/rtf"
    assert [p.text for p in document.paragraphs] == ["某县年报"]
    assert [[c.text for c in r] for r in document.tables[0].rows()] == [["规章", "12"], ["许可", "3"]]
    assert document.tables[0].kind == "exact"


def test_without_libreoffice_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.shutil, "which", lambda name: None)
    with pytest.raises(UnreadableDocument, match="install LibreOffice"):
        read(TABLE)


def test_a_converter_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    class Short:
        child_seconds = 1
        child_memory = 1 << 30
        max_unpacked = 1 << 20

    monkeypatch.setattr(office, "LIMITS", Short)
    with pytest.raises(UnreadableDocument, match="longer than 1 seconds"):
        office._run(["/bin/sleep", "60"], tmp_path, "The Word file")  # type: ignore[arg-type]
