"""`audit`: every image of an inventory, and what should be looked at."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from amimodel._cli._describing import image_as_json
from amimodel._cli._reading import read_inventory
from amimodel.audit import Finding, Scope, findings
from amimodel.inventory import Inventory


def run_audit(options: argparse.Namespace) -> int:
    """Print the images and the findings; 1 when there is anything to look at."""
    inventory = read_inventory(options.files)
    scope = Scope(
        now=options.as_of,
        accounts=options.account,
        trusted=options.trusted,
        organizations=options.organization,
    )
    found = findings(inventory, scope)
    if options.json:
        print(json.dumps(_as_json(inventory, scope, found), indent=2))
    else:
        from amimodel._cli._screen import show_audit

        show_audit(inventory, scope, found, example=not options.files)
    return 1 if found or inventory.unread else 0


def _as_json(inventory: Inventory, scope: Scope, found: Sequence[Finding]) -> dict[str, Any]:
    return {
        "images": [image_as_json(image, scope.now) for image in inventory.images.values()],
        "findings": [
            {
                "kind": finding.kind.label,
                "gravity": finding.kind.gravity.value,
                "subject": finding.subject,
                "detail": finding.detail,
                "next_step": finding.kind.next_step,
                "rules": finding.kind.rules,
            }
            for finding in found
        ],
        "unread": [{"source": unread.source, "why": unread.why} for unread in inventory.unread],
    }
