"""llama.cpp with one GGUF file, in a process of its own: ``python -m generation.script.gguf_engine FILE``.

Its own process, because a model too large for the machine would take a worker down with it, because memory comes back when
it ends, and because the package's compiled part cannot share a process with some others of ours (two builds of Cython).
The process that starts it writes a key to its input and reads its address, a port of this machine, from its output; when
the input is closed, or the starter dies, it ends.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

UNLOADABLE = 3  # exit status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--context", type=int, default=4096, help="tokens of question and answer together")
    asked = parser.parse_args()
    key = sys.stdin.readline().strip()
    import xllamacpp  # an optional package

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(asked.file)
    wanted.n_ctx, wanted.n_parallel, wanted.n_gpu_layers = asked.context, 1, 0
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = asked.threads
    wanted.warmup, wanted.ui, wanted.cache_ram_mib = False, False, 0
    wanted.offline, wanted.fit_params = True, False  # nothing is fetched, nothing is tried out
    wanted.api_keys = [key]  # nobody else on the machine is answered
    try:
        server = xllamacpp.Server(wanted)
    except RuntimeError:
        return UNLOADABLE
    sys.stdout.write(f"{server.listening_address}/v1\n")
    sys.stdout.flush()
    sys.stdin.read()  # until the starter closes it or is gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
