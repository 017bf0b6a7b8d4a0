"""How hot operations touch pixels. Tests prove each equal to what `library` means."""
