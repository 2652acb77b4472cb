"""`apply_config` at a prompt: what it prints and how it ends."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from directory.models import Team
from tests.halo_entra.configuration.files import SAMPLE, Files, tenant


def test_json_has_exactly_these_keys(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files.write(
        tenant("board_mappings: [{group: B, board: Infrastructure CAB}]")
    )
    call_command("apply_config", str(path), "--json")
    answer = json.loads(capsys.readouterr().out)

    assert list(answer) == [
        "changed",
        "created",
        "updated",
        "unchanged",
        "unresolved_groups",
    ]
    assert (answer["changed"], answer["unresolved_groups"]) == (True, ["B"])


def test_a_check_speaks_of_what_would_be(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("apply_config", str(SAMPLE), "--check")

    assert "would be created: organisation Contoso\n" in capsys.readouterr().out
    assert not Team.objects.exists()


def test_an_invalid_file_ends_with_2_and_a_line_for_each_problem(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    path = files.write("version: 1\nteams: [1]\nuser_roles: [2]\n")
    with pytest.raises(SystemExit) as left:
        call_command("apply_config", str(path))
    out, err = capsys.readouterr()

    assert (left.value.code, out) == (2, "")
    assert [line.split(": ")[:2] for line in err.splitlines()] == [
        [f"{path}:2", "teams[0]"],
        [f"{path}:3", "user_roles[0]"],
    ]


def test_a_file_that_is_not_there_ends_with_1(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("apply_config", str(files.folder / "none.yaml"))
    err = capsys.readouterr().err

    assert left.value.code == 1
    assert "none.yaml cannot be read: No such file or directory." in err
