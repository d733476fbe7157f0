"""The model of this machine's processor: times of runs can only be compared on the same one."""

import platform
import subprocess
from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")  # of Linux
NAMED = ("model name", "cpu model", "cpu", "Model", "Hardware")  # x86; MIPS; POWER; boards with an ARM processor
LONGEST = 120  # characters
PATIENCE = 5  # seconds


@cache
def processor() -> str | None:
    """Its model, such as `AMD EPYC 7763 64-Core Processor`; None if the system does not report it. Asks only this
    machine."""
    found = {"Linux": _of_linux, "Darwin": _of_macos}.get(platform.system(), platform.processor)()
    return " ".join(found.split())[:LONGEST] or None


def _of_linux() -> str:
    try:
        lines = CPUINFO.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    facts = {key.strip(): value for key, colon, value in (line.partition(":") for line in lines) if colon}
    return next((facts[key] for key in NAMED if facts.get(key, "").strip()), "")


def _of_macos() -> str:
    command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
