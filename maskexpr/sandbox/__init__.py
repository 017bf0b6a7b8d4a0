"""Programs of strangers, run by worker processes that may be killed."""
