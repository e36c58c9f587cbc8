"""What lies in a patient: databases, collections, their indexes, and what becomes of those in an illness.

A shop that takes orders, beside it the canary that a look may read. The sizes are invented, the shapes are a server's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.sight import Sight
from bot.rehearsal.patients.mongodb.wire import Document

CANARY = ("healthcheck", "canary")
REBUILT = ("shop", "orders")  # where index-half-built happens
BUILT_EACH_S = 0.001  # of the whole


@dataclass(frozen=True)
class Index:
    """One index: name, key, and how far it is built (1.0: ready)."""

    name: str
    key: dict[str, int]
    unique: bool = False
    built: float = 1.0

    @property
    def spec(self) -> Document:
        told: Document = {"v": 2, "key": dict(self.key), "name": self.name}
        return told | {"unique": True} if self.unique else told


ID = Index("_id_", {"_id": 1})
OLD_INDEX = Index("status_1", {"status": 1})
NEW_INDEX = Index("status_1_created_-1", {"status": 1, "created": -1})


@dataclass(frozen=True)
class Collection:
    """One collection: how many documents, how large one is, and its indexes."""

    count: int
    document_bytes: int
    indexes: tuple[Index, ...] = (ID,)


@dataclass(frozen=True)
class Database:
    """One database with its collections by name."""

    collections: dict[str, Collection] = field(default_factory=dict)

    @property
    def data_bytes(self) -> int:
        return sum(one.count * one.document_bytes for one in self.collections.values())


def databases(sight: Sight) -> dict[str, Database]:
    """Everything that lies in this member now."""
    orders = (ID, Index("customer_1_created_-1", {"customer": 1, "created": -1}), OLD_INDEX)
    webhooks = (ID, Index("next_attempt_1", {"next_attempt": 1}), Index("order_1", {"order": 1}))
    kept = {
        "admin": {"system.version": Collection(2, 59)},
        "config": {"system.sessions": Collection(41, 99, (ID, Index("lsidTTLIndex", {"lastUse": 1})))},
        CANARY[0]: {CANARY[1]: Collection(1, 48)},
        "local": {"startup_log": Collection(3, 2133)},
        "shop": {
            "customers": Collection(1_204_118, 612, (ID, Index("email_1", {"email": 1}, unique=True))),
            "orders": Collection(4_812_330, 1480, orders),
            "webhooks": Collection(2_377_512, 820, webhooks),
        },
    }
    if not sight.story.standalone:
        kept["local"]["oplog.rs"] = Collection(6_220_800, 240, ())
    if sight.place.arbiter:
        kept = {"local": {"startup_log": kept["local"]["startup_log"]}}
    return {
        name: Database({inner: replace(one, indexes=_now(sight, (name, inner), one)) for inner, one in parts.items()})
        for name, parts in kept.items()
    }


def _now(sight: Sight, namespace: tuple[str, str], collection: Collection) -> tuple[Index, ...]:
    """The indexes it has in this hour. Without all others a collection still has the one on _id."""
    if sight.mine("indexes-lost"):
        return tuple(one for one in collection.indexes if one.name == "_id_")
    swap = sight.course.ill("index-half-built")
    if swap is None or namespace != REBUILT:
        return collection.indexes
    if not sight.is_primary and swap.takes(sight.me):
        return (*collection.indexes, replace(NEW_INDEX, built=built(sight, swap)))
    kept = tuple(one for one in collection.indexes if not (swap.options["dropped"] and one == OLD_INDEX))
    return (*kept, NEW_INDEX)


def built(sight: Sight, swap: Illness) -> float:
    """How far a secondary is with the new index: it comes further, but is not through while the illness lasts."""
    return min(0.99, float(swap.options["done"]) + BUILT_EACH_S * swap.lasted(sight.now))
