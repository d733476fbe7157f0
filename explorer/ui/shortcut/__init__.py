"""The shortcut lesson: its four steps, and the maker that plants a shortcut."""
