"""The Feature maps page: the choice of a layer, the tiles, and the images that activate a channel most."""
