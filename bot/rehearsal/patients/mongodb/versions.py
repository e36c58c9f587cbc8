"""The MongoDB versions a patient can be of, and what they answer differently.

Sources: release notes and command pages of the MongoDB manual; wire versions from the server's `wire_version.h`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """One release: its full name, the highest wire version it speaks, and its place in the order."""

    text: str
    wire: int

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.text.split("."))

    def since(self, *numbers: int) -> bool:
        """Whether what came with this release is in it."""
        return self.numbers >= numbers

    @property
    def knows_hello(self) -> bool:
        """hello came with 5.0 and, in patch releases, with 4.4.2, 4.2.10 and 4.0.21 (manual, hello)."""
        return self.since(4, 4)


# 4.0.20 and 4.2.8 are from before hello. PyMongo 4.20 asks for 4.4 or later and refuses both by their wire version.
VERSIONS = {
    "4.0": Version("4.0.20", 7),
    "4.2": Version("4.2.8", 8),
    "4.4": Version("4.4.29", 9),
    "6.0": Version("6.0.14", 17),
    "7.0": Version("7.0.12", 21),
    "8.0": Version("8.0.4", 25),
}
