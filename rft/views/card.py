"""A place on a picture of a dashboard."""

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch


@dataclass(frozen=True, slots=True)
class Card:
    """A widget's place on the picture, in inches from the lower left corner."""

    figure: Figure
    left: float
    bottom: float
    width: float
    height: float

    def axes(self, *, left: float, bottom: float, right: float, top: float) -> Axes:
        """Axes that leave this much of the card free at each side."""
        wide, high = self.figure.get_size_inches()
        size = (max(self.width - left - right, 0.1) / wide, max(self.height - bottom - top, 0.1) / high)
        return self.figure.add_axes(((self.left + left) / wide, (self.bottom + bottom) / high, *size))

    def part(self, left: float, from_top: float, width: float, height: float) -> "Card":
        """A place within the card."""
        bottom = self.bottom + self.height - from_top - height
        return Card(self.figure, self.left + left, bottom, width, height)

    def fill(self, colour: str, edge: str = "none") -> None:
        background = self.axes(left=0, bottom=0, right=0, top=0)
        background.set_axis_off()
        shape: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=0.01", "transform": background.transAxes}
        background.add_patch(FancyBboxPatch((0, 0), 1, 1, facecolor=colour, edgecolor=edge, clip_on=False, **shape))

    def text(self, x: float, from_top: float, text: str, **options: Any) -> None:
        wide, high = self.figure.get_size_inches()
        position = ((self.left + x) / wide, (self.bottom + self.height - from_top) / high)
        self.figure.text(*position, text, **{"va": "top", "parse_math": False, **options})
