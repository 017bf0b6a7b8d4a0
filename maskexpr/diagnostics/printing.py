"""What is not our own text, a name of a file say, as it is shown."""


def printable(text: str) -> str:
    """The text on one line, safe for a terminal: what cannot be printed is escaped."""
    text = str.__str__(text)  # a class made of texts may show anything
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
