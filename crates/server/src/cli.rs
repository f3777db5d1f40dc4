//! The command line: what can be asked of the binary, and what each setting means.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand, ValueEnum};
use stockbridge_domain::Role;
use stockbridge_domain::fill::{MOST_ORDERS, MOST_PRODUCTS, MOST_WAREHOUSES};

/// One inventory and order server that speaks two API dialects over one domain.
#[derive(Parser)]
#[command(name = "stockbridge", version)]
pub struct Cli {
    /// Where the data lives: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`. `DATABASE_URL` is read too.
    #[arg(long, global = true, env = "STOCKBRIDGE_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be asked of the binary.
#[derive(Subcommand)]
pub enum Command {
    /// Bring the database up to date and serve both dialects.
    Serve(Serve),
    /// Bring the database up to date, and no more.
    Migrate,
    /// Check that the books add up, also beside a running server: 0 when they do, 1 with a line per violation.
    Verify,
    /// Fill a tenant with synthetic data for benchmarks, in transactions after each of which its books add up.
    Fill(Fill),
    /// Print the OpenAPI document of a dialect.
    Openapi {
        /// Which dialect.
        dialect: Dialect,
    },
    /// Import items, what describes them, locations or stock from a CSV file, also beside a running server.
    #[command(after_long_help = crate::import::columns())]
    Import(Import),
    /// Administer tenants: the companies on this server.
    #[command(subcommand)]
    Tenant(Tenant),
    /// Administer the users of a tenant.
    #[command(subcommand)]
    User(User),
    /// Administer the uids of SimBiz integrations.
    #[command(subcommand)]
    SimbizUser(SimbizUser),
    /// Administer API keys.
    #[command(subcommand)]
    ApiKey(ApiKey),
}

/// Settings of a server.
#[derive(Args)]
pub struct Serve {
    /// Address and port to listen on.
    #[arg(long, env = "STOCKBRIDGE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Load the demo data into a database without tenants; only on a loopback address, since its passwords are public.
    #[arg(long)]
    pub demo: bool,
    /// What signs tokens, at least 32 characters. Absent: one is made, beside the SQLite file or in PostgreSQL.
    #[arg(long, env = "STOCKBRIDGE_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// The folder of uploaded files, made when the first one comes. Absent: `uploads` beside the SQLite file, or in
    /// the working directory. Servers on one database share it.
    #[arg(long, env = "STOCKBRIDGE_UPLOADS", value_name = "DIR")]
    pub uploads: Option<PathBuf>,
    /// How log lines are written to standard error.
    #[arg(long, env = "STOCKBRIDGE_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// What is logged: error, warn, info, debug, or a filter such as `info,stockbridge=debug`.
    #[arg(long, env = "STOCKBRIDGE_LOG", default_value = "info,actix_server=warn")]
    pub log: String,
    /// Hours for which a token is good.
    #[arg(long, env = "STOCKBRIDGE_TOKEN_HOURS", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub token_hours: u16,
    /// Hours for which a token of a SimBiz uid is good; absent: as `--token-hours`.
    #[arg(long, env = "STOCKBRIDGE_SIMBIZ_TOKEN_HOURS", value_parser = clap::value_parser!(u16).range(1..=720))]
    pub simbiz_token_hours: Option<u16>,
    /// Failed log-ins per account within the window, before further ones must wait.
    #[arg(long, env = "STOCKBRIDGE_LOGIN_FAILURES_PER_ACCOUNT", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub login_failures_per_account: u32,
    /// Failed log-ins per address within the window, before further ones must wait.
    #[arg(long, env = "STOCKBRIDGE_LOGIN_FAILURES_PER_ADDRESS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub login_failures_per_address: u32,
    /// Minutes for which a failed log-in counts.
    #[arg(long, env = "STOCKBRIDGE_LOGIN_WINDOW_MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    pub login_window_minutes: u32,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks, such as `10.0.0.0/8, ::1`.
    #[arg(long, env = "STOCKBRIDGE_TRUSTED_PROXIES", default_value = "", hide_default_value = true)]
    pub trusted_proxies: String,
    /// Days for which requests made with API keys stay in their log; 0: for ever.
    #[arg(long, env = "STOCKBRIDGE_LOG_RETENTION_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub log_retention_days: u32,
    /// Threads that read, on SQLite.
    #[arg(long, env = "STOCKBRIDGE_READERS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub readers: u16,
    /// Connections to PostgreSQL.
    #[arg(long, env = "STOCKBRIDGE_POOL", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=500))]
    pub pool: u32,
    /// Do not keep prepared statements: for poolers that hand each transaction another connection.
    #[arg(long, env = "STOCKBRIDGE_NO_STATEMENT_CACHE")]
    pub no_statement_cache: bool,
    /// Threads that serve HTTP; absent: one for every two cores.
    #[arg(long, env = "STOCKBRIDGE_WORKERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
}

/// How big a shop is to be. What a tenant has already stays, and the new comes beside it.
#[derive(Args)]
pub struct Fill {
    /// The code of the tenant.
    #[arg(long)]
    pub tenant: String,
    /// Products, each with a stock row in every one of the warehouses.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..=MOST_PRODUCTS))]
    pub products: i64,
    /// Warehouses: those in use that the tenant has, the oldest first, and as many new ones as it takes.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(i64).range(1..=MOST_WAREHOUSES))]
    pub warehouses: i64,
    /// Orders of the last 365 days, with their movements; for every 20 of them a customer.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(0..=MOST_ORDERS))]
    pub orders: i64,
    /// The same seed makes the same shop; ids go on from those that were given, and the year ends now.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What is imported.
///
/// The file has a header row and commas, semicolons or tabs between its cells. All of it is checked before anything is
/// written; every error is told with its line, and ends with 1. Rows are matched by their codes, in any case: each is
/// made, changed, or left as it is, so that the same file can be imported again.
#[derive(Args)]
pub struct Import {
    /// What the file holds.
    pub what: Importable,
    /// The file, UTF-8; `-` reads standard input.
    pub file: String,
    /// The code of the tenant.
    #[arg(long, value_name = "CODE")]
    pub tenant: String,
    /// Check the file and say what would be made, changed and left, and no more.
    #[arg(long)]
    pub dry_run: bool,
}

/// What a file can hold.
#[derive(Clone, Copy, ValueEnum)]
pub enum Importable {
    /// What there is to sell.
    Items,
    /// Brands of items.
    Brands,
    /// Types of items.
    Types,
    /// Units of measure.
    Uoms,
    /// The tree of categories, at most 10,000 in a file.
    Categories,
    /// Where stock lies, at most 10,000 in a file.
    Locations,
    /// How much lies where.
    Stock,
}

/// How log lines are written.
#[derive(Clone, Copy, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What products cost once purchase orders are received.
#[derive(Clone, Copy, ValueEnum)]
pub enum Costing {
    /// What their records say.
    Standard,
    /// The moving average of what was paid.
    Average,
}

impl From<Costing> for stockbridge_domain::Costing {
    fn from(costing: Costing) -> Self {
        match costing {
            Costing::Standard => Self::Standard,
            Costing::Average => Self::Average,
        }
    }
}

/// The API dialects.
#[derive(Clone, Copy, ValueEnum)]
pub enum Dialect {
    /// The IOM API under /api.
    Iom,
    /// The SimBiz V3 API under /api/v3.
    Simbiz,
}

/// What can be done with tenants.
#[derive(Subcommand)]
pub enum Tenant {
    /// Open the books of a new tenant.
    Create {
        /// Its short code, such as BHH; SimBiz callers know it as organization code.
        #[arg(long)]
        code: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// The IANA time zone in which its days begin.
        #[arg(long, default_value = "UTC")]
        zone: Tz,
        /// The last day of its subscription (YYYY-MM-DD); absent: no end.
        #[arg(long, value_name = "DATE")]
        subscription_ends: Option<NaiveDate>,
    },
    /// Print all tenants.
    List,
    /// Change a tenant; what is not given stays.
    Set {
        /// Its code.
        #[arg(long)]
        code: String,
        /// Its name.
        #[arg(long)]
        name: Option<String>,
        /// The IANA time zone in which its days begin.
        #[arg(long)]
        zone: Option<Tz>,
        /// The last day of its subscription (YYYY-MM-DD), or `never` for no end.
        #[arg(long, value_name = "DATE|never")]
        subscription_ends: Option<String>,
        /// Whether its orders may promise more than is there.
        #[arg(long, value_name = "true|false")]
        allow_backorder: Option<bool>,
        /// What its products cost once purchase orders are received.
        #[arg(long)]
        costing: Option<Costing>,
    },
}

/// What can be done with users.
#[derive(Subcommand)]
pub enum User {
    /// Add a user to a tenant.
    Create {
        /// The code of the tenant.
        #[arg(long)]
        tenant: String,
        /// The e-mail to log in with, unique on this server.
        #[arg(long)]
        email: String,
        /// viewer, staff, manager or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The name shown beside what the user does; absent: the e-mail.
        #[arg(long)]
        name: Option<String>,
        /// The password; absent: asked for, or read from standard input.
        #[arg(long)]
        password: Option<String>,
    },
    /// Give a user a new password, and end the tokens made before.
    SetPassword {
        /// The e-mail of the user.
        #[arg(long)]
        email: String,
        /// The password; absent: asked for, or read from standard input.
        #[arg(long)]
        password: Option<String>,
    },
    /// Ban a user, from the next request on.
    Ban {
        /// The e-mail of the user.
        #[arg(long)]
        email: String,
        /// Let the user in again.
        #[arg(long)]
        lift: bool,
    },
}

/// What can be done with SimBiz uids.
#[derive(Subcommand)]
pub enum SimbizUser {
    /// Add a uid with one organization, which is its default.
    Create {
        /// The uid, as integrations send it in x-uid.
        #[arg(long)]
        uid: String,
        /// The code of the organization.
        #[arg(long)]
        tenant: String,
        /// The secret; absent: one is made and printed once.
        #[arg(long)]
        secret: Option<String>,
        /// Let it read only.
        #[arg(long)]
        read_only: bool,
    },
    /// Grant a uid one more organization, or change what it may do there.
    Grant {
        /// The uid.
        #[arg(long)]
        uid: String,
        /// The code of the organization.
        #[arg(long)]
        tenant: String,
        /// Let it read only.
        #[arg(long, conflicts_with = "revoke")]
        read_only: bool,
        /// Take the organization away instead, from the next request on.
        #[arg(long)]
        revoke: bool,
    },
    /// Choose the organization of tokens that are asked for without naming one; it must be granted.
    SetDefault {
        /// The uid.
        #[arg(long)]
        uid: String,
        /// The code of the organization.
        #[arg(long)]
        tenant: String,
    },
    /// Give a uid a new secret; tokens made before no longer work, from the next request on.
    SetSecret {
        /// The uid.
        #[arg(long)]
        uid: String,
        /// The secret; absent: one is made and printed once.
        #[arg(long)]
        secret: Option<String>,
    },
    /// Print all uids with the organizations they reach.
    List,
    /// Shut a uid out, from the next request on.
    Disable {
        /// The uid.
        #[arg(long)]
        uid: String,
        /// Let it in again.
        #[arg(long)]
        lift: bool,
    },
}

/// What can be done with API keys.
#[derive(Subcommand)]
pub enum ApiKey {
    /// Make a key and print it; it is never shown again.
    Create {
        /// The code of the tenant.
        #[arg(long)]
        tenant: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// `read`, or `read,write`.
        #[arg(long, value_delimiter = ',', default_value = "read")]
        permissions: Vec<Permission>,
        /// The last day on which it is good (YYYY-MM-DD); absent: no end.
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
    /// Print all keys of a tenant, revoked ones included.
    List {
        /// The code of the tenant.
        #[arg(long)]
        tenant: String,
    },
    /// Take a key back for good, from the next request on.
    Revoke {
        /// The code of the tenant.
        #[arg(long)]
        tenant: String,
        /// The key's number, as `list` prints it.
        #[arg(long)]
        id: i64,
    },
}

/// What an API key may do.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Permission {
    /// Read.
    Read,
    /// Read and write.
    Write,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "must be viewer, staff, manager or admin".to_owned())
}

impl Cli {
    /// The URL of the database: the flag, one of two variables, or a file in the working directory.
    pub fn database_url(&self) -> String {
        let fallback = || std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty());
        self.database_url.clone().or_else(fallback).unwrap_or_else(|| "sqlite://stockbridge.db".to_owned())
    }
}

/// The file that holds the signing secret of a server on this SQLite database.
pub(crate) fn secret_file(database: &std::path::Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".secret");
    PathBuf::from(name)
}
