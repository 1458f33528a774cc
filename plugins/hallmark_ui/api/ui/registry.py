"""Models: the list, a model's versions, a version's card, and versions side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Path, Query
from sqlalchemy import Connection

from hallmark.catalog.pages import Reach, models
from hallmark.catalog.pages.model_values import Comparison, ModelItem, ModelPage, ModelVersionPage
from hallmark_ui.api.parameters import absent
from hallmark_ui.api.ui import lake
from hallmark_ui.api.ui.listing import Listing, Several, WindowDep, router_of
from hallmark_ui.api.ui.models import Figures, ModelVersionView
from hallmark_ui.api.ui.people import PagesDep
from hallmark_ui.api.ui.rows import IN_THE_LAKE, in_the_lake

__all__ = ["router"]

router = router_of("models")

ModelName = Annotated[str, Path(max_length=4000, examples=["flight_delay"])]
VersionName = Annotated[str, Path(max_length=500, examples=["3"])]


@router.get("/models", summary="Models")
def get_models(
    pages: PagesDep,
    window: WindowDep,
    owner: Several,
    search: Annotated[str | None, Query(max_length=1000, description="A part of the name.")] = None,
) -> Listing[ModelItem]:
    """List models by name, each with its champion and the version that challenges it."""
    return Listing[ModelItem](
        **vars(pages(lambda c, reach: models.models_page(c, window, reach, search=search or None, owners=owner)))
    )


@router.get("/models/{model:name}", summary="One model")
def get_model(pages: PagesDep, model: ModelName) -> ModelPage:
    """Return a model with its newest versions and what they were trained on."""
    found = pages(lambda connection, reach: models.model_page(connection, model, reach))
    if found is None:
        raise absent("model", model)
    return found


@router.get("/models/{model:name}/comparison", summary="Versions side by side")
def get_comparison(
    pages: PagesDep,
    model: ModelName,
    version: Annotated[
        list[str], Query(min_length=2, max_length=5, description="Two to five of them.", examples=[["3", "4"]])
    ],
) -> Comparison:
    """Return versions of a model side by side: figures, data, and what differs of parameters and packages."""
    found = pages(lambda connection, reach: models.comparison(connection, model, version, reach))
    if found is None:
        raise HTTPException(404, f"The model {model[:200]!r} does not have all of these versions.")
    return found


@router.get("/models/{model:name}/versions/{version:name}", summary="A version's card")
def get_model_version(pages: PagesDep, model: ModelName, version: VersionName) -> ModelVersionView:
    """Return what a version predicts from what, how it was trained on what, and what judged it."""

    found = pages(lambda connection, reach: _version(connection, reach, model, version))
    return ModelVersionView(**vars(found), node=f"dataset:{found.namespace}:{found.location}")


@router.get(
    "/models/{model:name}/versions/{version:name}/slices", summary="A version's evaluation", responses=IN_THE_LAKE
)
def get_slices(pages: PagesDep, model: ModelName, version: VersionName) -> Figures:
    """Return the figures of a version's evaluation: over all rows, and of each slice."""
    pages(lambda connection, reach: _version(connection, reach, model, version))
    dataset = f"{model}/evaluation"
    with in_the_lake():
        found = lake.figures(dataset, version)
    return Figures(dataset=dataset, columns=list(found[0]) if found else [], rows=found)


def _version(connection: Connection, reach: Reach, model: str, version: str) -> ModelVersionPage:
    found = models.model_version_page(connection, model, version, reach)
    if found is None:
        raise absent(f"version of {model[:200]}", version)
    return found
