"""A lab bench for image-classifier architectures.

One way through: errors → data → models → training → runs → jobs → studies → insights → charts → ui → pages.
A module imports only what stands left of it; tests/test_layering.py enforces it.
"""

import os

# Before torch loads its threads: ones that spin while they wait slowed training 3.4 times beside a busy page.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

__version__ = "0.2.0"
