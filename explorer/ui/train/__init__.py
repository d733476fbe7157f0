"""The Train page: from options to a run, the runs in training, where they train and how long."""
