"""The life of an instance, as far as images need it: what can be done in which state, and where that leads.

The table is the specification; everything else here reads it. What becomes of the image has no say: an instance runs,
stops and starts whether its image is disabled, deregistered or no longer shared with it (rule C 12.11).

Source: EC2 User Guide, "Amazon EC2 instance state changes"; botocore 1.44.5, TerminateInstances and StateReason; rules
C 12.1 to C 12.6, C 12.15, C 13, A RT-3.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import Enum, unique
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import evolve

from amimodel.identifiers import VolumeId
from amimodel.images import StateReason
from amimodel.instances import Instance, InstanceInitiatedShutdownBehavior, InstanceState
from amimodel.refusals import IncorrectInstanceState, InstanceStoreRootNotStoppable, Refusal, TerminationProtected
from amimodel.timing import Timing
from amimodel.transitions import Kept, Never
from amimodel.vocabulary import RootDeviceType


@unique
class InstanceEvent(Enum):
    """What is done with an instance. The first four are EC2's actions; the others come to pass by themselves."""

    START = "StartInstances"
    STOP = "StopInstances"
    REBOOT = "RebootInstances"
    TERMINATE = "TerminateInstances"
    ARRIVE = "it has reached the state it was on its way to"
    FAIL_TO_LAUNCH = "a volume or a key of the launch is of no use"
    FAIL_TO_START = "a key of a volume is of no use any more"


@unique
class Refused(Enum):
    """The state forbids the operation."""

    INCORRECT_STATE = "IncorrectInstanceState"


Cell: TypeAlias = InstanceState | Kept | Refused | Never

_E, _I = InstanceEvent, InstanceState
_IS, _S, _N = Refused.INCORRECT_STATE, Kept.SAME, Never.NEVER
_PENDING, _RUNNING, _STOPPING, _STOPPED = _I.PENDING, _I.RUNNING, _I.STOPPING, _I.STOPPED
_SHUTTING, _TERMINATED = _I.SHUTTING_DOWN, _I.TERMINATED

# Rule C 12.1. That a state allows an operation does not say that nothing else speaks against it. What fails to start
# again goes back to where it was (AWS re:Post, "Instance changes from the Pending state to Stopped"; rule B LD-28).
# fmt: off
_COLUMNS: Final = (_E.START,  _E.STOP,    _E.REBOOT, _E.TERMINATE, _E.ARRIVE,    _E.FAIL_TO_LAUNCH, _E.FAIL_TO_START)
_ROWS: Final[tuple[tuple[InstanceState, tuple[Cell, ...]], ...]] = (
    # state         start      stop        reboot     terminate     arrive        fail to launch     fail to start
    (_PENDING,     (_S,        _IS,        _IS,       _SHUTTING,    _RUNNING,     _TERMINATED,       _STOPPED)),
    (_RUNNING,     (_S,        _STOPPING,  _S,        _SHUTTING,    _N,           _N,                _N)),
    (_STOPPING,    (_IS,       _S,         _IS,       _SHUTTING,    _STOPPED,     _N,                _N)),
    (_STOPPED,     (_PENDING,  _S,         _IS,       _SHUTTING,    _N,           _N,                _N)),
    (_SHUTTING,    (_IS,       _IS,        _IS,       _S,           _TERMINATED,  _N,                _N)),
    (_TERMINATED,  (_IS,       _IS,        _IS,       _S,           _N,           _N,                _N)),  # soon gone
)
# fmt: on

TRANSITIONS: Final[Mapping[tuple[InstanceState, InstanceEvent], Cell]] = MappingProxyType(
    {(state, event): cell for state, cells in _ROWS for event, cell in zip(_COLUMNS, cells, strict=True)}
)
"""What each event does in each state: a new state, nothing, a refusal, or nothing because it never happens."""

LEAVING: Final = frozenset({InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED})
"""States out of which no operation leads back (rule C 12.1)."""

USER_INITIATED_SHUTDOWN: Final = StateReason(
    "Client.UserInitiatedShutdown", "The instance was shut down using the Amazon EC2 API."
)
"""Why an instance is stopped or terminated by a request (botocore 1.44.5, StateReason)."""

INSTANCE_INITIATED_SHUTDOWN: Final = StateReason(
    "Client.InstanceInitiatedShutdown", "The instance was shut down from the operating system of the instance."
)
"""Why it is so by its own doing (botocore 1.44.5, StateReason)."""

LAUNCH_FAILED: Final = StateReason(
    "Client.InternalError", "A client error caused the instance to terminate during launch."
)
"""Why it never came up (botocore 1.44.5, StateReason; rule C 12.15)."""

_NEEDS_EBS_ROOT: Final = frozenset({InstanceEvent.START, InstanceEvent.STOP})


def refusal(instance: Instance, event: InstanceEvent) -> Refusal | None:
    """What speaks against an operation on an instance; None where nothing does.

    >>> from attrs import evolve
    >>> from amimodel.testing import strategies
    >>> from hypothesis import find
    >>> instance = find(strategies.instances(instance_id="i-12345678", state="stopped"), lambda instance: True)
    >>> print(refusal(instance, InstanceEvent.REBOOT))
    The instance 'i-12345678' is not in a state from which it can be rebooted.
    >>> print(refusal(evolve(instance, disable_api_termination=True), InstanceEvent.TERMINATE))
    The instance 'i-12345678' may not be terminated. Modify its 'disableApiTermination' instance attribute and try
    again.

    An instance that is on its way out, or gone, is terminated once more without a word, protected or not.

    Source: rules C 12.1, C 12.2, A RT-3.
    """
    if event in _NEEDS_EBS_ROOT and instance.root_device_type is RootDeviceType.INSTANCE_STORE:
        return InstanceStoreRootNotStoppable(instance_id=instance.instance_id, action=event.value)
    if event is InstanceEvent.TERMINATE and _is_kept_from_terminating(instance):
        return TerminationProtected(instance_id=instance.instance_id)
    if isinstance(TRANSITIONS[instance.state, event], Refused):
        return IncorrectInstanceState(instance_id=instance.instance_id, state=instance.state, action=event.value)
    return None


def _is_kept_from_terminating(instance: Instance) -> bool:
    return instance.disable_api_termination and instance.state not in LEAVING


def after(instance: Instance, event: InstanceEvent) -> Instance:
    """What becomes of an instance.

    >>> from amimodel.testing import strategies
    >>> from hypothesis import find
    >>> instance = find(strategies.instances(state="running", root_device_type="ebs"), lambda instance: True)
    >>> stopping = after(instance, InstanceEvent.STOP)
    >>> stopping.state.value, stopping.state_reason.code, after(stopping, InstanceEvent.ARRIVE).state.value
    ('stopping', 'Client.UserInitiatedShutdown', 'stopped')

    A start forgets why the instance had been stopped; once terminated it has no volumes any more (rule C 12.4). An
    event that cannot happen in its state leaves it as it is.

    Raises the refusal of `refusal`.

    Source: rules C 12.1, C 12.4, C 12.15.
    """
    against = refusal(instance, event)
    if against is not None:
        raise against
    return _moved(instance, event, _REASONS.get(event, instance.state_reason))


_REASONS: Final[Mapping[InstanceEvent, StateReason | None]] = {
    InstanceEvent.START: None,
    InstanceEvent.STOP: USER_INITIATED_SHUTDOWN,
    InstanceEvent.TERMINATE: USER_INITIATED_SHUTDOWN,
    InstanceEvent.FAIL_TO_LAUNCH: LAUNCH_FAILED,
    InstanceEvent.FAIL_TO_START: LAUNCH_FAILED,
}


def _moved(instance: Instance, event: InstanceEvent, reason: StateReason | None) -> Instance:
    match TRANSITIONS[instance.state, event]:
        case InstanceState.TERMINATED:
            return evolve(instance, state=InstanceState.TERMINATED, state_reason=reason, block_device_mappings=())
        case InstanceState() as state:
            return evolve(instance, state=state, state_reason=reason)
        case Kept() | Never() | Refused():
            return instance


def failed(instance: Instance, reason: StateReason = LAUNCH_FAILED, *, restarting: bool = False) -> Instance:
    """Let a launch fail in the background, and say why; an instance that is up stays up.

    One that had been stopped before is not lost: it is stopped again.

    Source: rules C 12.15, B LD-28.
    """
    return _moved(instance, InstanceEvent.FAIL_TO_START if restarting else InstanceEvent.FAIL_TO_LAUNCH, reason)


def shut_down_from_within(instance: Instance) -> Instance:
    """What becomes of an instance whose own system shuts down: it stops, or is terminated, as it was told to.

    An instance with its root in the instance store cannot stop, and is terminated. Protection is against requests, and
    does not help here. Nothing but a running system can shut down.

    Source: rules C 12.1, C 12.6.
    """
    if instance.state is not InstanceState.RUNNING:
        return instance
    stays = (
        instance.instance_initiated_shutdown_behavior is InstanceInitiatedShutdownBehavior.STOP
        and instance.root_device_type is RootDeviceType.EBS
    )
    return _moved(instance, InstanceEvent.STOP if stays else InstanceEvent.TERMINATE, INSTANCE_INITIATED_SHUTDOWN)


def terminable(instances: Iterable[Instance]) -> tuple[Instance, ...]:
    """Which of the instances that one request names are terminated: those of the zones where none is protected.

    >>> from amimodel.testing import strategies
    >>> from hypothesis import find
    >>> def instance(zone, protected):
    ...     told = {"availability_zone": zone, "disable_api_termination": protected, "state": "running"}
    ...     return find(strategies.instances(**told), lambda instance: True)
    >>> named = [instance("us-east-1a", False), instance("us-east-1b", True), instance("us-east-1b", False)]
    >>> [str(spared.availability_zone) for spared in terminable(named)]
    ['us-east-1a']

    Where some are left out, the request fails with the `TerminationProtected` of the first protected one all the same.

    Source: rule C 12.2; botocore 1.44.5, TerminateInstances.
    """
    named = tuple(instances)
    spared = {instance.availability_zone for instance in named if _is_kept_from_terminating(instance)}
    return tuple(instance for instance in named if instance.availability_zone not in spared)


def deleted_with(instance: Instance) -> tuple[VolumeId, ...]:
    """The volumes that go with an instance when it is terminated; those that it does not name become available.

    Source: rules C 12.4, A 4.4.
    """
    return tuple(device.volume_id for device in instance.block_device_mappings if device.delete_on_termination)


def time_to_arrive(state: InstanceState, timing: Timing) -> timedelta | None:
    """How long an instance is on its way in a state; None where it stays until something is done with it.

    >>> print(time_to_arrive(InstanceState.STOPPING, Timing()), time_to_arrive(InstanceState.STOPPED, Timing()))
    0:00:30 None

    Source: rules C 12.1, C 13.
    """
    return {
        InstanceState.PENDING: timing.instance_pending,
        InstanceState.STOPPING: timing.instance_stopping,
        InstanceState.SHUTTING_DOWN: timing.instance_shutting_down,
    }.get(state)
