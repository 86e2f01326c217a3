namespace Commissaire.Lab.Hosts;

/// <summary>What is wrong with the packages of a host, until <see cref="LabHost.Mend"/>.</summary>
public enum LabFault
{
    /// <summary>No repository can be reached. apt forgets its package lists, as on a host that never had a network.</summary>
    Unreachable,

    /// <summary>As <see cref="Unreachable"/>, with <c>skip_if_unavailable</c>: dnf and yum end with status 0.</summary>
    Skipped,

    /// <summary>No repository is enabled.</summary>
    NoRepositories,

    /// <summary>A power cut ended the last transaction, until <c>dpkg --configure -a</c> or <c>yum-complete-transaction</c>.</summary>
    Interrupted,

    /// <summary>Process 4711, or another transaction, holds the lock.</summary>
    Locked,

    /// <summary>The only upgrade is held back.</summary>
    KeptBack,

    /// <summary><c>needs-restarting</c> is not installed.</summary>
    NoNeedsRestarting,
}
