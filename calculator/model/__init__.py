"""What is computed: the models, their expressions and the engine. Knows no file."""
