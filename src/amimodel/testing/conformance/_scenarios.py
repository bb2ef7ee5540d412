"""All scenarios, in order."""

from collections.abc import Iterator

from amimodel.testing.conformance._calls import Script
from amimodel.testing.conformance._image_scenarios import IMAGE_SCENARIOS
from amimodel.testing.conformance._other_scenarios import OTHER_SCENARIOS
from amimodel.testing.conformance._pen import Pen
from amimodel.testing.conformance._sharing_scenarios import SHARING_SCENARIOS


def scenarios() -> Iterator[Script]:
    """Scripts written by hand: each action of EC2 that the model has, granted and refused.

    >>> next(scenarios()).name
    'registering an image'
    """
    for scenario in (*IMAGE_SCENARIOS, *SHARING_SCENARIOS, *OTHER_SCENARIOS):
        pens = scenario()
        yield from (pen.script for pen in ((pens,) if isinstance(pens, Pen) else pens))
