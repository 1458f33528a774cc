"""What Airflow reads of this provider."""

from __future__ import annotations

from typing import Any

from hallmark import __version__
from hallmark.config import OPTIONS

# Classes of hallmark.stages.links, by name: what is only listed here need not be imported.
LINKS = ("QualityLink", "LineageLink", "MlflowLink", "MarquezLink")


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description in the shape of Airflow's ``provider_info.schema.json``."""
    return {
        "package-name": "airflow-provider-hallmark",
        "name": "Hallmark",
        "description": "Pipelines that publish only what passed, with lineage, receipts and models.",
        "versions": [__version__],
        "db-managers": ["hallmark.dbmanager.CatalogDBManager"],
        "asset-uris": [
            {
                "schemes": ["hallmark"],
                "handler": "hallmark.stages.assets.sanitize_uri",
                "to_openlineage_converter": "hallmark.stages.assets.to_openlineage",
            }
        ],
        "extra-links": [f"hallmark.stages.links.{name}" for name in LINKS],
        "task-decorators": [{"name": "lineage", "class-name": "hallmark.stages.lineage_task.lineage_task"}],
        "config": {
            "hallmark": {
                "description": "Where Hallmark keeps datasets, models and its catalog.",
                "options": {
                    option.name: {
                        "description": option.description,
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": None,
                        # Empty here: Hallmark fills the default itself, below the AIRFLOW_HOME of the process.
                        "default": "",
                        "sensitive": option.sensitive,
                    }
                    for option in OPTIONS
                },
            }
        },
    }
