"""Which picture shows a finding: a panel of explorer.ui.study_panels for each kind."""

PICTURES = {
    "divergence": "steps",
    "collapse": "steps",
    "unlearned": "steps",
    "gradients": "gradients",
    "dead units": "dead units",
    "over-fitting": "loss",
    "without a number": "steps",
    "spikes": "steps",
    "plateau": "loss",
    "lowest validation loss": "loss",
    "degradation": "training loss",
    "test accuracy": "test",
    "speed": "time",
    "ahead": "accuracy",
    "step noise": "noise",
    "norm statistics": "norm statistics",
}
