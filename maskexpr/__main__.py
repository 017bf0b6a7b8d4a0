"""`python -m maskexpr`."""

from maskexpr.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
