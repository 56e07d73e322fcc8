"""Decoding: strict trials before the declaration."""

import pytest

from parsers.decode import decode

TEXT = "某县政府信息公开：㐂镕喆𠮷，2023年。"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("declared", [None, "gb2312", "utf-8", "text/html; charset=big5", "no-such", "\x00"])
def test_right_whatever_is_declared(encoding: str, declared: str | None) -> None:
    decoded = decode(TEXT.encode(encoding), declared)
    assert decoded.text == TEXT
    assert decoded.warnings == ()


def test_declared_encoding_is_the_last_resort() -> None:
    data = b"\x80\xff caf\xe9 \xff " * 40
    decoded = decode(data, "text/plain; charset=latin-1")
    assert decoded.text == data.decode("latin-1")


def test_meta_element_names_the_encoding_where_the_declaration_does_not() -> None:
    data = b"<meta charset='windows-1252'>" + b"\xff\x80 \xff" * 40
    assert decode(data).encoding == "cp1252"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_damaged_byte_does_not_change_the_encoding(encoding: str) -> None:
    data = (TEXT * 40).encode(encoding)
    cut = decode(data[:-1])
    assert cut.encoding == encoding
    assert cut.text.startswith(TEXT * 39)
    broken = decode(data[:300] + b"\xff" + data[300:])
    assert broken.encoding == encoding
    assert "replaced" in broken.warnings[0]


def test_bytes_of_no_encoding_never_raise() -> None:
    decoded = decode(bytes(range(128, 256)) * 9)
    assert "\ufffd" in decoded.text
    assert decoded.warnings


def test_a_replacement_character_in_the_source_is_no_loss() -> None:
    assert decode("坏字\ufffd在此".encode()).warnings == ()
