//! What is logged with the crate `log` becomes lines in the log of the envelope.

use std::fmt::Write;

use log::{LevelFilter, Log, Metadata, Record};

use crate::{Level, backend};

struct Facade;

impl Log for Facade {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let level = match record.level() {
            log::Level::Error => Level::Error,
            log::Level::Warn => Level::Warn,
            log::Level::Info => Level::Info,
            log::Level::Debug | log::Level::Trace => Level::Debug,
        };
        let mut line = String::new();
        // Writing to a `String` does not fail; an argument that does is its author's.
        let _ = write!(line, "{}", record.args());
        backend::log(level, &line);
    }

    fn flush(&self) {}
}

/// From now on the crate `log` leads here, unless the actor has a logger of its own.
pub(crate) fn install() {
    if log::set_logger(&Facade).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}
