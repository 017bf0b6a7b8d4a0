"""Values shown to a person."""
