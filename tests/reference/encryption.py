"""What becomes of encryption: a second implementation, from the prose of rules B 6 and B CS alone, case by case.

An outcome is "unencrypted", the word for the key ("same", "default", "specified", "aws-managed"), or an error code.
"""

from amimodel.encryption import AccountGrant, KeyGrant, KeyManager, KeyState, KmsKey, OrganizationGrant
from amimodel.organizations import OrganizationalUnit, Organizations

DEPENDENCY = "InvalidParameterDependency"


def new_volume(*, by_default: bool, encrypted: bool | None, key: bool) -> str:
    if key and not encrypted:
        return DEPENDENCY
    if key:
        return "specified"
    return "default" if by_default or encrypted else "unencrypted"


def volume_from_snapshot(*, of_encrypted: bool, own: bool, by_default: bool, encrypted: bool | None, key: bool) -> str:
    if not of_encrypted:
        return new_volume(by_default=by_default, encrypted=encrypted, key=key)
    if key and not encrypted:
        return DEPENDENCY
    if key:
        return "specified"
    return "same" if own else "default"


def image_copy(
    *, of_encrypted: bool, own: bool, same_region: bool, by_default: bool, encrypted: bool | None, key: bool
) -> str:
    if key and encrypted is not True:
        return DEPENDENCY
    if key:
        return "specified"
    if not of_encrypted:
        return "default" if by_default or encrypted else "unencrypted"
    if encrypted is False:
        return "InvalidRequest"
    return "same" if own and same_region else "default"


def image_copy_to_outpost(*, of_encrypted: bool, encrypted: bool | None, key: bool) -> str:
    """Rule B EN-19: as to a Region where encryption is the default, but never with the key that the snapshot has."""
    outcome = image_copy(
        of_encrypted=of_encrypted, own=False, same_region=False, by_default=True, encrypted=encrypted, key=key
    )
    assert outcome != "unencrypted"
    return outcome


def snapshot_copy(*, by_default: bool, of_encrypted: bool, encrypted: bool | None, key: bool) -> str:
    if encrypted is False:
        return "InvalidParameterValue"
    if key:
        return "specified" if encrypted else DEPENDENCY
    if of_encrypted:
        return "default" if by_default else "aws-managed"
    return "default" if by_default or encrypted else "unencrypted"


def may_use(key: KmsKey, account: str, organizations: Organizations) -> bool:
    """Rule B EN-11, for someone who knows every member."""
    if key.key_state is not KeyState.ENABLED or not key.symmetric:
        return False
    if key.key_manager is KeyManager.AWS or key.arn.account_id == account:
        return key.arn.account_id == account
    return any(_granted(grant, account, _paths(account, organizations)) for grant in key.grants)


def _granted(grant: KeyGrant, account: str, paths: list[str]) -> bool:
    if isinstance(grant, AccountGrant):
        return grant.account_id == account
    prefix = f"{grant.organization_id}/" if isinstance(grant, OrganizationGrant) else str(grant)
    return any(path.startswith(prefix) for path in paths)


def _paths(account: str, organizations: Organizations) -> list[str]:
    """Where an account stands, as `aws:PrincipalOrgPaths` would say it."""
    found: list[str] = []
    for organization in organizations.organizations:
        root = f"{organization.organization_id}/{organization.root_id}/"
        units = _units(root, organization.organizational_units)
        below = [path for path, unit in units if account in unit.accounts]
        at_root = account in organization.accounts or (account == organization.management_account_id and not below)
        found += [root] if at_root else below
    return found


def _units(above: str, units: tuple[OrganizationalUnit, ...]) -> list[tuple[str, OrganizationalUnit]]:
    named = [(f"{above}{unit.organizational_unit_id}/", unit) for unit in units]
    return [found for path, unit in named for found in [(path, unit), *_units(path, unit.organizational_units)]]
