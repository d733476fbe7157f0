"""What a layer sees of an image: how much of it each unit can see, and how many of its maps are not dead."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.insights.features import dead_maps
from explorer.insights.receptive_field import Field, visible
from explorer.text import plural


@dataclass(frozen=True)
class LayerView:
    """What a layer of a network sees of one image."""

    name: str  # of the network
    layer: str
    maps: np.ndarray  # float32 (channels, h, w); (units, 1, 1) for a flat layer
    field: Field
    size: int  # side of the image in pixels


def layers_see(views: Sequence[LayerView]) -> str:
    """How much of the image a unit of each layer sees and, after a line break, how many maps show anything of it.

    What holds for all networks is said once. One image cannot show that a dead map is dead for others.
    """
    fields = {(each.layer, visible(each.field, each.maps.shape[-1], each.size)) for each in views}
    if len(fields) == 1 and len(views) > 1:
        ((layer, sees),) = fields
        every = "both networks" if len(views) == 2 else f"all {len(views)} networks"
        answer = f"A unit of {layer} sees {sees} in {every}"
    else:
        clauses = [
            f"a unit of {each.layer} in {each.name} sees {visible(each.field, each.maps.shape[-1], each.size)}"
            for each in views
        ]
        answer = "; ".join(clauses)
        answer = f"A{answer[1:]}"
    return f"{answer}.\n{' '.join(f'{each.name}: {_shown(each.maps)}.' for each in views)}"


def _shown(maps: np.ndarray) -> str:
    """How many of the maps are not dead. A clause without its full stop."""
    many = len(maps)
    flat = maps.shape[1:] == (1, 1)
    noun = "units" if flat else "maps"
    dead = int(dead_maps(maps[None])[0].sum())
    if dead == many:
        every = f"the only {noun[:-1]} is" if many == 1 else f"all {many} {noun} are"
        return f"{every} dead for this image"
    alive = many - dead
    one, several = ("is not zero", "are not zero") if flat else ("shows something", "show something")
    text = f"{alive} of {plural(many, noun[:-1])} {one if alive == 1 else several}"
    if dead:
        text += f", {dead} {'is' if dead == 1 else 'are'} dead for this image"
    return text
