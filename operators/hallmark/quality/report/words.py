"""An expectation in words: ``at least 95 % of values are between 0 and 5000``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hallmark.quality.report.figures import count, figure, shown, visible
from hallmark.quality.suite import Expectation

__all__ = ["limits", "subject", "words"]

# A set is told with so many of its values.
_TOLD = 8
_LONGEST = 300

_BETWEEN = "is {range}"
# By GX's name of the expectation without ``expect_``. What stands in braces is made of the kwargs by ``_Parts``.
_WORDS = {
    "column_distinct_values_to_be_in_set": "all distinct values are among {value_set}",
    "column_distinct_values_to_contain_set": "the distinct values include {value_set}",
    "column_distinct_values_to_equal_set": "the distinct values are exactly {value_set}",
    "column_kl_divergence_to_be_less_than": "the distribution diverges from the expected one by less than {threshold}",
    "column_max_to_be_between": f"the largest value {_BETWEEN}",
    "column_mean_to_be_between": f"the mean {_BETWEEN}",
    "column_median_to_be_between": f"the median {_BETWEEN}",
    "column_min_to_be_between": f"the smallest value {_BETWEEN}",
    "column_most_common_value_to_be_in_set": "the most common value is among {value_set}",
    "column_pair_values_a_to_be_greater_than_b": "in {all_rows} {column_A} is greater than {or_equal}{column_B}",
    "column_pair_values_to_be_equal": "in {all_rows} {column_A} equals {column_B}",
    "column_pair_values_to_be_in_set": "in {all_rows} {column_A} and {column_B} are one of the pairs {value_pairs_set}",
    "column_proportion_of_non_null_values_to_be_between": f"the share of values that are present {_BETWEEN}",
    "column_proportion_of_unique_values_to_be_between": f"the share of distinct values {_BETWEEN}",
    "column_quantile_values_to_be_between": "the quantiles are within their ranges",
    "column_stdev_to_be_between": f"the standard deviation {_BETWEEN}",
    "column_sum_to_be_between": f"the sum {_BETWEEN}",
    "column_to_exist": "the column exists{at_index}",
    "column_type_to_be": "the column's type is {type_}",
    "column_unique_value_count_to_be_between": f"the number of distinct values {_BETWEEN}",
    "column_value_lengths_to_be_between": "the length of {all} is {range}",
    "column_value_lengths_to_equal": "the length of {all} is {value}",
    "column_value_z_scores_to_be_less_than": "the z-score of {all} is less than {threshold}",
    "column_values_to_be_between": "{all} are {range}",
    "column_values_to_be_dateutil_parseable": "{all} can be read as a date",
    "column_values_to_be_decreasing": "{all} are not greater than the one before",
    "column_values_to_be_in_set": "{all} are among {value_set}",
    "column_values_to_be_in_type_list": "{all} are of one of the types {type_list}",
    "column_values_to_be_increasing": "{all} are not less than the one before",
    "column_values_to_be_json_parseable": "{all} are valid JSON",
    "column_values_to_be_null": "{all} are null",
    "column_values_to_be_of_type": "{all} are of type {type_}",
    "column_values_to_be_unique": "{all} are unique",
    "column_values_to_match_json_schema": "{all} match the JSON schema",
    "column_values_to_match_like_pattern": "{all} are like {like_pattern}",
    "column_values_to_match_like_pattern_list": "{all} are like {match_on} of {like_pattern_list}",
    "column_values_to_match_regex": "{all} match {regex}",
    "column_values_to_match_regex_list": "{all} match {match_on} of {regex_list}",
    "column_values_to_match_strftime_format": "{all} are dates in the format {strftime_format}",
    "column_values_to_not_be_in_set": "{none} are among {value_set}",
    "column_values_to_not_be_null": "{all} are present",
    "column_values_to_not_be_outliers": "{none} are outliers",
    "column_values_to_not_match_like_pattern": "{none} are like {like_pattern}",
    "column_values_to_not_match_like_pattern_list": "{none} are like any of {like_pattern_list}",
    "column_values_to_not_match_regex": "{none} match {regex}",
    "column_values_to_not_match_regex_list": "{none} match any of {regex_list}",
    "compound_columns_to_be_unique": "the columns together are unique in {all_rows}",
    "multicolumn_sum_to_equal": "the columns add up to {sum_total} in {all_rows}",
    "multicolumn_values_to_be_equal": "the columns are equal in {all_rows}",
    "query_results_to_match_comparison": "the query's rows are those of a query in {comparison_data_source_name}",
    "select_column_values_to_be_unique_within_record": "the columns differ from one another in {all_rows}",
    "table_column_count_to_be_between": f"the number of columns {_BETWEEN}",
    "table_column_count_to_equal": "the number of columns is {value}",
    "table_columns_to_match_ordered_list": "the columns are, in this order, {column_list}",
    "table_columns_to_match_set": "the columns are {exactly}{column_set}",
    "table_row_count_to_be_between": f"the number of rows {_BETWEEN}",
    "table_row_count_to_equal": "the number of rows is {value}",
    "table_row_count_to_equal_other_table": "there are as many rows as in {other_table_name}",
    "unexpected_rows_expectation": "the query finds no rows",
}
_SUBJECTS = {"column", "column_A", "column_B", "column_list", "condition_parser"}


def subject(expectation: Expectation) -> str:
    """Return what an expectation is about: a column, some columns, or ``the table``."""
    columns = expectation.columns
    if not columns or expectation.type.startswith("expect_table_"):
        return "the table"
    told = ", ".join(str(shown(name, 80)) for name in columns[:_TOLD])
    return told if len(columns) <= _TOLD else f"{told} and {count(len(columns) - _TOLD)} more"


def words(expectation: Expectation) -> str:
    """Return what is expected as a clause. An expectation that is not known is told by its name and arguments."""
    kwargs = expectation.kwargs
    pattern = _WORDS.get(expectation.type.removeprefix("expect_"))
    told = pattern.format_map(_Parts(kwargs)) if pattern else _by_name(expectation)
    condition = kwargs.get("row_condition")
    told = f"{told}, where {shown(condition)}" if condition else told
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST].rstrip()}…"


def limits(kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the least and the greatest value allowed, None where there is no such limit or it is a parameter."""
    low, high = (kwargs.get(name) for name in ("min_value", "max_value"))
    return (None if isinstance(low, Mapping) else low, None if isinstance(high, Mapping) else high)


class _Parts(dict[str, str]):
    """What may stand in a pattern, made when it is asked for."""

    def __init__(self, kwargs: Mapping[str, Any]) -> None:
        super().__init__()
        self.kwargs = kwargs

    def __missing__(self, name: str) -> str:
        make = _PARTS.get(name)
        return make(self.kwargs) if make else _argument(self.kwargs.get(name))


def _range(kwargs: Mapping[str, Any]) -> str:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    strict_low, strict_high = bool(kwargs.get("strict_min")), bool(kwargs.get("strict_max"))
    if low is not None and high is not None and not (strict_low or strict_high):
        return f"{_argument(low)}" if low == high else f"between {_argument(low)} and {_argument(high)}"
    ends = []
    if low is not None:
        ends.append(f"{'greater than' if strict_low else 'at least'} {_argument(low)}")
    if high is not None:
        ends.append(f"{'less than' if strict_high else 'at most'} {_argument(high)}")
    return " and ".join(ends) or "anything"


def _mostly(kwargs: Mapping[str, Any]) -> str | None:
    """Return ``at least 95 %``, or None if all are meant."""
    mostly = kwargs.get("mostly")
    if mostly is None or mostly == 1:
        return None
    return f"at least {figure(100 * mostly)} %" if isinstance(mostly, (int, float)) else f"at least {_argument(mostly)}"


def _all(kwargs: Mapping[str, Any]) -> str:
    share = _mostly(kwargs)
    return f"{share} of values" if share else "all values"


def _none(kwargs: Mapping[str, Any]) -> str:
    mostly = kwargs.get("mostly")
    if isinstance(mostly, (int, float)) and mostly != 1:
        return f"at most {figure(100 * (1 - mostly))} % of values"
    return "no values" if mostly in (None, 1) else f"at most all but {_argument(mostly)} of values"


def _all_rows(kwargs: Mapping[str, Any]) -> str:
    share = _mostly(kwargs)
    return f"{share} of rows" if share else "all rows"


_PARTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "range": _range,
    "all": _all,
    "none": _none,
    "all_rows": _all_rows,
    "or_equal": lambda kwargs: "or equal to " if kwargs.get("or_equal") else "",
    "exactly": lambda kwargs: "" if kwargs.get("exact_match") is not False else "at least ",
    "match_on": lambda kwargs: str(kwargs.get("match_on") or "any"),
    "at_index": lambda kwargs: (
        "" if kwargs.get("column_index") is None else f" at position {_argument(kwargs['column_index'])}"
    ),
}


def _argument(value: Any) -> str:
    if isinstance(value, Mapping) and "$PARAMETER" in value:
        return f"${shown(value['$PARAMETER'], 60)}"
    if isinstance(value, (list, tuple, set, frozenset)):
        listed = list(value)
        told = ", ".join(str(shown(item, 40)) for item in listed[:_TOLD])
        return f"{told} and {count(len(listed) - _TOLD)} more" if len(listed) > _TOLD else told or "nothing"
    return figure(value)


def _by_name(expectation: Expectation) -> str:
    name = visible(expectation.type.removeprefix("expect_").removeprefix("column_").replace("_", " "))
    told = ", ".join(_named(expectation.kwargs))
    return f"{name}: {told}" if told else name


def _named(kwargs: Mapping[str, Any]) -> Iterator[str]:
    for name, value in kwargs.items():
        if name not in _SUBJECTS and name != "row_condition":
            yield f"{shown(name, 40)}={_argument(value)}"
