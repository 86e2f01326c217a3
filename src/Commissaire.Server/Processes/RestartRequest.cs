namespace Commissaire.Processes;

/// <summary>Records that the other processes removed this one from the cluster. It then restarts and joins again.</summary>
internal sealed class RestartRequest(IHostApplicationLifetime lifetime)
{
    public bool IsRequested { get; private set; }

    /// <summary>Stops the process and requests a restart, unless the process is already stopping.</summary>
    public void Request()
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            IsRequested = true;
            lifetime.StopApplication();
        }
    }
}
