"""The figures for a report on a file or a Delta table that no stage has profiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hallmark.errors import SourceError, reason

__all__ = ["profile_of"]

_VIEW = "data"


def profile_of(path: Path) -> dict[str, Any]:
    """Return the profile of a Parquet, CSV or JSON lines file or of a Delta table, in JSON's types.

    Raises:
        SourceError: it cannot be read.
    """
    from hallmark.engines.duckdb import columns_of, connect, rows_of
    from hallmark.quality.data.files import view_of_path
    from hallmark.quality.profile import profile

    with connect() as connection:
        try:
            view_of_path(connection, str(path), _VIEW)
            return profile(connection, _VIEW, columns_of(connection, rows_of(_VIEW))).to_dict()
        except SourceError:
            raise
        except Exception as error:  # the readers raise many kinds; all mean that there are no figures
            raise SourceError(f"{path} cannot be profiled: {reason(error)}", "mend the file") from error
