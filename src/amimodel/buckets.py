"""Buckets: where in S3 the objects lie that images are stored in, and who may put them there and get them.

What else S3 keeps in a bucket, EC2 does not look at.

Source: EC2 User Guide, "Store and restore an AMI using S3"; rules C 7.2, C 7.31, C 7.40.
"""

import re
from collections.abc import Iterable

from attrs import field, frozen

from amimodel.identifiers import AccountId, account_id
from amimodel.malformed import Malformed
from amimodel.regions import Region, as_region

_is_name = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII).fullmatch


def bucket_name(text: str) -> str:
    """Read the name of a bucket.

    >>> bucket_name("golden-images")
    'golden-images'
    >>> bucket_name("Golden")
    Traceback (most recent call last):
    amimodel.malformed.Malformed: InvalidBucketName: The specified bucket is not valid: Golden

    Raises `Malformed` (`InvalidBucketName`).
    """
    if isinstance(text, str) and _is_name(text):
        return text
    raise Malformed("InvalidBucketName", f"The specified bucket is not valid: {text}", member="Bucket", value=text)


def _accounts(accounts: Iterable[str]) -> tuple[AccountId, ...]:
    return tuple(dict.fromkeys(account_id(one) for one in accounts))


@frozen(kw_only=True)
class Bucket:
    """A bucket of S3: in which Region it is, whose it is, and who else may read and write there.

    >>> bucket = Bucket(name="golden-images", owner_id="111122223333", region="eu-central-1", readers=["444455556666"])
    >>> bucket.lets_read("444455556666"), bucket.lets_write("444455556666"), bucket.lets_write("111122223333")
    (True, False, True)

    Two buckets never have one name, wherever they are. Raises `Malformed`.

    Source: rules C 7.2, C 7.31, C 7.40.
    """

    name: str = field(converter=bucket_name)
    owner_id: AccountId = field(converter=account_id)
    region: Region = field(converter=as_region)
    readers: tuple[AccountId, ...] = field(default=(), converter=_accounts)
    writers: tuple[AccountId, ...] = field(default=(), converter=_accounts)

    def lets_read(self, account: str) -> bool:
        """Whether an account may get what lies there."""
        return account == self.owner_id or account in self.readers

    def lets_write(self, account: str) -> bool:
        """Whether an account may put something there."""
        return account == self.owner_id or account in self.writers
