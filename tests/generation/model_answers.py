"""What a language model server answers in tests: a good English script on a topic that the bank has nothing on, and others."""

from __future__ import annotations

import json
from typing import Any

from tests.generation.endpoint_server import Answer, raw

FAR_TOPIC = "Quantum chromodynamics lattice gauge renormalization"
FAR_SCRIPT: dict[str, Any] = {
    "titles": ["Quarks on a Lattice", "The Grid Inside the Proton", "Why Quarks Stay Home"],
    "hook": {
        "kind": "question",
        "line": "Why quarks stay",
        "spoken": "Why does no quark ever leave?",
        "picture": "atom",
    },
    "points": [
        {
            "line": "Space as a grid",
            "spoken": "Lattice gauge theory puts space on a grid.",
            "picture": "grid",
        },
        {
            "line": "Gluons on the links",
            "spoken": "Quarks sit on the points and gluons live on the links.",
            "picture": "link",
        },
        {
            "line": "Finer and finer",
            "spoken": "Finer grids keep errors under 3 percent.",
            "picture": "microscope",
        },
    ],
    "payoff": {
        "line": "Mass from motion",
        "spoken": "So the proton's mass comes from motion alone.",
        "picture": "star",
    },
    "call_to_action": "Follow for more physics.",
    "hashtags": ["physics", "quarks", "science"],
}


def chat(content: Any) -> Answer:
    """A chat completion that says ``content``, as JSON unless it is a text."""
    text = content if isinstance(content, str) else json.dumps(content)
    return raw(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())
