"""Checks of the sources: ``python -m web.lint``; ``--rules`` prints what they demand.

Reads text only and takes a few seconds. Each finding is ``file:line: RULE what is wrong; how to
mend it``, and nothing can be silenced: a rule that is wrong somewhere is wrong, and is mended here.
What lessons do not meet yet stands in `web.lint.pending`.

`form` and `cells` look at lessons, `po` at their Korean, `korean` and `english` at prose, `guides`
at the hand-written pages, `tables` at terms and words. The terms themselves are in ``glossary/``.
"""
