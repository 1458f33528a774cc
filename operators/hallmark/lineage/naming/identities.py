"""What a URI, a model or a dataset of Hallmark's is called in lineage."""

from __future__ import annotations

from hallmark.lineage.naming.addresses import Address, address_of, authority_of
from hallmark.lineage.naming.normal import namespace_of, normal

__all__ = ["hallmark_identity", "model_identity", "table_identity"]


def table_identity(uri: str) -> tuple[str, str]:
    """Return namespace and name of what a URI addresses.

    That is a folder or a file (``/lake/flights``, ``s3://bucket/prefix``), a table (``postgres://host/db/schema/table``,
    as Airflow's assets have it), a topic (``kafka://broker/topic``) or any other resource.
    """
    address = address_of(uri)
    if address is None:
        return normal("file", uri)
    system = address.system
    if system is None:
        return normal(f"{address.scheme}://{authority_of(address)}", address.path.strip("/"))
    if system.shape != "tables":
        return normal(namespace_of(address), address.path)
    if system.authority == "file":
        # A database's file and the table in it.
        file, _, table = address.path.rpartition("/")
        return normal(namespace_of(Address(address.scheme, address.authority, file, system)), table)
    whole = f"{address.authority}{address.path}" if system.authority == "none" else address.path
    return normal(namespace_of(address), ".".join(filter(None, whole.split("/"))))


def model_identity(tracking_uri: str, installation: str, model: str) -> tuple[str, str]:
    """Return namespace and name of a registered model: the registry's address, or the installation's name."""
    address = address_of(tracking_uri)
    if address is not None and address.scheme in {"http", "https"}:
        return f"mlflow://{authority_of(address) or 'localhost'}", model
    return f"mlflow://{installation}", model


def hallmark_identity(installation: str, name: str) -> tuple[str, str]:
    """Return the identity that a dataset or a model has beside its storage's: Hallmark's own name for it."""
    return f"hallmark://{installation}", name
