"""Codecs: cattrs' generated functions for every form.

Two converters read. The fast one stops at the first thing that does not fit, and leaves judging to the nouns. The
thorough one is asked only about what the fast one could not read; it judges member by member and reports them all.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from amimodel.malformed import Malformed
from amimodel.regions import AvailabilityZone, Region
from amimodel.tags import NO_TAGS, Tags
from amimodel.vocabulary import Word
from amimodel.wire._faults import Json, Path, Unfit, is_list, is_object, unfit
from amimodel.wire._forms import FORM_OF, Field, Form, as_given, done, itself
from amimodel.wire._items import TagItem
from amimodel.wire._leaves import (
    JUDGED,
    NAMED,
    NUMBER,
    TEXT,
    TRUTH,
    WORD,
    Leaf,
    Reader,
    Writer,
    as_it_is,
    instant,
    optional,
)
from amimodel.wire._residue import Shape

_CONVERTERS: Final = {
    False: Converter(detailed_validation=False, prefer_attrib_converters=True),
    True: Converter(detailed_validation=True),
}
_PLAIN: Final[Mapping[Any, Leaf]] = {bool: TRUTH, int: NUMBER, str: TEXT, Region: NAMED, AvailabilityZone: NAMED}
_INSTANTS: Final = (datetime, datetime | None)
_SILENT: Final = (None, (), NO_TAGS)


_BUILT: Final[dict[tuple[type[Any], bool], Leaf]] = {}


def codec(noun: type[Any], *, thorough: bool = False) -> Leaf:
    """How a noun, or a stand-in of the wire, is read and written."""
    if (noun, thorough) not in _BUILT:
        _BUILT[noun, thorough] = _codec(noun, thorough=thorough)
    return _BUILT[noun, thorough]


def _codec(noun: type[Any], *, thorough: bool) -> Leaf:
    form = FORM_OF[noun]
    leaves = {a.name: _leaf_of_field(a, form, thorough=thorough) for a in form.fields()}
    overrides: dict[str, Any] = {a.name: _override(a, leaves[a.name], form, thorough=thorough) for a in form.fields()}
    overrides |= dict.fromkeys(form.never, override(omit=True))
    # Private fields are written by Form.finish, from the property that tells them.
    without: dict[str, Any] = overrides | {name: override(omit=True) for name in leaves if name.startswith("_")}
    structure = make_dict_structure_fn(noun, _CONVERTERS[thorough], **overrides)
    unstructure = make_dict_unstructure_fn(noun, _CONVERTERS[thorough], **without)
    members = {form.member(name): leaf.shape for name, leaf in leaves.items()} | dict.fromkeys(form.kept)
    write = form.write(codec) if form.write else _object_writer(form, unstructure)
    read = _object_reader(form, structure)
    if form.shortcut is not None and not thorough:
        read = _shortened(read, form.shortcut(codec))
    return Leaf(read, write, Shape(members, form.kept))


def _leaf_of_field(attribute: Field, form: Form, *, thorough: bool) -> Leaf:
    kind = form.types.get(attribute.name, attribute.type)
    if kind in _INSTANTS:
        leaf = instant(form.member(attribute.name), form.text_form)
        return leaf if kind is datetime else optional(leaf)
    return form.leaves.get(attribute.name) or _leaf_of(kind, thorough=thorough)


def _leaf_of(kind: Any, *, thorough: bool) -> Leaf:  # noqa: ANN401 - whatever stands in an annotation
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (kind,) = (argument for argument in arguments if argument is not NoneType)
        return optional(_leaf_of(kind, thorough=thorough))
    if origin is tuple:
        return listed(_leaf_of(arguments[0], thorough=thorough), thorough=thorough)
    if kind is Tags:
        return _tags(thorough=thorough)
    if kind in FORM_OF:
        return codec(kind, thorough=thorough)
    return _PLAIN.get(kind) or (WORD if isinstance(kind, type) and issubclass(kind, Word) else JUDGED)


def _override(attribute: Field, leaf: Leaf, form: Form, *, thorough: bool) -> Any:  # noqa: ANN401 - cattrs hides its type
    converter: Callable[[Any], Any] | None = attribute.converter
    judge = form.checks.get(attribute.name) or converter
    read: Reader | None = leaf.read
    if thorough:
        read = _judging(_text_at_least(attribute, leaf.read), judge)
    elif read is as_it_is and converter is not None:
        read = None  # the noun's own converter does it all
    return override(
        rename=form.member(attribute.name),
        struct_hook=read,
        unstruct_hook=leaf.write,
        omit_if_default=any(attribute.default is silent for silent in _SILENT),
    )


def _text_at_least(attribute: Field, read: Reader) -> Reader:
    if read is not as_it_is:
        return read
    return optional(TEXT).read if NoneType in get_args(attribute.type) else TEXT.read


def _judging(read: Reader, judge: Callable[[Any], Any] | None) -> Reader:
    if judge is None:
        return read

    def read_and_judge(value: object, kind: object = None) -> object:
        return judge(read(value, kind))

    return read_and_judge


def _object_reader(form: Form, structure: Callable[..., Any]) -> Reader:
    prepare, unpack = form.prepare, form.unpack

    def read(value: object, kind: object = None) -> object:
        if isinstance(value, dict):
            return structure(value, kind)
        raise unfit("an object", value)

    def read_prepared(value: object, kind: object = None) -> object:
        if is_object(value):
            return unpack(structure(prepare(value), kind))
        raise unfit("an object", value)

    return read if prepare is as_given and unpack is itself else read_prepared


def _shortened(read: Reader, shortcut: Callable[[Any], Any]) -> Reader:
    def read_usual_first(value: object, kind: object = None) -> object:
        usual = shortcut(value) if isinstance(value, dict) else None
        return read(value, kind) if usual is None else usual

    return read_usual_first


def _object_writer(form: Form, unstructure: Callable[[Any], dict[str, Any]]) -> Writer:
    pack, finish = form.pack, form.finish

    def write(value: object) -> dict[str, Any]:
        writing = unstructure(pack(value))
        finish(value, writing)
        return writing

    return unstructure if pack is itself and finish is done else write


def listed(leaf: Leaf, *, thorough: bool) -> Leaf:
    """A list of what a leaf reads and writes, held as a tuple."""
    read_item, write_item = leaf.read, leaf.write

    def read(value: Json, kind: object = None) -> tuple[Any, ...]:
        if not is_list(value):
            raise unfit("a list", value)
        return tuple(read_thoroughly(value, kind) if thorough else [read_item(item, kind) for item in value])

    def read_thoroughly(items: list[Any], kind: object) -> Iterator[Any]:
        errors: list[Exception] = []
        for index, item in enumerate(items):
            try:
                yield read_item(item, kind)
            except Exception as error:  # noqa: BLE001 - whatever does not fit is reported, not raised
                error.add_note(IterableValidationNote(f"item {index}", index, object))
                errors.append(error)
        if errors:
            raise IterableValidationError("a list", errors, tuple)  # pyright: ignore[reportCallIssue]  # ExceptionGroup takes two

    def write(values: tuple[Any, ...]) -> list[Any]:
        return [write_item(value) for value in values]

    return Leaf(read, write, leaf.shape)


def _tags(*, thorough: bool) -> Leaf:
    items = listed(codec(TagItem, thorough=thorough), thorough=thorough)

    def read(value: Json, kind: object = None) -> Tags:
        if thorough or not is_list(value):
            return Tags(items.read(value, kind))
        return Tags(
            [(tag["Key"], tag["Value"]) for tag in value]
        )  # the same for tags in good order, at a third of the cost

    def write(tags: Tags) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in tags.items()]

    return Leaf(read, write, items.shape)


def reasons(error: Exception, path: Path = ()) -> Iterator[tuple[Path, str | None, str]]:
    """Take apart what the thorough converter has raised: which member, EC2's code, and the message."""
    if isinstance(error, BaseValidationError):
        for part in error.exceptions:
            yield from reasons(part, (*path, *_step(error, part)))
    elif isinstance(error, Malformed):
        yield path, error.code, error.message
    elif isinstance(error, KeyError):
        yield path, None, "It is missing."
    elif isinstance(error, Unfit):
        yield (path if error.member is None else (*path, error.member)), None, str(error)
    elif isinstance(error, RecursionError):
        yield path, None, "It is nested too deeply."
    else:
        yield path, None, f"It cannot be read: {type(error).__name__}: {error}"


def _step(group: BaseValidationError, part: BaseException) -> Path:
    """The member or the place in a list at which a part of a group was raised."""
    notes = list(reversed(getattr(part, "__notes__", ())))
    if isinstance(group, IterableValidationError):
        return tuple(note.index for note in notes if isinstance(note, IterableValidationNote))[:1]
    if isinstance(group, ClassValidationError):
        for note in notes:
            if isinstance(note, AttributeValidationNote):
                return (FORM_OF[group.cl].member(note.name),)
        shape = codec(group.cl).shape
        if isinstance(part, Malformed) and shape is not None and part.member in shape.members:
            return (part.member,)  # the noun as a whole found it; it says in which member
    return ()
