# SPDX-License-Identifier: Apache-2.0
"""The files of the stand-in image, taken from this machine: CPython, a shell, and the libraries that both load."""

import io
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable
from pathlib import Path

from edgepixel.errors import MissingToolError

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
# A shell to start with, and what the Dockerfile that SAM writes runs to put its emulator into the image.
PROGRAMS = ("sh", "mv", "chmod", "cp", "rm")
# Packages for Linux expect them beside the C library (PEP 599, manylinux), though not all load them.
EXPECTED = ("libdl.so.2", "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libutil.so.1")
# Of no use in a function, and half of the size.
_LEFT_OUT = re.compile(
    r"/(test|idlelib|tkinter|turtledemo|ensurepip|site-packages|__pycache__|config-[^/]*)(/|$)"
    r"|/lib-dynload/_(tkinter|test[^/]*)\.[^/]*\.so$|\.a$"
)
# How AWS's image starts a function: SAM's emulator runs this, with the handler's name in the environment.
BOOTSTRAP = f"""\
#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_{PYTHON}
export PYTHONPATH="$LAMBDA_TASK_ROOT:/var/runtime"
cd "$LAMBDA_TASK_ROOT"
exec /var/lang/bin/{PYTHON} -m awslambdaric "$_HANDLER"
"""


def write_files(archive: Path, runtime: Path) -> None:
    """Write the image's root as a tar file. `runtime` is the folder of the runtime interface client.

    Everything is where AWS's image has it: CPython in /var/lang, the client in /var/runtime, the function in /var/task.
    """
    with tarfile.open(archive, "w") as tar:
        _directories(tar)
        programs = [_program(name) for name in PROGRAMS]
        for program in programs:
            _add(tar, program.resolve(), f"usr/bin/{program.name}")
        _add(tar, runtime, "var/runtime")
        python = _python(tar)
        for library in shared_libraries([*programs, *python, *runtime.rglob("*.so")]):
            _add(tar, library.resolve(), place_of(library))
        _text(tar, "var/runtime/bootstrap", BOOTSTRAP, 0o755)
        _text(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
        _text(tar, "etc/group", "root:x:0:\n")
        _text(tar, "etc/nsswitch.conf", "hosts: files dns\n")


def is_left_out(path: str) -> bool:
    """Whether a path of CPython's standard library stays out of the image."""
    return _LEFT_OUT.search(path) is not None


def place_of(library: Path) -> str:
    """Where a library of this machine is in the image, in which /lib is /usr/lib, as in today's distributions."""
    inside = library.relative_to("/")
    return str(inside if inside.parts[0] == "usr" else Path("usr") / inside)


def shared_libraries(programs: Iterable[Path]) -> list[Path]:
    """The libraries that the programs load, with the loader, and those that packages expect beside the C library."""
    found: set[Path] = set()
    # A static program has none, for which ldd fails; what is really missing shows when the image is used.
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False)  # noqa: S603, S607
    for path in listed(told.stdout):
        if not path.is_relative_to(sys.base_prefix) or sys.base_prefix == "/usr":
            found.add(path)
        if path.name == "libc.so.6":
            found |= {path.with_name(name) for name in EXPECTED if path.with_name(name).exists()}
    return sorted(found)


def listed(output: str) -> list[Path]:
    """The files that `ldd` lists, and not those that the kernel provides."""
    return [Path(found) for found in re.findall(r"^\t(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", output, re.MULTILINE)]


def _python(tar: tarfile.TarFile) -> list[Path]:
    """Add CPython. Returns everything of it that may load a library."""
    base, standard_library = Path(sys.base_prefix), Path(sysconfig.get_path("stdlib"))
    interpreter = base / "bin" / PYTHON
    _add(tar, interpreter.resolve(), f"var/lang/bin/{PYTHON}")
    for name in ("python3", "python"):
        _link(tar, f"var/lang/bin/{name}", PYTHON)
    _add(tar, standard_library, f"var/lang/lib/{PYTHON}")
    own = sorted(base.glob(f"lib/lib{PYTHON}.so*"))
    for library in own:
        _add(tar, library.resolve(), f"var/lang/lib/{library.name}")
    return [interpreter, *own, *(path for path in standard_library.rglob("*.so") if not is_left_out(str(path)))]


def _directories(tar: tarfile.TarFile) -> None:
    for name, mode in {"dev": 0o755, "proc": 0o755, "root": 0o700, "sys": 0o755, "tmp": 0o1777}.items():
        _member(tar, name, tarfile.DIRTYPE, mode)
    for name in ("bin", "lib", "lib64"):
        _link(tar, name, f"usr/{name}")


def _program(name: str) -> Path:
    found = shutil.which(name)
    if not found:
        raise MissingToolError(f"{name} is not on PATH, and the stand-in image needs it")
    return Path(found)


def _add(tar: tarfile.TarFile, source: Path, name: str) -> None:
    tar.add(source, name, filter=_kept)


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if is_left_out(f"/{member.name}"):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _member(tar: tarfile.TarFile, name: str, kind: bytes, mode: int, target: str = "") -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.linkname = kind, mode, target
    tar.addfile(member)


def _link(tar: tarfile.TarFile, name: str, target: str) -> None:
    _member(tar, name, tarfile.SYMTYPE, 0o777, target)


def _text(tar: tarfile.TarFile, name: str, text: str, mode: int = 0o644) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))
