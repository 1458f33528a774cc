"""Room for SQL that is nested deeply: machine-written expressions outgrow Python's usual stack."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from hallmark.errors import StageError

__all__ = ["with_room"]

T = TypeVar("T")

# sqlglot's parser takes some 25 calls for a level of parentheses. The stack holds what so many calls may need of C's.
_CALLS, _STACK_BYTES = 20_000, 256 * 1024 * 1024
_lock = threading.Lock()


def with_room(work: Callable[[], T]) -> T:
    """Do some work on SQL, a second time on a larger stack if Python's usual one ends.

    Args:
        work: may be called twice, and then in a thread of its own.

    Raises:
        StageError: the SQL is nested too deeply even so.
    """
    try:
        return work()
    except RecursionError as error:
        if threading.current_thread().name == _NAME:
            raise _too_deep() from error
    # Not inside the handler: the exhausted stack's frames are let go first.
    return _in_deep_thread(work)


def _in_deep_thread(work: Callable[[], T]) -> T:
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except RecursionError:
            errors.append(_too_deep())
        except BaseException as error:
            errors.append(error)

    # The limit and the size are the interpreter's: one deep thread at a time, and both are put back.
    with _lock:
        limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
        thread = threading.Thread(target=run, name=_NAME)
        try:
            sys.setrecursionlimit(max(limit, _CALLS))
            thread.start()
        finally:
            threading.stack_size(size)
        thread.join()
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]


def _too_deep() -> StageError:
    return StageError("the SQL is nested too deeply to be read", "split it into WITH entries")


_NAME = "hallmark-deep-sql"
