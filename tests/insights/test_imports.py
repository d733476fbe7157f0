"""A page that shows filters waits for neither captum nor pandas."""

import subprocess
import sys

LIGHT = ("", ".hooks", ".layers", ".features", ".filters", ".attribution", ".explanation_checks", ".predict", ".cost")


def test_only_gradients_needs_pandas_and_nothing_captum():
    imports = "; ".join(f"import explorer.insights{module}" for module in LIGHT)
    heavy = "{'captum', 'pandas', 'torchvision', 'altair', 'streamlit'}"
    code = f"import sys; {imports}; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
