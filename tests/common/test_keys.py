from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("London", "LONDON"),
        ("  New   York\t", "new york"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("ﬁnance", "Finance"),
        ("Ａcme", "acme"),  # full-width letters
        ("\u0130stanbul", "i\u0307stanbul"),
        ("a\u00a0b", "a b"),
    ],
)
def test_the_same_name_written_otherwise_has_the_same_key(one: str, other: str) -> None:
    assert keys.key(one) == keys.key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ana", "Anna"), ("cafe", "café"), ("ab", "a b"), ("a", "")]
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert keys.key(one) != keys.key(other)


@pytest.mark.parametrize("nothing", [None, "", " ", "\t\n\u00a0"])
def test_nothing_has_an_empty_key(nothing: str | None) -> None:
    assert keys.key(nothing) == ""


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert keys.key(keys.key(text)) == keys.key(text)


@given(st.text())
def test_a_key_is_normal_tidy_and_fits_its_column(text: str) -> None:
    key = keys.key(text)

    assert unicodedata.is_normalized("NFKC", key)
    assert key == " ".join(key.split())
    assert len(key) <= keys.MAX_LENGTH


@given(st.text(st.characters(categories=["L", "N", "Z"])))
def test_case_and_outer_spaces_do_not_matter(text: str) -> None:
    assert keys.key(f"  {text.casefold()} ") == keys.key(text)


def test_a_key_that_is_cut_at_a_space_ends_before_it() -> None:
    assert keys.key("x" * 255 + " y") == "x" * 255


@given(st.text())
def test_stored_text_has_no_nul_and_no_loose_spaces(text: str) -> None:
    tidy = keys.tidy(text)

    assert "\x00" not in tidy
    assert tidy == " ".join(tidy.split())


def test_long_text_is_cut_to_the_width_of_a_column() -> None:
    assert keys.cut("x" * 300) == "x" * 256
    assert keys.cut("short") == "short"
