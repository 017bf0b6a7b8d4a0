"""The language: its syntax, the bounds on a text, and how a text is parsed."""
