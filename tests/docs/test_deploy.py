"""docs/deploy: what the files name is there, and they agree with each other."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from streamlit.config import get_config_options

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs/deploy"
DOCKERFILE, UNIT = ((DEPLOY / name).read_text() for name in ("Dockerfile", "explorer.service"))
PORT = "8501"


def test_the_image_holds_what_the_app_needs_and_no_secret():
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]
    }
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert copied == let_in
    assert {"explorer", "pages", "streamlit_app.py", ".streamlit/config.toml"} <= copied
    assert all((ROOT / name).exists() for name in copied)
    assert "USER explorer" in DOCKERFILE


def test_who_cannot_write_beside_the_code_finds_it_compiled():
    """The image's user and the service's: each process would compile all of it anew."""
    assert "PYTHONDONTWRITEBYTECODE" in DOCKERFILE
    assert "PYTHONDONTWRITEBYTECODE" in UNIT
    for text in (DOCKERFILE[: DOCKERFILE.index("USER explorer")], (ROOT / "docs/deploy.md").read_text()):
        assert "--compile-bytecode" in text
        assert re.search(r"python -m compileall -q \S*explorer\n", text)


def test_settings_are_read_by_the_app():
    named = set(re.findall(r"\bEXPLORER_[A-Z_]+", "".join(path.read_text() for path in DEPLOY.iterdir())))
    read = set(
        re.findall(r"\bEXPLORER_[A-Z_]+", "".join(file.read_text() for file in (ROOT / "explorer").rglob("*.py")))
    )
    assert named <= read, named - read
    flags = set(re.findall(r"--((?:server|browser)\.\w+)", DOCKERFILE + UNIT))
    assert flags
    assert flags <= set(get_config_options())


def test_all_speak_of_one_port():
    for name in ("Dockerfile", "explorer.service", "Caddyfile", "nginx.conf"):
        assert set(re.findall(r"(?:127\.0\.0\.1:|server\.port[\", ]+|EXPOSE )(\d+)", (DEPLOY / name).read_text())) == {
            PORT
        }


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_accepts_the_unit(tmp_path):
    unit = tmp_path / "explorer.service"
    unit.write_text(UNIT.replace("/opt/explorer/.venv/bin/python", shutil.which("python3") or ""))
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "explorer.service" not in found.stderr
