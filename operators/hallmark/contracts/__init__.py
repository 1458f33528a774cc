"""Data contracts: what a dataset promises, in one YAML file in the form of the Open Data Contract Standard."""

from hallmark.contracts.changes import Change
from hallmark.contracts.check import Fault, check_read, expectations_of, require_readable, stale
from hallmark.contracts.diff import diff
from hallmark.contracts.odcs import load_contract, read_contract, with_suite
from hallmark.contracts.values import Contract, Rule
from hallmark.contracts.writing import to_odcs

__all__ = [
    "Change",
    "Contract",
    "Fault",
    "Rule",
    "check_read",
    "diff",
    "expectations_of",
    "load_contract",
    "read_contract",
    "require_readable",
    "stale",
    "to_odcs",
    "with_suite",
]
