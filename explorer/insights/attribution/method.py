"""What is known about a method before it is used."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc

from explorer.errors import UserError
from explorer.insights.attribution.requirements import Requirement, any_network, convolution
from explorer.insights.attribution.result import Attribution
from explorer.insights.layers import default_cam_layer
from explorer.models.network import Network


@dataclass(frozen=True)
class Method:
    """An entry of METHODS."""

    title: str
    function: Callable[..., Attribution]
    unit: str  # of the map's values
    signed: bool  # the map has values below zero, which count against the class
    needs_layer: bool = False  # it uses the maps of a layer, so it needs a convolutional network
    needs: Requirement = any_network  # what else it needs

    def why_not(self, network: Network) -> str | None:
        """Why it cannot explain such a network, in a sentence that says what to do instead; None if it can.

        Nothing is computed: the check uses a model without weights.
        """
        model = network.on_meta()
        reason = (convolution(model, self.title) if self.needs_layer else None) or self.needs(model, self.title)
        if reason or not self.needs_layer:
            return reason
        try:
            default_cam_layer(model, network.channels, network.size)
        except UserError as error:  # its maps are too small
            return str(error)
        return None

    @property
    def help(self) -> str:
        """The help text, a paragraph each: what it computes, its cost, when it does not apply."""
        return getdoc(self.function) or ""
