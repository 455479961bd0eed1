"""The causes of a database outage, each with a clause that explains it and names the cure.

No clause contains a name or a value, because a driver's own words hold hosts, users and addresses.
"""

DATABASE_REASONS = {
    # SQLSTATEs of PostgreSQL. A word after the slash separates two causes with the same SQLSTATE.
    "08": "the connection to its server broke",
    "08P01": "its server or pooler refuses this kind of connection: see its log",
    "25006": "it only reads for now, as while it fails over: where it stays so, reset "
    "default_transaction_read_only of role and database",
    "25P03": "its server ended a transaction that was idle for too long: raise "
    "idle_in_transaction_session_timeout of the role",
    "28000": "its server does not let this user in: correct the user in DATABASE_URL, or allow it "
    "in pg_hba.conf",
    "28000/login": "its role may not log in: give it LOGIN, or correct the user in DATABASE_URL",
    "28000/role": "its server has no such role: create it, or correct the user in DATABASE_URL",
    "28P01": "its server refuses the password: correct it in DATABASE_URL",
    "3D000": "there is no such database on its server: create it, or correct the name in "
    "DATABASE_URL",
    "3F000": "its user's search_path begins with a schema that is not there: create that, or "
    "correct search_path of role and database",
    "40": "another transaction was in the way",
    "42501": "its user lacks a privilege: grant it, CONNECT on the database included",
    "53": "its server has run out of something: see its log",
    "53100": "the disk of its server is full: make room there",
    "53200": "its server has no memory left: see its log",
    "53300": "its server takes no more connections: raise the limit of server, role or database, "
    "or run fewer processes",
    "55000": "its server takes no connections to this database: correct the name in DATABASE_URL, "
    "or run `ALTER DATABASE NAME ALLOW_CONNECTIONS true` there",
    "55P03": "another transaction holds its lock",
    "57014": "a statement was canceled, mostly because it took longer than statement_timeout of "
    "the role allows: raise that",
    "57P": "its server ended the connection, as in a restart",
    "57P03": "its server is starting up or shutting down",
    "58": "its server cannot use its own files: see its log",
    "XX": "its server reports an inner error or damaged data: see its log",
    # Failures that libpq reports before a server answers.
    "stranger": "something else than PostgreSQL answers at its address: correct host and port in "
    "DATABASE_URL",
    "host": "the host of DATABASE_URL has no address: correct its name, or mend the name service",
    "refused": "nothing listens at its address",
    "timeout": "its server gave no answer in time",
    "tls": "the two cannot agree on TLS: check sslmode and the certificates in DATABASE_URL",
    "pool": "every connection to it is in use",
    # SQLite's result codes.
    "SQLITE_AUTH": "its file must not be used so: check its mode and its owner",
    "SQLITE_BUSY": "another process holds the lock of its file",
    "SQLITE_CANTOPEN": "its file cannot be opened: does its folder exist, and may this user read "
    "and write there?",
    "SQLITE_CORRUPT": "its file is damaged: restore it from a backup",
    "SQLITE_FULL": "the disk is full: make room",
    "SQLITE_IOERR": "its disk fails or is full: see the system's log",
    "SQLITE_LOCKED": "another process holds the lock of its file",
    "SQLITE_NOTADB": "its file is no SQLite database: check DATABASE_URL",
    "SQLITE_PERM": "its file must not be used so: check its mode and its owner",
    "SQLITE_READONLY": "its file cannot be written: check mode and owner of file and folder",
}

QUESTION = "is it up, and is DATABASE_URL right?"
ASKS = frozenset({None, *(DATABASE_REASONS[cause] for cause in ("refused", "timeout", "pool"))})
"""The reasons after which the question is worth asking."""


def database_reason(cause: str | None) -> str | None:
    """Return the clause of a cause, or of its kind; None if both are unknown.

    A cause is a SQLSTATE, a code of SQLite, or one of our own words.
    """
    if cause is None:
        return None
    kinds = ("_".join(cause.split("_")[:2]), cause.partition("/")[0], cause[:3], cause[:2])
    found = (DATABASE_REASONS.get(kind) for kind in (cause, *kinds))
    return next((reason for reason in found if reason is not None), None)


def code_of(cause: str | None) -> str | None:
    """Return the code of a cause, as manuals list it; None if the cause is our own word."""
    code = (cause or "").partition("/")[0]
    return None if not code or code.islower() else code
