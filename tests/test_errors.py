"""reprokit.errors."""

import pytest

from reprokit import errors


@pytest.mark.parametrize(
    ("kind", "exit_code"),
    [
        (errors.ReprokitError, 4),
        (errors.UsageError, 2),
        (errors.InvalidPaper, 2),
        (errors.Unavailable, 3),
        (errors.FolderExists, 4),
        (errors.NotAProject, 4),
        (errors.UnreadableFile, 4),
    ],
)
def test_every_error_has_the_exit_code_of_its_kind(
    kind: type[errors.ReprokitError], exit_code: int
) -> None:
    error = kind("'x' is no folder", hint="give a folder")

    assert error.exit_code == exit_code
    assert isinstance(error, errors.ReprokitError)
    assert (error.message, error.hint, str(error)) == (
        "'x' is no folder",
        "give a folder",
        "'x' is no folder",
    )


def test_an_error_without_a_hint_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="hint"):
        errors.ReprokitError("'x' is no folder")  # type: ignore[call-arg]
