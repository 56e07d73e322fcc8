from __future__ import annotations

from parsers.known import Known


def test_results_are_kept_for_short_texts_and_a_full_table_starts_anew():
    asked = []

    def work(text):
        asked.append(text)
        return text.upper()

    known = Known(work, longest=3, most=2)
    assert [known[text] for text in ("a", "a", "long", "long")] == ["A", "A", "LONG", "LONG"]
    assert asked == ["a", "long", "long"]
    for text in ("b", "c", "a", "d", "e", "f", "b"):
        assert known[text] == text.upper()
    assert asked[3:] == ["b", "c", "d", "e", "f", "b"]  # "a" was taken over, "b" had been given up
    assert len(known) + len(known._last) <= 4
