"""Product codes: what a seller hangs on an image, and nobody takes off again.

Source: EC2 User Guide, "Paid AMIs"; rules A PC-1 to PC-5, B MP-1, B MP-2.
"""

import re
from collections.abc import Iterable
from enum import unique

from attrs import field, frozen

from amimodel.malformed import Malformed
from amimodel.vocabulary import Word

_is_code = re.compile(r"[A-Za-z0-9]{1,25}", re.ASCII).fullmatch


@unique
class ProductCodeType(Word):
    """Where the product is sold. DevPay takes no new sellers, but its codes stay readable (rule B MP-1)."""

    DEVPAY = "devpay"
    MARKETPLACE = "marketplace"


def _code(text: str) -> str:
    if isinstance(text, str) and _is_code(text):
        return text
    raise Malformed(
        "InvalidProductInfo", f"The product code '{text}' is not valid.", member="ProductCodeId", value=text
    )


@frozen
class ProductCode:
    """A product code with its type.

    >>> ProductCode("abc123DEF").product_code_type
    <ProductCodeType.MARKETPLACE: 'marketplace'>

    Raises `Malformed` (`InvalidProductInfo`) unless the code is 1 to 25 letters and digits.

    Source: rules A PC-1, B MP-2, B MP-12.
    """

    product_code_id: str = field(converter=_code)
    product_code_type: ProductCodeType = field(default=ProductCodeType.MARKETPLACE, converter=ProductCodeType)


def as_product_codes(codes: Iterable[ProductCode]) -> tuple[ProductCode, ...]:
    """Take product codes from any iterable."""
    return tuple(codes)
