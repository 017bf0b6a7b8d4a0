"""For authors of hosts and of their functions: what checks a function, and strategies that make programs and arrays."""
