"""Results beside what was measured: nothing is said that the issuer did not say."""

from __future__ import annotations

from passport.badge.model import Achievement, AchievementSubject, Result, ResultDescription, RubricCriterionLevel
from passport.badge.results import Measured, measured

POINTS = ResultDescription(id="urn:p", name="Points", value_max="20", required_value="10", allowed_values=("0", "20"))
LEVEL = ResultDescription(
    id="urn:l", name="Level", required_level="urn:l1", levels=(RubricCriterionLevel(id="urn:l1", name="Skilled"),)
)


def of(*results: Result) -> tuple[Measured, ...]:
    achievement = Achievement(name="Knots", result_descriptions=(POINTS, LEVEL, ResultDescription(name="No id")))
    return measured(AchievementSubject(achievement=achievement, results=results), 3)


def test_a_value_stands_beside_what_was_measured() -> None:
    (one,) = of(Result(value="12", status="Completed", result_description="urn:p"))
    assert one == Measured(name="Points", value="12", status="Completed", most="20", allowed="0, 20", needed="10")


def test_a_level_has_its_name() -> None:
    (one,) = of(Result(achieved_level="urn:l1", result_description="urn:l"))
    assert (one.value, one.needed) == ("Skilled", "Skilled")


def test_what_is_no_value_has_no_greatest_one() -> None:
    (one,) = of(Result(status="Completed", result_description="urn:p"))
    assert (one.value, one.most) == ("Completed", "")


def test_what_nothing_describes_is_as_it_is_written() -> None:
    for about in (None, "", "urn:unknown"):
        (one,) = of(Result(achieved_level="urn:l9", result_description=about))
        assert (one.name, one.value, one.most, one.needed) == ("", "urn:l9", "", "")
    assert of(Result())[0].value == ""
    assert not of()


def test_of_many_the_first_are_taken() -> None:
    assert [one.value for one in of(*(Result(value=str(number)) for number in range(5)))] == ["0", "1", "2"]
