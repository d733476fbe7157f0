"""What pages share: the page itself, caches, display, navigation. Rooms: pickers, components, and one for each page or
section."""
