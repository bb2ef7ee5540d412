"""Keys: rules B EN-2, B EN-6, B EN-11, B OR-14."""

import pickle

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from amimodel.encryption import (
    AWS_MANAGED_ALIAS,
    AccountGrant,
    KeyManager,
    KeyState,
    KmsKey,
    KmsKeyArn,
    OrganizationGrant,
    OrganizationPathGrant,
    kms_key_id,
)
from amimodel.malformed import Malformed
from amimodel.regions import Region
from amimodel.testing import strategies as ec2

UUID = "68425528-9938-4a15-90f2-f1755263b836"
MULTI_REGION = "mrk-" + "0123456789abcdef" * 2
ARN = f"arn:aws:kms:us-west-2:644160558196:key/{UUID}"

# --- names of keys ----------------------------------------------------------------------------------------------------


@given(ec2.kms_key_ids())
def test_a_key_is_named_in_any_of_four_forms(text: str) -> None:
    """Rule B EN-6."""
    assert kms_key_id(text) == text


@pytest.mark.parametrize(
    "text",
    [UUID, MULTI_REGION, "alias/aws/ebs", "alias/My_key-1", "alias/" + "a" * 250, ARN, ARN.replace(UUID, MULTI_REGION),
     "arn:aws:kms:us-west-2:644160558196:alias/golden", "arn:aws-cn:kms:cn-north-1:644160558196:alias/aws/ebs"],
)  # fmt: skip
def test_each_form_is_read(text: str) -> None:
    """Rule B EN-6."""
    assert kms_key_id(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "golden", "alias/", "alias/" + "a" * 251, "alias/a b", UUID.upper(), UUID[:-1], UUID + "\n", "mrk-123",
     ARN + "/x", ARN.replace("644160558196", "6441"), ARN.replace(":kms:", ":ec2:"), ARN.replace(":key/", ":grant/"),
     None, 5],
)  # fmt: skip
def test_no_other_text_names_a_key(text: object) -> None:
    """Rule B EN-6."""
    with pytest.raises(Malformed) as caught:
        kms_key_id(text)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member) == ("InvalidParameterValue", "KmsKeyId")


def test_the_alias_of_the_key_that_aws_keeps() -> None:
    """Rule B EN-2."""
    assert kms_key_id("alias/aws/ebs") == AWS_MANAGED_ALIAS


# --- ARNs -------------------------------------------------------------------------------------------------------------


@given(ec2.kms_key_arns())
def test_a_keys_arn_is_read_as_it_is_written(arn: KmsKeyArn) -> None:
    """Rules B EN-6, B EN-12."""
    assert KmsKeyArn.parse(str(arn)) == arn
    assert kms_key_id(str(arn)) == str(arn)
    head = ["arn", arn.region.partition.value, "kms", arn.region.name, arn.account_id, f"key/{arn.key_id}"]
    assert str(arn).split(":") == head


@given(ec2.kms_key_arns(region="eu-west-1", account_id="111122223333"))
def test_an_arn_can_be_asked_for_in_one_region_and_account(arn: KmsKeyArn) -> None:
    assert (arn.region, arn.account_id) == (Region("eu-west-1"), "111122223333")


@pytest.mark.parametrize(
    "text",
    ["", UUID, "alias/aws/ebs", "arn:aws:kms:us-west-2:644160558196:alias/golden",
     ARN.replace("arn:aws:", "arn:aws-cn:"), ARN.replace("us-west-2", "us-west"),
     ARN.replace("us-west-2", "cn-north-1"), ARN + "\n", None, 5],
)  # fmt: skip
def test_no_other_text_is_a_keys_arn(text: object) -> None:
    """Rules B EN-6, B EN-12. An ARN whose Region is of another partition than it says names no key."""
    with pytest.raises(Malformed) as caught:
        KmsKeyArn.parse(text)  # type: ignore[arg-type]  # what a caller without types may give
    assert (caught.value.code, caught.value.member, caught.value.value) == ("InvalidParameterValue", "KmsKeyId", text)


@pytest.mark.parametrize("key", ["", "alias/aws/ebs", UUID.upper()])
def test_an_arn_holds_a_key_id(key: str) -> None:
    with pytest.raises(Malformed):
        KmsKeyArn("us-west-2", "644160558196", key)


# --- grants -----------------------------------------------------------------------------------------------------------


@given(ec2.organization_path_grants())
def test_a_path_is_read_as_it_is_written(grant: OrganizationPathGrant) -> None:
    """Rule B OR-14."""
    assert OrganizationPathGrant.parse(str(grant)) == grant
    assert OrganizationPathGrant.parse(str(grant).rstrip("/")) == grant
    assert str(grant).count("/") == 2 + len(grant.organizational_unit_ids)


@pytest.mark.parametrize(
    "text", ["", "o-xyzabc123w", "o-xyzabc123w/", "o-xyzabc123w/ou-1xyz-abc123yz/", "o-xyzabc123w/r-1xyz/x/"]
)
def test_what_is_no_path_is_malformed(text: str) -> None:
    """Rule B OR-14."""
    with pytest.raises(Malformed):
        OrganizationPathGrant.parse(text)


@pytest.mark.parametrize(("make", "value"), [(AccountGrant, "1"), (OrganizationGrant, "xyz")])
def test_a_grant_goes_to_someone(make: type[AccountGrant | OrganizationGrant], value: str) -> None:
    with pytest.raises(Malformed):
        make(value)


# --- keys -------------------------------------------------------------------------------------------------------------


@given(ec2.kms_keys())
def test_a_key_serves_where_it_is_enabled_and_symmetric(key: KmsKey) -> None:
    """Rules B EN-3, B EN-11."""
    assert key.usable is (key.key_state.value == "Enabled" and key.symmetric)
    assert pickle.loads(pickle.dumps(key)) == key


@given(ec2.kms_keys(), st.sampled_from(KeyState))
def test_only_an_enabled_key_serves(key: KmsKey, state: KeyState) -> None:
    """Rule B EN-11."""
    assert evolve(key, key_state=state, symmetric=True).usable is (state is KeyState.ENABLED)
    assert not evolve(key, key_state=state, symmetric=False).usable


@given(ec2.kms_key_arns(), ec2.account_grants())
def test_nobody_is_granted_a_key_of_aws(arn: KmsKeyArn, grant: AccountGrant) -> None:
    """Rule B EN-11."""
    assert KmsKey(arn=str(arn), key_manager="AWS").key_manager is KeyManager.AWS
    assert KmsKey(arn=arn, grants=[grant]).grants == (grant,)
    with pytest.raises(Malformed, match="An AWS managed key cannot be shared"):
        KmsKey(arn=arn, key_manager="AWS", grants=[grant])


def test_the_words_are_those_of_kms() -> None:
    """Rule B EN-11."""
    assert {state.value for state in KeyState} == {
        "Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable",
        "Updating",
    }  # fmt: skip
    assert {manager.value for manager in KeyManager} == {"AWS", "CUSTOMER"}
