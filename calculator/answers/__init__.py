"""Answers to what planners ask: how small, which mode, how many more, and why."""
