"""The world of corner cases: it is legal, always the same, and has what its page says."""

import re

from amimodel.engine import advance
from amimodel.images import Image
from amimodel.integrity import problems
from amimodel.testing import corners
from amimodel.testing.corners import corner_world


def test_it_has_no_problems_and_gets_none_in_a_year() -> None:
    assert problems(corner_world()) == ()
    assert problems(advance(corner_world(), days=365)) == ()


def test_it_is_always_the_same() -> None:
    assert corner_world() is corner_world()
    assert corner_world.__wrapped__() == corner_world()


def test_every_image_of_its_page_is_there_under_its_name() -> None:
    told = dict(re.findall(r"^``(a[km]i-\w+)`` +([\w-]+) ", str(corners.__doc__), re.MULTILINE))
    world = corner_world()
    binned = [one.resource for one in world.recycle_bin if isinstance(one.resource, Image)]
    found = {image.image_id: image.name for image in (*world.images, *binned)}
    assert told.items() <= found.items()
    made = {name for image_id, name in found.items() if image_id not in told}
    assert made == {"copy", "fast", "faster", "image", "copy-0", "copy-1", "copy-2", "restored"}
