"""How a number comes about: what is asked for, its rule as far as it counts, the steps to it."""
