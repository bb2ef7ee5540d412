"""The public parameters of Systems Manager that name images: GetParameter, GetParameters, GetParametersByPath.

A launch resolves them by itself (`resolve:ssm:...`, `amimodel.actions.launch`); tools ask for them first. AWS publishes
them (`amimodel.actions.provider.PublishParameter`); an account's own parameters are not modelled.

Source: Systems Manager API Reference, GetParameter, GetParameters and GetParametersByPath; botocore 1.44.5, ssm, shape
Parameter; rules A ID-10, A 10.4, A NF-3.
"""

import re
from collections.abc import Iterable
from typing import ClassVar, Final

from attrs import field, frozen

from amimodel.actions._neighbours import VALIDATION_EXCEPTION, bounded, texts, unfit
from amimodel.callers import Caller
from amimodel.malformed import Malformed
from amimodel.names import text_or_none
from amimodel.paging import Page, PageBounds, page
from amimodel.refusals import InvalidNextToken, ParameterNotFound, ParameterVersionNotFound, Refusal
from amimodel.requests import Finding, Query, nothing
from amimodel.world import World

_LONGEST_NAME: Final = 2048
_MOST_NAMES: Final = 10
_PAGES: Final = PageBounds(1, 10, 10)

_read_arn = re.compile(r"arn:[a-z-]+:ssm:(?P<region>[a-z0-9-]+):\d*:parameter(?P<name>/.*)", re.ASCII).fullmatch

_PATH_MESSAGE: Final = (
    "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash"
    ' "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the'
    " following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if"
    ' specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.'
)


def _name(text: str, member: str = "Name") -> str:
    """Take a name, or an ARN, with or without a version; spaces around it do not count."""
    name = text.strip(" ") if isinstance(text, str) else ""
    if not 1 <= len(name) <= _LONGEST_NAME or any(character.isspace() for character in name):
        raise unfit(member, text, f"Member must have 1 to {_LONGEST_NAME} characters, and no space among them")
    return name


def _names(given: Iterable[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_name(one, "Names") for one in texts(given, "Names")))
    if not 1 <= len(names) <= _MOST_NAMES:
        bound = f"less than or equal to {_MOST_NAMES}" if names else "greater than or equal to 1"
        raise unfit("Names", f"[{', '.join(names)}]", f"Member must have length {bound}")
    return names


def _path(text: str) -> str:
    path = _name(text, "Path")
    if path.startswith("/"):
        return path
    raise Malformed(VALIDATION_EXCEPTION, _PATH_MESSAGE, member="Path", value=text)


def _page_size(number: int | None) -> int | None:
    return bounded(number, "MaxResults", _PAGES.least, _MOST_NAMES)


# --- what is told of a parameter --------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Parameter:
    """A public parameter, as Systems Manager tells it: its value is the id of an image.

    The versions count the images that it has named. When it was changed, the world does not know, and this does not
    tell (rules A 10.4, A NF-3).
    """

    name: str
    type: str = "String"
    value: str
    version: int
    selector: str | None = None
    """The version that was asked for, with its colon; None where none was."""
    arn: str
    data_type: str = "text"


def _found(world: World, by: Caller, reference: str) -> Parameter | Refusal:
    """The parameter that a name means for the caller, in a version, or why there is none."""
    arn = _read_arn(reference)
    told = reference if arn is None else arn["name"]
    here = arn is None or arn["region"] == by.region.name
    name, colon, version = told.partition(":")
    named = world.parameters.get((by.region, name), ()) if here else ()
    if not named:
        return ParameterNotFound(name=reference, region=by.region.name)
    number = len(named) if not colon else int(version) if version.isdecimal() else 0
    if not 1 <= number <= len(named):
        return ParameterVersionNotFound(name=name, version=version)
    return Parameter(
        name=name,
        value=named[number - 1],
        version=number,
        selector=colon + version or None,
        arn=f"arn:{by.region.partition}:ssm:{by.region}::parameter/{name.removeprefix('/')}",
    )


def _by_name(parameter: Parameter) -> tuple[str, int]:
    return parameter.name, parameter.version


# --- the requests -----------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class GetParameter(Query[Parameter]):
    """See which image a public parameter names, or has named: `name:version` asks for one of the earlier ones.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    >>> alice = Caller(account=PROD, region="eu-central-1")
    >>> latest = ask(example_world(), GetParameter(name=name), by=alice)
    >>> latest.value, latest.version
    ('ami-0fa00000000000106', 2)
    >>> ask(example_world(), GetParameter(name=f"{name}:1"), by=alice).value
    'ami-0fa00000000000105'

    The name may be an ARN of the Region. `with_decryption` changes nothing: no public parameter is encrypted. Raises
    `Malformed` (`ValidationException`) for a name that is empty, too long, or has spaces in it.

    Source: Systems Manager API Reference, GetParameter; rules A ID-10, A 10.4, A NF-3.
    """

    service: ClassVar[str] = "ssm"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (ParameterNotFound, ParameterVersionNotFound)

    name: str = field(converter=_name)
    with_decryption: bool = False

    def answer(self, world: World, by: Caller) -> Finding[Parameter]:
        """Find the parameter."""
        found = _found(world, by, self.name)
        return (yield from nothing(found)) if isinstance(found, Refusal) else found


@frozen(kw_only=True)
class FoundParameters:
    """What GetParameters answers: those that are there, by their names, and the names of those that are not."""

    parameters: tuple[Parameter, ...] = ()
    invalid_parameters: tuple[str, ...] = ()


@frozen(kw_only=True)
class GetParameters(Query[FoundParameters]):
    """See which images some public parameters name: ten at most. What is not there is listed, and no fault.

    Raises `Malformed` (`ValidationException`) for no name, for more than ten, and for what is none.

    Source: Systems Manager API Reference, GetParameters; rules A ID-10, A 10.4.
    """

    service: ClassVar[str] = "ssm"

    names: tuple[str, ...] = field(converter=_names)
    with_decryption: bool = False

    def answer(self, world: World, by: Caller) -> Finding[FoundParameters]:
        """Find the parameters."""
        yield from ()
        found = {name: _found(world, by, name) for name in self.names}
        return FoundParameters(
            parameters=tuple(sorted((one for one in found.values() if isinstance(one, Parameter)), key=_by_name)),
            invalid_parameters=tuple(name for name, one in found.items() if isinstance(one, Refusal)),
        )


@frozen(kw_only=True)
class GetParametersByPath(Query[Page[Parameter]]):
    """List the public parameters at a place in the hierarchy, or anywhere below it, by their names.

    >>> from amimodel.engine import ask
    >>> from amimodel.example_worlds import PROD, example_world
    >>> query = GetParametersByPath(path="/aws/service/ami-windows-latest", max_results=1)
    >>> answer = ask(example_world(), query, by=Caller(account=PROD, region="eu-central-1"))
    >>> len(answer), answer.next_token is None
    (1, False)

    Raises `Malformed` (`ValidationException`) for a path that does not begin with a slash, and for more than ten
    results at a time.

    Source: Systems Manager API Reference, GetParametersByPath; rules A 10.4, A DI-1, A DI-3.
    """

    service: ClassVar[str] = "ssm"
    refusals: ClassVar[tuple[type[Refusal], ...]] = (InvalidNextToken,)

    path: str = field(converter=_path)
    recursive: bool = False
    with_decryption: bool = False
    max_results: int | None = field(default=None, converter=_page_size)
    next_token: str | None = field(default=None, converter=text_or_none)

    def answer(self, world: World, by: Caller) -> Finding[Page[Parameter]]:
        """Go through the checks in order, then find the parameters."""
        names = sorted(name for region, name in world.parameters if region == by.region and self._leads_to(name))
        asked = self.action, by.account, by.region, self.path, self.recursive
        try:
            part = page(names, bounds=_PAGES, max_results=self.max_results, next_token=self.next_token, query=asked)
        except InvalidNextToken as refusal:
            return (yield from nothing(refusal))
        found = (_found(world, by, name) for name in part)
        return Page(tuple(one for one in found if isinstance(one, Parameter)), part.next_token)

    def _leads_to(self, name: str) -> bool:
        place = self.path.rstrip("/") + "/"
        return name.startswith(place) and (self.recursive or "/" not in name[len(place) :])
