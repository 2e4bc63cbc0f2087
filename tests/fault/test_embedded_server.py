"""The embedded server is killed, doubled, misplaced and left behind; the next run works, or says why not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from services.database.embedded import EmbeddedServerError, Server, find_place, running, urls_of
from services.database.embedded.place import _reachable, _server_user
from services.database.engine import engine_for
from services.database.migrate import migrate
from services.database.transaction import Database
from services.settings import CHECKOUT, load
from services.vault import load_keys
from tests.support.app import app_over

PATIENCE_SECONDS = 60


@contextmanager
def server_in(folder: Path) -> Iterator[Server]:
    server = Server(find_place(folder), folder / "log" / "postgresql.log")
    server.ensure_running()
    try:
        yield server
    finally:
        server.stop()


def pid_of(server: Server) -> int:
    return int((server.place.data / "postmaster.pid").read_text().split("\n", 1)[0])


def await_answer(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with server.connect() as admin:
                admin.execute("SELECT 1")
                return
        except psycopg.OperationalError:
            time.sleep(0.02)
    pytest.fail("the server did not come back")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory) -> Iterator[Server]:
    """One watched server of this module, in a folder with a space and a path too long for a socket."""
    folder = tmp_path_factory.mktemp("a folder with spaces") / ("long" * 25)
    with server_in(folder) as started:
        started.watch()
        yield started


def test_server_in_a_long_path_with_spaces_keeps_its_socket_short_and_private(embedded) -> None:
    assert len(str(embedded.socket / ".s.PGSQL.5432")) < 107
    assert embedded.socket.stat().st_mode & 0o077 == 0
    assert embedded.place.passwords.stat().st_mode & 0o077 == 0


def test_server_runs_as_nobody_important(embedded) -> None:
    assert Path(f"/proc/{pid_of(embedded)}").stat().st_uid != 0


def test_server_listens_on_no_port(embedded) -> None:
    with embedded.connect() as admin:
        assert admin.execute("SHOW listen_addresses").fetchone() == ("",)
        assert admin.execute("SHOW fsync").fetchone() == ("on",)
        assert admin.execute("SHOW full_page_writes").fetchone() == ("on",)


def test_login_without_its_password_is_refused(embedded) -> None:
    url = urls_of(embedded.place).app_url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("citizen_app",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(embedded.socket), user="citizen_app", dbname="citizen", password="wrong")


def test_server_killed_is_started_again_and_what_was_committed_is_there(embedded) -> None:
    with embedded.connect() as admin:
        admin.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
    for number in range(3):
        with embedded.connect() as admin:
            admin.execute("INSERT INTO kept VALUES (%s)", (number,))
        killed = pid_of(embedded)
        os.kill(killed, signal.SIGKILL)
        await_answer(embedded)
        assert pid_of(embedded) != killed
        with embedded.connect() as admin:
            assert admin.execute("SELECT count(*) FROM kept").fetchone() == (number + 1,)


def test_transaction_open_at_the_kill_leaves_nothing(embedded) -> None:
    with embedded.connect() as admin:
        admin.execute("CREATE TABLE IF NOT EXISTS lost (number int)")
    with pytest.raises(psycopg.OperationalError), embedded.connect() as admin:
        admin.autocommit = False
        admin.execute("INSERT INTO lost VALUES (1)")
        os.kill(pid_of(embedded), signal.SIGKILL)
        time.sleep(0.1)
        admin.execute("INSERT INTO lost VALUES (2)")
    await_answer(embedded)
    with embedded.connect() as admin:
        assert admin.execute("SELECT count(*) FROM lost").fetchone() == (0,)


def test_app_over_a_killed_server_asks_to_wait_and_then_works_again(embedded) -> None:
    settings = load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(embedded.place.root.parent)})
    urls = urls_of(embedded.place)
    migrate(urls.owner_url)
    engine = engine_for(settings, urls.app_url)
    client = app_over(Database(engine, load_keys(settings))).test_client()
    assert client.get("/ebills/v1/billers").status_code == 200
    seen = set()
    os.kill(pid_of(embedded), signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = client.get("/ebills/v1/billers")
        seen.add(answer.status_code)
        if answer.status_code == 200:
            break
        assert answer.headers["Retry-After"]
        time.sleep(0.02)
    engine.dispose()
    assert seen <= {200, 503}
    assert 200 in seen


def test_second_server_of_the_same_place_adopts_the_first_and_leaves_it_running(embedded) -> None:
    second = Server(embedded.place, embedded._log)
    second.ensure_running()
    assert pid_of(second) == pid_of(embedded)
    second.stop()
    await_answer(embedded)


def test_pid_file_left_by_a_killed_run_whose_pid_is_another_programs_now(folder) -> None:
    with server_in(folder) as first:
        pid = pid_of(first)
        os.kill(pid, signal.SIGKILL)
        first._process.wait(5)
        pid_file = first.place.data / "postmaster.pid"
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
        with server_in(folder) as second:
            assert pid_of(second) not in {pid, os.getpid()}
            await_answer(second)


def test_two_commands_started_at_once_share_one_server(folder) -> None:
    script = (
        "import sys; from pathlib import Path; from services.settings import load\n"
        "from services.database.embedded import running, find_place\n"
        "settings = load({'CITIZEN_MODE': 'demo', 'CITIZEN_DATA_DIR': sys.argv[1]})\n"
        "with running(settings):\n"
        "    print((find_place(settings.data_dir).data / 'postmaster.pid').read_text().split()[0], flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        pids = {command.stdout.readline() for command in commands}
        assert len(pids) == 1
        assert pids.pop().strip().isdigit()
    finally:
        for command in commands:
            command.communicate("\n", timeout=30)


@pytest.mark.parametrize("place", ["file/below", "file"])
def test_data_directory_that_cannot_be_written_names_its_setting(folder, place) -> None:
    (folder / "file").write_text("in the way")
    settings = load({"CITIZEN_MODE": "demo", "CITIZEN_DATA_DIR": str(folder / place)})
    with pytest.raises(EmbeddedServerError, match="CITIZEN_DATA_DIR"), running(settings):
        pytest.fail("it must not run")


def test_data_directory_below_a_private_folder_is_served_from_elsewhere_and_modes_stay(folder) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    inner = private / "data"
    with server_in(inner) as started:
        await_answer(started)
        where = started.place.root
    assert private.stat().st_mode & 0o777 == 0o700
    assert os.getuid() != 0 or not str(where).startswith(str(private))


@pytest.mark.skipif(
    os.getuid() != 0, reason="only root can become somebody else; everybody else runs as itself"
)
def test_server_started_by_an_unprivileged_user_runs_as_that_user(folder) -> None:
    user = _server_user()
    if not _reachable(Path(sys.executable).resolve().parent, user) or not _reachable(CHECKOUT, user):
        pytest.skip("the Python of this machine lives in a folder that no other user may enter")
    os.chown(folder, user.uid, user.gid)
    parents = [path for path in folder.parents if path.stat().st_uid == 0 and path != Path("/tmp")]
    if not all(_reachable(path, user) for path in parents):
        pytest.skip("the temporary folder of this run is private to root")
    script = (
        "import sys; from services.settings import load; from services.database.embedded import running\n"
        "with running(load({'CITIZEN_MODE': 'demo', 'CITIZEN_DATA_DIR': sys.argv[1]})): print('runs')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "data")],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **user.switch,
    )
    assert (done.stdout, done.returncode) == ("runs\n", 0), done.stderr
