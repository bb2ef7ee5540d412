"""Refusals about which instance is meant, and what may be done with it in its state."""

from typing import Final, Self

from amimodel.instances import InstanceState
from amimodel.refusals._refusal import Refusal, facts_of

_DONE: Final = {"StartInstances": "started", "StopInstances": "stopped", "RebootInstances": "rebooted"}

_WAYS_OUT: Final = {
    InstanceState.PENDING: "wait until it is running",
    InstanceState.STOPPING: "wait until it is stopped, and start it",
    InstanceState.STOPPED: "start it (StartInstances)",
    InstanceState.SHUTTING_DOWN: "launch another one",
    InstanceState.TERMINATED: "launch another one",
}


@facts_of
class InstanceNotFound(Refusal):
    """No instance of that id that the caller owns, in this Region."""

    code = "InvalidInstanceID.NotFound"
    rules = "A CI-1, A 12.1, C 11.5"

    instance_ids: tuple[str, ...]

    @classmethod
    def of(cls, instance_id: str) -> Self:
        """One instance that is not there."""
        return cls(instance_ids=(instance_id,))

    @property
    def message(self) -> str:
        if len(self.instance_ids) == 1:
            return f"The instance ID '{self.instance_ids[0]}' does not exist"
        return f"The instance IDs '{', '.join(self.instance_ids)}' do not exist"


@facts_of
class IncorrectInstanceState(Refusal):
    """The instance is not in a state that allows this; `action` is EC2's name of what was asked."""

    code = "IncorrectInstanceState"
    rules = "C 12.1"

    instance_id: str
    state: InstanceState
    action: str

    @property
    def message(self) -> str:
        done = _DONE.get(self.action)
        if done is None:
            return f"The instance '{self.instance_id}' is {self.state}, and {self.action} needs it in another state."
        return f"The instance '{self.instance_id}' is not in a state from which it can be {done}."

    @property
    def remedy(self) -> str:
        return _WAYS_OUT.get(self.state, "")


@facts_of
class InstanceStoreRootNotStoppable(Refusal):
    """An instance whose root volume is on its host's own disks cannot leave the host and come back."""

    code = "UnsupportedOperation"
    rules = "C 12.1, A RT-3"

    instance_id: str
    action: str

    @property
    def message(self) -> str:
        done = _DONE.get(self.action, "stopped")
        return f"The instance '{self.instance_id}' does not have an 'ebs' root device type and cannot be {done}."


@facts_of
class TerminationProtected(Refusal):
    """The instance is protected from being terminated by a request."""

    code = "OperationNotPermitted"
    rules = "C 12.2"

    instance_id: str

    @property
    def message(self) -> str:
        return (
            f"The instance '{self.instance_id}' may not be terminated. Modify its 'disableApiTermination' instance"
            " attribute and try again."
        )
