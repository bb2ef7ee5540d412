#!/usr/bin/env python
"""Run one of Ansible's modules on a world that is kept in a file: the interpreter of a playbook.

Ansible runs a module as a program of its own, so the world is kept between two tasks as a trace.
"""

import os
import runpy
import sys
from pathlib import Path

from amimodel import Trace
from amimodel.boto import Simulator
from amimodel.example_worlds import PROD, example_world
from amimodel.wire import read_trace_text, write_trace_text

kept = Path(os.environ["AMIMODEL_TRACE"])
past = read_trace_text(kept.read_text()) if kept.exists() else Trace(example_world())
simulator = Simulator.of(past)
sys.argv = sys.argv[1:]

with simulator.installed(account=PROD, region="eu-central-1"):
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        kept.write_text(write_trace_text(simulator.trace))
