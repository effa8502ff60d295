/**
 * A new actor in Rust.
 *
 * @module
 */

import { sdkFolder } from "../../../build/sdk_folders.ts";
import type { Template } from "../template.ts";

/** In Rust. */
export const rustTemplate: Template = ({ name }) =>
  Promise.resolve({
    files: {
      "Cargo.toml": cargoToml(name),
      "src/lib.rs": SOURCE,
    },
    test: "cargo test",
    leftovers: ["target/"],
  });

const SDK = sdkFolder("rust");

/** Words of the language, crates that come with it, and those that an actor begins with. */
const TAKEN = new Set(
  ("abstract alloc as async await become box break const continue core crate do dyn else enum extern false final fn for " +
    "gen if impl in let loop macro match mod move mut override priv proc-macro pub ref return self serde serde-json " +
    "static std struct super test trait troupe true try type typeof unsafe unsized use virtual where while yield")
    .split(" "),
);

/** Names of crates do not begin with a digit, either. */
function crateName(name: string): string {
  return TAKEN.has(name) || /^\d/.test(name) ? `actor-${name}` : name;
}

function cargoToml(name: string): string {
  return `[package]
name = "${crateName(name)}"
version = "0.1.0"
edition = "2024"
publish = false

[lib]
crate-type = ["cdylib"]

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
# No registry has it yet.
troupe = { path = ${JSON.stringify(SDK)} }

# A component of a third of the size; leave it out while you try things, and builds are quicker.
[profile.release]
codegen-units = 1
lto = true
opt-level = "s"
strip = true

# An actor is a package of its own, whatever folder it is in.
[workspace]
`;
}

const SOURCE = `//! Greets whom an envelope names.

use serde::{Deserialize, Serialize};
use troupe::Fatal;

/// What is sent to it.
#[derive(Deserialize)]
struct Task {
    #[serde(default)]
    name: String,
}

/// What it sends on.
#[derive(Serialize)]
struct Greeting {
    greeting: String,
}

/// From one payload to the next: what it returns goes on to the actor that follows in the route.
#[troupe::actor]
fn handle(task: Task) -> troupe::Result<Greeting> {
    if task.name.is_empty() {
        return Err(Fatal::new(r#"name is missing: send {"name": "Ada"}"#))?;
    }
    Ok(Greeting {
        greeting: format!("Hello, {}!", task.name),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use troupe::testing::run;

    use super::handle;

    #[test]
    fn it_greets() {
        let hop = run(handle, json!({ "name": "Ada" }));
        assert_eq!(hop.payloads(), [json!({ "greeting": "Hello, Ada!" })]);
    }

    #[test]
    fn without_a_name_trying_again_is_of_no_use() {
        let failure = run(handle, json!({})).failure.unwrap();
        assert_eq!(failure.kind, "troupe.Fatal");
    }
}
`;
