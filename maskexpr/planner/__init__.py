"""From a checked program to a plan: rewritten, costed, each step with the way it runs."""
