/**
 * A new actor in Python.
 *
 * @module
 */

import { join } from "@std/path";
import { sdkFolder } from "../../../build/sdk_folders.ts";
import type { Template } from "../template.ts";

/** In Python. */
export const pythonTemplate: Template = () =>
  Promise.resolve({
    files: {
      "actor.py": SOURCE,
      "test_actor.py": TEST,
      "pyproject.toml": pyproject(),
    },
    test: "python3 -m pytest",
    leftovers: ["__pycache__/", ".pytest_cache/"],
    // The interpreter and its library are in each instance.
    memory: "128Mi",
  });

const SDK = join(sdkFolder("python"), "src");

function pyproject(): string {
  return `# No registry has the SDK yet. What is in "vendor" goes into the component:
#   python3 -m pip install --target vendor NAME
[tool.pytest.ini_options]
pythonpath = [".", "vendor", ${JSON.stringify(SDK)}]

# The same for type checkers and editors.
[tool.pyright]
extraPaths = ["vendor", ${JSON.stringify(SDK)}]

[tool.mypy]
mypy_path = [${JSON.stringify(SDK)}]
`;
}

const SOURCE = `"""Greets whom an envelope names."""

from dataclasses import dataclass

from troupe import Fatal


@dataclass
class Task:
    """What is sent to it."""

    name: str = ""


def handle(task: Task) -> dict[str, str]:
    """From one payload to the next: what it returns goes on to the actor that follows in the route."""
    if not task.name:
        raise Fatal('name is missing: send {"name": "Ada"}')
    return {"greeting": f"Hello, {task.name}!"}
`;

const TEST = `from troupe.testing import run

from actor import handle


def test_it_greets():
    assert run(handle, {"name": "Ada"}).payloads == [{"greeting": "Hello, Ada!"}]


def test_without_a_name_trying_again_is_of_no_use():
    assert run(handle, {}).failure.kind == "troupe.Fatal"
`;
