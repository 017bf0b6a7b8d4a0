"""Programs, pictures and results on disk."""
