//! Does what a conformance case says, with the SDK as an author has it.

mod raise;
mod step;
mod typed;

#[cfg(test)]
mod cases;

use serde::Deserialize;
use serde_json::Value;
use troupe::Mesh;

use step::Step;

/// What a case sends.
#[derive(Deserialize)]
struct Program {
    steps: Vec<Step>,
    #[serde(default)]
    then: Then,
}

/// What is returned.
#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Then {
    #[default]
    Answers,
    Nothing,
    Payload(Value),
}

/// Does the steps, one after the other.
#[troupe::actor]
fn handle(program: Program, mesh: &Mesh) -> troupe::Result<Option<Value>> {
    let mut answers = Vec::new();
    for step in &program.steps {
        step.perform(mesh, &mut answers)?;
    }
    Ok(match program.then {
        Then::Answers => Some(answers.into()),
        Then::Nothing => None,
        Then::Payload(payload) => Some(payload),
    })
}
