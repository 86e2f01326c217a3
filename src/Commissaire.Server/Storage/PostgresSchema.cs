namespace Commissaire.Storage;

/// <summary>The PostgreSQL schema as a list of migrations. A released migration is never edited: add a new one.</summary>
internal static class PostgresSchema
{
    /// <summary>The migrations in order. Each runs once.</summary>
    public static IReadOnlyList<string> Versions { get; } =
    [
        // The journal table follows the default mapping of Akka.Persistence.Sql, whose own initialization is off: if several processes
        // start at the same time, it fails in all but one.
        """
        CREATE TABLE journal (
            ordering bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            created bigint NOT NULL,
            deleted boolean NOT NULL,
            persistence_id text NOT NULL,
            sequence_number bigint NOT NULL,
            message bytea NOT NULL,
            tags text,
            manifest text,
            identifier integer,
            writer_uuid text,
            CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number));
        CREATE TABLE secret (id text PRIMARY KEY, envelope bytea NOT NULL);
        CREATE TABLE directory (
            kind text NOT NULL, id text COLLATE "C" NOT NULL, sequence bigint NOT NULL, network text, manager text, document bytea,
            PRIMARY KEY (kind, id));
        CREATE TABLE process (
            address text NOT NULL, uid integer NOT NULL, member boolean NOT NULL DEFAULT false, founder boolean NOT NULL DEFAULT false,
            beat bigint NOT NULL DEFAULT 0, seen_at timestamptz NOT NULL,
            PRIMARY KEY (address, uid));
        CREATE TABLE lease (name text PRIMARY KEY, owner text NOT NULL, until timestamptz NOT NULL);
        CREATE TABLE key_in_use (id text PRIMARY KEY, digest text NOT NULL);
        """,

        // The secrets of an owner are a range of IDs.
        """
        ALTER TABLE secret ALTER COLUMN id TYPE text COLLATE "C";
        """,

        // An entity writes its row again when it starts, and the waker starts those that depart.
        """
        ALTER TABLE directory ADD COLUMN departs boolean NOT NULL DEFAULT true;
        """,

        // A host writes its row again when it starts.
        """
        ALTER TABLE directory ADD COLUMN machine text;
        CREATE INDEX directory_machine ON directory (machine) WHERE machine IS NOT NULL;
        """,
    ];
}
