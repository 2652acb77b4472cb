"""What every command promises about its output and exit status."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command

from common.errors import AppError, InvalidInput, NotFound
from halo_entra.commands import Answer, AppCommand, Exit


class Sample(AppCommand):
    """Answers what it is given, or raises it."""

    result: Answer | AppError = Answer()

    def answer(self, options: dict[str, Any]) -> Answer:
        """Return or raise the prepared result."""
        if isinstance(self.result, AppError):
            raise self.result
        return self.result


def sample(result: Answer | AppError) -> Sample:
    command = Sample()
    command.result = result
    return command


def test_a_command_answers_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(sample(Answer(text="Done.", data={"n": 1})))
    assert capsys.readouterr() == ("Done.\n", "")


def test_with_json_stdout_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(sample(Answer(text="Done.", data={"n": 1})), json=True)
    assert json.loads(capsys.readouterr().out) == {"n": 1}


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (NotFound("No connection."), 1),
        (InvalidInput("Line 3."), 2),
        (Answer(trouble="Approve run 4.", status=Exit.WAITING), 3),
        (Answer(trouble="Run 4 works on it.", status=Exit.BUSY), 4),
    ],
)
def test_trouble_is_one_line_and_an_exit_status(
    trouble: Answer | AppError, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        call_command(sample(trouble))
    out, err = capsys.readouterr()
    assert (left.value.code, out, err.count("\n")) == (status, "", 1)


def test_with_json_a_failure_is_an_object_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        call_command(sample(NotFound("No connection.")), json=True)
    assert json.loads(capsys.readouterr().out) == {"error": "No connection."}
