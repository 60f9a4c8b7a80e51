"""Values of every type, as systems hold them: good, odd, and such as no type takes."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

NORDIC = "æøåÆØÅäöÄÖðþÞéü"
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet=f"{NORDIC}aZ 09.-\r\n\t\u00a0\u0301\u030a😀👩\u200d🚒שלוםمرحبا\u200f\ud83d\x00", max_size=20),
    st.sampled_from(["", " ", "Ærlig Åsgård", "A\u030as", "I\u0307", "שלום עולם", "👩‍🚒", "x" * 401]),
    st.integers(0, 10**12),
)
AMOUNTS = st.decimals(min_value=-(10**7), max_value=10**7, places=6, allow_nan=False, allow_infinity=False)
CENTS = st.integers(0, 10**9).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
NUMBERS = st.one_of(AMOUNTS.map(str), AMOUNTS.map(float), st.integers(-(10**9), 10**9), CENTS, st.sampled_from(["", " 1.50 ", "x", None]))
WORDS = st.text(alphabet=f"{NORDIC}abcXYZ019._%+-", min_size=1, max_size=12)
EMAILS = st.builds(lambda local, host, end: f" {local}@{host}.{end}", WORDS, WORDS, st.sampled_from(["no", "COM", "example.org"]))
LOCAL_NUMBERS = st.integers(20000000, 99999999).map(lambda n: f"{n // 10**6} {n % 10**6 // 1000:03d} {n % 1000:03d}")
PHONES = st.one_of(
    LOCAL_NUMBERS, LOCAL_NUMBERS.map("+47 {}".format), LOCAL_NUMBERS.map("00 47 {}".format), LOCAL_NUMBERS.map("+45{} ext. 12".format),
    st.integers(7000000, 999999999).map("+46 {}".format), st.sampled_from(["+39 06 1234567", "ring meg", "", "+354 555 1234"]),
)  # fmt: skip
ORGANISATIONS = st.one_of(
    st.integers(10**8, 10**9 - 1).map("NO {} MVA".format),
    st.integers(10**8, 10**9 - 1).map(lambda n: f"{n:,}".replace(",", " ")),
    st.sampled_from(["556036-0793", "DK 25 31 37 63", "FI1234567-8", "ukjent", ""]), TEXTS,
)  # fmt: skip
DAYS = st.dates().map(lambda day: day.isoformat())
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='milliseconds')}Z")
IDS = st.one_of(st.integers(10, 9000), st.integers(2**53, 2**63), st.uuids().map(str), st.sampled_from(["007", "", None]))
