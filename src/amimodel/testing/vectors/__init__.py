"""Conformance vectors: what EC2 answers to a request, as JSON that a program in any language can be held to.

A vector is a world, a caller, a request, and what becomes of it: an answer with what has changed in the world, or a
refusal.

    >>> vector = next(each for each in vectors(["DeleteVolume"]) if not each.is_granted)
    >>> vector.by, vector.request["action"], vector.expected["refusal"]["code"]
    ({'account': '111122223333', 'region': 'eu-central-1'}, 'DeleteVolume', 'InvalidVolume.NotFound')
    >>> check(vector).holds
    True

`check` asks the model, or whatever else is given to it as `decide`; and so does the command line, for programs:

    python -m amimodel.testing.vectors --command "my-engine --stdin"

The vectors are what the tests of amimodel ask, so there is nothing in them that is not tested there. Nothing in this
package needs Hypothesis. The format is told in `docs/vectors.md`, and as a JSON schema in `schema.json`.
"""

from amimodel.testing.vectors._checking import Decide, Verdict, check, decide, judged
from amimodel.testing.vectors._files import NotVectors, read_vectors, shipped_worlds, vectors, vectors_of
from amimodel.testing.vectors._ids import Ids
from amimodel.testing.vectors._patches import patch_of, patched
from amimodel.testing.vectors._program import NoReply, Program
from amimodel.testing.vectors._vector import FORMAT, Vector
from amimodel.testing.vectors._writing import document_of, text_of, worlds_document, worlds_of

__all__ = [
    "FORMAT",
    "Decide",
    "Ids",
    "NoReply",
    "NotVectors",
    "Program",
    "Vector",
    "Verdict",
    "check",
    "decide",
    "document_of",
    "judged",
    "patch_of",
    "patched",
    "read_vectors",
    "shipped_worlds",
    "text_of",
    "vectors",
    "vectors_of",
    "worlds_document",
    "worlds_of",
]
