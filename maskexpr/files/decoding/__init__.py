"""What formats are made of: what one declares, the bounds it keeps to, and what several of them share."""
