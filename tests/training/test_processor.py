"""A processor is named as its system names it, in one line, and by nothing where that is silent."""

import platform
import subprocess

import pytest

from explorer.training import processor as asked

X86 = "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 17\nmodel name\t: AMD EPYC  7763\n\nprocessor\t: 1\n"
ARM_BOARD = "processor\t: 0\nCPU part\t: 0xd08\n\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B\n"
ARM_SERVER = "processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\n"


@pytest.fixture
def name():
    asked.processor.cache_clear()
    yield asked.processor
    asked.processor.cache_clear()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (X86, "AMD EPYC 7763"),
        (ARM_BOARD, "Raspberry Pi 4 Model B"),
        (ARM_SERVER, None),
        ("model name\t: " + "x" * 5000, "x" * asked.LONGEST),
        (None, None),
    ],
    ids=["x86", "a board", "a server that does not tell", "too long", "no such file"],
)
def test_linux_tells_it_in_a_file(name, told, expected, monkeypatch, tmp_path):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(asked, "CPUINFO", tmp_path / "cpuinfo")
    if told is not None:
        asked.CPUINFO.write_text(told)
    assert name() == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("Apple M1 Pro\n", "Apple M1 Pro"), (OSError(), None), (subprocess.TimeoutExpired("sysctl", 5), None)],
    ids=["told", "no sysctl", "no answer"],
)
def test_macos_is_asked(name, answer, expected, monkeypatch):
    def run(command, **_options):
        if isinstance(answer, Exception):
            raise answer
        return subprocess.CompletedProcess(command, 0, answer)

    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(subprocess, "run", run)
    assert name() == expected


def test_other_systems_tell_python(name, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "processor", lambda: "Intel64 Family 6 Model 142, GenuineIntel")
    assert name() == "Intel64 Family 6 Model 142, GenuineIntel"
