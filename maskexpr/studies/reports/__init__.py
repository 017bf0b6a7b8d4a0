"""What a person sees of a study: pages of small pictures, and a page to find in what is odd."""
