"""The rules that lessons do not meet yet, by page: it can only shrink.

A test fails for a rule that a page does meet, so who mends a lesson takes the rule out here.
"""

from __future__ import annotations

PENDING: dict[str, set[str]] = {}
