"""What a DAG file pays for naming cleaning steps."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("sqlglot", "duckdb", "deltalake", "pyarrow", "pandas", "airflow", "sqlalchemy")


def test_naming_steps_in_a_dag_file_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from hallmark.cleaning import Cast, Clip, Derive, Drop, DropDuplicates, DropNulls, Filter, Hash, Impute\n"
        "from hallmark.cleaning import Keep, Lower, Rename, Replace, Trim, Upper\n"
        "steps = [Trim('a'), Lower('a'), Upper('a'), Cast('a', 'integer'), DropDuplicates(['a']), DropNulls('a'),\n"
        "    Impute('a', 'median', by=['b']), Rename({'a': 'b'}), Drop('a'), Keep('a'), Filter('a > 1'),\n"
        "    Derive('c', 'a'), Clip('a', 0, 1), Replace('a', {1: 2}), Hash('a', 'salt')]\n"
        "print([step.describe() for step in steps])\n"
        f"print('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip() == "loaded:"
