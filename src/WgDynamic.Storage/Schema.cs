using WgDynamic.Leasing;

namespace WgDynamic.Storage;

/// <summary>What tables a database has, and how one of an earlier version becomes one of this version.</summary>
internal static class Schema
{
    /// <summary>"WgDy": tells file(1), and this program, whose database it is (PRAGMA application_id).</summary>
    public const int ApplicationId = 0x57674479;

    // Times are in 100 ns since 1970, UTC, or since boot in "expiry"; an address has 4 or 16 bytes, a peer the 32 of its
    // public key. lease.state: LeaseState. history.event: HistoryEvent. history.hash: HistoryChain.
    private const string First = """
        CREATE TABLE lease (
            address BLOB NOT NULL PRIMARY KEY,
            peer BLOB NOT NULL,
            state INTEGER NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            expiry INTEGER NOT NULL,
            owns_allowed_ip INTEGER NOT NULL,
            hostname TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE history (
            seq INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            address BLOB NOT NULL,
            peer BLOB NOT NULL,
            event INTEGER NOT NULL,
            start INTEGER NOT NULL,
            hostname TEXT,
            hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX history_address ON history (address, seq);
        CREATE TABLE store (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            boot_id TEXT,
            last_commit INTEGER,
            head_seq INTEGER NOT NULL,
            head_hash BLOB NOT NULL,
            anchor_seq INTEGER NOT NULL,
            anchor_hash BLOB NOT NULL
        ) STRICT;
        INSERT INTO store VALUES (1, NULL, NULL, 0, zeroblob(32), 0, zeroblob(32));
        """;

    // What operators add while the server runs. A range is its first and its last address; lease_time is in seconds.
    // plan_disabled names pools of the configuration and of routes as well, by their ranges.
    private const string Plan = """
        CREATE TABLE plan_pool (
            id INTEGER PRIMARY KEY,
            first BLOB NOT NULL,
            last BLOB NOT NULL,
            name TEXT,
            lease_time INTEGER,
            UNIQUE (first, last)
        ) STRICT;
        CREATE TABLE plan_reservation (
            address BLOB NOT NULL PRIMARY KEY,
            peer BLOB NOT NULL,
            lease_time INTEGER,
            description TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE plan_exclusion (
            first BLOB NOT NULL,
            last BLOB NOT NULL,
            PRIMARY KEY (first, last)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE plan_disabled (
            first BLOB NOT NULL,
            last BLOB NOT NULL,
            PRIMARY KEY (first, last)
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>The version that brought what operators add while the server runs.</summary>
    public const int VersionWithPlan = 2;

    /// <summary>Step n makes version n + 1 of version n; version 0 is an empty file. Steps are only ever added.</summary>
    public static IReadOnlyList<string> Migrations { get; } = [First, Plan];

    /// <summary>Brings a database to the last version, in one transaction.</summary>
    /// <param name="database">It.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="migrations">The steps.</param>
    /// <exception cref="LeaseStoreException">It is somebody else's, or of a later version.</exception>
    /// <exception cref="SqliteError">It cannot be read or written.</exception>
    public static void Migrate(Database database, string path, IReadOnlyList<string> migrations)
    {
        if (Verify(database, path, migrations.Count) == migrations.Count)
            return;
        database.Execute("BEGIN IMMEDIATE");
        // Somebody else may have done it while this waited.
        int version = Verify(database, path, migrations.Count);
        foreach (string migration in migrations.Skip(version))
            database.Execute(migration);
        database.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {migrations.Count}; COMMIT");
    }

    /// <summary>Looks whose database it is and of which version.</summary>
    /// <param name="database">It.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="latest">The last version that can be read.</param>
    /// <returns>The version; 0 for an empty one.</returns>
    /// <exception cref="LeaseStoreException">It is somebody else's, or of a later version.</exception>
    /// <exception cref="SqliteError">It cannot be read.</exception>
    public static int Verify(Database database, string path, int latest)
    {
        long application = database.Number("PRAGMA application_id");
        long version = database.Number("PRAGMA user_version");
        bool isEmpty = database.Number("SELECT count(*) FROM sqlite_schema") == 0;
        if (isEmpty && application == 0 && version == 0)
            return 0;
        if (application != ApplicationId)
            throw new LeaseStoreException($"{path} is a database of another program (application id {application}); name another file, or move it away");
        if (version > latest)
            throw new LeaseStoreException($"{path} has schema version {version}, made by a later version of wg-dynamic-server, and this one knows {latest} at most; run the later one, or move the file away to start anew");
        return version < 1 || isEmpty ? throw Faults.Damaged(path, $"schema version {version} and no tables that fit") : (int)version;
    }
}
