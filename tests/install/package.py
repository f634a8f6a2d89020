"""Builds the .deb in the release it is for, without a network, and remakes it as other releases."""

import shutil
import subprocess
from pathlib import Path

from images import (
    CACHE,
    RELEASES,
    REPOSITORY,
    build_layer,
    image,
    log,
    needed_here,
    overlay,
    run,
)


def build(release: str, directory: Path) -> Path:
    """`make deb` in a container of the release; returns the package."""
    layers = [build_layer(release), image(release)]
    log(f"Building the package on {RELEASES[release]}")
    changes, work = directory / "build/changes", directory / "build/work"
    ccache = CACHE / "ccache"
    ccache.mkdir(exist_ok=True)
    with overlay(layers, changes, work, directory / "build/root") as root:
        files = ["git", "-C", REPOSITORY, "ls-files", "-z", "--cached", "--others"]
        names = subprocess.run(
            [*files, "--exclude-standard"], check=True, capture_output=True
        ).stdout.split(b"\0")
        for name in filter(None, map(bytes.decode, names)):
            if (REPOSITORY / name).exists():
                (root / "root/chat" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(REPOSITORY / name, root / "root/chat" / name)
        command = ["systemd-nspawn", "--quiet", f"--directory={root}", "--register=no"]
        command += ["--keep-unit", "--private-network", "--pipe", f"--bind={ccache}:/ccache"]
        with needed_here():
            run(*command, "true")
        # The unit tests of this tree are `make test`'s.
        command += ["--setenv=CCACHE_DIR=/ccache", "--setenv=DEB_BUILD_OPTIONS=nocheck parallel=2"]
        command += ["--setenv=CXX=ccache g++", "--chdir=/root/chat", "scripts/deb"]
        output = run(*command)
        (directory / "build.log").write_text(output)
        [package] = (root / "root/chat/build/deb").glob("chat_*.deb")
        return Path(shutil.copy(package, directory))


def predecessor(package: Path) -> Path:
    """The package as the last release might have been: an older version, and one migration less.
    Upgrading from it has something to migrate and workers to restart. Its workers are today's, so
    the newest migration has to be one that they can do without."""
    return _remake(package, "predecessor", "~1", Path.unlink)


def unlucky(package: Path) -> Path:
    """A release between the two, whose newest migration fails."""
    return _remake(package, "unlucky", "~2", lambda file: file.write_text("SELECT 1 / 0;\n"))


def _remake(package: Path, name: str, suffix: str, change_migration) -> Path:
    """The package with another version, and its newest migration changed."""
    tree = package.parent / name
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    lines = control.read_text().splitlines(keepends=True)
    changed = [
        f"{line.rstrip()}{suffix}\n" if line.startswith("Version: ") else line for line in lines
    ]
    control.write_text("".join(changed))
    newest = max((tree / "usr/share/chat/sql").glob("[0-9]*.sql"))
    change_migration(newest)
    sums = tree / "DEBIAN/md5sums"
    kept = [line for line in sums.read_text().splitlines(keepends=True) if newest.name not in line]
    sums.write_text("".join(kept))
    remade = package.parent / f"{name}.deb"
    run("dpkg-deb", "--root-owner-group", "--build", tree, remade)
    shutil.rmtree(tree)
    return remade


def dependencies(package: Path, release: str, kind: str = "server") -> None:
    """Fetches what the package depends on into the image's cache of apt, where a machine without a
    network finds it; for a bare one what the manual installs with it, too."""
    root = image(release, kind)
    others = "nginx postgresql" if kind == "bare" else ""
    wanted = run("dpkg-deb", "--field", package, "Depends") + others
    marker = CACHE / f"{root.name}.dependencies"
    if marker.exists() and marker.read_text() == wanted:
        return
    log(f"Fetching what the package depends on, for {RELEASES[release]} (once)")
    shutil.copy(package, root / "root/chat.deb")
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    script = f"""
        apt-get update -qq
        apt-get install -qq --download-only {others} /root/chat.deb
        rm /root/chat.deb"""
    with needed_here():
        run("chroot", root, "sh", "-ec", script)
    marker.write_text(wanted)
