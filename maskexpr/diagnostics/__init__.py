"""What goes wrong, where, and how it is said."""
