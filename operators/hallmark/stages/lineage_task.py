"""``@task.lineage``: a function that runs as any Python task, with lineage that its author declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk.bases.decorator import DecoratedOperator, task_decorator_factory

from hallmark.stages.lineage import DECLARED, checked, declaration_of, declared_lineage_of, with_assets
from hallmark.stages.links import LINKS_OF_JOBS

if TYPE_CHECKING:
    from airflow.sdk import Context
    from airflow.sdk.bases.decorator import TaskDecorator

__all__ = ["lineage_task"]


def lineage_task(
    python_callable: Callable[..., Any] | None = None,
    *,
    inputs: Any = (),
    outputs: Any = (),
    columns: Mapping[str, Sequence[str]] | None = None,
    multiple_outputs: bool | None = None,
    **kwargs: Any,
) -> TaskDecorator:
    """Run a function as a Python task whose lineage is what is declared, and what Airflow's hooks saw besides.

    Args:
        python_callable: the function.
        inputs, outputs, columns: as of :class:`~hallmark.LineageOperator`; templated.
        multiple_outputs: as of ``@task``.
        kwargs: what every Airflow operator takes.

    Raises:
        StageError: what is declared cannot be meant.

    Example:
        >>> @task.lineage(inputs=Dataset("shop/orders"), outputs="s3://reports/revenue.csv")
        ... def report() -> None: ...
    """
    checked(getattr(python_callable, "__name__", kwargs.get("task_id", "@task.lineage")), inputs, outputs, columns)
    return task_decorator_factory(
        python_callable=python_callable,
        multiple_outputs=multiple_outputs,
        decorated_operator_class=LineageDecoratedOperator,
        inputs=inputs,
        outputs=outputs,
        columns=columns,
        **{
            **kwargs,
            # Here and not in the constructor, so that mapped tasks have them too.
            "inlets": with_assets(kwargs.get("inlets"), inputs),
            "outlets": with_assets(kwargs.get("outlets"), outputs),
        },
    )


class LineageDecoratedOperator(DecoratedOperator, PythonOperator):  # type: ignore[misc]
    """What ``@task.lineage`` makes of a function."""

    template_fields: Sequence[str] = (*PythonOperator.template_fields, *DECLARED)
    template_fields_renderers = PythonOperator.template_fields_renderers
    operator_extra_links = LINKS_OF_JOBS
    custom_operator_name = "@task.lineage"

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Any,
        op_kwargs: Any,
        inputs: Any,
        outputs: Any,
        columns: Any,
        **kwargs: Any,
    ) -> None:
        upstream = {"python_callable": python_callable, "op_args": op_args, "op_kwargs": op_kwargs}
        super().__init__(kwargs_to_upstream=upstream, **upstream, **kwargs)
        self.inputs = inputs
        self.outputs = outputs
        self.columns = columns

    def execute(self, context: Context) -> Any:
        """Run the function, unless what was declared turned out wrong when its templates were rendered."""
        declaration_of(self)
        return super().execute(context)

    def get_openlineage_facets_on_start(self) -> Any:
        """Tell Airflow's OpenLineage provider what is declared."""
        return declared_lineage_of(self)

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """Tell the provider what is declared, and what hooks saw while the function ran."""
        return self._with_hooks(task_instance, "success")

    def get_openlineage_facets_on_failure(self, task_instance: Any) -> Any:
        """Tell the provider the same of a function that failed."""
        return self._with_hooks(task_instance, "failed")

    def _with_hooks(self, task_instance: Any, state: str) -> Any:
        from airflow.providers.openlineage.extractors import ExtractorManager
        from airflow.providers.openlineage.utils.emission_policy import resolve_task_emission_policy

        declared = declared_lineage_of(self)
        policy = resolve_task_emission_policy(operator=self, dag_id=self.dag_id, task_id=self.task_id)
        # Airflow asks its hooks only of a task that tells nothing itself.
        seen = ExtractorManager().get_hook_lineage(task_instance, state) if policy.hook_lineage else None
        if seen is not None:
            declared.inputs = _united(declared.inputs, seen.inputs)
            declared.outputs = _united(declared.outputs, seen.outputs)
        return declared


def _united(declared: Sequence[Any], seen: Sequence[Any]) -> list[Any]:
    """Return what is declared, and after it what hooks saw and nobody declared."""
    known = {(d.namespace, d.name) for d in declared}
    return [*declared, *{(d.namespace, d.name): d for d in seen if (d.namespace, d.name) not in known}.values()]
