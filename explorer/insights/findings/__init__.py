"""Sentences measured from runs, each with its rule, threshold and numbers. Import the module you need.

collect       findings(trials): all of them; leaders(trials): which variant is more accurate
study         of the runs of one study, what it expects first; nothing_found: denied with the figures
finding       Finding, the sentence with what it rests on; wording: its numbers and lists
trial         Trial, what a finding is measured from: one run; variants: trials by label

accuracy      which variant is more accurate, by seeds and by images; leading: before the test
pairwise_tests  which trained networks differ on the same test images: McNemar, bootstrap, Holm
comparisons   speed, costs and degradation of variants against each other
transfer      what another network's weights gain; transfer_gains: the gains
step_noise    the noise of single steps at an equal loss
norms         accuracy with recomputed and running batch-norm statistics
pointing      which explanation points at the object more often
mistakes      what a network gets wrong, whether it is calibrated, whether another one differs
gradients, feature_maps, filters, embedding, saliency   what a page of one network answers
explanation_checks  whether a test trusts an explanation; training: whether a run has learned
perceptron    what a single neuron can learn of its points, and why

curves        what one run's curves show: over-fitting, plateaus, divergence …; steps, spikes, layers: their rules
marks         where on a curve that is; noise: how far a curve wavers; step_size: which learning rate to try
"""
