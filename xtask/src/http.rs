//! The least of HTTP/1.1 that a load loop needs: one kept-alive loopback connection, one request
//! at a time. A full client would put its own cost into every figure.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long any one answer may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection to `host:port`, made again when the server closes it.
pub struct Connection {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came back.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text, with whatever is not UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    /// Nothing is sent before the first request.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
        }
    }

    /// Sends one request and reads the whole answer.
    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend_from_slice(body);

        // A kept connection may have been closed meanwhile; only then is a second attempt right.
        if let Some(kept) = self.stream.as_mut()
            && kept.get_mut().write_all(&message).is_ok()
            && let Some(first) = status_line(kept)?
        {
            return self.rest(&first);
        }
        let stream = TcpStream::connect(&self.address)
            .with_context(|| format!("{} does not answer", self.address))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let fresh = self.stream.insert(BufReader::new(stream));
        fresh.get_mut().write_all(&message)?;
        let Some(first) = status_line(fresh)? else {
            bail!("{} closed the connection without an answer", self.address);
        };
        self.rest(&first)
    }

    /// Everything after the status line.
    fn rest(&mut self, first: &str) -> Result<Answer> {
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .with_context(|| format!("{first:?} is no status line"))?;
        let stream = self.stream.as_mut().context("the connection is open")?;
        let mut length = None;
        let mut chunked = false;
        let mut close = false;
        loop {
            let line = line(stream)?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                bail!("{line:?} is no header");
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = Some(value.parse()?),
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "connection" => close = value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let head = line(stream)?;
                let size = usize::from_str_radix(head.split(';').next().unwrap_or_default(), 16)
                    .with_context(|| format!("{head:?} is no chunk size"))?;
                let start = body.len();
                body.resize(start + size, 0);
                stream.read_exact(&mut body[start..])?;
                // The line end after a chunk, or after the trailers of the last one.
                while !line(stream)?.is_empty() {}
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = length {
            body.resize(length, 0);
            stream.read_exact(&mut body)?;
        } else if status != 204 && status != 304 {
            stream.read_to_end(&mut body)?;
            close = true;
        }
        if close {
            self.stream = None;
        }
        Ok(Answer { status, body })
    }
}

/// The status line; nothing when the server had closed the connection before.
fn status_line(stream: &mut BufReader<TcpStream>) -> Result<Option<String>> {
    let mut text = String::new();
    match stream.read_line(&mut text) {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(text.trim_end().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(None),
        Err(error) => Err(error).context("no answer"),
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut text = String::new();
    if stream.read_line(&mut text)? == 0 {
        bail!("the answer broke off");
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// Serves the given answers, one a request, on one connection each.
    fn serve(answers: Vec<&'static str>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener
            .local_addr()
            .expect("it has an address")
            .to_string();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().expect("the client connects");
                let mut seen = BufReader::new(stream.try_clone().expect("a second handle"));
                while line(&mut seen).is_ok_and(|line| !line.is_empty()) {}
                stream
                    .write_all(answer.as_bytes())
                    .expect("the client reads");
            }
        });
        address
    }

    #[test]
    fn bodies_are_read_by_length_by_chunks_and_to_the_end() {
        let address = serve(vec![
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
            "HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\nabc",
        ]);
        let mut connection = Connection::new(&address);
        for status in [200, 200, 503] {
            let answer = connection
                .request("GET", "/", &[], b"")
                .expect("the answer is whole");
            assert_eq!((answer.status, answer.text().as_str()), (status, "abc"));
        }
    }
}
