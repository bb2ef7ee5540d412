"""The name and the description of an image, and the token that makes a repeated request harmless.

Source: botocore 1.44.5, RegisterImage; rules A 1.3, A DS-1, B 0.1; settlement S 38.
"""

import re
from typing import Final

from amimodel.malformed import Malformed, invalid_value

_fits = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}", re.ASCII).fullmatch

_LONGEST_DESCRIPTION: Final = 255

_NAME_MESSAGE: Final = (
    "AMI names must be between 3 and 128 characters long,"
    " and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'"
)


def is_image_name(text: str) -> bool:
    """Whether text can name an image: 3 to 128 letters, digits, spaces and `()[]./-'@_`.

    >>> is_image_name("web [2026] @ release's"), is_image_name("c++"), is_image_name("ab")
    (True, False, False)

    EC2's own complaint lists fewer characters than EC2 takes; the wider set holds (rule A NM-3).

    Source: rules A NM-2, A NM-5.
    """
    return isinstance(text, str) and _fits(text) is not None


def image_name(text: str) -> str:
    """Take the name of an image.

    >>> image_name("ab")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidAMIName.Malformed: AMI names must be between 3 and 128 characters long, ...

    Raises `Malformed` (`InvalidAMIName.Malformed`).

    Source: rules A NM-2, A NM-3.
    """
    if is_image_name(text):
        return text
    raise Malformed("InvalidAMIName.Malformed", _NAME_MESSAGE, member="Name", value=text)


def description(text: str | None) -> str | None:
    """Take a description: up to 255 characters; an empty one is one all the same.

    >>> description(""), description(None)
    ('', None)

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rule A DS-1.
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise invalid_value("Description", text, "Expected text.")
    if len(text) > _LONGEST_DESCRIPTION:
        raise invalid_value("Description", text, f"Descriptions have at most {_LONGEST_DESCRIPTION} characters.")
    return text


def image_description(text: str | None) -> str | None:
    """Take the description that a request gives an image: a description, and in ASCII.

    >>> image_description("Größe")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidParameterValue: Character sets beyond ASCII are not supported.

    Raises `Malformed` (`InvalidParameterValue`).

    Source: rules A DS-1, A DS-2.
    """
    if isinstance(text, str) and not text.isascii():
        message = "Character sets beyond ASCII are not supported."
        raise Malformed("InvalidParameterValue", message, member="Description", value=text)
    return description(text)


_LONGEST_TOKEN: Final = 64


def client_token(text: str | None, longest: int = _LONGEST_TOKEN) -> str | None:
    """Take a ClientToken; an empty one counts as absent.

    >>> client_token("2026-06-01 nightly"), client_token("")
    ('2026-06-01 nightly', None)
    >>> client_token("x" * 65)
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidClientToken: The client token has 65 characters; it can have at most 64.

    Raises `Malformed` (`InvalidClientToken`).

    Source: rule B 0.1; settlements S 17, S 38.
    """
    if text is not None and len(text) > longest:
        message = f"The client token has {len(text)} characters; it can have at most {longest}."
        raise Malformed("InvalidClientToken", message, member="ClientToken", value=text)
    return text or None


def text_or_none(text: str | None) -> str | None:
    """Take a text that may be left out: an empty one counts as absent, because real clients send them.

    >>> text_or_none(""), text_or_none("alias/golden")
    (None, 'alias/golden')

    Source: settlement S 17.
    """
    return text or None
