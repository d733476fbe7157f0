"""What pages share: the page layout, caches, display, navigation. Subfolders: pickers, components, and one for each
page or section."""
