"""From a model and images, or from a run's records, to arrays and tables. Import the module you need.

hooks         capture(model, layers), evaluating(model), lock(model): look inside and leave nothing behind
layers        which layers there are, what each puts out, where Grad-CAM looks by default
features      feature maps of a layer, their strength, the dead ones
filters       weights of a convolution, their norms, statistics per layer
gradients     recorded gradient norms as tables; does the gradient reach the first layer? (needs pandas)
attribution   Grad-CAM (imports captum when it is called)
predict       probabilities and the best guesses
cost          parameters, multiply-accumulates, expected training time

Nothing is imported here, so that a page that shows filters waits for neither captum nor pandas.
"""
