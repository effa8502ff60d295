//! What is granted, by the ways in which an actor in Rust comes to it.

use std::time::Duration;
use std::{env, fs};

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};
use troupe::Mesh;
use wstd::http::{Body, Client, Request};

/// What to try.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Task {
    State,
    Keys,
    Counter(i64),
    Refused,
    Files(String),
    Env(String),
    Get(String),
    Post(String, String),
}

#[troupe::actor]
fn handle(task: Task, mesh: &Mesh) -> anyhow::Result<Value> {
    let state = mesh.state();
    Ok(match task {
        Task::State => {
            let none: Option<Value> = state.get("cart")?;
            let first = state.swap("cart", None, ["tea"])?;
            let second = state.swap("cart", None, ["coffee"])?;
            let cart = state.update("cart", |items: Option<Vec<String>>| {
                [items.unwrap_or_default(), vec!["milk".into()]].concat()
            })?;
            let entry = state.entry::<Vec<String>>("cart")?.context("it is there")?;
            json!([
                none,
                first.is_some(),
                second.is_some(),
                cart,
                entry.version > 0,
                entry.value
            ])
        }
        Task::Keys => {
            state.set_bytes("k/1", &[0, 255])?;
            state
                .expiring(Duration::from_secs(60))
                .set("k/2", "soon gone")?;
            state.set("k/3", ())?;
            let bytes = state.entry_bytes("k/1")?.context("it is there")?.value;
            let deleted = [state.delete("k/3")?, state.delete("k/3")?];
            json!([
                state.keys("k/")?,
                state.keys_after("k/", "k/1", 1)?,
                bytes,
                deleted
            ])
        }
        Task::Counter(delta) => json!(state.add("visits", delta)?),
        Task::Refused => json!(state.get::<Value>("")?),
        Task::Files(path) => {
            let mut names = Vec::new();
            for entry in fs::read_dir(&path).context("it cannot be listed")? {
                names.push(entry?.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            let texts: Result<Vec<_>, _> = names
                .iter()
                .map(|name| fs::read_to_string(format!("{path}/{name}")))
                .collect();
            let written =
                fs::write(format!("{path}/new"), "x").map_err(|error| error.kind().to_string());
            json!([names, texts?, written.unwrap_err()])
        }
        Task::Env(name) => json!(env::var(name)?),
        Task::Get(url) => wstd::runtime::block_on(send(Request::get(url).body(Body::empty())?))?,
        Task::Post(url, text) => {
            wstd::runtime::block_on(send(Request::post(url).body(text.into())?))?
        }
    })
}

async fn send(request: Request<Body>) -> anyhow::Result<Value> {
    let response = Client::new().send(request).await?;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    Ok(json!([status, body.str_contents().await?]))
}
