"""A lab bench for image-classifier architectures.

One way through: errors → data → models → training → runs → jobs → studies → insights → charts → report → ui → pages.
A module imports only what stands left of it; tests/test_layering.py enforces it.
"""

import os

# Before torch loads its threads: ones that spin while they wait slowed training 3.4 times beside a busy page.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Asked the usual way whether there is a GPU, torch begins to use it, and no process forked afterwards can.
os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")

__version__ = "0.3.0.dev0"
