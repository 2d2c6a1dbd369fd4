"""What is remembered, and how long."""

from __future__ import annotations

from calculator.memory import Kept, Memo


def test_what_is_kept_is_found_once_and_does_not_grow_without_end() -> None:
    asked: list[int] = []

    def found(number: int) -> str:
        asked.append(number)
        return str(number)

    kept = Kept[int, str](2)
    for each in (1, 2, 1):
        assert kept.of(each, lambda each=each: found(each)) == str(each)
    assert (asked, [*kept]) == ([1, 2], [1, 2])
    kept[3] = "3"
    assert [*kept] == [3]
    memo = Memo(found, 2)
    assert [memo[each] for each in (7, 8, 7, 9, 7)] == ["7", "8", "7", "9", "7"]
    assert (asked[2:], [*memo]) == ([7, 8, 9, 7], [9, 7])
