"""What Marquez's clients and its web pages ask for, in Marquez's words, answered from Hallmark's store."""

from __future__ import annotations
