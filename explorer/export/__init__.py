"""Export runs in forms that other programs read, and import runs from other machines."""
