"""What is known of a value before a pixel is read."""
