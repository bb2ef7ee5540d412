"""Which key is meant, who may use it, and how it shows that it cannot be used: rules B 6.1, B OR-14, B LD-20."""

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from amimodel.encryption import (
    AWS_MANAGED_ALIAS,
    AccountGrant,
    KeyManager,
    KeyState,
    KmsKey,
    KmsKeyArn,
    KmsKeyId,
    OrganizationGrant,
    OrganizationPathGrant,
    kms_key_id,
)
from amimodel.identifiers import AccountId
from amimodel.images import StateReason
from amimodel.kms import (
    IMAGE_STATE_REASON,
    INSTANCE_STATE_REASONS,
    SNAPSHOT_STATE_MESSAGE,
    Aliases,
    KeyChoice,
    KeyFault,
    aws_managed_key,
    check_default_key,
    chosen_key,
    default_key,
    fault,
    is_aws_managed,
    may_use,
    resolve,
    shown_default_key,
)
from amimodel.malformed import Malformed
from amimodel.organizations import NOTHING_KNOWN, Organization, OrganizationalUnit, Organizations
from amimodel.quirks import Quirks
from amimodel.refusals import AsymmetricDefaultKey
from amimodel.regions import Region, as_region
from amimodel.settings import EbsEncryption
from amimodel.testing import strategies as amis
from reference import encryption as reference

OWNER, FRIEND, STRANGER = AccountId("111122223333"), AccountId("444455556666"), AccountId("999988887777")
HERE, THERE = as_region("eu-central-1"), as_region("eu-west-1")
KEY_ID = "68425528-9938-4a15-90f2-f1755263b836"
KEY = KmsKey(arn=KmsKeyArn(HERE, OWNER, KEY_ID), grants=[AccountGrant(FRIEND)])
ARN = str(KEY.arn)
KEYS = {ARN: KEY}
GOLDEN = "alias/golden"
ALIASES: Aliases = {(OWNER, HERE, GOLDEN): ARN}


# --- the key of AWS ---------------------------------------------------------------------------------------------------


@given(account=amis.account_ids(), region=amis.regions())
def test_every_account_has_a_key_of_aws_in_every_region(account: AccountId, region: Region) -> None:
    """Rule B EN-2."""
    key = aws_managed_key(account, region)
    assert (key.arn.account_id, key.arn.region, key.key_manager) == (account, region, KeyManager.AWS)
    assert key.usable
    assert kms_key_id(str(key.arn)) == str(key.arn)
    assert aws_managed_key(account, str(region)) == key
    for name in (
        AWS_MANAGED_ALIAS,
        key.arn.key_id,
        str(key.arn),
        str(key.arn).replace(f"key/{key.arn.key_id}", AWS_MANAGED_ALIAS),
    ):
        assert resolve(name, account=account, region=region) == key


@given(amis.account_ids(), amis.account_ids(), amis.regions(), amis.regions())
def test_no_two_of_them_have_one_id(one: AccountId, other: AccountId, here: Region, there: Region) -> None:
    same = aws_managed_key(one, here).arn.key_id == aws_managed_key(other, there).arn.key_id
    assert same == ((one, here) == (other, there))


def test_its_id_is_the_same_in_every_release() -> None:
    assert str(aws_managed_key(OWNER, HERE).arn) == (
        "arn:aws:kms:eu-central-1:111122223333:key/8b452b69-1fc6-22c9-3a0b-67ea04d2c264"
    )


def test_a_world_may_know_it_better() -> None:
    real = KmsKey(arn=KEY.arn, key_manager=KeyManager.AWS)
    found = resolve(
        AWS_MANAGED_ALIAS, account=OWNER, region=HERE, keys={ARN: real}, aliases={(OWNER, HERE, AWS_MANAGED_ALIAS): ARN}
    )
    assert found == real
    assert is_aws_managed(ARN, {ARN: real})


@given(key=amis.kms_keys())
def test_which_keys_are_aws_own(key: KmsKey) -> None:
    """Rule B SP-9, settlement S 43."""
    assert is_aws_managed(str(key.arn), {str(key.arn): key}) is (key.key_manager is KeyManager.AWS)
    assert not is_aws_managed(str(key.arn))  # a key that nobody knows is not said to be anybody's
    managed = aws_managed_key(key.arn.account_id, key.arn.region)
    assert is_aws_managed(str(managed.arn))


@pytest.mark.parametrize(
    ("name", "managed"),
    [
        ("alias/aws/ebs", True),
        ("arn:aws:kms:eu-central-1:111122223333:alias/aws/ebs", True),
        ("alias/golden", False),
        ("arn:aws:kms:eu-central-1:111122223333:alias/golden", False),
        (KEY_ID, False),
    ],
)
def test_which_names_mean_aws_own_key(name: str, managed: bool) -> None:
    assert is_aws_managed(name, KEYS) is managed


# --- which key a name means -------------------------------------------------------------------------------------------

ALIAS_ARN = f"arn:aws:kms:{HERE}:{OWNER}:alias/golden"


@pytest.mark.parametrize(
    ("name", "account", "region", "found"),
    [
        (KEY_ID,         OWNER,  HERE,  True),
        (KEY_ID,         FRIEND, HERE,  False),  # a bare id is looked for in one's own account
        (KEY_ID,         OWNER,  THERE, False),  # and in one's own Region
        ("alias/golden", OWNER,  HERE,  True),
        ("alias/golden", FRIEND, HERE,  False),
        ("alias/golden", OWNER,  THERE, False),
        ("alias/silver", OWNER,  HERE,  False),
        (ARN,            OWNER,  HERE,  True),
        (ARN,            FRIEND, HERE,  True),   # an ARN says whose it is
        (ARN,            OWNER,  THERE, False),  # B EN-17
        (ALIAS_ARN,      OWNER,  HERE,  True),
        (ALIAS_ARN,      FRIEND, HERE,  True),
        (ALIAS_ARN,      OWNER,  THERE, False),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), OWNER, HERE, False),
        (ARN.replace("68425528", "78425528"),    OWNER, HERE, False),
        ("no key at all", OWNER, HERE, False),   # B EN-7
        ("",              OWNER, HERE, False),
        ("arn:aws:kms",   OWNER, HERE, False),
    ],
)  # fmt: skip
def test_a_name_means_a_key_of_the_place_where_it_is_said(name: str, account: str, region: Region, found: bool) -> None:
    """Rule B EN-6."""
    assert resolve(name, account=account, region=region, keys=KEYS, aliases=ALIASES) == (KEY if found else None)


def test_the_keys_of_a_multi_region_key_are_as_many_keys() -> None:
    """Rule B 6.4, row 6."""
    name = "mrk-1234567890abcdef1234567890abcdef"
    here, there = (KmsKey(arn=KmsKeyArn(region, OWNER, name)) for region in (HERE, THERE))
    keys = {str(key.arn): key for key in (here, there)}
    assert resolve(name, account=OWNER, region=HERE, keys=keys) == here
    assert resolve(name, account=OWNER, region=THERE, keys=keys) == there
    assert resolve(str(here.arn), account=OWNER, region=THERE, keys=keys) is None


def test_an_alias_may_lead_to_no_key() -> None:
    assert resolve("alias/golden", account=OWNER, region=HERE, aliases=ALIASES) is None


@given(
    keys=st.lists(amis.kms_keys(), max_size=3),
    name=amis.kms_key_ids(),
    account=amis.account_ids(),
    region=amis.regions(),
)
def test_a_key_that_is_found_lies_in_the_region(
    keys: list[KmsKey], name: KmsKeyId, account: AccountId, region: Region
) -> None:
    known = {str(key.arn): key for key in keys}
    key = resolve(name, account=account, region=region, keys=known)
    assert key is None or key.arn.region == region
    if key is not None and not name.startswith("arn:"):
        assert key.arn.account_id == account
    for one in keys:
        assert resolve(str(one.arn), account=account, region=one.arn.region, keys=known) == known[str(one.arn)]


def test_an_account_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed):
        _ = aws_managed_key("alice", HERE)


# --- the default key --------------------------------------------------------------------------------------------------


@given(settings=amis.ebs_encryption(), account=amis.account_ids(), region=amis.regions())
def test_the_default_key_serves_whether_or_not_encryption_is_the_default(
    settings: EbsEncryption, account: AccountId, region: Region
) -> None:
    """Rule B EN-5."""
    on, off = (
        default_key(evolve(settings, by_default=by_default), account=account, region=region)
        for by_default in (True, False)
    )
    assert on == off
    if settings.default_kms_key_id is None:
        assert on == aws_managed_key(account, region)


@pytest.mark.parametrize(
    ("name", "alias_quirk", "shown"),
    [
        (None,            False, str(aws_managed_key(OWNER, HERE).arn)),
        (None,            True,  "alias/aws/ebs"),
        ("alias/aws/ebs", True,  "alias/aws/ebs"),
        ("alias/golden",  False, ARN),
        ("alias/golden",  True,  ARN),
        ("alias/silver",  False, "alias/silver"),
    ],
)  # fmt: skip
def test_the_default_key_is_shown_by_its_arn(name: str | None, alias_quirk: bool, shown: str) -> None:
    """Rule B EN-2."""
    settings = EbsEncryption(default_kms_key_id=name)
    quirks = Quirks(default_key_shown_as_alias=alias_quirk)
    answer = shown_default_key(settings, account=OWNER, region=HERE, keys=KEYS, aliases=ALIASES, quirks=quirks)
    assert answer == shown


def test_a_default_key_is_symmetric() -> None:
    """Rule B EN-3; a key that does not work, or is not there, is accepted (rule B EN-7)."""
    with pytest.raises(AsymmetricDefaultKey) as caught:
        check_default_key(evolve(KEY, symmetric=False))
    assert caught.value == AsymmetricDefaultKey(kms_key_id=ARN)
    assert caught.value.code == "InvalidParameterValue"
    assert ARN in str(caught.value)
    for accepted in (None, KEY, evolve(KEY, key_state=KeyState.DISABLED), aws_managed_key(OWNER, HERE)):
        check_default_key(accepted)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (KeyChoice.SAME, aws_managed_key(FRIEND, HERE)),
        (KeyChoice.DEFAULT, KEY),
        (KeyChoice.SPECIFIED, evolve(KEY, arn=KmsKeyArn(HERE, FRIEND, KEY_ID))),
        (KeyChoice.AWS_MANAGED, aws_managed_key(OWNER, HERE)),
    ],
)
def test_a_choice_comes_to_a_key(choice: KeyChoice, expected: KmsKey) -> None:
    other = evolve(KEY, arn=KmsKeyArn(HERE, FRIEND, KEY_ID))
    key = chosen_key(
        choice,
        source=aws_managed_key(FRIEND, HERE),
        specified=str(other.arn),
        settings=EbsEncryption(default_kms_key_id="alias/golden"),
        account=OWNER,
        region=HERE,
        keys={**KEYS, str(other.arn): other},
        aliases=ALIASES,
    )
    assert key == expected


@pytest.mark.parametrize("choice", [KeyChoice.SAME, KeyChoice.SPECIFIED])
def test_a_choice_may_come_to_no_key(choice: KeyChoice) -> None:
    assert chosen_key(choice, settings=EbsEncryption(), account=OWNER, region=HERE) is None


# --- who may use it ---------------------------------------------------------------------------------------------------

ORG = Organization(
    organization_id="o-xyzabc123w",
    management_account_id="112233445566",
    root_id="r-1xyz",
    accounts=[FRIEND],
    organizational_units=[
        OrganizationalUnit(
            organizational_unit_id="ou-1xyz-aaaaaaaa",
            organizational_units=[
                OrganizationalUnit(organizational_unit_id="ou-1xyz-bbbbbbbb", accounts=[STRANGER]),
            ],
        ),
    ],
)
DIRECTORY = Organizations([ORG])


@pytest.mark.parametrize(
    ("grant", "friend", "stranger"),
    [
        (AccountGrant(FRIEND), True, False),
        (OrganizationGrant("o-xyzabc123w"), True, True),
        (OrganizationGrant("o-elsewhere12"), False, False),
        (OrganizationPathGrant.parse("o-xyzabc123w/r-1xyz/"), True, True),
        (OrganizationPathGrant.parse("o-xyzabc123w/r-2xyz/"), False, False),
        (OrganizationPathGrant.parse("o-xyzabc123w/r-1xyz/ou-1xyz-aaaaaaaa/"), False, True),
        (OrganizationPathGrant.parse("o-xyzabc123w/r-1xyz/ou-1xyz-aaaaaaaa/ou-1xyz-bbbbbbbb/"), False, True),
        (OrganizationPathGrant.parse("o-xyzabc123w/r-1xyz/ou-1xyz-bbbbbbbb/"), False, False),  # a path is no search
    ],
    ids=str,
)
def test_a_grant_reaches_an_account_an_organization_or_a_path(
    grant: AccountGrant | OrganizationGrant | OrganizationPathGrant, friend: bool, stranger: bool
) -> None:
    """Rules B EN-11, B OR-14."""
    key = evolve(KEY, grants=[grant])
    assert may_use(key, FRIEND, DIRECTORY) is friend
    assert may_use(key, STRANGER, DIRECTORY) is stranger
    assert may_use(key, OWNER, DIRECTORY) is True
    for account, reached in ((FRIEND, friend), (STRANGER, stranger)):
        assert fault(key, account=account, organizations=DIRECTORY) is (None if reached else KeyFault.NOT_PERMITTED)


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        (NOTHING_KNOWN, None),
        (Organizations(), False),
        (Organizations([ORG], complete=False), False),
        (Organizations([evolve(ORG, organization_id="o-elsewhere12")], complete=False), None),
    ],
)
def test_what_depends_on_an_unknown_membership_is_unknown(directory: Organizations, expected: bool | None) -> None:
    """Rules B OR-9, B OR-10, as `access.covers` has them."""
    outsider = "000000000001"
    key = evolve(KEY, grants=[OrganizationGrant("o-xyzabc123w")])
    assert may_use(key, outsider, directory) is expected
    assert may_use(evolve(key, grants=[*key.grants, AccountGrant(outsider)]), outsider, directory) is True
    assert may_use(evolve(key, symmetric=False), outsider, directory) is False


@st.composite
def situations(draw: st.DrawFn) -> tuple[KmsKey, AccountId, Organizations]:
    directory = draw(amis.organizations(min_size=1))
    members = [account for organization in directory.organizations for account in organization.members]
    places = [
        OrganizationPathGrant(organization.organization_id, organization.root_id, path)
        for organization in directory.organizations
        for path in [(), *(path for path, _ in organization.units())]
    ]
    grants = st.one_of(
        st.sampled_from(places),
        st.sampled_from([OrganizationGrant(organization.organization_id) for organization in directory.organizations]),
        st.sampled_from([AccountGrant(account) for account in members]),
        amis.organization_path_grants(),
    )
    key = draw(amis.kms_keys(account_id=draw(st.sampled_from(members) | amis.account_ids())))
    if key.key_manager is KeyManager.CUSTOMER:
        key = evolve(key, grants=draw(st.lists(grants, max_size=3)))
    return key, draw(st.sampled_from(members) | amis.account_ids()), directory


@given(situations())
def test_use_is_what_the_reference_says(situation: tuple[KmsKey, AccountId, Organizations]) -> None:
    key, account, directory = situation
    assert may_use(key, account, directory) is reference.may_use(key, account, directory)


@given(situations())
def test_knowing_less_never_changes_an_answer_but_to_unknown(
    situation: tuple[KmsKey, AccountId, Organizations],
) -> None:
    key, account, directory = situation
    assert may_use(key, account, NOTHING_KNOWN) in {None, may_use(key, account, directory)}


@given(key=amis.kms_keys(), account=amis.account_ids(), directory=amis.organizations())
def test_a_key_of_aws_is_its_own_accounts_alone(key: KmsKey, account: AccountId, directory: Organizations) -> None:
    assume(key.key_manager is KeyManager.AWS)
    assert may_use(key, account, directory) is (account == key.arn.account_id)


# --- how it shows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "account", "found"),
    [
        (None,                                                     OWNER,    KeyFault.NOT_FOUND),
        (KEY,                                                      OWNER,    None),
        (KEY,                                                      FRIEND,   None),
        (KEY,                                                      STRANGER, KeyFault.NOT_PERMITTED),
        (aws_managed_key(OWNER, HERE),                             FRIEND,   KeyFault.NOT_PERMITTED),
        (evolve(KEY, key_state=KeyState.DISABLED),                 OWNER,    KeyFault.INVALID_STATE),
        (evolve(KEY, key_state=KeyState.DISABLED),                 STRANGER, KeyFault.NOT_PERMITTED),
        (evolve(KEY, key_state=KeyState.PENDING_DELETION),         OWNER,    KeyFault.INVALID_STATE),
        (evolve(KEY, symmetric=False),                             OWNER,    KeyFault.ASYMMETRIC),
        (evolve(KEY, symmetric=False, key_state=KeyState.UPDATING), OWNER,   KeyFault.INVALID_STATE),
    ],
)  # fmt: skip
def test_each_fault_has_its_name(key: KmsKey | None, account: str, found: KeyFault | None) -> None:
    """Rules B EN-7, B EN-11."""
    assert fault(key, account=account) is found


@given(situations())
def test_a_key_has_a_fault_if_and_only_if_it_may_not_be_used(
    situation: tuple[KmsKey, AccountId, Organizations],
) -> None:
    key, account, directory = situation
    for known in (directory, NOTHING_KNOWN):
        found = fault(key, account=account, organizations=known)
        assert (found is None) is (may_use(key, account, known) is not False)


def test_the_first_key_that_does_not_work_is_the_fault() -> None:
    """Rules B EN-16, B EN-21: the snapshot's key is needed as well."""
    own = aws_managed_key(FRIEND, HERE)
    foreign = aws_managed_key(OWNER, HERE)
    assert fault(own, account=FRIEND) is None
    assert fault(account=FRIEND) is None
    assert fault(KEY, own, account=FRIEND) is None
    assert fault(foreign, None, account=FRIEND) is KeyFault.NOT_PERMITTED
    assert fault(own, None, foreign, account=FRIEND) is KeyFault.NOT_FOUND


def test_each_fault_shows_in_ec2s_words() -> None:
    """Rules B LD-20, B CI-21, C 1.2.5, C 1.2.6."""
    not_launched = StateReason("Client.InternalError", "Client.InternalError: Client error on launch")
    wrong_state = StateReason(
        "Client.InvalidKMSKey.InvalidState",
        "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state",
    )
    assert dict(INSTANCE_STATE_REASONS) == {
        one: wrong_state if one is KeyFault.INVALID_STATE else not_launched for one in KeyFault
    }
    assert SNAPSHOT_STATE_MESSAGE == "Given key ID is not accessible"
    assert StateReason("Client.InternalError", "Copy image failed with an internal error") == IMAGE_STATE_REASON
