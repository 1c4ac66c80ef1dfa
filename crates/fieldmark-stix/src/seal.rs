//! Detached signatures over released bundles.
//!
//! A seal says who released a bundle and when, and is signed with Ed25519 (RFC 8032). It holds a
//! digest of every property of every object in the canonical form (JCS, RFC 8785), so that a
//! change is not only noticed but named. White space and the order of keys may change; nothing
//! else may.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a seal calls itself; a later form will say so here.
const KIND: &str = "fieldmark-seal-1";

/// Why a bundle cannot be sealed, or a seal cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not JSON, or JSON that two programs could read differently.
    #[error("{0}")]
    Json(String),
    /// Not a bundle of objects that can be told apart.
    #[error("this is no bundle: {0}")]
    NoBundle(String),
    /// The seal's own form.
    #[error("this is no seal of a bundle: {0}")]
    NoSeal(String),
    /// A key that is none.
    #[error("a key is 64 hex digits, as `fieldmark release-key` writes it")]
    Key,
}

/// What a good signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who released the bundle, in their own words.
    pub by: String,
    /// When (RFC 3339), by the releaser's clock.
    pub at: String,
    /// How many objects were released.
    pub objects: usize,
}

/// What came of holding a bundle against its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The bundle is what was released.
    Sound(Said),
    /// The seal is good, and the bundle is not what was released: each difference by JSON path.
    Changed(Said, Vec<String>),
    /// The seal was not made with this key, or was changed itself.
    Forged,
}

/// A key from its 64 hex digits.
pub fn key(text: &str) -> Result<[u8; 32], SealError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| SealError::Key)?;
    Ok(bytes)
}

/// The public key that belongs to a secret one, as 64 hex digits: what partners are given.
pub fn public(secret: &[u8; 32]) -> String {
    hex::encode(SigningKey::from_bytes(secret).verifying_key().as_bytes())
}

/// Seals a bundle. `by` and `at` are stated as given.
///
/// ```
/// use fieldmark_stix::seal::{Checked, check, key, public, seal};
/// let secret = [7; 32];
/// let bundle = br#"{"type": "bundle", "objects": []}"#;
/// let sealed = seal(bundle, &secret, "Example Unit", "2026-01-01T00:00:00Z")?;
/// let public = key(&public(&secret))?;
/// assert!(matches!(check(bundle, sealed.as_bytes(), &public)?, Checked::Sound(_)));
/// # Ok::<(), fieldmark_stix::seal::SealError>(())
/// ```
pub fn seal(bundle: &[u8], secret: &[u8; 32], by: &str, at: &str) -> Result<String, SealError> {
    let key = SigningKey::from_bytes(secret);
    let mut seal = json!({
        "type": KIND,
        "released_by": by,
        "released": at,
        "public_key": hex::encode(key.verifying_key().as_bytes()),
        "digests": digests(&read(bundle)?)?,
    });
    let signature = key.sign(&canonical(&seal)?);
    seal["signature"] = hex::encode(signature.to_bytes()).into();
    Ok(format!("{seal:#}\n"))
}

/// Holds a bundle against its seal and the releaser's public key.
pub fn check(bundle: &[u8], seal: &[u8], public: &[u8; 32]) -> Result<Checked, SealError> {
    let mut seal = read(seal)?;
    let bad = |why: &str| SealError::NoSeal(why.to_owned());
    let fields = seal.as_object_mut().ok_or_else(|| bad("it is no object"))?;
    let signature = match fields.remove("signature") {
        Some(Value::String(text)) => text,
        _ => return Err(bad("it has no signature")),
    };
    if seal["type"] != KIND {
        return Err(bad(&format!("its type is not {KIND}")));
    }
    let Ok(key) = VerifyingKey::from_bytes(public) else {
        return Err(SealError::Key);
    };
    let good = hex::decode(&signature)
        .ok()
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .is_some_and(|signature| {
            canonical(&seal).is_ok_and(|text| key.verify_strict(&text, &signature).is_ok())
        });
    if !good {
        return Ok(Checked::Forged);
    }
    let text = |name: &str| seal[name].as_str().unwrap_or_default().to_owned();
    let said = Said {
        by: text("released_by"),
        at: text("released"),
        objects: seal["digests"]
            .as_object()
            .map_or(0, |all| all.len().saturating_sub(1)),
    };
    let found = digests(&read(bundle)?)?;
    let differences = differences(&seal["digests"], &found);
    Ok(match differences.is_empty() {
        true => Checked::Sound(said),
        false => Checked::Changed(said, differences),
    })
}

/// A digest of every property: of the bundle itself under `$`, of each object under its id and
/// version.
fn read(json: &[u8]) -> Result<Value, SealError> {
    crate::strict::parse(json).map_err(|error| SealError::Json(error.to_string()))
}

fn digests(bundle: &Value) -> Result<Value, SealError> {
    let bad = |why: String| SealError::NoBundle(why);
    let fields = bundle
        .as_object()
        .ok_or_else(|| bad("it is no JSON object".into()))?;
    let objects = match fields.get("objects") {
        None => &[][..],
        Some(Value::Array(objects)) => objects,
        Some(_) => return Err(bad("$.objects is no list".into())),
    };
    let mut out = Map::new();
    let own = fields.iter().filter(|(name, _)| *name != "objects");
    out.insert("$".into(), properties(own)?);
    for (at, object) in objects.iter().enumerate() {
        let id = object["id"]
            .as_str()
            .ok_or_else(|| bad(format!("$.objects[{at}] has no id")))?;
        let version = object["modified"].as_str().unwrap_or_default();
        let name = format!("{id} {version}").trim_end().to_owned();
        let fields = object.as_object().into_iter().flatten();
        if out.insert(name, properties(fields)?).is_some() {
            return Err(bad(format!(
                "$.objects[{at}]: {id} is there twice in one version"
            )));
        }
    }
    Ok(Value::Object(out))
}

fn properties<'a>(
    fields: impl Iterator<Item = (&'a String, &'a Value)>,
) -> Result<Value, SealError> {
    let sorted: BTreeMap<&String, &Value> = fields.collect();
    let mut out = Map::new();
    for (name, value) in sorted {
        let digest = Sha256::digest(canonical(value)?);
        out.insert(name.clone(), hex::encode(digest).into());
    }
    Ok(Value::Object(out))
}

fn differences(released: &Value, found: &Value) -> Vec<String> {
    let objects = |of: &Value| -> BTreeMap<String, Value> {
        let all = of.as_object().into_iter().flatten();
        all.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    let (released, found) = (objects(released), objects(found));
    let mut out = Vec::new();
    for name in released.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        match (released.get(name), found.get(name)) {
            (Some(_), None) => out.push(format!("{name}: released, and missing here")),
            (None, _) => out.push(format!("{name}: here, and not released")),
            (Some(before), Some(now)) => {
                let (before, now) = (objects(before), objects(now));
                for property in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
                    let what = match (before.get(property), now.get(property)) {
                        (Some(a), Some(b)) if a == b => continue,
                        (Some(_), Some(_)) => "changed",
                        (Some(_), None) => "taken out",
                        (None, _) => "put in",
                    };
                    out.push(format!("{name}: {property} was {what}"));
                }
            }
        }
    }
    out
}

fn canonical(value: &Value) -> Result<Vec<u8>, SealError> {
    serde_json_canonicalizer::to_vec(value).map_err(|error| SealError::Json(error.to_string()))
}

#[cfg(test)]
mod tests;
