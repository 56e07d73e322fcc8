"""Archives and saved web pages: every readable member is a document of its own."""

import io
import shutil
import subprocess
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest

from parsers.readers import UnreadableDocument, read, read_all

HTML = "<table><tr><td>规章</td><td>{}</td></tr></table>"


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_gbk_name(data: bytes, name: str) -> bytes:
    """A zip as old Windows programs write it: the name in GBK, without the UTF-8 flag."""
    gbk = name.encode("gbk")
    stand_in = "n" * len(gbk)
    return zipped({stand_in: data}).replace(stand_in.encode(), gbk)


def word(text: str) -> bytes:
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(text)
    document.save(buffer)
    return buffer.getvalue()


def test_members_become_documents_with_their_name_as_part() -> None:
    documents = read_all(zipped({"a/1.html": HTML.format(1).encode(), "2.docx": word("某县年报")}))
    assert [d.meta["part"] for d in documents] == ["a/1.html", "2.docx"]
    assert {c.place.part for c in documents[0].tables[0].cells} == {"a/1.html"}
    assert documents[1].paragraphs[0].place.part == "2.docx"


def test_names_of_old_archives_are_gbk() -> None:
    (document,) = read_all(with_gbk_name(HTML.format(1).encode(), "县年报.html"))
    assert document.meta["part"] == "县年报.html"


def test_archives_in_archives_up_to_a_depth() -> None:
    inner = zipped({"1.html": HTML.format(1).encode()})
    (document,) = read_all(zipped({"in.zip": inner}))
    assert document.tables[0].place.part == "in.zip/1.html"
    with pytest.raises(UnreadableDocument, match="deep"):
        read_all(zipped({"c.zip": zipped({"b.zip": zipped({"a.zip": inner})})}))


def test_unreadable_members_are_warnings_and_hidden_ones_are_left_out() -> None:
    members = {"bad.pdf": b"%PDF-1.4 broken", "__MACOSX/x.html": b"<p>x", ".DS_Store": b"x", "1.html": b"<p>ok"}
    (document,) = read_all(zipped(members))
    assert document.meta["part"] == "1.html"
    assert [w.split(":")[0] for w in document.warnings] == ["bad.pdf"]


def test_nothing_readable_or_too_much_is_one_sentence() -> None:
    with pytest.raises(UnreadableDocument, match="no files"):
        read_all(zipped({}))
    with pytest.raises(UnreadableDocument, match="PDF is damaged"):
        read_all(zipped({"bad.pdf": b"%PDF-1.4 broken"}))
    with pytest.raises(UnreadableDocument, match="2 documents"):
        read(zipped({"1.html": b"<p>a", "2.html": b"<p>b"}))


def test_names_that_climb_out_are_only_shown() -> None:
    (document,) = read_all(zipped({"../../etc/passwd\n\x1b[31m": b"<p>x</p>"}))
    assert document.meta["part"] == "../../etc/passwd\ufffd\ufffd[31m"


@pytest.mark.skipif(not (shutil.which("7z") or shutil.which("bsdtar")), reason="no program to write a .7z with")
@pytest.mark.skipif(not (shutil.which("unar") or shutil.which("bsdtar")), reason="no program to read a .7z with")
def test_seven_zip(tmp_path: Path) -> None:
    (tmp_path / "年报.html").write_bytes(HTML.format(5).encode())
    command = ["bsdtar", "--format", "7zip", "-cf", "x.7z"] if shutil.which("bsdtar") else ["7z", "a", "x.7z"]
    subprocess.run([*command, "年报.html"], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    (document,) = read_all((tmp_path / "x.7z").read_bytes())
    assert (document.meta["part"], document.tables[0].cells[1].text) == ("年报.html", "5")


@pytest.mark.parametrize("magic", [b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\x00\x04"])
def test_damaged_or_foreign_archives_say_what_to_do(magic: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"install unar|damaged"):
        read_all(magic + b"\x00" * 300)


def test_saved_web_page() -> None:
    page = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ) + HTML.format(3).encode("gb18030") + b"\r\n--b--\r\n"
    document = read(page)
    assert document.media_type == "multipart/related"
    assert [c.text for c in document.tables[0].cells] == ["规章", "3"]


def test_a_mail_is_what_it_says_and_what_is_attached() -> None:
    mail = EmailMessage()
    mail["Subject"] = "年报"
    mail.set_content("现报送年报。")
    mail.add_alternative(HTML.format(5), subtype="html", charset="gb18030")
    mail.add_attachment(word("正文"), maintype="application", subtype="octet-stream", filename="年报.docx")
    documents = read_all(mail.as_bytes())
    assert [d.meta["part"] for d in documents] == ["text/plain", "text/html", "年报.docx"]
    assert [c.text for c in documents[1].tables[0].cells] == ["规章", "5"]
    assert "正文" in " ".join(documents[2].texts())
