"""The Feature maps page: which layer, the tiles, the images that activate a channel most."""
