"""From a model and images, or from a run's records, to arrays and tables. Import the module you need.

hooks         capture(model, layers), evaluating(model), lock(model): look inside and leave nothing behind
layers        which layers there are, what each puts out, where Grad-CAM looks by default
features      feature maps of a layer, their strength, the dead ones
top_activating  the images that excite each channel of a layer most, and where
embedding     the features before the last linear layer, by PCA and t-SNE (imports scikit-learn for the latter)
filters       weights of a convolution, their norms, statistics per layer
gradients     recorded gradient norms as tables; does the gradient reach the first layer? (needs pandas)
attribution   methods that say where a prediction comes from (import captum when they are called)
explanation_checks  is an explanation true? randomised layers, deletion and insertion, pointing game, noise
check_loss    can a loss from a report be a mean cross-entropy?
out_of_distribution  is an image like those that a network was trained on? digit_out_of_distribution: by the page
predict       probabilities and the best guesses
cost          parameters, multiply-accumulates, expected training time
graph         which layer feeds which, from one forward pass
receptive_field  which pixels a unit can see, and which ones it really looks at
architecture  every layer with its size and cost, the blocks they form, the memory of training; networks compared
published     torchvision's figures of VGG and ResNet on ImageNet (imports torchvision when it is called)
learning_curves  curves over epochs, steps or seconds as tables: smoothed, pooled by group (needs pandas)
grouping      which runs belong together: by model, data, or any setting in which they differ
statistics    Wilson, exact McNemar, sign flips, paired bootstrap, Welch, Student, Holm
findings/     sentences measured from runs, each with its rule, threshold and numbers: curves, comparisons, tests

Nothing is imported here, so that a page that shows filters waits for neither captum nor pandas.
"""
