namespace Commissaire.Processes;

/// <summary>Records that this process was removed from the cluster without being told to stop. It then restarts and joins again.</summary>
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
