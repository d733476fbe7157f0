"""`python -m benchmarks.pages [VIEW…]`: how long pages take, for a small network, for 110 layers and for 134 M weights.

Three times of each view, in milliseconds of the whole script run, as medians of `--rounds`:
first view (no cache holds anything, imports are done), a new layer (the weights are there, the layer is looked at for
the first time), and the warm rerun (nothing has changed). Beside each, in brackets, the CPU time of all threads, which
says more than the clock when others work on the machine. The pages run in this process as a server would run them; the
browser is not in it. Goals: 400 ms for a warm rerun, 1,500 ms for a new layer, on two cores.
"""

import argparse
import gc
import logging
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the app has it

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.one_step import one_step
from explorer.insights.layers import conv_layers
from explorer.runs import Run
from explorer.ui.serving import warm

ROOT = Path(__file__).parents[1]
NETWORKS = {
    "residual_cnn": ("residual_cnn", {}),
    "resnet110": ("resnet110", {}),
    "vgg16, 4096-wide head": ("vgg16", {"head": "imagenet"}),
}
LOOK = "pages/look_inside"
Times = list[tuple[float, float]]  # seconds by the clock, and of all threads' CPU


@dataclass(frozen=True)
class View:
    """A page as a link opens it."""

    page: str
    query: dict[str, str] = field(default_factory=dict)
    layer: bool = True  # whether it looks at a layer that can be chosen


RUNS = {"look-at": "runs"}
VIEWS = {
    "architecture: diagram": View(f"{LOOK}/architecture.py", {**RUNS, "part": "diagram"}),
    "architecture: table": View(f"{LOOK}/architecture.py", {**RUNS, "part": "table"}),
    "architecture: receptive field": View(f"{LOOK}/architecture.py", {**RUNS, "part": "receptive field"}),
    "gradients": View(f"{LOOK}/gradients.py", layer=False),
    "filters": View(f"{LOOK}/filters.py", layer=False),
    "feature maps": View(f"{LOOK}/feature_maps.py"),
    "feature maps: top-activating images": View(
        f"{LOOK}/feature_maps.py", {"maps-part": "images that excite a channel"}
    ),
    "embedding": View(f"{LOOK}/embedding.py"),
}


def main() -> None:
    """Prints a line for each view and network: milliseconds by the clock, and of CPU."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.partition("\n")[0])
    parser.add_argument("views", nargs="*", metavar="VIEW", help=f"of: {', '.join(VIEWS)}; or how they begin (all)")
    parser.add_argument("--network", choices=NETWORKS, help="one of them (all)")
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    chosen = [name for name in VIEWS if not given.views or name.startswith(tuple(given.views))]
    _quiet_server()
    heads = ("first view", "new layer", "warm rerun")
    print(f"{'view':32s} {'network':24s}", *(f"{head:>18s}" for head in heads), f" n = {given.rounds}")
    for network, (model, options) in NETWORKS.items():
        if given.network in (None, network):
            with tempfile.TemporaryDirectory() as folder:
                os.environ["EXPLORER_CHECKPOINTS"] = folder
                run = one_step(given.dataset, model, **options)
                for name in chosen:
                    times = map(_middle, measure(VIEWS[name], run, given.rounds))
                    print(f"{name:32s} {network:24s}", *(f"{each:>18s}" for each in times), flush=True)


def measure(view: View, run: Run, rounds: int) -> tuple[Times, Times, Times]:
    """Of (first view, new layer, warm rerun)."""
    opened(view, run)  # imports, once
    gc.collect()
    gc.freeze()  # as explorer.ui.serving.warm does behind the first page
    first = []
    for _ in range(rounds):
        st.cache_data.clear()
        st.cache_resource.clear()
        app, seconds = opened(view, run)
        first.append(seconds)
    new = [_new_layer(app, run, layer) for layer in _spread(run, rounds)] if view.layer else []
    _timed(app)
    return first, new, [_timed(app) for _ in range(rounds)]


def opened(view: View, run: Run) -> tuple[AppTest, tuple[float, float]]:
    """The app at the view, and the times of its page alone."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for name, value in {**view.query, "runs": run.id}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(view.page)
    return app, _timed(app)


def _timed(app: AppTest) -> tuple[float, float]:
    began, spent = time.perf_counter(), time.process_time()
    app.run()
    seconds = time.perf_counter() - began, time.process_time() - spent
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return seconds


def _new_layer(app: AppTest, run: Run, layer: str) -> tuple[float, float]:
    app.session_state[f"layer-{run.config.model}"] = layer
    return _timed(app)


def _spread(run: Run, rounds: int) -> list[str]:
    """Convolutions from the first to the last one."""
    names = conv_layers(run.network.on_meta())
    return [names[round(number * (len(names) - 1) / max(rounds - 1, 1))] for number in range(rounds)]


def _middle(times: Times) -> str:
    if not times:
        return "–"
    wall, cpu = (1e3 * statistics.median(each) for each in zip(*times, strict=True))
    return f"{wall:,.0f} ms ({cpu:,.0f})"


def _quiet_server() -> None:
    """No worker, no imports behind the page that is being timed, no word on the missing server."""
    logging.disable(logging.WARNING)
    warm.in_background = lambda: None


if __name__ == "__main__":
    main()
