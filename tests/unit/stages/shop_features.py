"""Transformations that a DAG names by their import path."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

NOT_A_FUNCTION = 1


def by_country(o: pl.LazyFrame, c: pl.LazyFrame, least: float = 0.0) -> pl.LazyFrame:
    """Sum the paid amounts of each region."""
    import polars as pl

    paid = o.filter(pl.col("amount") > least).join(c, left_on="country", right_on="code", how="left")
    return paid.group_by("region").agg(pl.col("amount").sum(), pl.len().cast(pl.Int64).alias("orders")).sort("region")
