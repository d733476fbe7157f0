"""Home: cards with pictures of the runs, and the portraits that some of them are drawn from."""
