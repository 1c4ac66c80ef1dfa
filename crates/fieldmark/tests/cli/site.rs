//! The command run as a process, on a directory of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Two campaigns on one network, a claim about the first, and a campaign under TLP:AMBER.
pub const FACTS: &str = include_str!("facts.trig");

pub const NORTH: &str = "campaign--00000000-0000-4000-8000-000000000003";

/// A directory to work in; the knowledge base is made in it.
pub struct Site(TempDir);

pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// It went well and said nothing on standard error.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!(
            (self.code, self.err.as_str()),
            (Some(0), ""),
            "{}",
            self.out
        );
        self.out
    }

    /// It failed with one line on standard error.
    #[track_caller]
    pub fn badly(self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        assert!(self.err.starts_with("fieldmark: "), "{}", self.err);
        assert_eq!(self.err.trim_end().lines().count(), 1, "{}", self.err);
        self.err
    }

    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.well()).expect("JSON on standard output")
    }
}

impl Site {
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn filled() -> Self {
        let site = Self::empty();
        site.write("facts.trig", FACTS);
        site.run(&["import", "facts.trig"]).well();
        site
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fieldmark"));
        // Nothing of the environment the tests run in may configure what they run.
        // What it leaves among temporary files is found here as well.
        command.env_clear().env("TMPDIR", self.path());
        command
            .current_dir(self.path())
            .args(args)
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn fed(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A process that listens; ended when dropped.
pub struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    pub fn start(site: &Site, args: &[&str]) -> Self {
        let mut child = site
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// Reads until a line has `text`, and gives back all that was read.
    pub fn until(&mut self, text: &str) -> String {
        let mut read = String::new();
        loop {
            let from = read.len();
            assert_ne!(
                self.out.read_line(&mut read).unwrap(),
                0,
                "it ended before \"{text}\":\n{read}"
            );
            if read[from..].contains(text) {
                return read;
            }
        }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub fn address_in(text: &str) -> String {
    let from = text.find("http://").expect("an address") + "http://".len();
    text[from..].split_whitespace().next().unwrap().to_owned()
}
