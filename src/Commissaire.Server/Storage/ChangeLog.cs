namespace Commissaire.Storage;

/// <summary>Logs each change of an object and each transition of a host or run: who, what and why.</summary>
internal sealed partial class ChangeLog(ILogger<ChangeLog> log)
{
    // They only confirm, or come before, what another line says.
    private static readonly string[] Details =
    [
        "bootstrap-step-started", "turn-step-started", "turn-acknowledged", "membership-confirmed", "departure-confirmed",
        "member-reported", "deletion-acknowledged", "node-registration-started",
    ];

    public void Write(string kind, string name, HistoryLine line, Caller? caller)
    {
        if (Details.Contains(line.Event))
        {
            return;
        }

        if (caller is null)
        {
            Changed(kind, name, line.Summary);
        }
        else
        {
            ChangedBy(kind, name, line.Summary, caller.Name, caller.Login, caller.Address);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Kind} {Name}: {Change}")]
    private partial void Changed(string kind, string name, string change);

    [LoggerMessage(LogLevel.Information, "{Kind} {Name}: {Change} (by '{By}', {Login}, {From})")]
    private partial void ChangedBy(string kind, string name, string change, string by, string login, string from);
}
