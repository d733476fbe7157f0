"""The Perceptron page: its points, and what it says about them."""
