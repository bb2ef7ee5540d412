"""`explain`: whether an account may launch an image, and every reason."""

import argparse
import json

from attrs import frozen

from amimodel._cli._describing import decision_as_json, deprecation
from amimodel._cli._reading import BadInput, read_inventory
from amimodel.access import may_copy, may_launch
from amimodel.compatibility import fits
from amimodel.consistency import contradictions
from amimodel.decisions import Decision, all_of
from amimodel.images import Image
from amimodel.instance_types import InstanceType, instance_type
from amimodel.inventory import Inventory
from amimodel.lifecycle import is_deprecated


@frozen(kw_only=True)
class Answer:
    """What there is to say about an account and an image."""

    image: Image
    account: str
    instance_type: InstanceType | None
    launch: Decision
    copy: Decision
    remarks: tuple[str, ...]


def run_explain(options: argparse.Namespace) -> int:
    """Print the answer; 0 when the account may launch the image, 1 when it may not or cannot be told."""
    wanted = None if options.instance_type is None else instance_type(options.instance_type)
    inventory = read_inventory(options.files)
    answer = _answer(inventory, _the_image(inventory, options.image), wanted, options)
    if options.json:
        print(json.dumps(_as_json(answer), indent=2))
    else:
        from amimodel._cli._screen import show_explanation

        show_explanation(answer, options.as_of)
    return 0 if answer.launch.allowed else 1


def _the_image(inventory: Inventory, wanted: str) -> Image:
    found = [image for image in inventory.images.values() if wanted in {image.image_id, image.name}]
    if not found:
        message = f"no image here has the id or the name {wanted!r}"
        raise BadInput(message)
    if len(found) > 1:
        ids = ", ".join(f"{image.image_id} of {image.owner_id}" for image in found)
        message = f"{wanted!r} names several images: {ids}; say which by its id"
        raise BadInput(message)
    return found[0]


def _answer(inventory: Inventory, image: Image, wanted: InstanceType | None, options: argparse.Namespace) -> Answer:
    launch = may_launch(image, options.account)
    if wanted is not None:
        launch = all_of((launch, fits(image, wanted)))
    remarks: list[str] = []
    if is_deprecated(image, options.as_of):
        remarks.append(
            f"It is deprecated {deprecation(image, options.as_of)}; that hides it from listings and keeps nobody from"
            " launching it (B LD-8)."
        )
    remarks.extend(
        f"As it is told here, {contradiction}." for contradiction in contradictions(image, inventory.snapshots)
    )
    return Answer(
        image=image,
        account=options.account,
        instance_type=wanted,
        launch=launch,
        copy=may_copy(image, options.account, inventory.snapshots),
        remarks=tuple(remarks),
    )


def _as_json(answer: Answer) -> dict[str, object]:
    return {
        "image_id": answer.image.image_id,
        "name": answer.image.name,
        "account": answer.account,
        "instance_type": None if answer.instance_type is None else answer.instance_type.name,
        "launch": decision_as_json(answer.launch),
        "copy": decision_as_json(answer.copy),
        "remarks": list(answer.remarks),
    }
