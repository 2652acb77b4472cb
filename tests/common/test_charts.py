from __future__ import annotations

from common.charts import Bar, stacked


def test_the_highest_bar_fills_the_picture_and_parts_lie_on_each_other() -> None:
    chart = stacked(
        [Bar("1 May", (("ok", 3), ("bad", 1))), Bar("2 May", (("ok", 2),))], height=100
    )

    (_, _, first), (_, _, second) = chart.bars
    assert [(box.tone, box.y, box.height) for box in first] == [
        ("ok", 25.0, 75.0),
        ("bad", 0.0, 25.0),
    ]
    assert [(box.y, box.height) for box in second] == [(50.0, 50.0)]
    assert first[0].x < second[0].x
    assert chart.most == 4


def test_a_little_is_still_seen_and_nothing_is_no_box() -> None:
    chart = stacked([Bar("a", (("ok", 5000), ("bad", 1), ("info", 0)))], height=100)

    assert [box.tone for box in chart.bars[0][2]] == ["ok", "bad"]
    assert chart.bars[0][2][1].height == 2.0


def test_no_bars_are_no_chart() -> None:
    assert stacked([Bar("a", ())], height=100).most == 0
