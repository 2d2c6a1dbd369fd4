"""Changes that no test can find, or that none should, by module, line and change, and why."""

UNSEEN: dict[str, dict[tuple[str, str], str]] = {}
