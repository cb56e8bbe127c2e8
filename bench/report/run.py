"""Runs programs for tools/bench, with a cap on their time."""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Failed(Exception):
    """Ends tools/bench with one line."""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def path(*parts):
    return os.path.join(ROOT, *parts)


_build = path("build", "release")


def use_build(folder):
    """Programs come from here instead of the release build."""
    global _build  # pylint: disable=global-statement
    _build = os.path.abspath(folder)


def binary(name):
    found = os.path.join(_build, "bin", name)
    if not os.access(found, os.X_OK):
        raise Failed(f"no program {os.path.relpath(found)}: the build should have made it")
    return found


def output_of(*command):
    """What a command printed; None where it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def run_within(seconds, command, environment=None):
    """Runs a command. (seconds it took, None), or (seconds, why it has no result).

    It gets a session of its own, and whatever it started ends with it, however it ends.
    """
    started = time.monotonic()
    environment = {**(environment or os.environ), "TMPDIR": tempfile.gettempdir()}
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True, cwd=ROOT, env=environment, start_new_session=True)
    try:
        errors = running.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        end_descendants()
        running.communicate()
        return time.monotonic() - started, f"over {seconds:.0f} s"
    finally:
        end_descendants()
    took = time.monotonic() - started
    if running.returncode == 0:
        return took, None
    lines = errors.strip().splitlines() or ["it said nothing"]
    return took, f"failed with exit code {running.returncode}: {lines[-1][:300]}"


# -- Ends ------------------------------------------------------------------------------------------


class Interrupted(BaseException):
    """A signal that asks to end."""

    def __init__(self, number):
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.exit_code = 128 + number


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interrupt(number, _):
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)  # one is enough: what follows tidies up
    raise Interrupted(number)


def catch_signals():
    """From here on SIGINT, SIGTERM and SIGHUP raise Interrupted. Grandchildren whose parent is gone
    become children of this process, so that none is lost, whatever its session."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN or number == signal.SIGTERM:
            signal.signal(number, _interrupt)
    try:
        ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    except (OSError, AttributeError):
        pass


def _descendants():
    """Processes that this one started, and theirs: {ID: whether it still runs}."""
    children, states = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            children.setdefault(int(parent), []).append(int(entry))
            states[int(entry)] = state not in "ZX"
    found, left = {}, [os.getpid()]
    while left:
        for child in children.get(left.pop(), ()):
            found[child] = states[child]
            left.append(child)
    return found


def end_descendants():
    """Kills all that this process started, in whatever session, and waits until it has ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        running = [process for process, runs in _descendants().items() if runs]
        if not running:
            return
        for process in running:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.01)


@contextlib.contextmanager
def scratch_folder():
    """Temporary files of this process and of what it starts go into a folder that ends with it."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="switchback-bench-",
                                     ignore_cleanup_errors=True) as made:
        tempfile.tempdir = made
        try:
            yield made
        finally:
            tempfile.tempdir = before
            end_descendants()


@contextlib.contextmanager
def only_one(file):
    """Fails where another process holds this lock file; it ends with the process."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Failed(f"another tools/bench (process {lock.read().strip() or 'unknown'})"
                         " measures in this tree: wait until it has ended") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def check_writable(folder, *names):
    """Fails where `folder` can't be made or files of these names can't be put into it."""
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        raise Failed(f"can't write to {folder}: {error.strerror}") from None
    for name in names:
        if os.path.isdir(os.path.join(folder, name)):
            raise Failed(f"can't write {os.path.join(folder, name)}: a folder of that name"
                         " is there")
