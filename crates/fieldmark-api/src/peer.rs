//! Who is at the other end of a connection. The binary says so of each request; no header can.

use std::net::IpAddr;

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Marks a request that came through the data directory itself: its socket, or the command line
/// in the same process.
#[derive(Clone, Copy, Debug)]
pub struct LocalCaller;
