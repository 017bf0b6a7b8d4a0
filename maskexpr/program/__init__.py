"""A checked program as steps, and what can be said of them."""
