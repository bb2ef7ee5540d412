"""The report: what an implementation does otherwise, as a page of Markdown. The same run gives the same page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Final

from amimodel.testing.conformance._calls import Script, taken
from amimodel.testing.conformance._conforming import Conformance
from amimodel.testing.conformance._divergences import Divergence, Kind
from amimodel.testing.conformance._ids import NAMES, names_in
from amimodel.testing.conformance._known import Known, Sure
from amimodel.testing.conformance._replies import Answered, Broken, Refused, Reply, Unknown
from amimodel.testing.conformance._writing import as_code
from amimodel.wire._faults import JsonObject, is_object

_IN_WORDS: Final[Mapping[Kind, str]] = {
    Kind.GRANTED: "grants what EC2 refuses",
    Kind.REFUSED: "refuses what EC2 grants",
    Kind.BROKEN: "fails with an error of its own",
    Kind.UNKNOWN: "does not have the action, or a part of it",
    Kind.CODE: "refuses with another code",
    Kind.MEMBER: "answers with another member",
    Kind.MESSAGE: "says it in other words",
}


def markdown(found: Conformance) -> str:
    """Write the report of a run.

    >>> from amimodel.testing.conformance import KnownDivergences
    >>> report = Conformance(
    ...     target="none", version="1.0", traces=2, calls=7, divergences=(), known=KnownDivergences(name="none")
    ... )
    >>> print(markdown(report).splitlines()[0])
    # none 1.0
    """
    return "\n".join(_lines(found)).rstrip() + "\n"


def _lines(found: Conformance) -> Iterator[str]:
    told = [each for each in found.divergences if not each.lacks_the_action]
    yield f"# {found.target} {found.version}".rstrip()
    yield ""
    yield from _summary(found)
    yield from _by_action(told)
    yield from _unknown(found)
    yield from _gone(found)
    action = ""
    for each in told:
        if each.signature.action != action:
            action = each.signature.action
            yield from (f"## {action}", "")
        yield from _divergence(each, found)


# --- figures ----------------------------------------------------------------------------------------------------------


def _summary(found: Conformance) -> Iterator[str]:
    sure = Counter(each.sure for each in _known(found.divergences, found))
    yield f"{found.traces} traces were run on the model and on {found.target}, with {found.calls} calls of EC2's API"
    yield f"(boto3 {version('boto3')}). They show {len(found.divergences)} distinct divergences, of which"
    yield f"{len(found.new)} are new."
    yield ""
    yield f"| {found.target} ... | divergences |"
    yield "|---|---:|"
    counted = Counter(each.signature.kind for each in found.divergences)
    for kind in Kind:
        yield f"| {_IN_WORDS[kind]} | {counted[kind]} |"
    yield ""
    yield "| How sure the rule is | divergences |"
    yield "|---|---:|"
    yield f"| documented by AWS | {sure[Sure.DOCUMENTED]} |"
    yield f"| seen in answers of EC2's | {sure[Sure.SEEN]} |"
    yield f"| chosen by amimodel, where no source settles it | {sure[Sure.CHOSEN]} |"
    yield f"| not looked into yet | {len(found.new)} |"
    yield ""


def _known(divergences: Iterable[Divergence], found: Conformance) -> Iterator[Known]:
    for each in divergences:
        known = found.known.divergences.get(each.signature)
        if known is not None:
            yield known


def _by_action(told: Iterable[Divergence]) -> Iterator[str]:
    counted = Counter((each.signature.action, each.signature.kind) for each in told)
    actions = list(dict.fromkeys(action for action, _ in counted))
    if not actions:
        return
    yield f"| Action | {' | '.join(Kind)} |"
    yield f"|---|{'---:|' * len(Kind)}"
    for action in actions:
        cells = (counted[action, kind] or "" for kind in Kind)
        yield f"| [{action}](#{action.lower()}) | {' | '.join(map(str, cells))} |"
    yield ""


def _unknown(found: Conformance) -> Iterator[str]:
    missing = [each for each in found.divergences if each.lacks_the_action]
    if not missing:
        return
    yield from ("## Actions that it does not have", "", "| Action | What is missed | Rules |", "|---|---|---|")
    for each in missing:
        known = found.known.divergences.get(each.signature)
        wrong, rules = ("(new)", "") if known is None else (known.wrong, known.rules)
        yield f"| {each.signature.action} | {wrong} | {rules} |"
    yield ""


def _gone(found: Conformance) -> Iterator[str]:
    if not found.gone:
        return
    yield from ("## Known, but not seen this time", "")
    yield from (f"- {signature}" for signature in found.gone)
    yield ""


# --- one divergence ---------------------------------------------------------------------------------------------------


def _divergence(each: Divergence, found: Conformance) -> Iterator[str]:
    known = found.known.divergences.get(each.signature)
    yield f"### {each.signature}"
    yield ""
    if known is None:
        rules = each.model.rules if isinstance(each.model, Refused) else ""
        yield "**New.**" + (f" Rules {rules}." if rules else "")
    else:
        yield f"{known.wrong} Rules {known.rules} ({known.sure})."
    yield from ("", "```py", as_code(each.script), "```", "")
    known_names = _names_of(each.script)
    if each.signature.kind is Kind.MEMBER:
        member = each.signature.detail.partition(" ")[0]
        yield f"- The model: `{member}` is {_value(each.ours, known_names)}"
        yield f"- {found.target}: {_value(each.theirs, known_names)}"
    else:
        yield f"- The model: {_reply(each.model, known_names)}"
        yield f"- {found.target}: {_reply(each.other, known_names)}"
    yield ""


def _reply(reply: Reply, names: set[str]) -> str:
    match reply:
        case Answered():
            return "grants it."
        case Refused(code=code, message=message):
            return f"`{code}`: `{_masked(message, names)}`" if message else f"`{code}`"
        case Unknown(why=why):
            return f"does not have it: `{_masked(why, names)}`" if why else "does not have it."
        case Broken(why=why):
            return f"fails: `{_masked(why, names)}`"


def _value(value: object, names: set[str]) -> str:
    if value is None:
        return "not there."
    if isinstance(value, datetime):
        return "a time."
    return f"an item, `{_masked(_short(value), names)}`" if is_object(value) else f"`{_masked(repr(value), names)}`"


def _short(item: JsonObject) -> str:
    """What an item says first: its names, and no more, for the rest may differ from run to run."""
    told = {
        name: value for name, value in item.items() if isinstance(value, str) and not name.endswith(("Date", "Time"))
    }
    shown = [f"{name!r}: {value!r}" for name, value in sorted(told.items())][:3]
    return f"{{{', '.join(shown)}, ...}}"


_LONGEST: Final = 300


def _masked(text: str, names: set[str]) -> str:
    """The text, without names that are others in every run."""
    plain = NAMES.sub(lambda found: found[0] if found[0] in names else f"{found['kind'] or 'id'}-...", text)
    short = plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
    return " ".join(short.splitlines()).replace("`", "'")


def _names_of(script: Script) -> set[str]:
    """Every name that the model or the script uses."""
    world, texts = script.start, [repr(script.steps)]
    for step in script:
        world, reply = taken(world, step)
        texts.append(repr(reply))
    texts.append(" ".join((*world.images.records, *world.snapshots.records, *world.volumes.records)))
    return names_in(" ".join(texts))
