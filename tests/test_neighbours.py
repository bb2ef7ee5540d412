"""The services beside EC2, and EC2's places: what tools for AMIs ask before they ask for an AMI.

Rules A ID-10, A 10.4, A RG-1 to A RG-4, B G-1, B G-6, B EN-2, B EN-6, B EN-11, B EN-17, B OR-1 to B OR-4.
"""

import re
from datetime import timedelta
from functools import cache
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.actions import (
    ACTIONS,
    AssumeRole,
    DescribeAccount,
    DescribeAvailabilityZones,
    DescribeKey,
    DescribeOrganization,
    DescribeOrganizationalUnit,
    DescribeRegions,
    GetCallerIdentity,
    GetParameter,
    GetParameters,
    GetParametersByPath,
    ListAccounts,
    ListAccountsForParent,
    ListAliases,
    ListKeys,
    ListOrganizationalUnitsForParent,
    ListParents,
    ListRoots,
    PublishParameter,
    RunInstances,
)
from amimodel.actions._neighbours import bounded
from amimodel.actions.places import REGION_FILTERS, ZONE_FILTERS
from amimodel.callers import Caller
from amimodel.credentials import AccessKeyKind, access_key_id, account_of_access_key
from amimodel.encryption import AccountGrant, KeyState, KmsKey
from amimodel.engine import apply, ask, attempt, explain
from amimodel.example_worlds import (
    BUILD,
    FRANKFURT,
    MANAGEMENT,
    NOW,
    ORGANIZATION,
    PARTNER,
    PROD,
    SANDBOX,
    STAGING,
    VIRGINIA,
    example_world,
)
from amimodel.filters import Filter
from amimodel.kms import aws_managed_key
from amimodel.malformed import Malformed
from amimodel.organizations import NOTHING_KNOWN, Organizations
from amimodel.refusals import (
    AccountNotFound,
    ChildNotFound,
    FilterLimitExceeded,
    InvalidMarker,
    InvalidNextToken,
    InvalidOrganizationsToken,
    KeyAccessDenied,
    KeyAliasNotFound,
    KeyInOtherRegion,
    KeyNotFound,
    NotInAnOrganization,
    OrganizationAccessDenied,
    ParameterNotFound,
    ParameterVersionNotFound,
    ParentNotFound,
    Refusal,
    RegionNotFound,
    UnitNotFound,
    ZoneIdNotFound,
    ZoneNotInRegion,
)
from amimodel.regions import Region, as_region, as_zone, known_regions
from amimodel.requests import Query, Request
from amimodel.testing import strategies as amis
from amimodel.world import World
from amimodel.zone_ids import region_code, zone_id

WORLD: Final = example_world()
HERE: Final = Caller(account=PROD, region=FRANKFURT)
BUILDER: Final = Caller(account=BUILD, region=FRANKFURT)
MANAGER: Final = Caller(account=MANAGEMENT, region=FRANKFURT)
STRANGER: Final = Caller(account=PARTNER, region=FRANKFURT)

LATEST: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
LATEST_ARN: Final = f"arn:aws:ssm:eu-central-1::parameter{LATEST}"
FIRST, SECOND = "ami-0fa00000000000105", "ami-0fa00000000000106"
(GOLDEN,) = (key for key in WORLD.keys.values() if key.arn.account_id == BUILD)
NO_KEY: Final = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
NEIGHBOURS: Final = sorted(name for name, kind in ACTIONS.items() if kind.service not in {"ec2", "rbin", "aws"})
TOO_MANY: Final = [Filter("region-name", ["eu-*"])] * 51


def _every_page(query: Any, by: Caller, token: str, next_token: str, items: str | None = None) -> list[Any]:
    """What a query finds page by page."""
    found: list[Any] = []
    while True:
        page = ask(WORLD, query, by=by)
        found += page if items is None else getattr(page, items)
        following = getattr(page, next_token)
        if following is None:
            return found
        query = evolve(query, **{token: following})


# --- what is refused --------------------------------------------------------------------------------------------------

WITNESSES: list[tuple[Caller, Query[Any], type[Refusal]]] = [
    (HERE, GetParameter(name="/aws/service/none"), ParameterNotFound),
    (HERE, GetParameter(name=LATEST_ARN.replace("eu-central-1", "us-east-1")), ParameterNotFound),
    (HERE, GetParameter(name=f"{LATEST}:3"), ParameterVersionNotFound),
    (HERE, GetParameter(name=f"{LATEST}:0"), ParameterVersionNotFound),
    (HERE, GetParameter(name=f"{LATEST}:stable"), ParameterVersionNotFound),
    (HERE, GetParametersByPath(path="/aws", next_token="next"), InvalidNextToken),  # noqa: S106
    (HERE, DescribeKey(key_id=NO_KEY), KeyNotFound),
    (HERE, DescribeKey(key_id="alias/golden"), KeyAliasNotFound),
    (HERE, DescribeKey(key_id=f"arn:aws:kms:eu-central-1:{PROD}:alias/none"), KeyAliasNotFound),
    (HERE, DescribeKey(key_id=f"arn:aws:kms:us-east-1:{PROD}:key/{NO_KEY}"), KeyInOtherRegion),
    (HERE, DescribeKey(key_id=f"arn:aws:kms:eu-central-1:{BUILD}:key/{NO_KEY}"), KeyAccessDenied),
    (STRANGER, DescribeKey(key_id=str(GOLDEN.arn)), KeyAccessDenied),
    (HERE, ListKeys(marker="next"), InvalidMarker),
    (HERE, ListAliases(key_id=NO_KEY), KeyNotFound),
    (STRANGER, ListAliases(key_id=str(GOLDEN.arn)), KeyAccessDenied),
    (HERE, ListAliases(key_id=f"arn:aws:kms:us-east-1:{PROD}:key/{NO_KEY}"), KeyInOtherRegion),
    (HERE, ListAliases(marker="next"), InvalidMarker),
    (STRANGER, DescribeOrganization(), NotInAnOrganization),
    (MANAGER, DescribeAccount(account_id=PARTNER), AccountNotFound),
    (MANAGER, DescribeOrganizationalUnit(organizational_unit_id="ou-ab12-nowhere1"), UnitNotFound),
    (MANAGER, ListOrganizationalUnitsForParent(parent_id="r-ab13"), ParentNotFound),
    (MANAGER, ListAccountsForParent(parent_id="ou-ab12-nowhere1"), ParentNotFound),
    (MANAGER, ListParents(child_id=PARTNER), ChildNotFound),
    (MANAGER, ListParents(child_id="ou-ab12-nowhere1"), ChildNotFound),
    *(
        (by, query, refusal)
        for by, refusal in ((STRANGER, NotInAnOrganization), (HERE, OrganizationAccessDenied))
        for query in (
            DescribeAccount(account_id=PROD), ListAccounts(), ListRoots(), ListParents(child_id=PROD),
            DescribeOrganizationalUnit(organizational_unit_id="ou-ab12-sandbox1"),
            ListOrganizationalUnitsForParent(parent_id="r-ab12"), ListAccountsForParent(parent_id="r-ab12"),
        )
    ),
    *(
        (MANAGER, query, InvalidOrganizationsToken)
        for query in (
            ListAccounts(next_token="next"), ListRoots(next_token="next"),  # noqa: S106
            ListParents(child_id=PROD, next_token="next"),  # noqa: S106
            ListOrganizationalUnitsForParent(parent_id="r-ab12", next_token="next"),  # noqa: S106
            ListAccountsForParent(parent_id="r-ab12", next_token="next"),  # noqa: S106
        )
    ),
    (HERE, DescribeRegions(filters=TOO_MANY), FilterLimitExceeded),
    (HERE, DescribeRegions(region_names=["cn-north-1"]), RegionNotFound),
    (HERE, DescribeRegions(region_names=["eu-west-9"]), RegionNotFound),
    (HERE, DescribeAvailabilityZones(filters=TOO_MANY), FilterLimitExceeded),
    (HERE, DescribeAvailabilityZones(zone_names=["us-east-1a"]), ZoneNotInRegion),
    (HERE, DescribeAvailabilityZones(zone_ids=["use1-az1"]), ZoneIdNotFound),
]  # fmt: skip


@pytest.mark.parametrize(("by", "query", "refusal"), WITNESSES)
def test_each_reason_to_refuse_has_its_witness(by: Caller, query: Query[Any], refusal: type[Refusal]) -> None:
    assert type(attempt(WORLD, query, by=by)) is refusal


@pytest.mark.parametrize("action", [*NEIGHBOURS, "DescribeAvailabilityZones", "DescribeRegions"])
def test_every_declared_refusal_has_a_witness_and_no_other(action: str) -> None:
    assert {refusal for _, query, refusal in WITNESSES if query.action == action} == set(ACTIONS[action].refusals)


@cache
def _model(service: str) -> Any:
    return pytest.importorskip("botocore.session").get_session().get_service_model(service)


@pytest.mark.parametrize("action", NEIGHBOURS)
def test_a_refusal_is_one_that_the_service_knows(action: str) -> None:
    known = {shape.error_code for shape in _model(ACTIONS[action].service).operation_model(action).error_shapes}
    for by, query, _ in WITNESSES:
        told = attempt(WORLD, query, by=by)
        assert isinstance(told, Refusal)
        assert query.action != action or told.code in {*known, "AccessDeniedException"}  # any service can deny


COMPLAINTS: list[tuple[type[Request[Any]], dict[str, Any], str]] = [
    (GetParameter, {"name": " "}, "ValidationException"),
    (GetParameter, {"name": "a b"}, "ValidationException"),
    (GetParameter, {"name": "a" * 2049}, "ValidationException"),
    (GetParameters, {"names": []}, "ValidationException"),
    (GetParameters, {"names": [f"/{number}" for number in range(11)]}, "ValidationException"),
    (GetParameters, {"names": LATEST}, "InvalidParameterValue"),
    (GetParametersByPath, {"path": "aws"}, "ValidationException"),
    (GetParametersByPath, {"path": "/aws", "max_results": 11}, "ValidationException"),
    (AssumeRole, {"role_arn": "Reader", "role_session_name": "me"}, "ValidationError"),
    (AssumeRole, {"role_arn": f"arn:aws:iam::{BUILD}:user/Reader", "role_session_name": "me"}, "ValidationError"),
    (AssumeRole, {"role_arn": f"arn:aws:iam::{BUILD}:role/Reader", "role_session_name": "a b"}, "ValidationError"),
    (
        AssumeRole,
        {"role_arn": f"arn:aws:iam::{BUILD}:role/Reader", "role_session_name": "me", "duration_seconds": 899},
        "ValidationError",
    ),
    (
        AssumeRole,
        {"role_arn": f"arn:aws:iam::{BUILD}:role/Reader", "role_session_name": "me", "source_identity": "!"},
        "ValidationError",
    ),
    (DescribeKey, {"key_id": ""}, "NotFoundException"),
    (DescribeKey, {"key_id": "golden"}, "NotFoundException"),
    (ListAliases, {"key_id": "alias/golden"}, "NotFoundException"),
    (ListAliases, {"limit": 101}, "ValidationException"),
    (ListKeys, {"limit": 0}, "ValidationException"),
    (ListKeys, {"limit": 1001}, "ValidationException"),
    (DescribeAccount, {"account_id": "1"}, "InvalidInputException"),
    (DescribeOrganizationalUnit, {"organizational_unit_id": "r-ab12"}, "InvalidInputException"),
    (ListAccountsForParent, {"parent_id": "r-"}, "InvalidInputException"),
    (ListOrganizationalUnitsForParent, {"parent_id": PROD}, "InvalidInputException"),
    (ListParents, {"child_id": "r-ab12"}, "InvalidInputException"),
    (ListAccounts, {"max_results": 21}, "InvalidInputException"),
    (DescribeRegions, {"region_names": ["nowhere"]}, "InvalidRegion"),
    (DescribeRegions, {"filters": [Filter("tag:Name", ["x"])]}, "InvalidParameterValue"),
    (DescribeAvailabilityZones, {"zone_names": ["nowhere"]}, "InvalidAvailabilityZone"),
    (DescribeAvailabilityZones, {"zone_ids": "euc1-az1"}, "InvalidParameterValue"),
    (DescribeAvailabilityZones, {"filters": [Filter("zone", ["x"])]}, "InvalidParameterValue"),
]


@pytest.mark.parametrize(("kind", "given_to_it", "code"), COMPLAINTS)
def test_what_no_world_could_answer_is_malformed(
    kind: type[Request[Any]], given_to_it: dict[str, Any], code: str
) -> None:
    with pytest.raises(Malformed) as told:
        kind(**given_to_it)
    assert told.value.code == code


@given(number=st.integers(-5, 25))
def test_a_number_out_of_bounds_says_which_bound(number: int) -> None:
    if 1 <= number <= 20:
        assert bounded(number, "MaxResults", 1, 20) == number
    else:
        bound = "greater than or equal to 1" if number < 1 else "less than or equal to 20"
        with pytest.raises(Malformed, match=f"'maxResults' failed to satisfy constraint: Member must have .* {bound}"):
            bounded(number, "MaxResults", 1, 20)


# --- parameters of Systems Manager ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "version", "selector"),
    [
        (LATEST,             SECOND, 2, None),
        (f"{LATEST}:2",      SECOND, 2, ":2"),
        (f"{LATEST}:1",      FIRST,  1, ":1"),
        (LATEST_ARN,         SECOND, 2, None),
        (f"{LATEST_ARN}:1",  FIRST,  1, ":1"),
        (f"  {LATEST} ",     SECOND, 2, None),
    ],
)  # fmt: skip
def test_a_parameter_is_asked_for_by_name_or_arn_in_any_of_its_versions(
    name: str, value: str, version: int, selector: str | None
) -> None:
    """Rules A ID-10, A 10.4."""
    found = ask(WORLD, GetParameter(name=name, with_decryption=True), by=HERE)
    assert (found.name, found.arn) == (LATEST, LATEST_ARN)
    assert (found.value, found.version, found.selector) == (value, version, selector)


def test_a_parameter_that_is_published_anew_has_another_version_and_a_launch_takes_the_same_image() -> None:
    """Rules A ID-10, A NF-3."""
    image = next(WORLD.images_owned(PROD, FRANKFURT))
    publishing = PublishParameter(name=LATEST, image_id=image.image_id)
    after, _ = apply(WORLD, publishing, by=Caller.provider(FRANKFURT))
    found = ask(after, GetParameter(name=LATEST), by=HERE)
    assert (found.value, found.version) == (image.image_id, 3)
    launch = RunInstances(image_id=f"resolve:ssm:{LATEST}", instance_type="t3.micro")
    (instance,) = apply(after, launch, by=HERE).value.instances
    assert instance.image_id == found.value


def test_of_several_parameters_those_that_are_there_are_told_and_the_others_listed() -> None:
    found = ask(WORLD, GetParameters(names=["/none", f"{LATEST}:9", LATEST, f"{LATEST}:1", LATEST]), by=HERE)
    assert [(one.name, one.version) for one in found.parameters] == [(LATEST, 1), (LATEST, 2)]
    assert found.invalid_parameters == ("/none", f"{LATEST}:9")


@pytest.mark.parametrize(
    ("path", "recursive", "found"),
    [
        ("/aws/service/ami-amazon-linux-latest",  False, True),
        ("/aws/service/ami-amazon-linux-latest/", False, True),
        ("/aws/service/ami-amazon-linux",         True,  False),
        ("/aws/service",                          False, False),
        ("/aws/service",                          True,  True),
        ("/",                                     True,  True),
        (LATEST,                                  True,  False),
    ],
)  # fmt: skip
def test_a_path_leads_to_what_is_directly_below_it_or_to_all(path: str, recursive: bool, found: bool) -> None:
    query = GetParametersByPath(path=path, recursive=recursive)
    names = [one.name for one in _every_page(query, HERE, "next_token", "next_token")]
    assert (LATEST in names) is found
    assert names == sorted(set(names))
    assert all(name.startswith(path) for name in names)


@given(size=st.integers(1, 10))
def test_the_pages_of_parameters_are_all_the_parameters_of_the_region(size: int) -> None:
    query = GetParametersByPath(path="/", recursive=True, max_results=size)
    found = _every_page(query, HERE, "next_token", "next_token")
    there = sorted(name for region, name in WORLD.parameters if region == FRANKFURT)
    assert [one.name for one in found] == there
    for one in found:
        assert one == ask(WORLD, GetParameter(name=one.name), by=HERE)


# --- who asks ---------------------------------------------------------------------------------------------------------


@given(amis.account_ids(), amis.regions())
def test_everybody_is_the_root_of_its_account(account: str, region: Any) -> None:
    """Rule B G-6."""
    told = ask(WORLD, GetCallerIdentity(), by=Caller(account=account, region=region))
    assert (told.account, told.user_id) == (account, account)
    assert told.arn == f"arn:{as_region(region).partition}:iam::{account}:root"


@given(amis.account_ids(), st.sampled_from([None, 900, 43_200]), st.sampled_from(["", "ci/", "a/b/"]))
def test_a_role_is_its_account_for_a_while(account: str, seconds: int | None, path: str) -> None:
    request = AssumeRole(
        role_arn=f"arn:aws:iam::{account}:role/{path}Reader", role_session_name="me", duration_seconds=seconds
    )
    given_out = ask(WORLD, request, by=HERE)
    assert account_of_access_key(given_out.credentials.access_key_id) == account
    assert given_out.credentials.expiration == NOW + timedelta(seconds=seconds or 3600)
    assert given_out.assumed_role_user.arn == f"arn:aws:sts::{account}:assumed-role/Reader/me"
    role_id, _, name = given_out.assumed_role_user.assumed_role_id.partition(":")
    assert (role_id[:4], len(role_id), name) == ("AROA", 21, "me")
    assert ask(WORLD, request, by=STRANGER) == given_out


@given(amis.account_ids(), st.sampled_from(AccessKeyKind))
def test_a_key_tells_its_account(account: str, kind: AccessKeyKind) -> None:
    key = access_key_id(account, kind)
    assert account_of_access_key(key) == account
    assert len(key) == 20
    assert key.isalnum()
    assert account_of_access_key(key[:-1]) is None
    assert account_of_access_key(f"{key}x") is None


@pytest.mark.parametrize("text", ["", "AKIAIOSFODNN7EXAMPLE", "AKIA111122223333", "111122223333"])
def test_a_key_of_somebody_elses_making_tells_nothing(text: str) -> None:
    assert account_of_access_key(text) is None


def test_a_key_of_no_account_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"InvalidUserID\.Malformed"):
        access_key_id("12")


# --- keys of KMS ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "name"),
    [
        (BUILDER, "alias/golden"),
        (BUILDER, GOLDEN.arn.key_id),
        (BUILDER, str(GOLDEN.arn)),
        (BUILDER, f"arn:aws:kms:eu-central-1:{BUILD}:alias/golden"),
        (HERE, str(GOLDEN.arn)),
        (HERE, f"arn:aws:kms:eu-central-1:{BUILD}:alias/golden"),
    ],
)
def test_a_key_is_found_by_each_of_its_names_and_by_others_by_an_arn(by: Caller, name: str) -> None:
    """Rules B EN-6, B EN-11, B EN-17."""
    told = ask(WORLD, DescribeKey(key_id=name), by=by)
    assert (told.arn, told.key_id, told.aws_account_id) == (str(GOLDEN.arn), GOLDEN.arn.key_id, BUILD)


@given(account=amis.account_ids(), region=st.sampled_from([FRANKFURT, VIRGINIA]))
def test_every_account_has_the_key_that_aws_keeps_for_ebs(account: str, region: Any) -> None:
    """Rule B EN-2."""
    by = Caller(account=account, region=region)
    told = ask(WORLD, DescribeKey(key_id="alias/aws/ebs"), by=by)
    assert told.arn == str(aws_managed_key(account, region).arn)
    assert told.key_manager.value == "AWS"
    assert told.arn in {one.key_arn for one in ask(WORLD, ListKeys(), by=by).keys}
    assert "alias/aws/ebs" in {one.alias_name for one in ask(WORLD, ListAliases(), by=by).aliases}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({},                                         (True,  "Enabled",         "AWS_KMS",  "SYMMETRIC_DEFAULT")),
        ({"symmetric": False},                       (True,  "Enabled",         "AWS_KMS",  None)),
        ({"key_state": KeyState.DISABLED},           (False, "Disabled",        "AWS_KMS",  "SYMMETRIC_DEFAULT")),
        ({"key_state": KeyState.PENDING_DELETION},   (False, "PendingDeletion", "AWS_KMS",  "SYMMETRIC_DEFAULT")),
        ({"key_state": KeyState.PENDING_IMPORT},     (False, "PendingImport",   "EXTERNAL", "SYMMETRIC_DEFAULT")),
    ],
)  # fmt: skip
def test_what_is_told_of_a_key_in_each_state(facts: dict[str, Any], told: tuple[Any, ...]) -> None:
    arn = f"arn:aws:kms:eu-central-1:{PROD}:key/mrk-{NO_KEY.replace('-', '')}"
    key = ask(WORLD.with_key(KmsKey(arn=arn, **facts)), DescribeKey(key_id=arn), by=HERE)
    assert (key.enabled, key.key_state.value, key.origin.value, key.key_spec) == told
    assert key.multi_region
    assert bool(key.encryption_algorithms) is (key.key_spec is not None)


def test_whoever_is_granted_a_key_may_look_at_it_and_sees_its_names_by_its_arn_only() -> None:
    """Rule B EN-11: the lists are of one's own keys."""
    arn = f"arn:aws:kms:eu-central-1:{PARTNER}:key/{NO_KEY}"
    before = WORLD.with_key(KmsKey(arn=arn, grants=[AccountGrant(PROD)]), aliases=["alias/theirs"])
    assert ask(before, DescribeKey(key_id=arn), by=HERE).arn == arn
    assert arn not in {one.key_arn for one in ask(before, ListKeys(), by=HERE).keys}
    assert isinstance(attempt(before, DescribeKey(key_id=arn), by=BUILDER), KeyAccessDenied)
    assert [one.alias_name for one in ask(before, ListAliases(key_id=arn), by=STRANGER).aliases] == ["alias/theirs"]


@pytest.mark.parametrize("limit", [1, 2, None])
def test_keys_and_their_names_come_page_by_page(limit: int | None) -> None:
    keys = _every_page(ListKeys(limit=limit), BUILDER, "marker", "next_marker", "keys")
    assert {one.key_arn for one in keys} == {str(GOLDEN.arn), str(aws_managed_key(BUILD, FRANKFURT).arn)}
    names = _every_page(ListAliases(limit=limit), BUILDER, "marker", "next_marker", "aliases")
    assert [one.alias_name for one in names] == ["alias/aws/ebs", "alias/golden"]
    for one in names:
        told = ask(WORLD, DescribeKey(key_id=one.alias_arn), by=BUILDER)
        assert told.key_id == one.target_key_id
    whole = ask(WORLD, ListKeys(limit=limit), by=BUILDER)
    assert whole.truncated is (whole.next_marker is not None)


def test_a_marker_goes_on_with_its_own_query_only() -> None:
    """Rule A DI-3."""
    marker = ask(WORLD, ListKeys(limit=1), by=BUILDER).next_marker
    assert ask(WORLD, ListKeys(limit=5, marker=marker), by=BUILDER).next_marker is None
    assert isinstance(attempt(WORLD, ListAliases(marker=marker), by=BUILDER), InvalidMarker)
    assert isinstance(attempt(WORLD, ListKeys(marker=marker), by=HERE), InvalidMarker)


# --- the organization -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", sorted(ORGANIZATION.members))
def test_every_member_sees_the_same_organization(account: str) -> None:
    """Rules B OR-1, B OR-2."""
    told = ask(WORLD, DescribeOrganization(), by=Caller(account=account, region=VIRGINIA))
    assert (told.id, told.arn, told.feature_set) == (ORGANIZATION.organization_id, str(ORGANIZATION.arn), "ALL")
    assert told.master_account_id == MANAGEMENT
    assert told.master_account_arn.endswith(f":account/o-a1b2c3d4e5/{MANAGEMENT}")


def test_an_organization_is_in_its_partition_alone() -> None:
    """Rule B OR-12."""
    there = Caller(account=MANAGEMENT, region="cn-north-1")
    assert isinstance(attempt(WORLD, DescribeOrganization(), by=there), NotInAnOrganization)
    assert isinstance(attempt(WORLD, ListRoots(), by=there), NotInAnOrganization)


def test_who_does_not_know_of_an_organization_is_told_why() -> None:
    """Rules B OR-8 to B OR-10: a world made of EC2's answers knows of none."""
    (known,) = explain(WORLD, DescribeOrganization(), by=STRANGER).refusals
    (unknown,) = explain(WORLD.with_organizations(NOTHING_KNOWN), DescribeOrganization(), by=STRANGER).refusals
    assert str(known) == str(unknown) == "Your account is not a member of an organization."
    assert known.remedy != unknown.remedy


def test_a_denied_member_is_told_whom_to_ask() -> None:
    (told,) = explain(WORLD, ListAccounts(), by=HERE).refusals
    assert str(told) == "You don't have permissions to access this resource."
    assert MANAGEMENT in str(told.remedy)


@cache
def _tree(world: World = WORLD) -> dict[str, set[str]]:
    """The organization, by asking for what is below each root and each unit."""
    found: dict[str, set[str]] = {}
    (root,) = ask(world, ListRoots(), by=MANAGER)
    left: list[str] = [root.id]
    while left:
        parent = left.pop()
        units = ask(world, ListOrganizationalUnitsForParent(parent_id=parent), by=MANAGER)
        accounts = ask(world, ListAccountsForParent(parent_id=parent), by=MANAGER)
        left += [unit.id for unit in units]
        found[parent] = {*(unit.id for unit in units), *(account.id for account in accounts)}
    return found


def test_who_goes_down_the_tree_finds_everyone_once_and_who_goes_up_again_comes_to_the_root() -> None:
    tree = _tree()
    everyone = [child for children in tree.values() for child in children]
    assert sorted(child for child in everyone if not child.startswith("ou-")) == sorted(ORGANIZATION.members)
    assert len(everyone) == len(set(everyone))
    for parent, children in tree.items():
        for child in children:
            (above,) = ask(WORLD, ListParents(child_id=child), by=MANAGER)
            assert (above.id, above.type.value) == (
                parent, "ROOT" if parent.startswith("r-") else "ORGANIZATIONAL_UNIT",
            )  # fmt: skip


@given(amis.single_organizations())
def test_so_it_is_in_every_organization(organization: Any) -> None:
    world = World(now=NOW).with_organizations(Organizations([organization]))
    region = next(one for one in known_regions() if one.partition is organization.partition)
    by = Caller(account=organization.management_account_id, region=region)
    listed = list(ask(world, ListAccounts(), by=by))
    assert [one.id for one in listed] == sorted(organization.members)[:20]
    for one in listed:
        assert one == ask(world, DescribeAccount(account_id=one.id), by=by)
        (above,) = ask(world, ListParents(child_id=one.id), by=by)
        assert one in list(ask(world, ListAccountsForParent(parent_id=above.id), by=by))
        assert one.paths[0].split("/")[-3] == above.id
    for _, unit in organization.units():
        told = ask(world, DescribeOrganizationalUnit(organizational_unit_id=unit.organizational_unit_id), by=by)
        assert told.arn == str(organization.arn_of(unit.organizational_unit_id))
        (above,) = ask(world, ListParents(child_id=told.id), by=by)
        assert told in list(ask(world, ListOrganizationalUnitsForParent(parent_id=above.id), by=by))


@pytest.mark.parametrize("size", [1, 2, 20, None])
def test_accounts_come_page_by_page(size: int | None) -> None:
    found = _every_page(ListAccounts(max_results=size), MANAGER, "next_token", "next_token")
    assert [one.id for one in found] == sorted(ORGANIZATION.members)
    assert {one.status.value for one in found} == {one.state.value for one in found} == {"ACTIVE"}


@pytest.mark.parametrize(
    ("account", "path"),
    [
        (MANAGEMENT, "o-a1b2c3d4e5/r-ab12/112233445566/"),
        (SANDBOX,    "o-a1b2c3d4e5/r-ab12/ou-ab12-sandbox1/777788889999/"),
        (STAGING,    "o-a1b2c3d4e5/r-ab12/ou-ab12-workload1/ou-ab12-testing1/444455556666/"),
    ],
)  # fmt: skip
def test_an_accounts_path_leads_to_it_from_the_organization(account: str, path: str) -> None:
    assert ask(WORLD, DescribeAccount(account_id=account), by=MANAGER).paths == (path,)


# --- Regions ----------------------------------------------------------------------------------------------------------


def _regions(by: Caller = HERE, **asked: Any) -> dict[str, str]:
    return {one.region_name: one.opt_in_status.value for one in ask(WORLD, DescribeRegions(**asked), by=by)}


def test_those_of_the_partition_are_listed_and_with_all_those_that_must_be_opted_in_for() -> None:
    """Rules A RG-1 to A RG-3."""
    listed, everything = _regions(), _regions(all_regions=True)
    there = {region.name for region in known_regions() if region.partition.value == "aws"}
    assert set(everything) == there
    assert set(listed) == {name for name, status in everything.items() if status != "not-opted-in"}
    assert list(everything) == sorted(everything)
    assert {name for name, status in everything.items() if status == "opt-in-not-required"} == {
        region.name for region in known_regions() if region.name in there and not region.opt_in
    }
    assert everything["eu-south-2"] == "not-opted-in"


def test_who_asks_in_a_region_has_opted_in_for_it() -> None:
    assert _regions(Caller(account=PROD, region="eu-south-2"))["eu-south-2"] == "opted-in"
    assert _regions(region_names=["eu-south-2"]) == {"eu-south-2": "not-opted-in"}
    new = Caller(account=PROD, region="eu-west-9")
    assert _regions(new)["eu-west-9"] == "opted-in"


@pytest.mark.parametrize("region", known_regions(), ids=str)
def test_the_endpoints_are_those_of_botocore(region: Region) -> None:
    loader = pytest.importorskip("botocore.loaders").create_loader()
    partitions = loader.load_data("partitions")["partitions"]
    (suffix,) = (one["outputs"]["dnsSuffix"] for one in partitions if one["id"] == region.partition)
    (told,) = ask(WORLD, DescribeRegions(region_names=[region]), by=Caller(account=PROD, region=region))
    assert told.endpoint == f"ec2.{region}.{suffix}"


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [("region-name", "eu-west-?", 3), ("opt-in-status", "opted-in", 0), ("endpoint", "ec2.us-*", 4)],
)
def test_regions_are_filtered_by_what_is_told_of_them(name: str, value: str, number: int) -> None:
    """Rules A FI-1 to A FI-5."""
    assert len(_regions(filters=[Filter(name, [value])])) == number


# --- zones ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("us-east-1",      "use1"),
        ("us-west-2",      "usw2"),
        ("eu-central-1",   "euc1"),
        ("eu-north-1",     "eun1"),
        ("ap-northeast-1", "apne1"),
        ("ap-southeast-4", "apse4"),
        ("ca-west-1",      "caw1"),
        ("sa-east-1",      "sae1"),
        ("me-central-1",   "mec1"),
        ("cn-northwest-1", "cnnw1"),
        ("us-gov-east-1",  "usge1"),
        ("us-iso-east-1",  "usie1"),
        ("us-isob-east-1", "usibe1"),
    ],
)  # fmt: skip
def test_a_region_is_abbreviated_in_the_ids_of_its_zones(region: str, code: str) -> None:
    """Rule A RG-4."""
    assert region_code(as_region(region)) == code
    assert zone_id(as_zone(f"{region}a")) == f"{code}-az1"


ZONES = [
    ("us-west-2b",              "usw2-az2",       "availability-zone", "us-west-2-zg-1",  "us-west-2"),
    ("us-west-2-lax-1b",        "usw2-lax1-az2",  "local-zone",        "us-west-2-lax-1", "us-west-2-lax-1"),
    ("us-east-1-wl1-bos-wlz-1", "use1-wl1-bos-wlz1", "wavelength-zone", "us-east-1-wl1", "us-east-1-wl1-bos-wlz-1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "id_", "kind", "group", "border"), ZONES)
def test_what_is_told_of_each_kind_of_zone(name: str, id_: str, kind: str, group: str, border: str) -> None:
    by = Caller(account=PROD, region=as_zone(name).region)
    (told,) = ask(WORLD, DescribeAvailabilityZones(zone_names=[name]), by=by)
    assert (told.zone_name, told.zone_id, told.zone_type.value) == (name, id_, kind)
    assert (told.group_name, told.network_border_group, told.state) == (group, border, "available")


@given(region=st.sampled_from(known_regions()))
def test_no_two_regions_share_an_abbreviation_and_zones_are_found_by_their_ids(region: Any) -> None:
    assert [one for one in known_regions() if region_code(one) == region_code(region)] == [region]
    by = Caller(account=PROD, region=region)
    listed = ask(WORLD, DescribeAvailabilityZones(), by=by)
    again = ask(WORLD, DescribeAvailabilityZones(zone_ids=[one.zone_id for one in listed]), by=by)
    assert again == listed
    assert ask(WORLD, DescribeAvailabilityZones(all_availability_zones=True), by=by) == listed


def test_a_zone_that_is_used_is_told() -> None:
    image = next(WORLD.images_owned(PROD, FRANKFURT))
    launch = RunInstances(image_id=image.image_id, instance_type="t3.micro", availability_zone="eu-central-1d")
    after = apply(WORLD, launch, by=HERE).world
    told = [one.zone_name for one in ask(after, DescribeAvailabilityZones(), by=HERE)]
    assert told == [f"eu-central-1{letter}" for letter in "abcd"]
    assert "eu-central-1d" not in {one.zone_name for one in ask(after, DescribeAvailabilityZones(), by=BUILDER)}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("zone-id",       "euc1-az2",          "b"),
        ("zone-name",     "*c",                "c"),
        ("region-name",   "eu-central-1",      "abc"),
        ("zone-type",     "local-zone",        ""),
        ("state",         "available",         "abc"),
        ("opt-in-status", "opt-in-not-*",      "abc"),
        ("group-name",    "eu-central-1-zg-?", "abc"),
        ("message",       "*",                 ""),
    ],
)  # fmt: skip
def test_zones_are_filtered_by_what_is_told_of_them(name: str, value: str, found: str) -> None:
    """Rules A FI-1 to A FI-6."""
    told = ask(WORLD, DescribeAvailabilityZones(filters=[Filter(name, [value])]), by=HERE)
    assert "".join(one.zone_name[-1] for one in told) == found


@pytest.mark.parametrize(
    ("action", "table"), [("DescribeRegions", REGION_FILTERS), ("DescribeAvailabilityZones", ZONE_FILTERS)]
)
def test_the_filters_of_places_are_those_that_botocore_documents(action: str, table: Any) -> None:
    text = _model("ec2").operation_model(action).input_shape.members["Filters"].documentation
    names = set(re.findall(r"<li>\s*<p>\s*<code>([^<]*)</code>", text))
    assert {*table.rows, *table.silent} == names


# --- all of them ------------------------------------------------------------------------------------------------------


def test_the_services_have_the_actions_that_tools_ask_first() -> None:
    assert {(ACTIONS[name].service, name) for name in NEIGHBOURS} == {
        ("ssm", "GetParameter"), ("ssm", "GetParameters"), ("ssm", "GetParametersByPath"),
        ("sts", "GetCallerIdentity"), ("sts", "AssumeRole"),
        ("kms", "DescribeKey"), ("kms", "ListKeys"), ("kms", "ListAliases"),
        *(("organizations", name) for name in (
            "DescribeOrganization", "DescribeAccount", "DescribeOrganizationalUnit", "ListAccounts",
            "ListAccountsForParent", "ListOrganizationalUnitsForParent", "ListParents", "ListRoots",
        )),
    }  # fmt: skip
