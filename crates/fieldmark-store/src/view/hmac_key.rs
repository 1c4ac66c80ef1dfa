//! The key of one audience's pseudonyms.

use sha2::{Digest, Sha256};

/// Derived from the installation's secret and the audience's name, so that pseudonyms survive a
/// rebuild and cannot be linked from one audience to another.
pub fn audience_key(secret: &[u8; 32], audience: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"fieldmark audience key 1");
    hasher.update(secret);
    hasher.update(audience.as_bytes());
    hasher.finalize().into()
}
