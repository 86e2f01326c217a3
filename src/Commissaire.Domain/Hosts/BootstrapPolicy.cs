namespace Commissaire.Hosts;

/// <summary>Whether a host is bootstrapped, or adopted as it is. The names in JSON are these in lower case.</summary>
public enum BootstrapPolicy
{
    /// <summary>Bootstrap it, unless it is in service.</summary>
    Auto,

    /// <summary>Bootstrap it, even if it is in service.</summary>
    Always,

    /// <summary>Adopt it: install and configure nothing.</summary>
    Never,
}

/// <summary>The names of <see cref="BootstrapPolicy"/> in JSON.</summary>
public static class BootstrapPolicyNames
{
    /// <summary>The policy in lower case.</summary>
    public static string ToWireName(this BootstrapPolicy policy) => policy switch
    {
        BootstrapPolicy.Always => "always",
        BootstrapPolicy.Never => "never",
        _ => "auto",
    };
}
