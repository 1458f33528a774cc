"""What a profile only estimates or does not ask, counted exactly: one scan more, of the columns it matters for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from hallmark.dataset import Column
from hallmark.engines.duckdb import first_row, relation
from hallmark.quality.profile import ColumnProfile, Profile
from hallmark.quality.profile.chunks import chunked
from hallmark.quality.profile.families import family_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["PATTERNS", "Facts", "Leeway", "Pattern", "facts_of"]

# Below so many values nothing is told from what they have in common.
ENOUGH = 10
# A set of more values is a list that somebody has to keep up.
LARGEST_SET = 20
# How far the estimate of different values may be off.
_ROOM = 0.8


@dataclass(frozen=True)
class Leeway:
    """How closely a suite follows what was observed.

    Args:
        margin: share by which ranges are widened.
        strict: what was observed is the rule: nothing is widened, no column may be added, and what would be a
            warning is critical.
    """

    margin: float = 0.1
    strict: bool = False

    @property
    def share(self) -> float:
        """The margin that applies."""
        return 0.0 if self.strict else self.margin


@dataclass(frozen=True)
class Pattern:
    """A common shape of texts; it means the same to DuckDB's regular expressions and to Python's.

    ``fixed`` says that all texts of the shape have one length.
    """

    name: str
    regex: str
    fixed: bool = False


# The first that all values have is suggested.
PATTERNS = (
    Pattern("UUIDs", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", fixed=True),
    Pattern("ISO dates", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", fixed=True),
    Pattern("ISO times", "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9:]+)?$"),
    Pattern("e-mail addresses", "^[^@ ]+@[^@ ]+[.][^@ ]+$"),
    Pattern("web addresses", "^https?://[^ ]+$"),
    Pattern("digits alone", "^[0-9]+$"),
    Pattern("decimal numbers", "^-?[0-9]+([.][0-9]+)?$"),
    Pattern("upper-case codes", "^[A-Z0-9][A-Z0-9_-]*$"),
    Pattern("lower-case codes", "^[a-z0-9][a-z0-9_-]*$"),
)


@dataclass(frozen=True)
class Facts:
    """What is known of one column.

    Args:
        column: name and type.
        profile: its figures.
        rows: of the table.
        unique: no value occurs twice; counted.
        infinite: whether some numbers are infinite.
        values: how often each occurs, of a text with few; else None.
        pattern: the shape that all texts have.
    """

    column: Column
    profile: ColumnProfile
    rows: int
    unique: bool = False
    infinite: bool = False
    values: Mapping[str, int] | None = None
    pattern: Pattern | None = None

    @property
    def present(self) -> int:
        """Values that are there."""
        return self.rows - self.profile.nulls

    @property
    def family(self) -> str:
        """Name of the family of its type."""
        return family_of(self.column).name

    @property
    def telling(self) -> bool:
        """Whether there are values enough, which may be shown, to tell what they have in common."""
        return self.present >= ENOUGH and not self.column.personal


def facts_of(
    connection: duckdb.DuckDBPyConnection, view: str, columns: Sequence[Column], profile: Profile
) -> Iterator[Facts]:
    """Yield what is known of each column."""
    known = [Facts(column, profile.columns[column.name], profile.rows) for column in columns]
    for some in chunked(known, len(columns)):
        questions = [_questions(facts) for facts in some]
        asked = [question for each in questions for question in each.values()]
        # One count more, for a query must ask for something.
        row = first_row(connection, exp.select(exp.Count(this=exp.Star()), *asked).from_(relation(view)))
        answers = iter(row[1:])
        for facts, each in zip(some, questions, strict=True):
            yield _answered(facts, {name: next(answers) for name in each})


def _questions(facts: Facts) -> dict[str, exp.Expression]:
    value = exp.column(facts.column.name, quoted=True)
    questions: dict[str, exp.Expression] = {}
    if _may_be_unique(facts):
        questions["distinct"] = exp.Count(this=exp.Distinct(expressions=[value.copy()]))
    if facts.family == "floating" and facts.telling:
        questions["infinite"] = exp.CountIf(this=exp.func("isinf", value.copy()))
    if facts.family == "text" and facts.telling:
        questions.update(_of_text(facts, exp.cast(value, "VARCHAR")))
    return questions


def _may_be_unique(facts: Facts) -> bool:
    enough = facts.present >= ENOUGH and facts.profile.distinct >= _ROOM * facts.present
    return enough and facts.family in {"integer", "text", "date", "timestamp"}


def _of_text(facts: Facts, text: exp.Expression) -> dict[str, exp.Expression]:
    questions: dict[str, exp.Expression] = {
        pattern.name: exp.CountIf(this=_full_match(text, pattern.regex)) for pattern in PATTERNS
    }
    if facts.profile.distinct * _ROOM <= LARGEST_SET:
        questions["values"] = exp.Anonymous(this="histogram", expressions=[text.copy()])
    return questions


def _full_match(text: exp.Expression, regex: str) -> exp.Expression:
    return exp.Anonymous(this="regexp_full_match", expressions=[text.copy(), exp.Literal.string(regex)])


def _answered(facts: Facts, answers: Mapping[str, Any]) -> Facts:
    values = answers.get("values")
    return Facts(
        facts.column,
        facts.profile,
        facts.rows,
        unique=answers.get("distinct") == facts.present,
        infinite=bool(answers.get("infinite")),
        values=values if values and len(values) <= LARGEST_SET else None,
        pattern=next((p for p in PATTERNS if answers.get(p.name) == facts.present), None),
    )
