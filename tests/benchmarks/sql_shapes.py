"""SQL of any length for benchmarks of column lineage: WITH entries over each other, joins, windows, cases, sums."""

from __future__ import annotations

from itertools import count, islice

from hallmark.dataset import Column, DatasetVersion

__all__ = ["TABLES", "long_query", "relations"]

# Tables that the queries read, and their columns.
TABLES: dict[str, tuple[str, ...]] = {
    "orders": ("order_id", "customer_id", "status", "amount", "discount", "ordered_at"),
    "customers": ("customer_id", "name", "segment", "country", "since"),
    "returns": ("order_id", "reason", "refund", "returned_at"),
}

_ENTRY = """
step_{n} as (
    select
        p.order_id,
        p.customer_id,
        upper(trim(p.status)) as status,
        p.amount * (1 - coalesce(p.discount, 0)) + {n} as amount,
        p.discount,
        p.ordered_at,
        case
            when p.amount > {n} and c.segment = 'retail' then c.country
            when r.refund is not null then r.reason
            else 'none'
        end as label_{n},
        sum(p.amount) over (
            partition by p.customer_id
            order by p.ordered_at
        ) as running_{n},
        (select max(x.refund) from returns as x where x.order_id = p.order_id) as refund_{n}
    from {before} as p
    left join customers as c on c.customer_id = p.customer_id
    left join returns as r on r.order_id = p.order_id
    where p.amount between {n} and 1000
      and c.country in ('AT', 'BE', 'DE')
)"""
_END = """
select
    status,
    count(*) as orders,
    sum(amount) as amount,
    max(running_{n}) as running,
    min(label_{n}) as label
from step_{n}
group by status
having sum(amount) > 0
order by amount desc"""


def long_query(lines: int) -> str:
    """Return one query of at least so many lines, and at most one WITH entry more."""
    height = _ENTRY.count("\n")
    entries = -(-max(lines - _END.count("\n"), 1) // height)
    befores = ("orders" if n == 0 else f"step_{n - 1}" for n in count())
    steps = [_ENTRY.format(n=n, before=before) for n, before in enumerate(islice(befores, entries))]
    return "with" + ",".join(steps) + _END.format(n=entries - 1)


def relations() -> dict[str, DatasetVersion]:
    """Return the tables as versions, for ``column_lineage``."""
    return {
        name: DatasetVersion(
            f"shop/{name}", "file", f"/lake/{name}", "1", columns=tuple(Column(c, "VARCHAR") for c in columns)
        )
        for name, columns in TABLES.items()
    }
