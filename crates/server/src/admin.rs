//! The administering subcommands: each one transaction, and a line that says what was done.

use std::io::{BufRead, IsTerminal};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use stockbridge_domain::access::passwords::{Password, PasswordHash};
use stockbridge_domain::access::secrets::random_hex;
use stockbridge_domain::access::{keys, passwords, tenants, uids, users};
use stockbridge_domain::values::Text;
use stockbridge_domain::zone::start_of;
use stockbridge_domain::{Error, Store, Thing};

use crate::cli::{ApiKey, Permission, SimbizUser, Tenant, User};

type Done = Result<String, String>;

pub(crate) async fn tenant(store: &Store, command: Tenant) -> Done {
    match command {
        Tenant::Create { code, name, zone, subscription_ends } => {
            let subscription_ends_at = subscription_ends.map(|day| end_of(day, zone));
            let new = tenants::NewTenant {
                id: None,
                code: text::<64>("--code", &code)?,
                name: text::<255>("--name", &name)?,
                zone,
                subscription_ends_at,
            };
            let id = store.alter(move |lobby| tenants::create(lobby, &new)).await.map_err(|error| said(&error))?;
            Ok(format!(
                "tenant {code} is number {} (organization 1-{0}); add a user: stockbridge user create --tenant {code} …",
                id.get()
            ))
        }
        Tenant::List => {
            let all = store.look(tenants::list).await.map_err(|error| said(&error))?;
            let line = |tenant: &stockbridge_domain::Tenant| {
                let end =
                    tenant.subscription_ends_at.map_or_else(|| "no end".to_owned(), |end| format!("until {end} UTC"));
                let backorders = if tenant.allow_backorder { "backorders" } else { "no backorders" };
                let (id, costing) = (tenant.id.get(), tenant.costing);
                format!(
                    "{id}\t{}\t{}\t{}\t{end}\t{backorders}\t{costing} costing",
                    tenant.code, tenant.name, tenant.zone
                )
            };
            Ok(all.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        Tenant::Set { code, name, zone, subscription_ends, allow_backorder, costing } => {
            let name = name.map(|name| text::<255>("--name", &name)).transpose()?;
            let days = subscription_ends.map(|text| last_day(&text)).transpose()?;
            let tenant = code.clone();
            let set = store.alter(move |lobby| {
                let zone_then = zone.map_or_else(|| tenants::by_code(lobby, &tenant).map(|known| known.zone), Ok)?;
                let subscription_ends_at = days.map(|day| day.map(|day| end_of(day, zone_then)));
                let (name, costing) = (name.clone(), costing.map(Into::into));
                let changes = tenants::TenantChanges { name, zone, subscription_ends_at, allow_backorder, costing };
                tenants::set(lobby, &tenant, &changes)
            });
            set.await.map_err(|error| said(&error))?;
            Ok(format!("tenant {code} is changed"))
        }
    }
}

pub(crate) async fn user(store: &Store, command: User) -> Done {
    match command {
        User::Create { tenant, email, role, name, password } => {
            if !email.contains('@') {
                return Err("--email must be an e-mail address such as jane@example.com".to_owned());
            }
            let address = text::<255>("--email", &email)?;
            let name = text::<255>("--name", name.as_deref().unwrap_or(&email))?;
            let new = users::NewUser { email: address, name, role, password: password_hash(password)? };
            let created = store.alter(move |lobby| {
                let tenant = tenants::by_code(lobby, &tenant)?;
                users::create(&mut lobby.as_system(tenant.id)?, &new)
            });
            let user = created.await.map_err(|error| said(&error))?;
            Ok(format!("user {email} is number {}, {role}", user.id))
        }
        User::SetPassword { email, password } => {
            let (password, of) = (password_hash(password)?, email.clone());
            let set = store.alter(move |lobby| {
                let tenant = users::tenant_of(lobby, &of)?;
                users::set_password(&mut lobby.as_system(tenant)?, &of, &password)
            });
            set.await.map_err(|error| said(&error))?;
            Ok(format!("user {email} has a new password; tokens made before no longer work"))
        }
        User::Ban { email, lift } => {
            let of = email.clone();
            let ban = store.alter(move |lobby| {
                let tenant = users::tenant_of(lobby, &of)?;
                users::ban(&mut lobby.as_system(tenant)?, &of, !lift)
            });
            ban.await.map_err(|error| said(&error))?;
            Ok(if lift { format!("user {email} may log in again") } else { format!("user {email} is banned") })
        }
    }
}

pub(crate) async fn simbiz_user(store: &Store, command: SimbizUser) -> Done {
    match command {
        SimbizUser::Create { uid, tenant, secret, read_only } => {
            if !uid.trim().chars().all(|letter| letter.is_ascii_graphic()) {
                return Err("--uid must be visible ASCII characters: it is sent in the header x-uid".to_owned());
            }
            let (hash, shown) = new_secret(secret)?;
            let name = text::<64>("--uid", &uid)?;
            let create = store.alter(move |lobby| {
                let tenant = tenants::by_code(lobby, &tenant)?.id;
                uids::create(lobby, &name, &hash, Some(tenant))?;
                uids::grant(lobby, name.as_str(), tenant, read_only)
            });
            create.await.map_err(|error| said(&error))?;
            Ok(shown.map_or_else(|| format!("uid {uid} is made"), |shown| format!("uid {uid}, {shown}")))
        }
        SimbizUser::Grant { uid, tenant, read_only, revoke } => {
            let (of, code) = (uid.clone(), tenant.clone());
            let grant = store.alter(move |lobby| {
                let tenant = tenants::by_code(lobby, &code)?.id;
                if revoke { uids::revoke(lobby, &of, tenant) } else { uids::grant(lobby, &of, tenant, read_only) }?;
                Ok(uids::list(lobby)?.into_iter().filter(|known| known.name == of).collect::<Vec<_>>())
            });
            let now = grant.await.map_err(|error| said(&error))?;
            let verb = if revoke { "no longer reaches" } else { "reaches" };
            let undecided =
                now.iter().any(|uid| uid.granted.len() > 1 && !uid.granted.iter().any(|one| one.is_default));
            let rest = if undecided {
                "; it has several organizations and no default: `stockbridge simbiz-user set-default` chooses one"
            } else {
                ""
            };
            Ok(format!("uid {uid} {verb} organization {tenant}{rest}"))
        }
        SimbizUser::SetDefault { uid, tenant } => {
            let (of, code) = (uid.clone(), tenant.clone());
            let set = store.alter(move |lobby| {
                let tenant = tenants::by_code(lobby, &code)?.id;
                uids::set_default(lobby, &of, tenant).map_err(|error| match error {
                    Error::OrganizationForbidden(_) => Error::OrganizationForbidden(code.clone()),
                    other => other,
                })
            });
            set.await.map_err(|error| said(&error))?;
            Ok(format!("uid {uid} gets tokens for organization {tenant} when it names none"))
        }
        SimbizUser::SetSecret { uid, secret } => {
            let ((hash, shown), of) = (new_secret(secret)?, uid.clone());
            let set = store.alter(move |lobby| uids::set_secret(lobby, &of, &hash));
            set.await.map_err(|error| said(&error))?;
            let shown = shown.unwrap_or_else(|| "the new secret is set".to_owned());
            Ok(format!("uid {uid}, {shown}; tokens made before no longer work"))
        }
        SimbizUser::List => {
            let all = store.look(uids::list).await.map_err(|error| said(&error))?;
            Ok(all.iter().map(uid_line).collect::<Vec<_>>().join("\n"))
        }
        SimbizUser::Disable { uid, lift } => {
            let of = uid.clone();
            store.alter(move |lobby| uids::disable(lobby, &of, !lift)).await.map_err(|error| said(&error))?;
            Ok(format!("uid {uid} is {}", if lift { "enabled" } else { "disabled" }))
        }
    }
}

pub(crate) async fn api_key(store: &Store, command: ApiKey) -> Done {
    match command {
        ApiKey::Create { tenant, name, permissions, expires } => {
            let name = text::<255>("--name", &name)?;
            let can_write = permissions.contains(&Permission::Write);
            let new = keys::NewKey { id: None, name, can_write, expires_on: expires };
            let create = store.alter(move |lobby| {
                let tenant = tenants::by_code(lobby, &tenant)?.id;
                keys::create(&mut lobby.as_system(tenant)?, &new)
            });
            let issued = create.await.map_err(|error| said(&error))?;
            Ok(format!("key {}: {} (not shown again)", issued.id, issued.key))
        }
        ApiKey::List { tenant } => {
            let list = store.look(move |lobby| {
                let tenant = tenants::by_code(lobby, &tenant)?.id;
                keys::list(&mut lobby.as_system(tenant)?)
            });
            let all = list.await.map_err(|error| said(&error))?;
            Ok(all.iter().map(key_line).collect::<Vec<_>>().join("\n"))
        }
        ApiKey::Revoke { tenant, id } => {
            let revoke = store.alter(move |lobby| {
                let tenant = tenants::by_code(lobby, &tenant)?.id;
                keys::revoke(&mut lobby.as_system(tenant)?, id)
            });
            revoke.await.map_err(|error| said(&error))?;
            Ok(format!("key {id} is revoked"))
        }
    }
}

fn key_line(key: &keys::Key) -> String {
    let keys::Key { id, name, key_prefix, can_write, last_used_at, expires_on, is_active, created_at } = key;
    let may = if *can_write { "read,write" } else { "read" };
    let state = if *is_active { "active" } else { "revoked" };
    let end = expires_on.map_or_else(|| "no end".to_owned(), |day| format!("until {day}"));
    let used = last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {} UTC", minute(at)));
    format!("{id}\t{key_prefix}…\t{name}\t{may}\t{state}\t{end}\tmade {} UTC\t{used}", minute(*created_at))
}

fn uid_line(uid: &uids::Uid) -> String {
    let uids::Uid { name, is_disabled, created_at, granted } = uid;
    let organization = |granted: &uids::Granted| {
        let uids::Granted { code, is_read_only, is_default } = granted;
        let notes = [(*is_default, "default"), (*is_read_only, "read only")];
        let notes = notes.iter().filter_map(|(holds, note)| holds.then_some(*note)).collect::<Vec<_>>();
        if notes.is_empty() { code.clone() } else { format!("{code} ({})", notes.join(", ")) }
    };
    let organizations = match granted.len() {
        0 => "no organization".to_owned(),
        _ => granted.iter().map(organization).collect::<Vec<_>>().join(", "),
    };
    let state = if *is_disabled { "disabled" } else { "enabled" };
    format!("{name}\t{state}\t{organizations}\tmade {} UTC", minute(*created_at))
}

fn minute(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// A refusal, and where to look for what was meant.
pub(crate) fn said(error: &Error) -> String {
    let hint = match error {
        Error::NotFound { thing: Thing::Tenant, .. } => "; `stockbridge tenant list` shows them",
        Error::NotFound { thing: Thing::Uid, .. } => "; `stockbridge simbiz-user list` shows them",
        Error::OrganizationForbidden(_) => "; `stockbridge simbiz-user grant` grants it first",
        Error::NotFound { thing: Thing::ApiKey, .. } => "; `stockbridge api-key list` shows them",
        Error::Duplicate(_) => "; choose another",
        _ => "",
    };
    format!("{error}{hint}")
}

fn text<const MAX: usize>(flag: &str, given: &str) -> Result<Text<MAX>, String> {
    let parsed = Text::parse(given).map_err(|fault| format!("{flag} {fault}"))?;
    parsed.ok_or_else(|| format!("{flag} must not be empty"))
}

/// The password given, typed without echo, or the first line of standard input.
fn password_hash(given: Option<String>) -> Result<PasswordHash, String> {
    let password = match given {
        Some(given) => given,
        None if std::io::stdin().is_terminal() => {
            rpassword::prompt_password("Password: ").map_err(|error| format!("cannot read the password: {error}"))?
        }
        None => {
            let mut line = String::new();
            std::io::stdin()
                .lock()
                .read_line(&mut line)
                .map_err(|error| format!("cannot read the password: {error}"))?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    let password = Password::new(password).map_err(|fault| format!("--password {fault}"))?;
    PasswordHash::new(password.as_str()).map_err(|error| said(&error))
}

/// The hash of a secret that is given or made, and what is said of one that was made.
fn new_secret(given: Option<String>) -> Result<(PasswordHash, Option<String>), String> {
    if let Some(given) = given {
        return Ok((secret_hash(&given)?, None));
    }
    let made = random_hex(32).map_err(|error| said(&error))?;
    Ok((secret_hash(&made)?, Some(format!("secret {made} (not shown again)"))))
}

/// Secrets are for programs, and may be longer than passwords.
fn secret_hash(secret: &str) -> Result<PasswordHash, String> {
    match secret.len() {
        0..8 => Err("--secret must have at least 8 characters".to_owned()),
        length if length > passwords::MAX_BYTES => {
            Err(format!("--secret must have at most {} bytes", passwords::MAX_BYTES))
        }
        _ => PasswordHash::new(secret).map_err(|error| said(&error)),
    }
}

fn last_day(text: &str) -> Result<Option<NaiveDate>, String> {
    if text == "never" {
        return Ok(None);
    }
    let day = text.parse().map_err(|_| "--subscription-ends must be a date such as 2027-12-31, or never".to_owned())?;
    Ok(Some(day))
}

/// The instant, in UTC, at which a day is over in a zone.
fn end_of(day: NaiveDate, zone: Tz) -> NaiveDateTime {
    start_of(day.succ_opt().unwrap_or(day), zone)
}
