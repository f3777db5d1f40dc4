//! The secret that signs tokens: given, or made once and kept where only this server finds it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use stockbridge_domain::Store;
use stockbridge_domain::access::secrets::{self, random_hex};
use stockbridge_domain::store::Target;

use crate::cli::secret_file;

/// Shorter ones could be guessed from a token.
const MIN_CHARACTERS: usize = 32;

/// Refuses a given secret that could be guessed.
pub(crate) fn check(given: Option<&str>) -> Result<(), String> {
    match given {
        Some(secret) if secret.chars().count() < MIN_CHARACTERS => Err(format!(
            "STOCKBRIDGE_SECRET must have at least {MIN_CHARACTERS} characters: `openssl rand -hex 32` makes one"
        )),
        _ => Ok(()),
    }
}

/// The secret of this server.
pub(crate) async fn signing_secret(given: Option<&str>, target: &Target, store: &Store) -> Result<String, String> {
    match (given, target) {
        (Some(secret), _) => Ok(secret.to_owned()),
        (None, Target::Sqlite(database)) => from_file(&secret_file(database)),
        (None, Target::Postgres(_)) => {
            tracing::warn!(
                "STOCKBRIDGE_SECRET is not set: tokens are signed with a secret kept in the database; set it"
            );
            let candidate = random_hex(32).map_err(|error| error.to_string())?;
            let shared = store.alter(move |lobby| secrets::shared(lobby, "token signing", &candidate)).await;
            shared.map_err(|error| format!("cannot keep a signing secret in the database: {error}"))
        }
    }
}

/// Reads the secret, or makes it. It appears under its name whole or not at all, also where two servers start at once.
fn from_file(file: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("cannot use the secret file {}: {error}", file.display());
    if !file.exists() {
        let new = file.with_extension(format!("secret.{}", std::process::id()));
        let made = write(&new, &random_hex(32).map_err(|error| error.to_string())?);
        let linked = made.and_then(|()| std::fs::hard_link(&new, file));
        std::fs::remove_file(&new).map_err(failed)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
    }
    let secret = std::fs::read_to_string(file).map_err(failed)?;
    if secret.trim().chars().count() < MIN_CHARACTERS {
        return Err(format!("the secret file {} is cut short: remove it, and a new one is made", file.display()));
    }
    Ok(secret.trim().to_owned())
}

/// Writes a file that only its owner may read.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut new = options.open(file)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()
}
