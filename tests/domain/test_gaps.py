"""What a gap takes, and how long it may be."""

from __future__ import annotations

import pytest

from bot.domain.gaps import BadValue, check
from bot.domain.playbook import Fill, Variable

LONGEST = {
    Fill.HOST: ".".join(["a" * 63] * 3) + "." + "b" * 61,
    Fill.NUMBER: "9" * 18,
    Fill.PATH: "/" + "a" * 254,
    Fill.KEY: "cart:" + "1" * 195,
    Fill.WORD: "a" * 128,
}


@pytest.mark.parametrize("fill", LONGEST)
def test_a_value_that_is_too_long_is_told_how_long_it_is_and_how_long_it_may_be(fill):
    gap, longest = Variable(name="x", fill=fill), LONGEST[fill]
    assert check(gap, longest) == longest
    with pytest.raises(BadValue) as refused:
        check(gap, longest + longest[-1])
    assert refused.value.message == f"`x` has {len(longest) + 1} characters; {len(longest)} is the most."


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("piece", ["1", "a.", "/a", ":", "fe80::1%"])
def test_nothing_of_200_kb_gets_into_a_command_and_it_is_not_said_back(fill, piece):
    with pytest.raises(BadValue) as refused:
        check(Variable(name="x", fill=fill), piece * 200_000)
    assert len(refused.value.message + refused.value.hint) < 200
