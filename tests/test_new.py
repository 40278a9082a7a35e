"""reprokit.cli.new: the command as it is typed."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reprokit.cli.main import main

PLAIN = ["--title", "Counting Lines", "--url", "https://example.org/lines.pdf"]


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with an empty cache and no network."""
    monkeypatch.setenv("REPROKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("REPROKIT_OFFLINE", "1")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of PAPER"),
        (["--url", "https://example.org"], "one of PAPER"),
        (["2011.14439", "--from", "paper.json"], "one of PAPER"),
        (["2011.14439", *PLAIN], "one of PAPER"),
        (["--from", "paper.json", *PLAIN], "one of PAPER"),
        (["--title", "T"], "--title and --url"),
        (["2011.14439", "--url", "https://example.org"], "--title and --url"),
        (["--title", "T", "--url", "javascript:alert(1)"], "javascript"),
        (["2011.144"], "'2011.144' is not an arXiv id"),
        (["2011.14439\x1b[31m"], "is not an arXiv id"),
        (["{{ 7*7 }}"], "is not an arXiv id"),
        (["2011.14439", "--framework", "jax"], "'jax'"),
        (["2011.14439", "--area", "../x"], "'../x' is no name for an area"),
        (["2011.14439", "--slug", "../x"], "'../x' is no name for a project"),
        (["2011.14439", "--slug", "train"], "'train' would hide"),
        (["2011.14439", "--offline", "--refresh"], "not allowed with"),
        (["2011.14439", "surplus"], "unrecognized arguments: surplus"),
    ],
)
def test_a_wrong_command_line_asks_nobody_and_writes_nothing(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *arguments]) == 2

    shown = capsys.readouterr()
    error, hint = shown.err.splitlines()
    assert error.startswith("error: ")
    assert message in error
    assert hint.startswith("hint: ")
    assert shown.out == ""
    assert list(Path().iterdir()) == []


def test_a_malformed_id_makes_no_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.delenv("REPROKIT_OFFLINE")
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        monkeypatch.setenv("REPROKIT_ARXIV_URL", url)

        assert main(["new", "2011.144", "--refresh"]) == 2

        assert "did you mean 2011.00144?" in capsys.readouterr().err
        server.setblocking(False)  # noqa: FBT003
        with pytest.raises(BlockingIOError):
            server.accept()


def test_an_existing_folder_is_refused_before_anybody_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("gan").mkdir()

    assert main(["new", "9912.99999", "--slug", "gan"]) == 4

    assert "'gan' exists already" in capsys.readouterr().err
    assert list(Path("gan").iterdir()) == []


def test_an_existing_folder_with_the_name_of_the_title_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("counting_lines").mkdir()

    assert main(["new", *PLAIN]) == 4

    assert "--slug" in capsys.readouterr().err
    assert [path.name for path in Path().rglob("*")] == ["counting_lines"]


def test_offline_an_unknown_paper_is_not_to_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "2412.99999", "--offline"]) == 3

    shown = capsys.readouterr().err
    assert "--from" in shown
    assert "--title" in shown
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("text", [None, "{", "[]", '{"schema": 9}'])
def test_a_file_that_is_no_dossier_is_unreadable(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "paper.json"
    if text is not None:
        file.write_text(text)

    assert main(["new", "--from", str(file)]) == 4

    assert "paper.json" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_a_paper_of_the_catalogue_becomes_a_project_offline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["new", "2011.14439", "--offline", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    root = Path("scaling_down_deep_learning_mnist_1d").resolve()
    assert document["schema"] == 1
    assert document["project"] == str(root)
    assert document["slug"] == root.name
    assert document["area"] == "cnn"
    assert document["paper"]["id"] == "2011.14439"
    assert {"name", "status", "detail"} == set(document["sources"][0])
    assert (root / "train.py").is_file()
    assert list(Path().iterdir()) == [Path(root.name)]


def test_the_text_says_where_the_project_is_and_what_to_type_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["new", *PLAIN, "-o", "my papers", "--area", "cnn"]) == 0

    shown = capsys.readouterr()
    assert shown.out.startswith("Counting Lines\n")
    assert "cnn: base, cnn" in shown.out
    assert shown.out.splitlines()[-3:] == [
        "  cd 'my papers/counting_lines'",
        "  python -m pip install '.[gates,dev]'",
        "  reprokit gate",
    ]
    assert shown.err == ""


@pytest.mark.parametrize(
    ("arguments", "area", "notice"),
    [
        ([], "other", "the paper's area is not known: the base is used; --area NAME"),
        (["--area", "gan"], "gan", "gan, which has no template yet"),
        (["--area", "cnn"], "cnn", ""),
    ],
)
def test_an_area_without_a_template_takes_the_base_with_a_notice(
    arguments: list[str], area: str, notice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *PLAIN, *arguments, "--json"]) == 0

    shown = capsys.readouterr()
    assert json.loads(shown.out)["area"] == area
    assert notice in shown.err
    assert bool(shown.err) == bool(notice)


def test_the_stamp_keeps_what_was_asked_for_but_no_path_of_this_machine(tmp_path: Path) -> None:
    assert main(["new", *PLAIN, "--slug", "first"]) == 0
    file = tmp_path / "somewhere" / "paper.json"
    file.parent.mkdir()
    Path("first/paper.json").rename(file)

    assert main(["new", "--from", str(file), "--slug", "second"]) == 0

    stamp = Path("second/.reprokit.json").read_text()
    assert json.loads(stamp)["inputs"]["file"] == "paper.json"
    assert "somewhere" not in stamp


def test_a_project_can_be_made_again_from_its_own_paper_json() -> None:
    assert main(["new", "2011.14439", "--offline", "--slug", "first"]) == 0

    assert main(["new", "--from", "first/paper.json", "--slug", "second"]) == 0

    assert Path("first/paper.json").read_bytes() == Path("second/paper.json").read_bytes()


def test_a_hostile_title_reaches_neither_terminal_nor_file_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    title = "{{ cycler.__init__.__globals__.os.popen('id').read() }} ../../x \u202e\x1b]0;x\x07"

    assert main(["new", "--title", title, "--url", "https://example.org"]) == 0

    shown = capsys.readouterr()
    assert not set("\x1b\x07\u202e") & set(shown.out + shown.err)
    assert [path.name for path in Path().iterdir()] == ["cycler_init_globals_os_popen_id_read_x_0"]


@pytest.mark.slow
def test_the_wheel_of_the_source_distribution_makes_a_project_without_the_checkout(
    tmp_path: Path,
) -> None:
    checkout = Path(__file__).parents[1]
    # without --wheel: the source distribution, and the wheel from that
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(checkout)], check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(site), str(wheel)], check=True, capture_output=True)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import reprokit; from reprokit.cli.main import main\n"
        f"assert reprokit.__file__.startswith({str(site)!r})\n"
        "sys.exit(main(['new', '--title', 'X', '--url', 'https://example.org', '--offline']))"
    )

    subprocess.run([sys.executable, "-c", code], check=True)

    assert not (site / "templates").exists()
    assert (site / "reprokit" / "templates" / "base" / "train.py").is_file()
    assert Path("x/train.py").is_file()
