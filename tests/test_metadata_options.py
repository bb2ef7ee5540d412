"""The metadata service of a new instance: rules B 5.3, A RI-16."""

from typing import Any

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from amimodel.instances import HttpTokens
from amimodel.malformed import Malformed, invalid_value
from amimodel.metadata_options import (
    IMAGE_SAYS,
    NOTHING_SAID,
    SERVICE_DEFAULTS,
    HttpEndpoint,
    HttpProtocolIpv6,
    InstanceMetadataOptions,
    InstanceMetadataTags,
    MetadataOptions,
    MetadataSource,
    account_says,
    check_enforced,
    resolve,
    sources,
)
from amimodel.refusals import HttpTokensEnforced
from amimodel.settings import InstanceMetadataDefaults
from amimodel.testing import strategies as amis
from amimodel.vocabulary import ImdsSupport

V2 = ImdsSupport.V2_0
UNDECIDED = InstanceMetadataDefaults()
OPTIONS = tuple(fields_dict(InstanceMetadataOptions))

supports = st.sampled_from([None, V2])
requests = st.builds(
    MetadataOptions,
    http_tokens=st.none() | st.sampled_from(HttpTokens),
    http_put_response_hop_limit=st.none() | st.integers(1, 64),
    http_endpoint=st.none() | st.sampled_from(HttpEndpoint),
    http_protocol_ipv6=st.none() | st.sampled_from(HttpProtocolIpv6),
    instance_metadata_tags=st.none() | st.sampled_from(InstanceMetadataTags),
)


# --- tokens and hops, all cases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("launch", "account", "image", "result", "source"),
    [
        (None,       "no-preference", None, "optional", "service"),
        (None,       "no-preference", V2,   "required", "image"),
        (None,       "optional",      None, "optional", "account"),
        (None,       "optional",      V2,   "optional", "account"),  # the account is heard before the image
        (None,       "required",      None, "required", "account"),
        (None,       "required",      V2,   "required", "account"),
        ("optional", "no-preference", None, "optional", "launch"),
        ("optional", "no-preference", V2,   "optional", "launch"),   # rule B IM-5
        ("optional", "optional",      None, "optional", "launch"),
        ("optional", "optional",      V2,   "optional", "launch"),
        ("optional", "required",      None, "optional", "launch"),
        ("optional", "required",      V2,   "optional", "launch"),
        ("required", "no-preference", None, "required", "launch"),
        ("required", "no-preference", V2,   "required", "launch"),
        ("required", "optional",      None, "required", "launch"),
        ("required", "optional",      V2,   "required", "launch"),
        ("required", "required",      None, "required", "launch"),
        ("required", "required",      V2,   "required", "launch"),
    ],
)  # fmt: skip
def test_tokens_are_settled_by_the_first_who_says_something(
    launch: str | None, account: str, image: ImdsSupport | None, result: str, source: str
) -> None:
    """Rules B IM-1, B IM-3, B IM-5, A RI-16."""
    said: Any = {"requested": MetadataOptions(http_tokens=launch), "imds_support": image}
    defaults = InstanceMetadataDefaults(http_tokens=account)
    assert resolve(defaults=defaults, **said).http_tokens.value == result
    assert sources(defaults=defaults, **said)["http_tokens"].value == source


@pytest.mark.parametrize(
    ("launch", "account", "image", "result", "source"),
    [
        (None, -1, None, 1, "service"),
        (None, -1, V2,   2, "image"),
        (None, 3,  None, 3, "account"),
        (None, 3,  V2,   3, "account"),
        (4,    -1, None, 4, "launch"),
        (4,    -1, V2,   4, "launch"),
        (4,    3,  None, 4, "launch"),
        (4,    3,  V2,   4, "launch"),
    ],
)  # fmt: skip
def test_hops_are_settled_by_the_first_who_says_something(
    launch: int | None, account: int, image: ImdsSupport | None, result: int, source: str
) -> None:
    said: Any = {"requested": MetadataOptions(http_put_response_hop_limit=launch), "imds_support": image}
    defaults = InstanceMetadataDefaults(http_put_response_hop_limit=account)
    assert resolve(defaults=defaults, **said).http_put_response_hop_limit == result
    assert sources(defaults=defaults, **said)["http_put_response_hop_limit"].value == source


def test_options_are_settled_one_by_one() -> None:
    """Rule B IM-1: a launch that lifts the tokens still has the image's hops and the account's endpoint."""
    options = resolve(
        MetadataOptions(http_tokens="optional"),
        defaults=InstanceMetadataDefaults(http_endpoint="disabled", instance_metadata_tags="enabled"),
        imds_support=V2,
    )
    assert options == InstanceMetadataOptions(
        http_tokens=HttpTokens.OPTIONAL,
        http_put_response_hop_limit=2,
        http_endpoint=HttpEndpoint.DISABLED,
        http_protocol_ipv6=HttpProtocolIpv6.DISABLED,
        instance_metadata_tags=InstanceMetadataTags.ENABLED,
    )


def test_where_nobody_speaks_ec2s_defaults_hold() -> None:
    """Rule B IM-3; botocore 1.44.5, InstanceMetadataOptionsRequest."""
    assert resolve(defaults=UNDECIDED) == SERVICE_DEFAULTS
    assert [getattr(SERVICE_DEFAULTS, option) for option in OPTIONS] == [
        "optional",
        1,
        "enabled",
        "disabled",
        "disabled",
    ]
    assert set(sources(defaults=UNDECIDED).values()) == {MetadataSource.SERVICE}


def test_an_image_supplies_tokens_and_hops_and_no_other_option() -> None:
    """Rule B IM-2."""
    assert set(IMAGE_SAYS) == {None, *ImdsSupport}
    assert IMAGE_SAYS[V2] == MetadataOptions(http_tokens="required", http_put_response_hop_limit=2)
    assert IMAGE_SAYS[None] == NOTHING_SAID


# --- precedence -------------------------------------------------------------------------------------------------------


@given(requested=requests, defaults=amis.instance_metadata_defaults(), support=supports)
def test_every_option_is_what_its_source_says(
    requested: MetadataOptions, defaults: InstanceMetadataDefaults, support: ImdsSupport | None
) -> None:
    voices = {
        MetadataSource.LAUNCH: requested,
        MetadataSource.ACCOUNT: account_says(defaults),
        MetadataSource.IMAGE: IMAGE_SAYS[support],
        MetadataSource.SERVICE: SERVICE_DEFAULTS,
    }
    options = resolve(requested, defaults=defaults, imds_support=support)
    settled = sources(requested, defaults=defaults, imds_support=support)
    assert tuple(settled) == OPTIONS
    for option, source in settled.items():
        assert getattr(options, option) == getattr(voices[source], option)
        before = list(MetadataSource)[: list(MetadataSource).index(source)]
        assert all(getattr(voices[earlier], option) is None for earlier in before)


@given(requested=requests, defaults=amis.instance_metadata_defaults(), support=supports)
def test_what_was_resolved_and_asked_for_again_stays(
    requested: MetadataOptions, defaults: InstanceMetadataDefaults, support: ImdsSupport | None
) -> None:
    options = resolve(requested, defaults=defaults, imds_support=support)
    again = MetadataOptions(**{option: getattr(options, option) for option in OPTIONS})
    assert resolve(again, defaults=defaults, imds_support=support) == options


@given(requested=requests, support=supports)
def test_an_account_without_preferences_is_not_heard(requested: MetadataOptions, support: ImdsSupport | None) -> None:
    assert account_says(UNDECIDED) == NOTHING_SAID
    assert MetadataSource.ACCOUNT not in sources(requested, defaults=UNDECIDED, imds_support=support).values()


# --- enforcement ------------------------------------------------------------------------------------------------------


@given(requested=requests, defaults=amis.instance_metadata_defaults(), support=supports)
def test_an_account_that_enforces_tokens_starts_nothing_without(
    requested: MetadataOptions, defaults: InstanceMetadataDefaults, support: ImdsSupport | None
) -> None:
    """Rule B IM-4."""
    options = resolve(requested, defaults=defaults, imds_support=support)
    if defaults.http_tokens_enforced.value == "enabled" and options.http_tokens.value == "optional":
        with pytest.raises(HttpTokensEnforced):
            check_enforced(options, defaults)
    else:
        check_enforced(options, defaults)


@pytest.mark.parametrize(
    ("launch", "image", "starts"),
    [(None, None, False), (None, V2, True), ("optional", V2, False), ("required", None, True)],
)
def test_a_strict_image_helps_where_tokens_are_enforced(
    launch: str | None, image: ImdsSupport | None, starts: bool
) -> None:
    """Rules B IM-2, B IM-4, B IM-5: enforcement sets nothing, it only refuses."""
    enforcing = InstanceMetadataDefaults(http_tokens_enforced="enabled")
    options = resolve(MetadataOptions(http_tokens=launch), defaults=enforcing, imds_support=image)
    if starts:
        check_enforced(options, enforcing)
    else:
        with pytest.raises(HttpTokensEnforced):
            check_enforced(options, enforcing)


def test_the_refusal_is_in_ec2s_words() -> None:
    """Rule B LD-19."""
    refusal = HttpTokensEnforced()
    assert refusal.code == "UnsupportedOperation"
    assert str(refusal) == (
        "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch"
        " the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the"
        " ModifyInstanceMetadataDefaults API or the account settings in the EC2 console."
    )


# --- what cannot be said ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hops", [0, 65, -1, True, 1.0, "2"])
def test_a_launch_has_between_one_and_64_hops(hops: Any) -> None:
    """No preference is for accounts: a launch leaves the option out."""
    with pytest.raises(Malformed) as caught:
        _ = MetadataOptions(http_put_response_hop_limit=hops)
    assert caught.value == invalid_value("HttpPutResponseHopLimit", hops, "Expected a number from 1 to 64.")
    assert MetadataOptions(http_put_response_hop_limit=64).http_put_response_hop_limit == 64


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("http_tokens", "Invalid value 'no-preference' for httpTokens."),
        ("http_endpoint", "Invalid value 'no-preference' for httpEndpoint."),
        ("http_protocol_ipv6", "Invalid value 'no-preference' for httpProtocolIpv6."),
        ("instance_metadata_tags", "Invalid value 'no-preference' for instanceMetadataTags."),
    ],
)
def test_a_word_that_ec2_does_not_know_is_malformed(option: str, message: str) -> None:
    words: Any = {option: "no-preference"}
    with pytest.raises(Malformed) as caught:
        _ = MetadataOptions(**words)
    assert caught.value.message == message


def test_a_request_is_a_value() -> None:
    said = MetadataOptions(http_tokens="required")
    assert evolve(said, http_tokens=None) == NOTHING_SAID
    assert len({said, MetadataOptions(http_tokens=HttpTokens.REQUIRED)}) == 1
