"""Who may launch an image: a second implementation, from rule B 1.7 alone, with no eye to speed or to grounds."""

from amimodel.images import Image
from amimodel.organizations import OrganizationalUnit, Organizations
from amimodel.permissions import (
    AccountPermission,
    EveryonePermission,
    OrganizationalUnitPermission,
    OrganizationPermission,
)


def launch_permitted(image: Image, account: str, organizations: Organizations) -> bool:
    """Rule B 1.7, for someone who knows every permission and every member."""
    return image.owner_id == account or any(
        covers(permission, account, organizations) for permission in image.launch_permissions.items
    )


def covers(permission: object, account: str, organizations: Organizations) -> bool:
    """Rules B OR-4, B OR-5, B OR-10."""
    if isinstance(permission, EveryonePermission):
        return True
    if isinstance(permission, AccountPermission):
        return permission.user_id == account
    for organization in organizations.organizations:
        members: set[str] = {organization.management_account_id, *organization.accounts}
        members |= {account for unit in organization.organizational_units for account in _below(unit)}
        if isinstance(permission, OrganizationPermission) and permission.organization_arn == organization.arn:
            return account in members
        if isinstance(permission, OrganizationalUnitPermission):
            for unit in _all_units(organization.organizational_units):
                if permission.organizational_unit_arn == organization.arn_of(unit.organizational_unit_id):
                    return account in _below(unit)
    return False


def _below(unit: OrganizationalUnit) -> set[str]:
    return {*unit.accounts, *(account for inner in unit.organizational_units for account in _below(inner))}


def _all_units(units: tuple[OrganizationalUnit, ...]) -> list[OrganizationalUnit]:
    return [unit for outer in units for unit in [outer, *_all_units(outer.organizational_units)]]
