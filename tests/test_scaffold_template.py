"""reprokit.scaffold.template."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from reprokit.dossier import Dossier
from reprokit.errors import ReprokitError
from reprokit.paper import ArxivId, Paper
from reprokit.scaffold.template import (
    choose_overlays,
    compose,
    list_areas,
    read_spec_context,
    render,
    templates_dir,
)

CONTEXT = {"slug": "gan", "version": "1.2.3", "requirement": "reprokit-papers==1.2.3"}


def write_tree(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def read_tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "templates",
        {
            "base/model.py": "base",
            "base/conf/config.yaml": "base",
            "base/README.md": "# {{ cookiecutter.slug }}\n",
            "base/pyproject.toml": 'need = "{{ cookiecutter.requirement }}"\n',
            "base/.github/workflows/gates.yml": "${{ github.token }}\n",
            "base/.gitignore": "runs/\n",
            "cnn/model.py": "cnn",
            "papers/2011.14439/conf/config.yaml": "worked",
            "papers/2011.14439/.spec_context": "mlp\n",
            "papers/hep-th_9901001/model.py": "old",
        },
    )


def describe(number: str | None, area: str | None) -> Dossier:
    paper = Paper(id=ArxivId(number) if number else None, title="T")
    return Dossier(paper=paper, area=area)


def test_a_copy_without_templates_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReprokitError, match="no templates") as caught:
        templates_dir(tmp_path / "reprokit")

    assert "install it again" in caught.value.hint


def test_the_templates_are_in_the_package_of_a_wheel_or_beside_that_of_a_checkout(
    tmp_path: Path,
) -> None:
    package = tmp_path / "reprokit"
    beside = write_tree(tmp_path / "templates", {"base/x": ""})
    assert templates_dir(package) == beside

    inside = write_tree(package / "templates", {"base/x": ""})
    assert templates_dir(package) == inside


def test_every_folder_but_the_shared_ones_is_an_area(templates: Path) -> None:
    write_tree(templates, {".cache/x": "", "notes.md": ""})

    assert list_areas(templates) == ("cnn",)


@pytest.mark.parametrize(
    ("number", "known", "area", "overlays"),
    [
        (None, None, None, ("base",)),
        (None, None, "cnn", ("base", "cnn")),
        ("1706.03762", "sequence", "sequence", ("base",)),
        ("2011.14439", "cnn", "cnn", ("base", "cnn", "papers/2011.14439")),
        ("2011.14439v2", "cnn", "cnn", ("base", "cnn", "papers/2011.14439")),
        ("2011.14439", "cnn", "gan", ("base",)),
        ("hep-th/9901001", None, None, ("base", "papers/hep-th_9901001")),
        (None, "../../etc", "../../etc", ("base",)),
        (None, "papers", "papers", ("base",)),
    ],
)
def test_the_overlays_are_the_base_the_area_and_the_worked_paper(
    templates: Path, number: str | None, known: str | None, area: str, overlays: tuple[str, ...]
) -> None:
    paper = Paper(id=ArxivId.parse(number) if number else None, title="T")

    assert choose_overlays(templates, Dossier(paper=paper, area=known), area) == overlays


def test_the_worked_paper_names_the_context_of_its_default_model(templates: Path) -> None:
    assert read_spec_context(templates, ("base", "papers/2011.14439")) == "mlp"
    assert read_spec_context(templates, ("base", "cnn")) == ""


def test_later_overlays_replace_the_files_of_earlier_ones(templates: Path, tmp_path: Path) -> None:
    compose(templates, ("base", "cnn", "papers/2011.14439"), tmp_path / "out")

    composed = read_tree(tmp_path / "out")
    assert composed["model.py"] == "cnn"
    assert composed["conf/config.yaml"] == "worked"
    assert ".spec_context" not in composed


@pytest.mark.parametrize(
    "name",
    [
        "__pycache__/model.cpython-311.pyc",
        "tests/__pycache__/x.pyc",
        "model.pyc",
        ".ruff_cache/x",
        ".mypy_cache/3.11/x",
        ".pytest_cache/x",
        ".hypothesis/x",
        "runs/2_overfit/x",
    ],
)
def test_what_tools_leave_in_the_templates_is_not_copied(
    templates: Path, tmp_path: Path, name: str
) -> None:
    write_tree(templates / "base", {name: ""})

    compose(templates, ("base",), tmp_path / "out")

    assert name not in read_tree(tmp_path / "out")


@pytest.mark.parametrize("mark", ["{{", "{%", "{#"])
def test_a_path_that_the_engine_would_read_is_refused(tmp_path: Path, mark: str) -> None:
    output = tmp_path / f"{mark} 7*7 x"

    with pytest.raises(ReprokitError, match="template engine") as caught:
        render(tmp_path, output, CONTEXT)

    assert "-o DIR" in caught.value.hint
    assert not output.exists()


def test_only_the_readme_and_the_metadata_are_rendered(templates: Path, tmp_path: Path) -> None:
    write_tree(templates / "base", {"notes/x.md": "{{ 7*7 }} {% x", "train.py": "d = {'{{': 1}"})
    compose(templates, ("base",), tmp_path / "in" / "{{cookiecutter.slug}}")

    root = render(tmp_path / "in", tmp_path / "out", CONTEXT)

    assert root == tmp_path / "out" / "gan"
    assert read_tree(root) == {
        "model.py": "base",
        "conf/config.yaml": "base",
        "README.md": "# gan\n",
        "pyproject.toml": 'need = "reprokit-papers==1.2.3"\n',
        ".github/workflows/gates.yml": "${{ github.token }}\n",
        ".gitignore": "runs/\n",
        "notes/x.md": "{{ 7*7 }} {% x",
        "train.py": "d = {'{{': 1}",
    }


def test_values_are_put_in_as_they_are(templates: Path, tmp_path: Path) -> None:
    compose(templates, ("base",), tmp_path / "in" / "{{cookiecutter.slug}}")

    root = render(tmp_path / "in", tmp_path / "out", {**CONTEXT, "requirement": "{{ 7*7 }}"})

    assert (root / "pyproject.toml").read_text() == 'need = "{{ 7*7 }}"\n'


def test_the_real_templates_have_a_base_and_an_area_and_a_worked_paper() -> None:
    templates = templates_dir()

    assert "cnn" in list_areas(templates)
    overlays = choose_overlays(templates, describe("2011.14439", "cnn"), "cnn")
    assert overlays == ("base", "cnn", "papers/2011.14439")
