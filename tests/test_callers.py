"""Who asks: rules B G-1, B G-6, A 0.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.callers import PROVIDER_ACCOUNT, Caller
from amimodel.malformed import Malformed
from amimodel.testing import strategies as ec2

ACTIONS = st.sampled_from(["ec2:RunInstances", "ec2:Run", "ec2:DeleteSnapshot", "rbin:CreateRule", "aws:FailImage"])


@given(
    denied=st.lists(st.one_of(ACTIONS, st.sampled_from(["ec2:*", "rbin:*", "*", "ec2"])), max_size=3), action=ACTIONS
)
def test_a_caller_may_do_what_is_not_denied_to_it(denied: list[str], action: str) -> None:
    by = Caller(account="111122223333", region="eu-central-1", denied=denied)
    named = action in denied
    whole = action.partition(":")[0] + ":*" in denied or "*" in denied
    assert by.may(action) is not (named or whole)


@given(account=ec2.account_ids(), region=ec2.regions())
def test_a_caller_is_an_account_in_a_region(account: str, region: str) -> None:
    by = Caller(account=account, region=region)
    assert str(by) == f"{account} in {region}"
    assert by == Caller(account=account, region=str(region))
    assert by.may("ec2:RunInstances")
    assert by.is_provider is (account == PROVIDER_ACCOUNT)


def test_aws_itself_is_a_caller_too() -> None:
    assert Caller.provider("us-east-1").is_provider
    assert str(Caller.provider("us-east-1")) == "000000000000 in us-east-1"


@pytest.mark.parametrize(
    "wrong", [{"account": "1111-2222-3333"}, {"region": "Frankfurt"}, {"denied": "ec2:*"}, {"account": ""}]
)
def test_what_is_no_caller_is_malformed(wrong: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        Caller(**({"account": "111122223333", "region": "eu-central-1"} | wrong))
