"""Installs npm oidc-provider into a folder that is thrown away, and the command that runs it."""

import shutil
import subprocess
import sys
from pathlib import Path

# The newest that runs on Node 20, and the driver that its documentation points to.
PACKAGES = ("oidc-provider@^9", "pg@^8")
HERE = Path(__file__).parent


def install(folder: Path) -> str:
    """Install the packages and put our provider beside them; the version that came.

    Raises: SystemExit where there is no node or npm.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SystemExit("node and npm are needed for the peer (Node 20 or newer)")
    print("Installing oidc-provider ...", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), *PACKAGES]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.copy(HERE / "provider.mjs", folder / "provider.mjs")
    shown = (folder / "node_modules" / "oidc-provider" / "package.json").read_text()
    return shown.partition('"version": "')[2].partition('"')[0]


def command(folder: Path, port: int, database_url: str, secret: str) -> list[str]:
    """One process, as the gateway has one."""
    return ["node", str(folder / "provider.mjs"), str(port), database_url, secret]
