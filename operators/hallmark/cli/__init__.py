"""The command line: what the catalog knows, a file held against a suite, and the demonstration.

Nothing here needs a running Airflow, and nothing heavy is imported before a command asks for it.
"""

from __future__ import annotations

import gc
import io
import sys
import traceback

__all__ = ["main"]

# EX_SOFTWARE of sysexits.h.
MISTAKEN = 70
# What a shell reports of a process that SIGINT ended.
INTERRUPTED = 130
_OBJECTS_BEFORE_COLLECTION = 100_000


def main() -> None:
    """Run the command of ``sys.argv`` and leave the process with its exit status."""
    # Loading modules makes many objects and no garbage: looking for some costs a tenth of the time to start.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    try:
        _speak_plainly()
        try:
            from hallmark.cli.app import app

            app(prog_name="hallmark")
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        from hallmark.cli.screen import NOBODY_READS, fall_silent

        fall_silent()
        sys.exit(NOBODY_READS)
    except Exception:  # a mistake of Hallmark's own: its traceback is wanted, but not the status of a failed check
        traceback.print_exc()
        sys.exit(MISTAKEN)


def _speak_plainly() -> None:
    """Print a question mark for what the terminal's encoding lacks, and nothing where a stream was closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        elif stream is None:
            setattr(sys, name, io.StringIO())
