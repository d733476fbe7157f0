"""Home: cards with pictures of the runs, and the portraits that some of the pictures are made from."""
