"""The lecture that comes with the app: 45 minutes from the perceptron to the shortcut, on the two sample runs.

Its sentences contain no numbers: the pages show those of the runs. One view trains a network and says so.
"""

from explorer.lecture.views import Lecture, View

_PAIR = ("sample-residual", "sample-plain")
_ONE = ("sample-residual",)

SAMPLE = Lecture(
    "From the perceptron to the shortcut",
    (
        View(
            "perceptron",
            {"points": ("AND",)},
            "One neuron draws one straight line",
            "A neuron adds up its inputs, each times a weight, and fires if the sum is above zero. The points where it "
            "is zero lie on a straight line.\n"
            "Play the corrections: each wrong point pulls the line towards its own side.\n"
            "Ask: will the corrections always come to an end?",
            4,
        ),
        View(
            "perceptron",
            {"points": ("XOR",)},
            "No line separates XOR",
            "Let the class draw a line by hand first.\nThe rule never stops, and its weights go round in a cycle.\n"
            "The way out is a second layer. How many layers can one stack? That is the question of the next views.",
            4,
        ),
        View(
            "architecture",
            {"architectures": ("residual_cnn",)},
            "A skip adds a block's input to its output",
            "The image enters at the top. A frame is a block, the line beside it the skip; they meet at the +.\n"
            "The next views compare two networks of 32 layers with the same convolutions: one has such skips.\n"
            "Ask: which one learns better, and why? Take a vote before you go on.",
            4,
        ),
        View(
            "curves",
            {"runs": _PAIR},
            "Depth alone does not help",
            "Compare the training losses first: the network without skips is worse on the images it was trained on. "
            "That is not over-fitting: it is harder to train.\nSay what one pair of runs cannot show: another seed may "
            "give other curves. The study “degradation” repeats it.",
            5,
        ),
        View(
            "gradients",
            {"runs": _PAIR, "at": ("1",)},
            "Skips change how the gradient flows",
            "The first layer is on the left, the last on the right. Learning needs a gradient that reaches the left "
            "end.\n"
            "Step through the epochs with the arrow keys: does the difference stay?",
            5,
        ),
        View(
            "filters",
            {"runs": _ONE},
            "Do the first filters look for edges?",
            "A kernel responds where the image looks like the kernel. Let the class say what each may look for.\n"
            "The small print gives the same share for random weights. Step back to epoch 0 with the arrow keys: how "
            "much did training change? Small kernels can look like edges by chance.",
            3,
        ),
        View(
            "feature_maps",
            {"runs": _ONE},
            "A layer turns an image into maps",
            "Each map is the response of one filter at every place in the image.\n"
            "Step through the images with the arrow keys: which maps stay empty?",
            3,
        ),
        View(
            "mistakes",
            {"runs": _PAIR},
            "Right on average, wrong on what?",
            "Each row is a true class, each column a prediction; the diagonal is right.\n"
            "Ask: which digits would you mix up yourself?",
            3,
        ),
        View(
            "shortcut",
            {},
            "Train a network with a flaw in its data",
            "This view needs a network that takes less than a minute to train on two cores: press “Train a network on "
            "these images” at the bottom, then go on; it trains while you speak. If a network has been trained before, "
            "its first step is shown instead.\nAsk: what gives the class away in these images?",
            2,
        ),
        View(
            "saliency",
            {"runs": _PAIR, "methods": ("occlusion",)},
            "Where does a prediction come from?",
            "A black square covers one place after another; the map is orange where covering lowers the logit.\n"
            "Step through the images. A map shows where the evidence lies, not whether it is sound.",
            4,
        ),
        View(
            "checks",
            {"runs": _ONE, "method": ("input-x-gradient",), "test": ("randomisation",)},
            "Does the map depend on the network at all?",
            "The layers get random weights, one after another from the top. A map of what was learned must change.\n"
            "A map that stays the same shows the image, not the network.",
            3,
        ),
        View(
            "shortcut",
            {"step": ("1",)},
            "All curves look good",
            "The same network again. The validation images share the flaw, so no curve can show it.",
            1,
        ),
        View(
            "shortcut",
            {"step": ("2",)},
            "The map raises a suspicion",
            "Where does the evidence lie: on the object or on the mark?\nA suspicion is no proof.",
            1,
        ),
        View(
            "shortcut",
            {"step": ("3",)},
            "Its mistakes name the rule",
            "Look at what it predicts where mark and object disagree.",
            1,
        ),
        View(
            "shortcut",
            {"step": ("4",)},
            "A clean split settles it",
            "Only images collected in another way can settle it.\n"
            "Last question to the class: which mark may be in the data that you use?",
            2,
        ),
    ),
)
