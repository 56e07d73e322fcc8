"""Site records: what is accepted, and how a mistake is named."""

import pytest

from crawler.site_records import SiteError, find_target, load_records

GOOD = 'code: "990001"\nname: 清禾县人民政府\nhomepage: http://www.qinghe.example/\nhosts: [xxgk.qinghe.example]\n'


def test_a_record_and_the_ways_to_name_it(tmp_path):
    (tmp_path / "990001.yml").write_text(GOOD, encoding="utf-8")
    records = load_records(tmp_path)
    record = records["990001"]
    assert record.hosts == ("www.qinghe.example", "qinghe.example", "xxgk.qinghe.example")
    assert find_target("990001", records) is record
    assert find_target("xxgk.qinghe.example", records) is record
    assert find_target("http://www.qinghe.example/index.html", records) is record
    other = find_target("www.anlan.example", records)
    assert (other.site_id, other.homepage) == ("www.anlan.example", "http://www.anlan.example/")


@pytest.mark.parametrize(("text", "sentence"), [
    ("code: 990001\nhomepage: http://a.example/", "six digits in quotes"),
    ('code: "990001"\nhomepage: nowhere', "is no web address"),
    ('code: "990001"\nhomepage: http://127.0.0.1/', "private address"),
    (GOOD + "selector: .list", "unknown field 'selector'"),
    (GOOD + "browser: maybe", "must be one of"),
    (GOOD + "quirks: slow", "must be a list"),
    ("[1, 2", "cannot be read as YAML"),
    ("just text", "field: value"),
])  # fmt: skip
def test_mistakes_are_named_with_their_file(tmp_path, text, sentence):
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=sentence) as caught:
        load_records(tmp_path)
    assert "x.yml" in str(caught.value)


def test_the_records_that_come_with_the_program_are_good():
    assert all(code == record.site_id for code, record in load_records().items())
