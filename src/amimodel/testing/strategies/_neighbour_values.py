"""What requests of the services beside EC2, and those for volumes and places, are drawn from.

`_request_values` and `_action_values` take these rows among their own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from amimodel.filters import Filter
from amimodel.testing.strategies import _request_parts as parts
from amimodel.testing.strategies._filling import Make, flag, named, one, several
from amimodel.testing.strategies._sight import NO_KEY, Ids, Sight


def _parameters(sight: Sight) -> Ids:
    latest = sight.parameters[0]
    return (*sight.parameters, f"{latest}:1", f"{latest}:99", f"arn:aws:ssm:eu-central-1::parameter{latest}")


def _key_names(sight: Sight) -> Ids:
    return (*sight.keys, "alias/nowhere", *sight.key_arns, f"arn:aws:kms:us-west-2:111122223333:key/{NO_KEY}")


def _unit_ids(sight: Sight) -> Ids:
    return parts.units(sight)


def _parents(sight: Sight) -> Ids:
    roots = (str(each.root_id) for each in sight.world.organizations.organizations)
    return (*roots, *_unit_ids(sight), "r-nowhere")


def _children(sight: Sight) -> Ids:
    return (*sight.accounts, *_unit_ids(sight))


def _roles(sight: Sight) -> Ids:
    return tuple(f"arn:aws:iam::{account}:role/Reader" for account in sight.accounts)


def _region_names(sight: Sight) -> Ids:
    return (*(region.name for region in sight.regions), "ap-east-1", "cn-north-1")


def _zone_ids(_: Sight) -> Ids:
    return ("euc1-az1", "euc1-az3", "use1-az6")


def _volumes(sight: Sight) -> Ids:
    return sight.volumes


# fmt: off
OF_NEIGHBOURS: Final[Mapping[str, Make]] = MappingProxyType({
    "all_availability_zones":    flag,
    "all_regions":               flag,
    "child_id":                  named(_children),
    "duration_seconds":          one(3600, 900, 43_200),
    "external_id":               one("ticket"),
    "key_id":                    named(_key_names),
    "limit":                     one(1, 100),
    "marker":                    one("nonsense"),
    "names":                     several(_parameters),
    "parent_id":                 named(_parents),
    "path":                      one("/aws/service/ami-amazon-linux-latest", "/aws/service", "/"),
    "recursive":                 flag,
    "region_names":              several(_region_names),
    "role_arn":                  named(_roles),
    "role_session_name":         one("drawn", "nightly@ci"),
    "serial_number":             one("arn:aws:iam::111122223333:mfa/alice"),
    "source_identity":           one("alice"),
    "token_code":                one("123456"),
    "volume_ids":                several(_volumes),
    "with_decryption":           flag,
    "zone_ids":                  several(_zone_ids, 2),
    "zone_names":                several(lambda sight: sight.zones, 2),
})
"""Parameters that no other request has."""

OF_NEIGHBOURING_ACTIONS: Final[Mapping[tuple[str, str], Make]] = MappingProxyType({
    ("DescribeAvailabilityZones", "filters"): parts.filters(Filter("zone-id", ["*-az1"]), Filter("state", ["a*"]),
                                                            Filter("zone-name", ["a", "b", "c", "d"])),
    ("DescribeRegions", "filters"):           parts.filters(Filter("opt-in-status", ["opted-in"]),
                                                            Filter("region-name", ["a", "b", "c", "d"])),
    ("DescribeVolumes", "filters"):           parts.filters(Filter("status", ["in-use"]), Filter("tag-key", ["Name"]),
                                                            Filter("attachment.device", ["a", "b", "c", "d"])),
    ("GetParameter", "name"):                 named(_parameters),
    ("GetParametersByPath", "max_results"):   one(1, 10),
    **{(action, "max_results"): one(1, 2, 20) for action in (
        "ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListParents", "ListRoots")},
})
"""Parameters that these requests take in their own way."""
# fmt: on
