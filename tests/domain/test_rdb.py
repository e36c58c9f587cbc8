"""The header of a Redis dump: what it tells, and what happens with files that are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rdb import MAX_HEADER_BYTES, read_header
from bot.errors import UserError

# The first bytes of a dump of a replica of 100 keys, by Redis 7.0.15.
REAL = bytes.fromhex(
    "524544495330303130fa0972656469732d76657206372e302e3135fa0a72656469732d62697473c040fa056374696d65c2bb59016bfa0875"
    "7365642d6d656dc2b8a00f00fa0e7265706c2d73747265616d2d6462c000fa077265706c2d69642864306231366331663164353563656233"
    "623035613461366631353965363963363061643966333033fa0b7265706c2d6f6666736574c14311fa08616f662d62617365c000fe00fb40"
    "64000007706f73743a3736"
)
# The beginning of a dump that Valkey 9.1.2 wrote.
VALKEY = bytes.fromhex(
    "56414c4b4559303830fa0a76616c6b65792d76657205392e312e32fa0a72656469732d62697473c040fa056374696d65c2b269026bfa0875"
    "7365642d6d656dc2c0c70e00fa08616f662d62617365c000fe00fb4064000007706f73743a33360176"
)
HEADER_ENDS = len(REAL) - len(bytes.fromhex("000007706f73743a3736"))


def test_a_real_header_tells_version_time_memory_and_keys():
    header = read_header(REAL)
    assert (header.version, header.server_version) == (10, "7.0.15")
    assert header.saved_at == datetime(2026, 11, 21, 8, 43, 39, tzinfo=UTC)
    assert header.used_memory_bytes == 1_024_184
    assert header.first_database_keys == 100
    assert header.fields["repl-id"] == "d0b16c1f1d55ceb3b05a4a6f159e69c60ad9f303"
    assert header.fields["repl-offset"] == "4419"


def test_valkey_writes_its_own_name_from_9_0_on_and_its_own_version_before():
    header = read_header(VALKEY)
    assert (header.version, header.server_version) == (80, "Valkey 9.1.2")
    assert header.saved_at == datetime(2026, 11, 22, 4, 4, 2, tzinfo=UTC)
    assert header.first_database_keys == 100
    assert read_header(b"REDIS0011" + VALKEY[9:]).server_version == "Valkey 9.1.2"


@pytest.mark.parametrize("length", range(HEADER_ENDS))
def test_a_file_that_ends_within_its_header_is_said_to(length):
    with pytest.raises(UserError, match="not an RDB file" if length < 9 else "ends within its header"):
        read_header(REAL[:length])


def test_the_header_is_enough():
    assert read_header(REAL[:HEADER_ENDS]) == read_header(REAL)


@pytest.mark.parametrize(
    "start", [b"", b"RED", b"REDIS", b"REDISabcd", b"VALKEY08", b"VALKEYabc", b"\x1f\x8b\x08\x00", b"REDIS00"]
)
def test_what_is_no_dump_is_named_by_how_it_begins(start):
    with pytest.raises(UserError, match="not an RDB file"):
        read_header(start)


def test_a_dump_without_keys_has_none():
    assert read_header(b"REDIS0009\xff" + bytes(8)).first_database_keys == 0


def test_an_old_dump_tells_nothing_of_itself():
    header = read_header(b"REDIS0006\xfe\x00\x00\x01a\x01b\xff")
    assert (header.version, header.saved_at, header.server_version, header.first_database_keys) == (6, None, None, None)


def test_functions_before_the_first_database_hide_its_keys_but_not_the_time():
    header = read_header(REAL[: REAL.index(b"\xfe\x00\xfb")] + b"\xf5\x05hello")
    assert header.saved_at is not None
    assert header.first_database_keys is None


def test_a_compressed_script_is_passed_over():
    script = b"\xfa\x03lua\xc3\x04\x40\xff" + b"\x01\x02\x03\x04"
    header = read_header(REAL[:9] + script + REAL[9:])
    assert "lua" not in header.fields
    assert header.saved_at is not None


def test_a_header_that_never_ends_is_told_as_far_as_it_was_read():
    endless = REAL[:HEADER_ENDS].replace(b"\xfe\x00\xfb\x40\x64", b"\xfa\x01x\x81" + b"\x7f" * 8)
    header = read_header(endless + bytes(MAX_HEADER_BYTES))
    assert header.server_version == "7.0.15"
    assert header.first_database_keys is None


def test_what_lies_beyond_the_bound_is_not_looked_at():
    long = b"REDIS0010\xfa\x01x\x80" + MAX_HEADER_BYTES.to_bytes(4, "big") + b"x" * MAX_HEADER_BYTES + REAL[9:]
    assert read_header(long).saved_at is None


def test_a_length_of_no_known_kind_is_damage():
    with pytest.raises(UserError, match="damaged"):
        read_header(b"REDIS0010\xfa\xbf" + bytes(100))
    with pytest.raises(UserError, match="damaged"):
        read_header(b"REDIS0010\xfa\xc9" + bytes(100))


def test_a_time_that_is_none_is_said_to_be_none():
    with pytest.raises(UserError, match="no time"):
        read_header(b"REDIS0010\xfa\x05ctime" + bytes([19]) + b"9" * 19 + b"\xff")


@given(st.binary(max_size=300))
def test_any_bytes_after_the_magic_are_read_or_refused(rest):
    try:
        read_header(b"REDIS0010" + rest)
    except UserError as refused:
        assert str(refused)
