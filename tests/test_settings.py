"""What an account settles for a Region: the defaults, EC2's words, and what only a policy may say."""

import pickle
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amimodel.image_criteria import ImageCriterion
from amimodel.malformed import Malformed
from amimodel.quirks import Quirks
from amimodel.settings import (
    NO_PREFERENCE_HOP_LIMIT,
    AllowedImagesSettings,
    AllowedImagesSettingsState,
    EbsEncryption,
    ImageBlockPublicAccess,
    ImageBlockPublicAccessState,
    InstanceMetadataDefaults,
    ManagedBy,
    MetadataDefaultHttpTokens,
    MetadataDefaultSwitch,
    RegionSettings,
    SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessState,
)
from amimodel.vocabulary import Word

KEY_ARN = "arn:aws:kms:us-west-2:644160558196:key/68425528-9938-4a15-90f2-f1755263b836"

DEFAULTS = [
    ("image_block_public_access.state", "block-new-sharing"),  # settlement S 18
    ("image_block_public_access.managed_by", "account"),
    ("image_block_public_access.exception_message", None),
    ("image_block_public_access.blocks_new_sharing", True),
    ("snapshot_block_public_access.state", "unblocked"),  # rule B SBP-1
    ("snapshot_block_public_access.managed_by", "account"),
    ("snapshot_block_public_access.exception_message", None),
    ("snapshot_block_public_access.blocks_new_sharing", False),
    ("snapshot_block_public_access.blocks_all_sharing", False),
    ("allowed_images.state", "disabled"),  # rule B AA-1
    ("allowed_images.image_criteria", ()),
    ("allowed_images.managed_by", "account"),
    ("allowed_images.exception_message", None),
    ("ebs_encryption.by_default", False),  # rule B EN-1
    ("ebs_encryption.default_kms_key_id", None),  # rule B EN-2
    ("instance_metadata_defaults.http_tokens", "no-preference"),  # rule B IM-3
    ("instance_metadata_defaults.http_put_response_hop_limit", -1),
    ("instance_metadata_defaults.http_endpoint", "no-preference"),
    ("instance_metadata_defaults.instance_metadata_tags", "no-preference"),
    ("instance_metadata_defaults.http_tokens_enforced", "no-preference"),
    ("instance_metadata_defaults.managed_by", "account"),
    ("instance_metadata_defaults.managed_exception_message", None),
    ("instance_metadata_defaults.http_tokens_required", False),
    ("instance_metadata_defaults.enforces_http_tokens", False),
]


@pytest.mark.parametrize(("path", "value"), DEFAULTS, ids=[path for path, _ in DEFAULTS])
def test_what_a_new_account_finds(path: str, value: object) -> None:
    setting, name = path.split(".")
    assert getattr(getattr(RegionSettings(), setting), name) == value


def test_a_world_may_start_its_accounts_unblocked() -> None:
    blocked = RegionSettings.of_new_account(Quirks())
    unblocked = RegionSettings.of_new_account(Quirks(new_accounts_block_public_images=False))
    assert blocked == RegionSettings()
    assert unblocked == RegionSettings(image_block_public_access=ImageBlockPublicAccess(state="unblocked"))


@pytest.mark.parametrize(
    ("shape", "words", "beyond_the_shape"),
    [
        ("ManagedBy", ManagedBy, set[str]()),
        ("ImageBlockPublicAccessEnabledState", ImageBlockPublicAccessState, {"unblocked"}),
        ("SnapshotBlockPublicAccessState", SnapshotBlockPublicAccessState, set[str]()),
        ("AllowedImagesSettingsEnabledState", AllowedImagesSettingsState, {"disabled"}),
        ("MetadataDefaultHttpTokensState", MetadataDefaultHttpTokens, set[str]()),
        ("DefaultInstanceMetadataEndpointState", MetadataDefaultSwitch, set[str]()),
        ("DefaultInstanceMetadataTagsState", MetadataDefaultSwitch, set[str]()),
        ("DefaultHttpTokensEnforcedState", MetadataDefaultSwitch, set[str]()),
    ],
)
def test_words_are_those_of_the_service_model(shape: str, words: type[Word], beyond_the_shape: set[str]) -> None:
    # One word of two settings is the answer to a Disable action alone, so only that action's own shape has it.
    model: Any = botocore.session.get_session().get_service_model("ec2")
    assert set(words) == {*model.shape_for(shape).enum, *beyond_the_shape}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ImageBlockPublicAccess, {"state": "unblocked", "managed_by": "declarative-policy"}),
        (ImageBlockPublicAccess, {"managed_by": "declarative-policy", "exception_message": "Ask the cloud team."}),
        (SnapshotBlockPublicAccess, {"state": "block-all-sharing"}),
        (AllowedImagesSettings, {"state": "audit-mode", "image_criteria": (ImageCriterion(image_names=["web"]),)}),
        (EbsEncryption, {"by_default": True, "default_kms_key_id": KEY_ARN}),
        (EbsEncryption, {"default_kms_key_id": "alias/golden"}),
        (InstanceMetadataDefaults, {"http_tokens": "required", "http_put_response_hop_limit": 64}),
        (InstanceMetadataDefaults, {"http_endpoint": "enabled", "instance_metadata_tags": "disabled"}),
        (InstanceMetadataDefaults, {"http_tokens_enforced": "enabled"}),
        (InstanceMetadataDefaults, {"managed_by": "declarative-policy", "managed_exception_message": "No."}),
    ],
)
def test_what_can_be_settled(kind: type, said: dict[str, Any]) -> None:
    setting = kind(**said)
    for name, value in said.items():
        assert getattr(setting, name) == value
    assert setting == kind(**said)
    assert hash(setting) == hash(kind(**said))
    assert pickle.loads(pickle.dumps(setting)) == setting


ONLY_OF_A_POLICY = "Value (No.) for parameter {} is invalid. Only a declarative policy has an exception message."


@pytest.mark.parametrize(
    ("kind", "said", "message"),
    [
        (ImageBlockPublicAccess, {"state": "block-all-sharing"},
         "Invalid value 'block-all-sharing' for imageBlockPublicAccessState."),
        (SnapshotBlockPublicAccess, {"state": "blocked"},
         "Invalid value 'blocked' for snapshotBlockPublicAccessState."),
        (AllowedImagesSettings, {"state": "audit_mode"}, "Invalid value 'audit_mode' for allowedImagesSettingsState."),
        (AllowedImagesSettings, {"managed_by": "me"}, "Invalid value 'me' for managedBy."),
        (ImageBlockPublicAccess, {"exception_message": "No."}, ONLY_OF_A_POLICY.format("exceptionMessage")),
        (SnapshotBlockPublicAccess, {"exception_message": "No."}, ONLY_OF_A_POLICY.format("exceptionMessage")),
        (AllowedImagesSettings, {"exception_message": "No."}, ONLY_OF_A_POLICY.format("exceptionMessage")),
        (InstanceMetadataDefaults, {"managed_exception_message": "No."},
         ONLY_OF_A_POLICY.format("managedExceptionMessage")),
        (EbsEncryption, {"default_kms_key_id": "golden"},
         "Value (golden) for parameter kmsKeyId is invalid. Expected a key ID, alias, key ARN or alias ARN."),
        (InstanceMetadataDefaults, {"http_put_response_hop_limit": 0},
         "Value (0) for parameter httpPutResponseHopLimit is invalid. Expected a number from 1 to 64, or -1."),
        (InstanceMetadataDefaults, {"http_put_response_hop_limit": None},
         "Value (None) for parameter httpPutResponseHopLimit is invalid. Expected a number from 1 to 64, or -1."),
    ],
)  # fmt: skip
def test_what_is_malformed(kind: type, said: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed) as caught:
        kind(**said)
    assert caught.value.code == "InvalidParameterValue"
    assert caught.value.message == message


def test_none_stands_alone_among_the_criteria() -> None:
    nobody, amazon = ImageCriterion(image_providers=["none"]), ImageCriterion(image_providers=["amazon"])
    assert AllowedImagesSettings(image_criteria=[nobody]).image_criteria == (nobody,)
    with pytest.raises(Malformed, match="'none' cannot be combined with any other criterion"):
        AllowedImagesSettings(image_criteria=[amazon, nobody])


def test_an_empty_key_is_no_key() -> None:
    assert EbsEncryption(default_kms_key_id="") == EbsEncryption()


@pytest.mark.parametrize(
    ("state", "new", "everything"),
    [("unblocked", False, False), ("block-new-sharing", True, False), ("block-all-sharing", True, True)],
)
def test_what_block_public_access_for_snapshots_blocks(*, state: str, new: bool, everything: bool) -> None:
    setting = SnapshotBlockPublicAccess(state=state)
    assert (setting.blocks_new_sharing, setting.blocks_all_sharing) == (new, everything)


@given(st.integers(-70, 70))
def test_hop_limits(hops: int) -> None:
    if hops == NO_PREFERENCE_HOP_LIMIT or 1 <= hops <= 64:
        assert InstanceMetadataDefaults(http_put_response_hop_limit=hops).http_put_response_hop_limit == hops
    else:
        with pytest.raises(Malformed, match="Expected a number from 1 to 64, or -1"):
            InstanceMetadataDefaults(http_put_response_hop_limit=hops)
