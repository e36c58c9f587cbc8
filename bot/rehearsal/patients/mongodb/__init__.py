"""MongoDB sets that are ill on demand.

Each is a replica set of several processes that any MongoDB driver reaches. Its answers have the shape of recorded ones.
"""

from bot.rehearsal.patients.mongodb.diseases import DISEASES
from bot.rehearsal.patients.mongodb.replica_set import Heard, ReplicaSet

__all__ = ["DISEASES", "Heard", "ReplicaSet"]
