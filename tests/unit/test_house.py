"""One version, entry points that exist, pinned packages, no trace of the machine it was built on."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mailmove_gui
from mailmove_gui.resource_files import resource_path

ROOT = Path(__file__).resolve().parents[2]
MADE_HERE = {"build", "dist", "__pycache__"}
HIDDEN_BUT_OURS = {".ci", ".github", ".gitignore"}
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\$")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the repository, but not what was made in it."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_symlink() or not path.is_file():
            continue
        if any(part.startswith(".") and part not in HIDDEN_BUT_OURS for part in inside.parts):
            continue
        if not MADE_HERE.isdisjoint(inside.parts):
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            yield inside, data.decode("utf-8", "replace")


def pinned_versions() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {found["name"]: found["version"] for line in lines if (found := PINNED.match(line))}


def test_the_version_is_written_in_one_place() -> None:
    assert importlib.metadata.version("mailmove") == mailmove_gui.__version__
    assert "version" not in project()["project"]
    literal = re.compile(rf"(?<![\d.]){re.escape(mailmove_gui.__version__)}(?![\d.])")
    code = [(name, text) for name, text in texts() if name.suffix in {".py", ".toml", ".spec"}]
    assert [name for name, text in code if literal.search(text)] == [Path("mailmove_gui/__init__.py")]


def test_the_changelog_knows_the_version() -> None:
    assert f"\n## {mailmove_gui.__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("group", "name"), [("console_scripts", "mailmove"), ("gui_scripts", "mailmove-gui")])
def test_the_entry_point_exists(group: str, name: str) -> None:
    (entry_point,) = importlib.metadata.entry_points(group=group, name=name)
    assert callable(entry_point.load())


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    here = re.escape(str(ROOT))
    forbidden = re.compile(
        rf"(?<![\w./~-])(?:{here}(?![\w.-])|/(?:work|root)/)"
        r"|pypi[.]org|pythonhosted[.]org|npmjs[.]org|https?://[^\s\"]+/simpl[e]\b|index[-]url"
    )
    hits = {str(name): found[0] for name, text in texts() if (found := forbidden.search(text))}
    assert hits == {}


def test_constraints_hold_no_address_and_no_option() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    options = {line.split("=")[0].strip() for line in text.splitlines() if line.lstrip().startswith("-")}
    assert options == {"--hash"}


def test_each_pinned_package_has_a_hash() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    header, *requirements = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)
    assert all(line.startswith("#") for line in header.splitlines())
    assert len(requirements) == len(pinned_versions()) > 0
    assert [entry for entry in requirements if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    metadata = project()["project"]
    wanted = [*metadata["dependencies"], *project()["build-system"]["requires"]]
    for extra in metadata["optional-dependencies"].values():
        wanted += extra
    pinned = pinned_versions()
    for line in wanted:
        requirement = Requirement(line)
        version = pinned.get(canonicalize_name(requirement.name), "missing")
        assert version != "missing", f"{requirement.name} is not pinned: make lock"
        assert requirement.specifier.contains(version), f"{requirement} does not allow {version}: make lock"


def test_documents_name_only_targets_and_files_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
        assert named <= targets, name
        links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
        assert [link for link in links if not (ROOT / link).exists()] == [], name


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_system_packages_lists_each_once_and_refuses_other_words() -> None:
    script = ROOT / ".ci" / "system-packages"
    packages = subprocess.check_output(["sh", script, "list"], text=True, timeout=20).split()
    assert {"python3-venv", "libegl1", "dovecot-imapd"} <= set(packages)
    assert len(packages) == len(set(packages))
    wrong = subprocess.run(["sh", script, "everything"], capture_output=True, timeout=20, check=False)
    assert wrong.returncode == 2


def test_resources_of_a_source_tree_are_found() -> None:
    assert resource_path() == ROOT / "resources"
    assert resource_path("providers", "folder_names.toml").is_file()


@pytest.mark.parametrize(
    "folder", ["site/mailmove_gui/resources", "site/resources"], ids=["inside the package", "beside it"]
)
def test_resources_are_found_where_the_package_lies(tmp_path: Path, folder: str) -> None:
    package = tmp_path / "site" / "mailmove_gui"
    package.mkdir(parents=True)
    for name in ("__init__.py", "resource_files.py"):
        shutil.copy(ROOT / "mailmove_gui" / name, package)
    program = "from mailmove_gui.resource_files import resource_path as p; print(p('a', 'b.svg'), end='')"

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path / "site",
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=20,
            check=False,
        )

    assert "FileNotFoundError: MailMove was installed without its resources" in run().stderr
    (tmp_path / folder).mkdir(parents=True)
    assert run().stdout == str((tmp_path / folder / "a" / "b.svg").resolve())


@pytest.mark.parametrize("folder", ["mailmove_gui/resources", "resources"])
def test_resources_of_a_frozen_program_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(FileNotFoundError):
        resource_path("icons")
    (tmp_path / folder).mkdir(parents=True)
    assert resource_path("icons") == tmp_path / folder / "icons"


def test_a_folder_name_tells_one_role_only() -> None:
    table = tomllib.loads(resource_path("providers", "folder_names.toml").read_text(encoding="utf-8"))
    roles: dict[str, list[str]] = table["special_folders"]
    assert set(roles) == {"sent", "drafts", "trash", "junk", "archive", "all", "not_mail", "ambiguous"}
    seen: dict[str, str] = {}
    for role, names in roles.items():
        for name in names:
            key = unicodedata.normalize("NFC", name).strip().casefold()
            assert seen.setdefault(key, role) == role, name
        assert len(set(names)) == len(names), role
