//! `release-key`, `sign-bundle`, `verify-bundle`: who released a bundle, and whether it is still
//! what they released. They need no knowledge base: a partner has none of ours.

use super::text::plain;
use super::{Desktop, print};
use anyhow::{Context, Result, bail};
use fieldmark_api::seal::{self, Checked};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes a key. The file is its owner's alone and an older one is never written over; what is
/// printed is for partners.
pub fn key(on: &Desktop, path: &Path) -> Result<ExitCode> {
    let place = || path.display().to_string();
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).context("the system gives no random bytes")?;
    let text = hex::encode(secret);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(place)?;
    file.write_all(format!("{text}\n").as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(place)?;
    let public = seal::public(&secret);
    on.print(&json!({ "publicKey": public }), |_| format!("{public}\n"))
}

/// Writes the seal of a bundle beside it.
pub fn sign(
    on: &Desktop,
    bundle: &Path,
    key: &Path,
    by: &str,
    output: Option<&Path>,
) -> Result<ExitCode> {
    let secret = fs::read_to_string(key).with_context(|| key.display().to_string())?;
    let secret = seal::key(&secret).with_context(|| key.display().to_string())?;
    let bytes = fs::read(bundle).with_context(|| bundle.display().to_string())?;
    let now = time::OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0)?;
    let now = now.format(&time::format_description::well_known::Rfc3339)?;
    let seal =
        seal::seal(&bytes, &secret, by, &now).with_context(|| bundle.display().to_string())?;
    let output = output.map_or_else(|| beside(bundle), Path::to_owned);
    super::export::write(&output, seal.as_bytes()).with_context(|| output.display().to_string())?;
    let output = output.display().to_string();
    on.print(&json!({ "seal": output }), |_| {
        format!("{}\n", plain(&output))
    })
}

/// Holds a bundle against its seal; exit status 1 when it is not what was released.
pub fn verify(on: &Desktop, bundle: &Path, seal: Option<&Path>, public: &str) -> Result<ExitCode> {
    let seal = seal.map_or_else(|| beside(bundle), Path::to_owned);
    let bytes = fs::read(bundle).with_context(|| bundle.display().to_string())?;
    let sealed = fs::read(&seal).with_context(|| seal.display().to_string())?;
    let key = seal::key(public)?;
    let checked = seal::check(&bytes, &sealed, &key);
    let lang = on.language;
    let name = plain(&bundle.display().to_string());
    let (said, differences) = match checked.with_context(|| name.clone())? {
        Checked::Forged => bail!(lang.say(
            "the seal was not made with this key, or was changed since",
            "le sceau n’a pas été fait avec cette clé, ou a été modifié depuis"
        )),
        Checked::Sound(said) => (said, Vec::new()),
        Checked::Changed(said, differences) => (said, differences),
    };
    let facts = json!({
        "releasedBy": said.by,
        "released": said.at,
        "objects": said.objects,
        "differences": differences,
    });
    match on.json {
        true => print(&format!("{facts:#}\n"))?,
        false => print(&format!(
            "{} {}, {}; {}\n",
            lang.say("released by", "diffusé par"),
            plain(&said.by),
            plain(&said.at),
            lang.count(
                said.objects as u64,
                ["object", "objects"],
                ["objet", "objets"]
            ),
        ))?,
    }
    match differences.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => bail!(
            "{name}: {} {}",
            lang.say(
                "this is not what was released:",
                "ce n’est pas ce qui a été diffusé :"
            ),
            plain(&differences.join("; "))
        ),
    }
}

fn beside(bundle: &Path) -> PathBuf {
    let mut name = bundle.as_os_str().to_owned();
    name.push(".seal");
    name.into()
}
