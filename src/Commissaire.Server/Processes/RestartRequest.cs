namespace Commissaire.Processes;

/// <summary>Whether a process has lost its place in the cluster without having been told to stop: it then starts anew, and joins again.</summary>
internal sealed class RestartRequest(IHostApplicationLifetime lifetime)
{
    /// <summary>Whether it is to start anew once it has stopped.</summary>
    public bool Wanted { get; private set; }

    /// <summary>The cluster goes on without this process.</summary>
    public void LeftBehind()
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Wanted = true;
            lifetime.StopApplication();
        }
    }
}
