"""How well masks agree with others, pair by pair: what is measured, and what is said of all pairs."""
