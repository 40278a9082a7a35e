"""One project: composed, rendered, filled in, committed, and then put in place."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reprokit import __version__
from reprokit.dossier import SCHEMA, Dossier
from reprokit.errors import ReprokitError
from reprokit.project import STAMP, Project
from reprokit.quoting import clean, dump_json
from reprokit.scaffold.documents import (
    PAPER_MARK,
    QUESTIONS_MARK,
    describe_paper,
    fill,
    introduce_paper,
    list_questions,
    list_reimplementations,
)
from reprokit.scaffold.first_commit import commit_all
from reprokit.scaffold.naming import check_slug
from reprokit.scaffold.provenance import installed, requirement
from reprokit.scaffold.staging import move_into_place, refuse_existing, staging_folder
from reprokit.scaffold.template import (
    choose_overlays,
    compose,
    read_spec_context,
    render,
    templates_dir,
)


def make_project(  # noqa: PLR0913  all that a project is made of
    dossier: Dossier,
    *,
    target: Path,
    area: str | None,
    inputs: Mapping[str, Any],
    environ: Mapping[str, str],
    notify: Callable[[str], None],
    documents: Mapping[str, str] | None = None,
    templates: Path | None = None,
) -> Project:
    """Write the project of a paper: the whole of it, or nothing.

    Args:
        dossier: What was found out about the paper.
        target: The folder to make; its name is the slug.
        area: Chooses the overlay; without one the project is the base alone.
        inputs: What the user asked for, for the stamp.
        environ: The variables that git runs with.
        notify: Told why there is no git repository.
        documents: Further files of the project, by path in it, written by a serializer.
        templates: The folder of the templates; by default reprokit's own.

    Raises:
        ReprokitError: The target exists or is no slug, or the disk refuses.
    """
    slug = check_slug(target.name)
    templates = templates or templates_dir()
    overlays = choose_overlays(templates, dossier, area)
    context = _context(slug)
    stamp = {"schema": SCHEMA, **context, "area": area, "overlays": overlays, "inputs": inputs}
    refuse_existing(target)
    try:
        with staging_folder(target) as folder:
            root = _generate(templates, overlays, folder, context)
            _write_data(root, dossier, stamp, read_spec_context(templates, overlays))
            _write_prose(root, dossier, documents or {})
            problem = commit_all(root, f"Start {_name(dossier, slug)}", environ)
            move_into_place(root, target)
    except OSError as error:
        raise _refused(target, error) from error
    if problem:
        notify(f"the project is not in a git repository: {clean(problem)}")
    return Project(target)


def _context(slug: str) -> dict[str, str]:
    own = requirement(installed(), __version__)
    return {"slug": slug, "version": __version__, "requirement": own}


def _generate(
    templates: Path, overlays: tuple[str, ...], folder: Path, context: dict[str, str]
) -> Path:
    compose(templates, overlays, folder / "template" / "{{cookiecutter.slug}}")
    return render(folder / "template", folder / "project", context)


def _refused(target: Path, error: OSError) -> ReprokitError:
    return ReprokitError(
        f"cannot write {str(target)!r}: {error.strerror or error}",
        hint="check the folder's rights and the space on the disk, or choose another by -o DIR",
    )


def _write_data(root: Path, dossier: Dossier, stamp: Mapping[str, Any], spec_context: str) -> None:
    project = Project(root)
    _write(project.paper_file, dump_json(describe_paper(dossier, spec_context)))
    _write(root / "reimplementations.json", dump_json(list_reimplementations(dossier)))
    _write(root / STAMP, dump_json(stamp))
    _write(project.ledger_file, "")


def _write_prose(root: Path, dossier: Dossier, documents: Mapping[str, str]) -> None:
    parts = (
        (root / "README.md", PAPER_MARK, introduce_paper(dossier)),
        (root / "notes" / "questions.md", QUESTIONS_MARK, list_questions(dossier)),
    )
    for file, mark, text in parts:
        if file.is_file():
            _write(file, fill(file.read_text("utf-8"), mark, text))
    for name, text in documents.items():
        _write(root / name, text)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _name(dossier: Dossier, slug: str) -> str:
    return f"the reproduction of arXiv:{dossier.paper.id}" if dossier.paper.id else slug
