"""What pages share: navigation, pickers, cached loaders with their lock, empty states, the live view of training."""
