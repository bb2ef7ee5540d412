"""What the model does not know, said plainly."""

from typing import final


@final
class NotModelled(Exception):  # noqa: N818 - it says what amimodel lacks; nothing went wrong
    """A call that amimodel cannot answer, because it has no model of what is asked.

    It is no `ClientError`: a program that forgives EC2's refusals must not take this for one of them. Nothing has left
    the machine, and nothing has changed.
    """
