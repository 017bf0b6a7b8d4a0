"""Worker processes and how they are talked with: what studies and sandboxes share."""
