"""Which panel shows a finding: one of explorer.ui.study.panels for each kind that runs of a study can have.

The Transfer and Checks pages draw their own findings.
"""

PANEL_OF = {
    "divergence": "steps",
    "collapse": "steps",
    "unlearned": "steps",
    "gradients": "gradients",
    "dead units": "dead units",
    "over-fitting": "loss",
    "without a number": "steps",
    "spikes": "steps",
    "plateau": "loss",
    "best epoch": "accuracy",
    "degradation": "training loss",
    "test accuracy": "test",
    "validation accuracy": "accuracy",
    "speed": "time",
    "ahead": "accuracy",
    "step noise": "noise",
    "norm statistics": "norm statistics",
}
