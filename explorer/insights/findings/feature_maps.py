"""What a layer sees of an image: how much of it each unit can see, and how many of its maps show anything."""

import numpy as np

from explorer.insights.features import dead_maps
from explorer.insights.receptive_field import Field, visible
from explorer.text import plural


def sees(name: str, layer: str, maps: np.ndarray, field: Field, size: int) -> str:
    """`maps`: float32 (channels, h, w) of one image of `size` pixels; (units, 1, 1) of a flat layer. A clause without
    its full stop. One image cannot show that a dead map is dead for others."""
    many, units = len(maps), maps.shape[-1]
    flat = maps.shape[1:] == (1, 1)
    noun = "units" if flat else "maps"
    dead = int(dead_maps(maps[None])[0].sum())
    text = f"a unit of {layer} in {name} sees {visible(field, units, size)}"
    if dead == many:
        every = f"the only {noun[:-1]} is" if many == 1 else f"all {many} {noun} are"
        return f"{text}; {every} dead for this image"
    alive = many - dead
    one, several = ("is not zero", "are not zero") if flat else ("shows something", "show something")
    verb = one if alive == 1 else several
    text += f"; {alive} of {plural(many, noun[:-1])} {verb}"
    if dead:
        text += f", {dead} {'is' if dead == 1 else 'are'} dead for this image"
    return text
