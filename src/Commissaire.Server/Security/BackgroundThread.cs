using System.Runtime.InteropServices;

namespace Commissaire.Security;

/// <summary>Runs long computations on threads of their own: on the thread pool, they would keep requests waiting.</summary>
internal static class BackgroundThread
{
    // The higher the value, the more a thread yields to others.
    private const int Nice = 10;

    /// <summary>Runs a function. If it <paramref name="yields"/>, it uses only processor time that nothing else needs.</summary>
    public static Task<T> Run<T>(Func<T> function, bool yields) => Task.Factory.StartNew(
        () =>
        {
            if (yields)
            {
                // Without success, the thread has the priority of the others.
                _ = SetPriority(which: 0, who: 0, Nice);
            }

            return function();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // In Linux, it changes the calling thread only, which ends after the function. Thread.Priority has no effect there.
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
