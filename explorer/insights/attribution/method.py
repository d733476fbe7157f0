"""What can be said about a method before it is used."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc

from explorer.insights.attribution.result import Attribution


@dataclass(frozen=True)
class Method:
    """An entry of METHODS."""

    title: str
    function: Callable[..., Attribution]
    unit: str  # of the map's values
    signed: bool  # the map has values below zero, which speak against the class
    needs_layer: bool = False  # it looks at the maps of a layer, so it needs a convolutional network

    @property
    def help(self) -> str:
        """The text to show beside it, a paragraph each: what it computes, its cost, when it does not apply."""
        return getdoc(self.function) or ""
