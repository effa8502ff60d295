"""The README's examples."""

import re
from pathlib import Path
from typing import Any

from troupe.testing import run


def test_examples_run() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text()
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        exec(compile(block, "README.md", "exec"), names)
    test = names["test_it_greets"]
    assert callable(test)
    test()


def test_the_projects_own_example_runs() -> None:
    text = (Path(__file__).parents[3] / "README.md").read_text()
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), names)
    for confidence, actor in [(0.7, "store"), (0.1, "review")]:
        scored = {"text": "…", "confidence": confidence}
        hop = run(names["handle"], scored, grants=["store", "review"])
        assert hop.failure is None
        assert hop.payloads == [scored]
        assert hop.emits[0].route.next == [actor]
