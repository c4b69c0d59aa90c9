"""Randomized comparisons on real viewers: who sees what, what came of it, and when to stop.

assignment.py   a viewer's arm, the same every time; exposure noted
evidence.py     impressions of an experiment → numbers a viewer and an arm
table.py        evidence → the interval table that people read and decisions are made on
states.py       start, stop, decide: what changes, in one transaction
looks.py        one look at a running experiment: p-values kept, guardrails, automatic stop
"""
