"""Sick databases to try a look on: they speak MongoDB's wire protocol, and know by heart what ails them.

A patient is a replica set of several processes. Any MongoDB driver reaches it; its answers are shaped by those of real servers.
"""

from bot.rehearsal.patients.diseases import DISEASES
from bot.rehearsal.patients.replica_set import Heard, ReplicaSet

__all__ = ["DISEASES", "Heard", "ReplicaSet"]
