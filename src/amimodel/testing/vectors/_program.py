"""Another program, asked line by line."""

import json
import shlex
from collections.abc import Generator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from threading import Timer
from types import TracebackType
from typing import Final, Self

from amimodel.wire._faults import Json, JsonObject, one_line

PATIENCE: Final = 30.0
"""Seconds that a program may take for a reply."""


class NoReply(Exception):  # noqa: N818 - it says what happened: the program has not replied
    """A program cannot be started, has ended, is silent, or says what is no JSON."""


class Program:
    r"""A program that reads questions from its standard input and writes replies to its standard output.

    A question is one line of JSON, and so is a reply. The program has to write a reply before it is asked again, and is
    ended by the end of its input.

    >>> import sys
    >>> script = 'for line in open(0): print(\'{"skip": "Not yet."}\', flush=True)'
    >>> with Program([sys.executable, "-c", script]) as program:
    ...     program.decide({"pre": {}, "by": {}, "request": {}})
    {'skip': 'Not yet.'}

    Raises `NoReply`.
    """

    def __init__(self, command: str | list[str], *, patience: float = PATIENCE) -> None:
        words = shlex.split(command) if isinstance(command, str) else command
        self._patience = patience
        try:
            self._process = Popen(words, stdin=PIPE, stdout=PIPE, encoding="utf-8")  # noqa: S603 - whoever runs this names the program
        except (OSError, ValueError, IndexError) as error:
            raise NoReply(f"The program cannot be started: {error}") from None

    def decide(self, question: JsonObject) -> Json:
        """Ask, and wait for the reply.

        Raises `NoReply`.
        """
        with self._patiently():
            line = self._reply_to(json.dumps(question))
        if not line:
            raise NoReply(f"The program has ended, or was silent for {self._patience:g} seconds.")
        try:
            return json.loads(line)
        except ValueError:
            raise NoReply(f"The program's reply is no JSON: {one_line(line.rstrip())}") from None

    def _reply_to(self, line: str) -> str:
        asked, replied = self._process.stdin, self._process.stdout
        if asked is None or replied is None:
            raise AssertionError(self._process)  # both were asked for
        try:
            _ = asked.write(f"{line}\n")
            asked.flush()
            return replied.readline()
        except BrokenPipeError:
            return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._patiently():
            _ = self._process.communicate()

    @contextmanager
    def _patiently(self) -> Generator[None, None, None]:
        """End the program where it takes too long."""
        impatient = Timer(self._patience, self._process.kill)
        impatient.start()
        try:
            yield
        finally:
            impatient.cancel()
