"""The append-only audit log: events, sequencer, Merkle tree, signed checkpoints, verification."""

from services.audit.leaf import Details
from services.audit.log import append
from services.audit.sequencer import sequence_events
from services.audit.verify import Verdict, verify_log

__all__ = ["Details", "Verdict", "append", "sequence_events", "verify_log"]
