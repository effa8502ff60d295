use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use troupe::{Error, Level, Mesh, MeshError};

use crate::raise::raise;
use crate::typed::Typed;

/// An object with one key, which names what to do.
#[derive(Deserialize)]
pub struct Step(BTreeMap<String, Value>);

/// What would be seen of one envelope by the next, if anything were.
static GLOBAL: AtomicU32 = AtomicU32::new(0);

impl Step {
    /// Does it.
    pub fn perform(&self, mesh: &Mesh, answers: &mut Vec<Value>) -> troupe::Result<()> {
        let Some((name, value)) = self.0.first_key_value() else {
            return Err(Error::msg("there is no step without a name"));
        };
        match name.as_str() {
            "get" => {
                let found: Option<Value> = mesh.get(&read::<String>(value)?)?;
                answers.push(found.into_iter().collect());
            }
            "set" => {
                let (path, put): (String, Value) = read(value)?;
                mesh.set(&path, put)?;
            }
            "del" => mesh.del(&read::<String>(value)?)?,
            "emit" => mesh.emit(value)?,
            "fly" => mesh.fly(value)?,
            "log" => {
                let (level, message): (String, String) = read(value)?;
                log(mesh, &level, &message)?;
            }
            "repeat" => {
                let (times, step): (u32, Step) = read(value)?;
                for _ in 0..times {
                    step.perform(mesh, answers)?;
                }
            }
            "catch" => {
                let outcome = read::<Step>(value)?.perform(mesh, answers);
                answers.push(refusal(outcome)?.into());
            }
            "global" => answers.push((GLOBAL.fetch_add(1, Ordering::Relaxed) + 1).into()),
            "random" => {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes)?;
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                answers.push(hex.into());
            }
            "sleep" => mesh.sleep(Duration::from_millis(read(value)?)),
            "typed" => answers.push(json!(read::<Typed>(value)?)),
            "raise" => return raise(&read::<String>(value)?, mesh),
            _ => return Err(Error::msg(format!("there is no step {name}"))),
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    T::deserialize(value)
}

/// Two of the ways in which actors log.
fn log(mesh: &Mesh, level: &str, message: &str) -> troupe::Result<()> {
    match level {
        "debug" => log::debug!("{message}"),
        "info" => log::info!("{message}"),
        "warn" => mesh.log(Level::Warn, message),
        "error" => mesh.log(Level::Error, message),
        _ => return Err(Error::msg(format!("there is no level {level}"))),
    }
    Ok(())
}

/// The code with which a call was refused, or "ok".
fn refusal(outcome: troupe::Result<()>) -> troupe::Result<String> {
    match outcome {
        Ok(()) => Ok("ok".into()),
        Err(error) => match error.downcast_ref::<MeshError>().and_then(MeshError::code) {
            Some(code) => Ok(code.into()),
            None => Err(error),
        },
    }
}
