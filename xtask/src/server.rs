//! A server under test: started on a free loopback port, known to be ready, stopped politely.

use crate::http::Connection;
use crate::process;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a server may take to come up or to stop before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server. Dropping it ends it.
pub struct Server {
    child: Child,
    /// `host:port`.
    pub address: String,
    /// From the start of the process to the first answer that said it was ready.
    pub ready_after: Duration,
    log: PathBuf,
}

impl Server {
    /// Runs `command`, whose arguments `arguments` makes of the address to listen on, and waits
    /// until `ready` answers 200. What it prints goes to `log`.
    pub fn start(
        mut command: Command,
        arguments: impl FnOnce(&str) -> Vec<String>,
        ready: &str,
        log: &Path,
    ) -> Result<Self> {
        let address = free_address()?;
        command.args(arguments(&address));
        let said = process::line_of(&command);
        let out = File::create(log).with_context(|| format!("{}", log.display()))?;
        let err = out.try_clone()?;
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .with_context(|| format!("`{said}` does not start"))?;
        let mut server = Self {
            child,
            address,
            ready_after: Duration::ZERO,
            log: log.to_owned(),
        };
        loop {
            let answer = Connection::new(&server.address).request("GET", ready, &[], b"");
            if answer.is_ok_and(|answer| answer.status == 200) {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("`{said}` ended ({status}):\n{}", last_lines(&server.log));
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "`{said}` is not ready after two minutes:\n{}",
                    last_lines(&server.log)
                );
            }
            sleep(Duration::from_millis(1));
        }
    }

    /// Where it prints.
    pub fn log(&self) -> PathBuf {
        self.log.clone()
    }

    /// `http://host:port`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A connection of its own.
    pub fn connect(&self) -> Connection {
        Connection::new(&self.address)
    }

    /// Resident memory in bytes, as the kernel counts it.
    pub fn resident(&self) -> Result<u64> {
        self.memory("VmRSS:")
    }

    /// The most memory in bytes that was ever resident.
    pub fn peak(&self) -> Result<u64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, what: &str) -> Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).context("resident memory is only known on Linux")?;
        status
            .lines()
            .find_map(|line| line.strip_prefix(what))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .and_then(|number| number.trim().parse::<u64>().ok())
            .map(|kib| kib * 1024)
            .with_context(|| format!("{path} has no {what}"))
    }

    /// Asks it to stop, as an init system would, and waits until it has.
    pub fn stop(mut self) -> Result<ExitStatus> {
        // The standard library can only kill; a graceful stop is part of what is checked.
        process::output(Command::new("kill").args(["-TERM", &self.child.id().to_string()]))?;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            sleep(Duration::from_millis(5));
        }
        bail!(
            "it still runs 30 s after SIGTERM:\n{}",
            last_lines(&self.log)
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let ended = self.child.kill().and_then(|()| self.child.wait());
            if let Err(error) = ended {
                eprintln!("the server on {} may still run: {error}", self.address);
            }
        }
    }
}

/// The last lines a server printed.
pub fn last_lines(log: &Path) -> String {
    match fs::read_to_string(log) {
        Ok(text) => {
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(40)..].join("\n")
        }
        Err(error) => format!("(what it printed cannot be read: {error})"),
    }
}

/// `fieldmark`, deaf to whatever this shell says to an installation of its own, and without the
/// metrics port, which a second server could not have.
pub fn fieldmark(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FIELDMARK_") {
            command.env_remove(name);
        }
    }
    command.env("FIELDMARK_METRICS", "off");
    command
}

/// A loopback address nobody listened on a moment ago.
pub fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no loopback port is free")?;
    Ok(listener.local_addr()?.to_string())
}
