"""Drawn scripts: calls nobody thought of, the same ones each time."""

from collections.abc import Iterable, Iterator

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from amimodel.actions import ACTIONS
from amimodel.boto._parameters import parameters_of
from amimodel.testing.conformance._calls import EC2, Script
from amimodel.testing.conformance._pen import ALICE, BOB, UNBLOCKED, Pen
from amimodel.testing.strategies import callers, requests


def drawn(count: int, *, length: int = 12, number: int = 0, actions: Iterable[str] | None = None) -> Iterator[Script]:
    """Draw so many scripts of so many calls, by a number that decides which they are.

    >>> one, again = next(drawn(1, length=3)), next(drawn(1, length=3))
    >>> one == again, one.name
    (True, 'drawn 1')

    They begin with an image, shared and launched, so that there is something to be about. `actions` are those to draw
    from; without them, all of EC2's that the model has.
    """
    wanted = tuple(name for name, kind in ACTIONS.items() if kind.service == EC2) if actions is None else tuple(actions)
    scripts: list[Script] = []

    @seed(number)
    @settings(
        max_examples=count, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        pen = _begun(f"drawn {len(scripts) + 1}")
        for _ in range(length):
            by = data.draw(callers(pen.world))
            request = data.draw(requests(pen.world, by=by, actions=wanted))
            if not by.denied:
                _ = pen(by, request.action, **parameters_of(request))
        scripts.append(pen.script)

    draw()
    yield from scripts


def _begun(name: str) -> Pen:
    pen = Pen(name, UNBLOCKED)
    image_id = pen.image(TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "Stage", "Value": "prod"}]}])
    _ = pen.instance(image_id=image_id)
    _ = pen(ALICE, "ModifyImageAttribute", ImageId=image_id, LaunchPermission={"Add": [{"UserId": BOB.account}]})
    _ = pen.volume()
    return pen
