"""A program run on many images: which there are, what is done to each, by whom, and what is known of it afterwards."""
