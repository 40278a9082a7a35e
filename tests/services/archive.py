"""Archives of a repository, as codeload makes them."""

import io
import tarfile
import zipfile

from services.store import StoredRepo


def prefix(repo: StoredRepo, *, web: bool, ref: str) -> str:
    """Return the one folder of the archive: of the API with the sha, of the site with the ref."""
    if web:
        return f"{repo.name}-{ref.removeprefix('refs/heads/').replace('/', '-')}"
    return f"{repo.login}-{repo.name}-{repo.head[:7]}"


def tarball(repo: StoredRepo, folder: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer,
        mode="w:gz",
        format=tarfile.PAX_FORMAT,
        compresslevel=1,
        pax_headers={"comment": repo.head},
    ) as archive:
        for name, body in [(f"{folder}/", None), *_files(repo, folder)]:
            entry = tarfile.TarInfo(name)
            entry.mode, entry.uname, entry.gname = 0o664, "root", "root"
            if body is None:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o775
            entry.size = len(body or b"")
            archive.addfile(entry, io.BytesIO(body or b""))
    return buffer.getvalue()


def zipball(repo: StoredRepo, folder: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.comment = repo.head.encode()
        for name, body in [(f"{folder}/", b""), *_files(repo, folder)]:
            archive.writestr(name, body)
    return buffer.getvalue()


def _files(repo: StoredRepo, folder: str) -> list[tuple[str, bytes]]:
    return [(f"{folder}/{path}", body) for path, body in repo.files.items()]
