"""The choices between more than two behaviours, and between EC2's error codes, that `amimodel.quirks` leaves open."""

from enum import unique

from amimodel.vocabulary import Word


@unique
class QuestionMark(Word):
    """What a `?` stands for in a pattern.

    Source: rules A FI-3, A Q1, B 4.2; settlement S 8.
    """

    ZERO_OR_ONE = "zero-or-one"
    EXACTLY_ONE = "exactly-one"


@unique
class InheritedIops(Word):
    """What becomes of an image's IOPS and throughput when a launch changes the type of the volume.

    Source: rule A BM-6.
    """

    KEPT = "kept"
    DROPPED_FOR_GP2_AND_STANDARD = "dropped-for-gp2-and-standard"
    DROPPED = "dropped"


@unique
class InstanceStoreFamilies(Word):
    """Which instance families launch images whose root is an instance store.

    Source: rules A 5.2, A Q12.
    """

    OF_2026 = "c1 c3 d2 i2 m1 m2 m3 r3 x1"
    OF_2023 = "c3 d2 g2 i2 m3 r3"


@unique
class PermissionOverlap(Word):
    """What becomes of an item that one request both adds and removes.

    Source: rules B LP-17, B 14.
    """

    REMOVED = "removed"
    ADDED = "added"
    REFUSED = "refused"


@unique
class CopiedDescription(Word):
    """What a copy is described as, if CopyImage says nothing.

    Source: rules B 7.1, B 14.
    """

    EMPTY = "empty"
    OF_THE_SOURCE = "of-the-source"
    AS_IN_THE_CONSOLE = "as-in-the-console"


@unique
class RegionalCopyKey(Word):
    """Which key encrypts a copy in another Region, if CopyImage names none.

    Source: rules B 6.4 (row 6), B 14.
    """

    DEFAULT_KEY = "default-key"
    AWS_MANAGED_KEY = "aws-managed-key"


@unique
class CopyRegion(Word):
    """One end of a copy.

    Source: rule B CI-3.
    """

    SOURCE = "source"
    DESTINATION = "destination"


@unique
class CooldownTime(Word):
    """How the end of a cooldown is written after `disabled after`.

    Source: rules C 4, C 15 (point 2).
    """

    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"


@unique
class UndeletedSnapshot(Word):
    """What DeregisterImage says of a snapshot that it could not delete because of a lock.

    Source: rules C 5.30, C 15 (point 14).
    """

    CLIENT_ERROR = "client-error"
    SKIPPED = "skipped"


@unique
class SnapshotEventArn(Word):
    """How the ARN of a snapshot is spelled in events.

    Source: rules C 0.9, C 9.3.
    """

    AS_ELSEWHERE = "arn:aws:ec2:us-west-2::snapshot/snap-0"
    AS_IN_THE_SAMPLES = "arn:aws:ec2::us-west-2:snapshot/snap-0"


@unique
class ErrorCode(Word):
    """The codes between which a source leaves a doubt.

    Source: rules A 12, B 13, C 14.
    """

    AUTH_FAILURE = "AuthFailure"
    INCORRECT_STATE = "IncorrectState"
    INVALID_PARAMETER = "InvalidParameter"
    INVALID_PARAMETER_COMBINATION = "InvalidParameterCombination"
    INVALID_PARAMETER_VALUE = "InvalidParameterValue"
    INVALID_REQUEST = "InvalidRequest"
    INVALID_TAG_KEY_MALFORMED = "InvalidTagKey.Malformed"
    OPERATION_NOT_PERMITTED = "OperationNotPermitted"
    RESOURCE_LIMIT_EXCEEDED = "ResourceLimitExceeded"
    UNAUTHORIZED_OPERATION = "UnauthorizedOperation"
    UNSUPPORTED_OPERATION = "UnsupportedOperation"
