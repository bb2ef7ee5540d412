"""Small values that the examples of this documentation speak of; import them to follow along."""

from typing import Final

from attrs import evolve

from amimodel.block_devices import BlockDeviceMapping, EbsBlockDevice
from amimodel.clock import parse
from amimodel.images import Image
from amimodel.vocabulary import ImageState

WEB: Final = Image(
    image_id="ami-12345678",
    owner_id="111122223333",
    name="web",
    creation_date=parse("2026-01-01T00:00:00Z"),
    architecture="x86_64",
    root_device_name="/dev/xvda",
    block_device_mappings=[
        BlockDeviceMapping(
            "/dev/xvda",
            EbsBlockDevice(
                snapshot_id="snap-12345678",
                volume_size_gib=8,
                volume_type="gp2",
                delete_on_termination=True,
                encrypted=False,
            ),
        )
    ],
    ena_support=True,
)
"""A plain image of account 111122223333, shared with nobody."""

PENDING: Final = evolve(WEB, state=ImageState.PENDING)
"""The same image before its snapshot is complete."""
