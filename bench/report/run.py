"""Runs programs for tools/bench, with a cap on their time."""

import os
import signal
import subprocess
import sys
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

    It gets a session of its own, so that where its time is over the whole family goes with it.
    """
    started = time.monotonic()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True, cwd=ROOT, env=environment, start_new_session=True)
    try:
        errors = running.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        return time.monotonic() - started, f"over {seconds:.0f} s"
    except BaseException:
        os.killpg(running.pid, signal.SIGKILL)
        raise
    took = time.monotonic() - started
    if running.returncode == 0:
        return took, None
    lines = errors.strip().splitlines() or ["it said nothing"]
    return took, f"failed with exit code {running.returncode}: {lines[-1][:300]}"
