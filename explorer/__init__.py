"""A lab bench for image-classifier architectures.

One direction: errors → data → models → training → runs → jobs → studies → insights → charts → report → ui → pages. A
module imports only what is to the left of it; tests/test_layering.py enforces it.
"""

import os

# Before torch starts its threads: threads that spin while they wait made training 3.4 times slower beside a busy page.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# If torch is asked in the usual way whether there is a GPU, it starts to use it, and forked processes then cannot.
os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")

__version__ = "0.3.0.dev0"
