"""Running what a packager or an embedder would run."""

import os
import subprocess


def run(*command, env=None, cwd=None):
    """What it prints. A command that fails fails the test, with all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})},
                          cwd=cwd, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
